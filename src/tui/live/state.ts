import type { RsymError } from '../../base/errors.ts';
import { CallFigures } from '../../query/call-figures.ts';
import { type Losses, type NextProcess, noLosses, type ReturnsChoice, type WatchScope } from '../../query/watch.ts';
import type { Field } from '../parts/field.ts';
import type { Kept } from './kept.ts';
import type { CallKin } from './kin.ts';
import { emptyLog, type LogView } from './log.ts';
import { noOutput, type OutputView } from './output-log.ts';
import type { TargetState } from './target-state.ts';

export const views = ['calls', 'counts', 'latency', 'output', 'notes'] as const;
export type View = (typeof views)[number];

export type LiveState = {
  /** What is watched; begun again on request. */
  readonly request: LiveRequest;
  readonly phase: 'planning' | 'running' | 'stopping' | 'ended' | 'failed';
  /** What a user should know of how it is watched, and what happened meanwhile. */
  readonly notes: readonly string[];
  /** Of a command: its program, where that is another file and what it starts isn't watched. */
  readonly loneProgram: string | null;
  readonly probes: number;
  /** The program that rsym started. */
  readonly pid: number | null;
  /** The process that was waited for; null: none was, or it hasn't come. */
  readonly awaited: number | null;
  readonly target: TargetState;
  /** Since the probes were planted; stands still at the end. */
  readonly seconds: number;
  readonly seen: Seen;
  /** The newest events that pass the filter. */
  readonly log: LogView;
  /** What is shown in place of `log` while the view is held still. */
  readonly held: LogView | null;
  /** Rows of the held view: the chosen one, and the first one shown. */
  readonly cursor: number;
  readonly top: number;
  /**
   * Calls by function. They are added up behind the state: a frame shows them as they are then.
   */
  readonly figures: CallFigures;
  readonly output: OutputView;
  /** The first line shown of the output, counted from the program's first; null: the newest lines are. */
  readonly outputTop: number | null;
  readonly view: View;
  /** The first line shown of the views that are pages. */
  readonly tops: Readonly<Record<'counts' | 'latency' | 'notes', number>>;
  /** The call whose values are shown, over the calls; its row is `cursor`. */
  readonly opened: OpenedCall | null;
  readonly prompt: Prompt | null;
  /** What was searched for last. */
  readonly search: string;
  /** Which calls are shown, as it was typed; null: all. */
  readonly filter: string | null;
  /** Why it can't be watched. */
  readonly error: RsymError | null;
};

/** What came so far, whatever of it is shown. */
export type Seen = {
  readonly calls: number;
  /** Calls and pieces of knowledge that did not reach us. */
  readonly losses: Losses;
  /** Events too large to be kept. */
  readonly refused: number;
  /** Calls that aren't shown since the filter couldn't be decided for them. */
  readonly undecided: number;
  /** CLOCK_MONOTONIC of the moment from which times are shown, ns. */
  readonly origin: bigint | null;
  /** More than one thread, or process, was seen. */
  readonly threads: boolean;
  readonly processes: boolean;
};

export type OpenedCall = { readonly top: number; readonly kin: CallKin };

/** A line that is typed over the last rows. */
export type Prompt = {
  readonly kind: 'search' | 'filter' | 'export';
  readonly field: Field;
  readonly fault: RsymError | null;
  /** Of an export: the file is there, and is replaced if it is said once more. */
  readonly replaces: boolean;
  /** The answer is on its way. */
  readonly waits: boolean;
};

/** What is to be watched. */
export type LiveRequest = {
  readonly title: string;
  /** Functions, perhaps with signatures, as `rsym trace` takes them. */
  readonly specs: readonly string[];
  readonly scope: WatchScope | NextProcess;
  /** Absent where they are as `rsym trace` has them without an option. */
  readonly returns?: ReturnsChoice;
  readonly when?: string;
  readonly sample?: number;
  readonly children?: boolean;
};

/** What a trace tells the screen while it goes on. */
export type LiveNews =
  | {
      readonly kind: 'planned';
      readonly notes: readonly string[];
      readonly loneProgram: string | null;
      readonly figures: CallFigures;
    }
  | { readonly kind: 'attached'; readonly probes: number; readonly pid: number | null }
  /** The process that was waited for is there. */
  | { readonly kind: 'came'; readonly pid: number }
  | { readonly kind: 'events'; readonly log: LogView; readonly seen: Seen; readonly notes: readonly string[] }
  /** What was seen before is forgotten. */
  | { readonly kind: 'cleared'; readonly log: LogView; readonly figures: CallFigures; readonly output: OutputView }
  | { readonly kind: 'clock'; readonly seconds: number; readonly target: TargetState }
  | { readonly kind: 'output'; readonly output: OutputView }
  | { readonly kind: 'failed'; readonly error: RsymError }
  | { readonly kind: 'finished' }
  /** The log is that of another filter; `held` takes the place of the view that was held. */
  | {
      readonly kind: 'filtered';
      readonly filter: string | null;
      readonly log: LogView;
      readonly held: LogView | null;
      readonly seen: Seen;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'found'; readonly row: number | null }
  /** `kept`: of the view that was written. */
  | { readonly kind: 'exported'; readonly path: string; readonly calls: number; readonly kept: Kept }
  /** The file of an export is there already. */
  | { readonly kind: 'exists' }
  /** What was asked for in a prompt can't be done. */
  | { readonly kind: 'refused'; readonly error: RsymError };

export type LiveAsk =
  | { readonly kind: 'begin'; readonly request: LiveRequest; readonly filter?: string }
  /** Remove the probes; what was seen stays. */
  | { readonly kind: 'halt' }
  /** As halt, and the screen is left. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'filter'; readonly text: string | null; readonly held: LogView | null }
  | {
      readonly kind: 'find';
      readonly text: string;
      readonly view: LogView;
      readonly start: number;
      readonly by: 1 | -1;
      readonly seen: Seen;
    }
  | { readonly kind: 'export'; readonly path: string; readonly replaces: boolean; readonly view: LogView };

export const nothingSeen: Seen = {
  calls: 0,
  losses: noLosses,
  refused: 0,
  undecided: 0,
  origin: null,
  threads: false,
  processes: false,
};

export const newLive = (request: LiveRequest): LiveState => ({
  request,
  phase: 'planning',
  notes: [],
  loneProgram: null,
  probes: 0,
  pid: null,
  awaited: null,
  target: { kind: 'unknown' },
  seconds: 0,
  seen: nothingSeen,
  log: emptyLog,
  held: null,
  cursor: 0,
  top: 0,
  figures: new CallFigures(),
  output: noOutput,
  outputTop: null,
  view: 'calls',
  tops: { counts: 0, latency: 0, notes: 0 },
  opened: null,
  prompt: null,
  search: '',
  filter: null,
  error: null,
});

/** How much did not reach us, in all. */
export const lostCount = ({ losses }: Seen): number => Object.values(losses).reduce((sum, count) => sum + count, 0);

/** The events that the screen shows, or would while another view is open. */
export const shownLog = ({ held, log }: LiveState): LogView => held ?? log;
