import { RsymError } from '../base/errors.ts';
import { longestText } from '../expr/longest-text.ts';
import { captureLimits } from '../trace/capture-limits.ts';
import type { TraceEvent } from '../trace/event.ts';
import type { ProgramOutput } from '../trace/program-output.ts';
import type { ProbeSite } from '../trace/site.ts';
import { traceBatches } from '../trace/tracer.ts';
import { type EventFilter, eventFilter } from './event-filter.ts';
import type { ReturnsChoice } from './exits.ts';
import { checkWhole } from './number-limits.ts';
import { planProbes } from './planned-probes.ts';
import type { WatchedFunction } from './trace-plan.ts';
import { watchDefaults, watchLimits } from './watch-limits.ts';
import { checkScope, type NextProcess, plannedScope, type WatchScope } from './watch-scope.ts';

export type { JsonValue } from '../trace/decode/decode.ts';
export type {
  CallEvent,
  CallWriter,
  EndEvent,
  FunctionLosses,
  Losses,
  LostEvent,
  NoteEvent,
  Outcome,
  ShownValue,
  TraceEvent,
} from '../trace/event.ts';
export type { LeftOut } from '../trace/left-out.ts';
export { noLosses } from '../trace/losses.ts';
export type { OutputReader, ProgramStream } from '../trace/program-output.ts';
export { RecordRoom } from '../trace/record-room.ts';
export type { EventFilter } from './event-filter.ts';
export type { ReturnsChoice } from './exits.ts';
export type { WatchedFunction } from './trace-plan.ts';
export type { NextProcess, WatchScope } from './watch-scope.ts';

export type WatchRequest = {
  /** A file, or a library's short name such as `libc`. */
  readonly target: string;
  /** Patterns, perhaps with a signature. */
  readonly functions: readonly string[];
  readonly scope: WatchScope | NextProcess;
  /** Also watch the descendants of the processes that `scope` names. */
  readonly children?: boolean;
  readonly returns?: ReturnsChoice;
  /** Also give an event when a call begins. */
  readonly entries?: boolean;
  readonly seconds?: number;
  readonly calls?: number;
  /** Bytes of a text that are read at most. */
  readonly maxString?: number;
  /** Pointers that are followed, one inside the other. */
  readonly depth?: number;
  /** Names, paths or types of values that are never read from the target: globs, or regular expressions between slashes. */
  readonly redact?: readonly string[];
  /** Arguments whose memory is read once more when the call returns: `buf`, `buf:len`, `buf:64`, `buf:ret`, `*` for every `&mut`. */
  readonly after?: readonly string[];
  /** Which calls are wanted: an expression on arguments, `ret`, `duration`, `pid`, `tid` and `comm`. */
  readonly when?: string;
  /** Where that is decided: in the kernel as far as it can, or by rsym, from events of every call. */
  readonly whenIn?: 'kernel' | 'rsym';
  /** Of the calls that are wanted one in so many is given, of each copy by itself. */
  readonly sample?: number;
  /** Of those at most so many in a second, over all functions; seconds are those of the events' clock. */
  readonly rateLimit?: number;
  /** Values on pages that are not in memory are read too: the program waits for these where it hits a probe. */
  readonly coldPages?: boolean;
  /** Where debug info is read from; undefined: from the file, or where its build id or debug link lead. */
  readonly debugFile?: string;
  /** Size of the ring that events wait in, bytes; rounded up to a power of two. */
  readonly ringBytes?: number;
  /** Calls under way at one time, over all threads. */
  readonly maxPending?: number;
  /** Where a started program's output goes. */
  readonly output?: ProgramOutput;
  readonly signal?: AbortSignal;
};

/** What will be watched, before anything is. */
export type Watch = {
  readonly path: string;
  /** The functions as they were named, without signatures. */
  readonly patterns: readonly string[];
  readonly functions: readonly WatchedFunction[];
  /** What a user should know of the choice made: one plain line each. */
  readonly notes: readonly string[];
  /**
   * A condition on events of this watch that are there already. Only those of {@link planTextWatch} can be tested.
   *
   * @throws {RsymError} `usage` where it can't be read, or fits no function.
   */
  readonly filter: (text: string) => EventFilter;
  /** Starts watching; the last event of the last batch is `end`. Told once the probes are planted. */
  readonly batches: (
    onAttached?: (attached: { readonly probes: number; readonly pid: number | null }) => void,
    /** Told which process it is that was waited for. */
    onChosen?: (pid: number) => void,
  ) => AsyncGenerator<readonly TraceEvent[], void, void>;
};

/**
 * Plans a trace: opens the file, finds the functions, their exits and the unwinders. Plants nothing.
 *
 * @throws {RsymError} `input`, `not-found`, `usage` or `unsupported`.
 */
export const planWatch = (request: WatchRequest): Watch => plan(request, false);

/**
 * As {@link planWatch}, for who only writes an event's texts: its other properties are getters, and values are decoded
 * only if asked for. Events are good until the next batch is asked for or the loop is left: they are read from memory
 * that is used anew then.
 */
export const planTextWatch = (request: WatchRequest): Watch => plan(request, true);

const plan = (request: WatchRequest, texts: boolean): Watch => {
  checkLimits(request);
  const { path, patterns, sites, functions, landings, scope, notes } = planProbes({
    ...request,
    scope: plannedScope(request.scope),
    returns: request.returns ?? 'safe',
    depth: request.depth ?? watchDefaults.depth,
  });
  return {
    path,
    patterns,
    functions,
    notes,
    filter: (text) => eventFilter(sites, text),
    batches: (onAttached, onChosen) =>
      traceBatches({
        sites,
        landings,
        notes,
        scope: request.scope.kind === 'next' ? request.scope : scope,
        children: request.children ?? false,
        coldPages: request.coldPages ?? false,
        entries: request.entries ?? false,
        texts,
        limits: captureLimits(
          textLimit(request.maxString ?? watchDefaults.maxString, sites),
          (request.redact ?? []).length > 0,
        ),
        ringBytes: 2 ** Math.ceil(Math.log2(request.ringBytes ?? watchDefaults.ringBytes)),
        maxPending: request.maxPending ?? watchDefaults.maxPending,
        ...(request.whenIn === 'rsym' ? { leavesConditions: true } : {}),
        ...(request.sample === undefined && request.rateLimit === undefined
          ? {}
          : { thinning: { sample: request.sample ?? 1, rateLimit: request.rateLimit ?? null } }),
        ...(request.seconds === undefined ? {} : { seconds: request.seconds }),
        ...(request.calls === undefined ? {} : { calls: request.calls }),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
        ...(onAttached === undefined ? {} : { onAttached }),
        ...(onChosen === undefined ? {} : { onChosen }),
      }),
  };
};

/** A text can be compared with one that is longer than what is shown: then more of it is read. */
const textLimit = (maxString: number, sites: readonly ProbeSite[]): number => {
  const compared = Math.max(0, ...sites.map(({ when }) => (when === undefined ? 0 : longestText(when))));
  return Math.max(maxString, Math.min(watchLimits.maxString.most, compared + 1));
};

const checkLimits = (request: WatchRequest): void => {
  checkScope(request);
  if (request.returns === 'off' && (request.after ?? []).length > 0)
    throw new RsymError('usage', '--after reads when calls return, and --returns off watches no return');
  checkWhole(request, watchLimits);
};
