import type { FileFacts } from '../query/browse.ts';
import type { DetailState } from './detail/state.ts';
import type { Mode } from './keys.ts';
import { type LaunchState, newLaunch } from './launch/state.ts';
import { type ListState, newList } from './list/state.ts';
import type { LiveState } from './live/state.ts';
import type { Field } from './parts/field.ts';

/** What the screen shows, as data; only `update` makes a new one. */
export type State = {
  readonly file: FileFacts;
  readonly size: Size;
  /** What Esc goes back from: each level lies over the one before. */
  readonly level: Level;
  /** The first line shown of the help, which lies over everything; null: it isn't shown. */
  readonly help: number | null;
  readonly list: ListState;
  readonly detail: DetailState | null;
  readonly launch: LaunchState;
  readonly live: LiveState | null;
  /** Something that happened, shown until the next key. */
  readonly notice: string | null;
};

export type Level = 'list' | 'detail' | 'launch' | 'live';

export type Size = { readonly columns: number; readonly rows: number };

export const initialState = (file: FileFacts, size: Size, rows: Uint32Array): State => ({
  file,
  size,
  level: 'list',
  help: null,
  list: newList(rows),
  detail: null,
  launch: newLaunch(file),
  live: null,
  notice: null,
});

export const modeOf = (state: State): Mode => {
  if (state.help !== null) return 'help';
  if (state.level === 'detail' && state.detail !== null && state.detail.before !== null) return 'signature';
  if (state.level === 'live' && state.live?.prompt) return 'live-line';
  if (state.level === 'live' && state.live?.opened) return 'call';
  return state.level;
};

/** The field that has the cursor. */
export const focusedField = (state: State): Field | null => {
  switch (modeOf(state)) {
    case 'list':
      return state.list.search;
    case 'signature':
      return state.detail?.signature ?? null;
    case 'live-line':
      return state.live?.prompt?.field ?? null;
    case 'launch':
      return state.launch.choice === 'everywhere' ? null : state.launch.fields[state.launch.choice];
    default:
      return null;
  }
};
