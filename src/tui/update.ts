import { commandLine } from './command-line.ts';
import { copiedArea } from './copied/update.ts';
import { afterDetailNews, detailArea } from './detail/update.ts';
import { helpRowCount } from './help/lines.ts';
import { helpArea } from './help/update.ts';
import type { Command } from './keys.ts';
import { afterLaunchNews, launchArea } from './launch/update.ts';
import { bodyHeight } from './layout.ts';
import { afterListNews, listArea, refitted } from './list/update.ts';
import { afterLiveNews, liveArea } from './live/update.ts';
import type { Edit } from './parts/field.ts';
import { boundedTop, isMotion, type Motion } from './parts/window.ts';
import { focusedField, type Level, modeOf, type State } from './state.ts';
import { type Action, type Area, type Step, step } from './step.ts';

const areas: Readonly<Record<Level, Area>> = {
  list: listArea,
  detail: detailArea,
  launch: launchArea,
  live: liveArea,
};

const areaOf = ({ copied, help, level }: State): Area =>
  copied !== null ? copiedArea : help === null ? areas[level] : helpArea;

export const update = (state: State, action: Action): Step => {
  switch (action.kind) {
    case 'command':
      return command({ ...state, notice: null }, action.command);
    case 'typed':
      return edited({ ...state, notice: null }, { kind: 'insert', text: action.text });
    case 'pointed':
      return areaOf(state).pointed?.({ ...state, notice: null }, action.row) ?? step(state);
    case 'resized':
      return step(refittedHelp(refitted({ ...state, size: action.size })));
    case 'list':
      return step(afterListNews(state, action.news));
    case 'detail':
      return step(afterDetailNews(state, action.news));
    case 'launch':
      return afterLaunchNews(state, action.news);
    case 'live':
      return step(afterLiveNews(state, action.news));
    case 'notice':
      return step({ ...state, notice: action.text });
  }
};

/** In another size the keys take other rows. */
const refittedHelp = (state: State): State =>
  state.help === null ? state : { ...state, help: boundedTop(state.help, helpRowCount(state), bodyHeight(state.size)) };

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

const command = (state: State, name: Command): Step => {
  const change = edits[name];
  if (change !== undefined) return edited(state, { kind: change });
  if (isMotion(name)) return step(areaOf(state).scrolled(state, name));
  switch (name) {
    case 'quit':
      return step(state, { kind: 'quit', interrupted: false });
    case 'interrupt':
      return step(state, { kind: 'quit', interrupted: true });
    case 'scroll-up':
      return step(scrolledBy(state, 'up'));
    case 'scroll-down':
      return step(scrolledBy(state, 'down'));
    case 'suspend':
      return step(state, { kind: 'suspend' });
    case 'redraw':
      return step(state, { kind: 'redraw' });
    case 'copy':
      return copied(state);
    case 'help':
      return step({ ...state, help: state.help === null ? 0 : null });
    case 'back':
      return areaOf(state).back(state);
    default:
      return areaOf(state).command(state, name);
  }
};

/** As far as a turn of the wheel leads elsewhere. */
const linesByWheel = 3;

const scrolledBy = (state: State, motion: Motion): State => {
  let moved = state;
  for (let i = 0; i < linesByWheel; i++) moved = areaOf(moved).scrolled(moved, motion);
  return moved;
};

/** In the list, a letter that is no key begins to search. */
const edited = (state: State, change: Edit): Step =>
  focusedField(state) === null && modeOf(state) !== 'rows' && modeOf(state) !== 'copied'
    ? step(state)
    : areaOf(state).edited(state, change);

const copied = (state: State): Step => {
  const text = commandLine(state);
  return text === null
    ? step({ ...state, notice: 'no command does the same' })
    : step({ ...state, copied: { command: text, top: 0 } }, { kind: 'copy', text });
};
