import { RsymError } from '../base/errors.ts';
import type { FileFacts, FunctionFacts, ProbeFacts } from '../query/browse.ts';
import { readSignature } from '../query/given-signature.ts';
import type { WatchScope } from '../query/watch.ts';
import { type Edit, edit, emptyField, type Field } from './field.ts';
import type { Command } from './keys.ts';
import { callsHeight, factsHeight, listHeight } from './layout.ts';
import { factLines, helpLineCount } from './lines.ts';
import { readScope } from './scope.ts';
import { type DetailState, focusedField, modeOf, type ScopeKind, type Size, type State, scopeKinds } from './state.ts';
import { heldOrReleased, newTrace, scrolled, type TraceNews, traceAfter } from './trace-state.ts';
import { boundedTop, type Motion, moved, scrolledTo } from './window.ts';

/** What happens to the screen. */
export type Action =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'typed'; readonly text: string }
  | { readonly kind: 'resized'; readonly size: Size }
  | { readonly kind: 'found'; readonly rows: Uint32Array; readonly done: boolean; readonly fault: string | null }
  | { readonly kind: 'facts'; readonly facts: FunctionFacts }
  | { readonly kind: 'probe'; readonly row: number; readonly probe: ProbeFacts }
  | { readonly kind: 'trace'; readonly news: TraceNews }
  | { readonly kind: 'notice'; readonly text: string };

/** What the screen wants done outside itself. */
export type Effect =
  | { readonly kind: 'search'; readonly text: string }
  | { readonly kind: 'inspect'; readonly row: number }
  | { readonly kind: 'begin'; readonly spec: string; readonly scope: WatchScope }
  | { readonly kind: 'stop' }
  | { readonly kind: 'redraw' }
  | { readonly kind: 'quit'; readonly interrupted: boolean };

export type Step = { readonly state: State; readonly effects: readonly Effect[] };

const step = (state: State, ...effects: Effect[]): Step => ({ state, effects });

export const update = (state: State, action: Action): Step => {
  switch (action.kind) {
    case 'command':
      return command({ ...state, notice: null }, action.command);
    case 'typed':
      return edited({ ...state, notice: null }, { kind: 'insert', text: action.text });
    case 'resized':
      return step(resized(state, action.size));
    case 'found':
      return step(found(state, action));
    case 'facts':
      return step(withDetail(state, (d) => (d.row === action.facts.row ? { ...d, facts: action.facts } : d)));
    case 'probe':
      return step(withDetail(state, (d) => (d.row === action.row ? { ...d, probe: action.probe } : d)));
    case 'trace':
      return step(state.trace ? { ...state, trace: traceAfter(state.trace, action.news) } : state);
    case 'notice':
      return step({ ...state, notice: action.text });
  }
};

const withDetail = (state: State, change: (detail: DetailState) => DetailState): State =>
  state.detail ? { ...state, detail: change(state.detail) } : state;

const resized = (state: State, size: Size): State => {
  const { list } = state;
  const top = scrolledTo(list.top, list.cursor, list.rows.length, listHeight(size));
  return { ...state, size, list: { ...list, top } };
};

const found = (state: State, { rows, done, fault }: Action & { kind: 'found' }): State => {
  const cursor = Math.max(0, Math.min(state.list.cursor, rows.length - 1));
  const top = scrolledTo(state.list.top, cursor, rows.length, listHeight(state.size));
  return { ...state, list: { ...state.list, rows, cursor, top, searching: !done, fault } };
};

const edits: Partial<Record<Command, Exclude<Edit['kind'], 'insert'>>> = {
  erase: 'erase',
  'erase-word': 'erase-word',
  'erase-all': 'erase-all',
  delete: 'delete',
  left: 'left',
  right: 'right',
  start: 'start',
  end: 'end',
};

const motions: readonly string[] = ['up', 'down', 'page-up', 'page-down', 'first', 'last'] satisfies Motion[];
const isMotion = (name: string): name is Motion => motions.includes(name);

const command = (state: State, name: Command): Step => {
  const change = edits[name];
  if (change !== undefined) return edited(state, { kind: change });
  if (isMotion(name)) return step(scroll(state, name));
  switch (name) {
    case 'quit':
      return step(state, { kind: 'quit', interrupted: false });
    case 'interrupt':
      return step(state, { kind: 'quit', interrupted: true });
    case 'redraw':
      return step(state, { kind: 'redraw' });
    case 'help':
      return step({ ...state, help: state.help === null ? 0 : null });
    case 'back':
      return back(state);
    case 'open':
      return open(state);
    case 'sign':
      return step(withDetail(state, (d) => ({ ...d, before: d.signature, fault: null })));
    case 'accept':
      return accept(state);
    case 'trace':
      return step(
        readyToTrace(state)
          ? { ...state, level: 'launch', launch: { ...state.launch, fault: null } }
          : accept(state).state,
      );
    case 'next-choice':
      return step(chosen(state, 1));
    case 'previous-choice':
      return step(chosen(state, -1));
    case 'begin':
      return begin(state);
    case 'pause':
      return step(state.trace ? { ...state, trace: heldOrReleased(state.trace) } : state);
    default:
      return step(state);
  }
};

const edited = (state: State, change: Edit): Step => {
  const before = focusedField(state);
  if (before === null) return step(state);
  const field = edit(before, change);
  switch (modeOf(state)) {
    case 'list': {
      const list = { ...state.list, search: field };
      if (field.text === before.text) return step({ ...state, list });
      return step({ ...state, list: { ...list, cursor: 0, top: 0 } }, { kind: 'search', text: field.text });
    }
    case 'signature':
      return step(withDetail(state, (d) => ({ ...d, signature: field, fault: null })));
    case 'launch': {
      const { launch } = state;
      const fields: Record<ScopeKind, Field> = { ...launch.fields, [launch.choice]: field };
      return step({ ...state, launch: { ...launch, fields, fault: null } });
    }
    default:
      return step(state);
  }
};

const scroll = (state: State, motion: Motion): State => {
  const { size, list, detail, trace } = state;
  if (state.help !== null) {
    const count = helpLineCount(state);
    return { ...state, help: scrolledPage(state.help, motion, count, size.rows - 2) };
  }
  if (state.level === 'list') {
    const height = listHeight(size);
    const cursor = moved(list.cursor, motion, list.rows.length, height);
    return { ...state, list: { ...list, cursor, top: scrolledTo(list.top, cursor, list.rows.length, height) } };
  }
  if (state.level === 'detail' && detail) {
    const count = factLines(state).length;
    return { ...state, detail: { ...detail, top: scrolledPage(detail.top, motion, count, factsHeight(state)) } };
  }
  if (state.level === 'trace' && trace) return { ...state, trace: scrolled(trace, motion, callsHeight(state)) };
  return state;
};

const scrolledPage = (top: number, motion: Motion, count: number, height: number): number =>
  boundedTop(moved(top, motion, count, height), count, height);

const back = (state: State): Step => {
  if (state.help !== null) return step({ ...state, help: null });
  switch (state.level) {
    case 'list':
      return edited(state, { kind: 'erase-all' });
    case 'detail': {
      const { detail } = state;
      if (!detail?.before) return step({ ...state, level: 'list' });
      return step({ ...state, detail: { ...detail, signature: detail.before, before: null, fault: null } });
    }
    case 'launch':
      return step({ ...state, level: 'detail' });
    case 'trace':
      return step({ ...state, level: 'detail', trace: null }, { kind: 'stop' });
  }
};

const open = (state: State): Step => {
  const row = state.list.rows[state.list.cursor];
  if (row === undefined) return step(state);
  // The same function again keeps what was typed for it.
  const signature = state.detail?.row === row ? state.detail.signature : emptyField;
  const detail: DetailState = { row, facts: null, probe: null, top: 0, signature, before: null, fault: null };
  return step({ ...state, level: 'detail', detail }, { kind: 'inspect', row });
};

const given = ({ facts, signature }: DetailState): ReturnType<typeof readSignature> | null =>
  facts === null ? null : readSignature(signature.text, facts.name, facts.address);

const readyToTrace = (state: State): boolean => state.detail !== null && given(state.detail)?.ok === true;

const accept = (state: State): Step =>
  step(
    withDetail(state, (detail) => {
      const read = given(detail);
      if (read === null) return detail;
      return read.ok
        ? { ...detail, before: null, fault: null }
        : { ...detail, before: detail.before ?? detail.signature, fault: read.error };
    }),
  );

const chosen = (state: State, by: number): State => {
  const choices = choicesFor(state.file);
  const at = choices.indexOf(state.launch.choice) + by + choices.length;
  const choice = choices[at % choices.length] ?? state.launch.choice;
  return { ...state, launch: { ...state.launch, choice, fault: null } };
};

/** A library can't be started. */
export const choicesFor = (file: FileFacts): readonly ScopeKind[] =>
  file.runnable ? scopeKinds : scopeKinds.filter((kind) => kind !== 'run');

const begin = (state: State): Step => {
  const { detail, launch } = state;
  const read = detail && given(detail);
  if (!detail?.facts || !read?.ok) return step(state);
  const scope = readScope(launch.choice, launch.fields[launch.choice].text);
  if (scope instanceof RsymError) return step({ ...state, launch: { ...launch, fault: scope } });
  const title = `${detail.facts.name}${read.shown ?? ''}`;
  return step({ ...state, level: 'trace', trace: newTrace(title) }, { kind: 'begin', spec: read.spec, scope });
};
