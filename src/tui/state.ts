import type { FileFacts } from '../query/browse.ts';
import type { DetailState } from './detail/state.ts';
import type { HelpMode, Mode } from './keys.ts';
import { hasField, type LaunchState, newLaunch } from './launch/state.ts';
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
  /** A command line that was copied, and the first line shown of it; it lies over everything. */
  readonly copied: { readonly command: string; readonly top: number } | null;
  readonly list: ListState;
  readonly detail: DetailState | null;
  readonly launch: LaunchState;
  readonly live: LiveState | null;
  /** Something that happened, shown until the next key. */
  readonly notice: string | null;
};

export type Level = 'list' | 'detail' | 'launch' | 'live';

export type Size = { readonly columns: number; readonly rows: number };

/** `pid`: a process to trace, chosen from the start. */
export const initialState = (file: FileFacts, size: Size, rows: Uint32Array, pid: number | null = null): State => ({
  file,
  size,
  level: 'list',
  help: null,
  copied: null,
  list: newList(rows),
  detail: null,
  launch: newLaunch(file, pid),
  live: null,
  notice: null,
});

export const modeOf = (state: State): Mode => {
  if (state.copied !== null) return 'copied';
  return state.help === null ? modeBelow(state) : 'help';
};

/** The mode that the help lies over. */
export const modeBelow = (state: State): HelpMode => {
  if (state.level === 'list') return listMode(state.list);
  if (state.level === 'detail' && state.detail !== null && state.detail.before !== null) return 'signature';
  if (state.level === 'launch' && !hasField(state.launch.cursor)) return 'switch';
  if (state.level === 'live' && state.live?.prompt) return 'live-line';
  if (state.level === 'live' && state.live?.opened) return 'call';
  return state.level;
};

const listMode = ({ prompt, isTyping }: ListState): 'list' | 'rows' | 'selection' =>
  prompt ? 'selection' : isTyping ? 'list' : 'rows';

/** The field that has the cursor. */
export const focusedField = (state: State): Field | null => {
  switch (modeOf(state)) {
    case 'list':
      return state.list.search;
    case 'selection':
      return state.list.prompt?.field ?? null;
    case 'signature':
      return state.detail?.signature ?? null;
    case 'live-line':
      return state.live?.prompt?.field ?? null;
    case 'launch':
      return hasField(state.launch.cursor) ? state.launch.fields[state.launch.cursor] : null;
    default:
      return null;
  }
};
