import type { RsymError } from '../base/errors.ts';
import type { FileFacts, FunctionFacts, ProbeFacts } from '../query/browse.ts';
import type { TraceEvent } from '../query/watch.ts';
import { emptyField, type Field } from './field.ts';
import type { Mode } from './keys.ts';

/** What the screen shows, as data; only `update` makes a new one. */
export type State = {
  readonly file: FileFacts;
  readonly size: Size;
  /** What Esc goes back from: each level lies over the one before. */
  readonly level: 'list' | 'detail' | 'launch' | 'trace';
  /** The first line shown of the help, which lies over everything; null: it isn't shown. */
  readonly help: number | null;
  readonly list: ListState;
  readonly detail: DetailState | null;
  readonly launch: LaunchState;
  readonly trace: TraceState | null;
  /** Something that happened, shown until the next key. */
  readonly notice: string | null;
};

export type Size = { readonly columns: number; readonly rows: number };

export type ListState = {
  readonly search: Field;
  /** Rows of the symbol table, in the order shown. */
  readonly rows: Uint32Array;
  /** Indices of `rows`. */
  readonly cursor: number;
  readonly top: number;
  /** More rows may be found. */
  readonly searching: boolean;
  /** Why the text can't be searched for. */
  readonly fault: string | null;
};

export type DetailState = {
  readonly row: number;
  /** null until they are looked up. */
  readonly facts: FunctionFacts | null;
  readonly probe: ProbeFacts | null;
  readonly top: number;
  readonly signature: Field;
  /** What the field goes back to when editing is given up; null: it isn't being edited. */
  readonly before: Field | null;
  readonly fault: RsymError | null;
};

export const scopeKinds = ['run', 'command', 'process', 'everywhere'] as const;
export type ScopeKind = (typeof scopeKinds)[number];

export type LaunchState = {
  readonly choice: ScopeKind;
  readonly fields: Readonly<Record<ScopeKind, Field>>;
  readonly fault: RsymError | null;
};

export type TraceState = {
  readonly title: string;
  readonly phase: 'planning' | 'running' | 'stopping' | 'ended' | 'failed';
  /** What a user should know of how it is watched. */
  readonly notes: readonly string[];
  readonly probes: number;
  /** The program that rsym started. */
  readonly pid: number | null;
  /** The newest events, at most `mostEvents`. */
  readonly events: readonly TraceEvent[];
  /** What is shown in place of `events` while the view is held still. */
  readonly held: readonly TraceEvent[] | null;
  /** Lines between the last line shown and the newest; only while held. */
  readonly behind: number;
  readonly calls: number;
  /** Calls and pieces of knowledge that did not reach us. */
  readonly lost: number;
  /** CLOCK_MONOTONIC of the first event, ns. */
  readonly origin: bigint | null;
  /** The thread of the first call; null once there is another. */
  readonly thread: number | null | undefined;
  readonly error: RsymError | null;
};

/** Older calls are forgotten: hours of tracing must not fill the memory. */
export const mostEvents = 5_000;

export const initialState = (file: FileFacts, size: Size, rows: Uint32Array): State => ({
  file,
  size,
  level: 'list',
  help: null,
  list: { search: emptyField, rows, cursor: 0, top: 0, searching: false, fault: null },
  detail: null,
  launch: {
    choice: file.runnable ? 'run' : 'command',
    fields: { run: emptyField, command: emptyField, process: emptyField, everywhere: emptyField },
    fault: null,
  },
  trace: null,
  notice: null,
});

export const modeOf = (state: State): Mode => {
  if (state.help !== null) return 'help';
  if (state.level === 'detail' && state.detail !== null && state.detail.before !== null) return 'signature';
  return state.level;
};

/** The field that has the cursor. */
export const focusedField = (state: State): Field | null => {
  switch (modeOf(state)) {
    case 'list':
      return state.list.search;
    case 'signature':
      return state.detail?.signature ?? null;
    case 'launch':
      return state.launch.choice === 'everywhere' ? null : state.launch.fields[state.launch.choice];
    default:
      return null;
  }
};
