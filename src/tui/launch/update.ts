import { begun } from '../live/update.ts';
import { edit } from '../parts/field.ts';
import type { State } from '../state.ts';
import { type Area, type Step, step } from '../step.ts';
import { requestOf } from './request.ts';
import {
  filtered,
  hasField,
  isScope,
  type LaunchNews,
  type LaunchRow,
  type LaunchState,
  nextReturns,
  optionKinds,
  rowsFor,
  type Targets,
} from './state.ts';

/** The choice of whose calls to trace, over the list or a function's page. */
export const launched = (state: State, targets: Targets): Step => {
  const over = state.level === 'list' ? 'list' : 'detail';
  const launch: LaunchState = { ...state.launch, targets, over, checking: null, fault: null };
  return arrived({ ...state, level: 'launch', launch }, launch.cursor, [{ kind: 'launch', ask: { kind: 'look' } }]);
};

/** The same for functions of the list; what they are called is found out. */
export const launchedRows = (state: State, rows: readonly number[]): Step => {
  if (rows.length === 0) return step(state);
  const { state: next, effects } = launched(state, { title: '', specs: [] });
  return step(next, { kind: 'launch', ask: { kind: 'name', rows } }, ...effects);
};

const changed = (state: State, change: Partial<LaunchState>): State => ({
  ...state,
  launch: { ...state.launch, ...change },
});

/** The cursor is on a row. Processes are looked for when one is to be picked. */
const arrived = (state: State, row: LaunchRow, effects: Step['effects'] = []): Step => {
  const { launch } = state;
  const next = changed(state, { cursor: row, fault: null, checking: null, ...(isScope(row) ? { choice: row } : {}) });
  const isFirst = row === 'process' && launch.processes.all === null && !launch.processes.isReading;
  return isFirst ? listed(next, effects) : step(next, ...effects);
};

const listed = (state: State, effects: Step['effects'] = []): Step => {
  const processes = { ...state.launch.processes, isReading: true };
  return step(changed(state, { processes }), ...effects, { kind: 'launch', ask: { kind: 'list' } });
};

const toRow = (state: State, by: number): Step => {
  const rows = rowsFor(state.file);
  const at = rows.indexOf(state.launch.cursor) + by + rows.length;
  return arrived(state, rows[at % rows.length] ?? state.launch.cursor);
};

/** Past the other choices of whose calls: walking over them would choose them. */
const toGroup = (state: State, by: number): Step => {
  const { cursor, choice } = state.launch;
  const groups: readonly LaunchRow[] = [choice, ...optionKinds];
  const at = (isScope(cursor) ? 0 : groups.indexOf(cursor)) + by + groups.length;
  return arrived(state, groups[at % groups.length] ?? choice);
};

/** Within the list of processes first: out of it at its ends. */
const moved = (state: State, by: number): Step => {
  const { launch } = state;
  if (launch.cursor !== 'process') return toRow(state, by);
  const cursor = launch.processes.cursor + by;
  const isInList = cursor >= 0 && cursor < filtered(launch).length;
  return isInList ? step(changed(state, { processes: { ...launch.processes, cursor } })) : toRow(state, by);
};

const switched = (state: State): Step => {
  const { launch } = state;
  if (launch.cursor === 'children') return step(changed(state, { children: !launch.children, fault: null }));
  if (launch.cursor === 'returns') return step(changed(state, { returns: nextReturns(launch.returns), fault: null }));
  return step(state);
};

/** A condition is checked before anything is attached: what it names may not be there. */
const begin = (state: State): Step => {
  // They are still being looked up.
  if (state.launch.targets.specs.length === 0) return step(state);
  const request = requestOf(state.launch);
  if ('error' in request) return step(changed(state, { fault: request, checking: null }));
  if (request.when === undefined) return begun(state, request);
  return step(changed(state, { checking: request, fault: null }), {
    kind: 'launch',
    ask: { kind: 'check', request },
  });
};

/** Below the title and a line of words. */
const firstChoiceRow = 2;

/** Whose calls are to be watched, and how. */
export const launchArea: Area = {
  command: (state, name) => {
    switch (name) {
      case 'begin':
        return begin(state);
      case 'next-choice':
        return moved(state, 1);
      case 'previous-choice':
        return moved(state, -1);
      case 'next-row':
        return toGroup(state, 1);
      case 'previous-row':
        return toGroup(state, -1);
      case 'switch':
        return switched(state);
      case 'list-processes':
        return listed(state);
      default:
        return step(state);
    }
  },
  edited: (state, change) => {
    const { launch } = state;
    const row = launch.cursor;
    if (!hasField(row)) return step(state);
    const field = edit(launch.fields[row], change);
    const processes = row === 'process' ? { ...launch.processes, cursor: 0 } : launch.processes;
    const fields = { ...launch.fields, [row]: field };
    return step(changed(state, { fields, processes, fault: null, checking: null }));
  },
  scrolled: (state) => state,
  pointed: (state, at) => {
    const { fault } = state.launch;
    const rows = rowsFor(state.file);
    // Below a fault rows are further down.
    const shown = fault === null ? rows : rows.slice(0, rows.indexOf(fault.at) + 1);
    const row = shown[at - firstChoiceRow];
    return row === undefined ? step(state) : arrived(state, row);
  },
  back: (state) =>
    step(
      { ...changed(state, { checking: null }), level: state.launch.over },
      { kind: 'launch', ask: { kind: 'leave' } },
    ),
};

export const afterLaunchNews = (state: State, news: LaunchNews): Step => {
  const { launch } = state;
  switch (news.kind) {
    case 'named':
      return step(changed(state, { targets: news.targets }));
    case 'machine':
      return step(changed(state, { machine: news.machine }));
    case 'processes': {
      const { found: all, hidden, isDone } = news;
      const processes = { all, hidden, isReading: !isDone, cursor: launch.processes.cursor };
      const cursor = Math.max(0, Math.min(processes.cursor, filtered({ ...launch, processes }).length - 1));
      return step(changed(state, { processes: { ...processes, cursor } }));
    }
    case 'checked':
      if (launch.checking !== news.request) return step(state);
      if (news.error === null) return begun(changed(state, { checking: null }), news.request);
      return step(changed(state, { checking: null, fault: { at: 'when', error: news.error } }));
  }
};
