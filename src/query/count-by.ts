import { aggregateReadings, type Side } from '../trace/aggregate/aggregate.ts';
import type { AggregateReading, Attached } from '../trace/aggregate/model.ts';
import { inlinedLimit } from './copy-limits.ts';
import { countByDefaults, countByLimits } from './count-by-limits.ts';
import { GroupedCalls, GroupedSites } from './grouped-calls.ts';
import { type Measurement, measurement, timesOf } from './measurement.ts';
import { checkPositive, checkWhole } from './number-limits.ts';
import { planProbes } from './planned-probes.ts';
import type { WatchedFunction } from './trace-plan.ts';
import { checkScope, type WatchScope } from './watch-scope.ts';

export type { CopyCalls, GroupCalls, GroupedCalls, UngroupedCalls } from './grouped-calls.ts';

export type CountByRequest = {
  /** A file, or a library's short name such as `libc`. */
  readonly target: string;
  /** Patterns, perhaps with a signature. */
  readonly functions: readonly string[];
  readonly scope: WatchScope;
  /** What calls are told apart by: an expression on arguments, `ret`, `duration`, `pid`, `tid` and `comm`. */
  readonly by?: string;
  /** Which calls are counted, likewise. */
  readonly when?: string;
  /** Also count the descendants of the processes that `scope` names. */
  readonly children?: boolean;
  readonly seconds?: number;
  /** Seconds between readings; undefined: only the last is given. */
  readonly interval?: number;
  /** Groups at one time, over all functions; calls of more are counted together. */
  readonly maxGroups?: number;
  /** Bytes of a text by which it is told from others. */
  readonly maxString?: number;
  /** Inlined copies also where there are thousands of them; planning that takes long. */
  readonly inlined?: boolean;
  /** Pointers that are followed, one inside the other. */
  readonly depth?: number;
  /** Calls under way at one time, over all threads: where what is asked is known only when they return. */
  readonly maxPending?: number;
  /** Where debug info is read from; undefined: from the file, or where its build id or debug link lead. */
  readonly debugFile?: string;
  /** Where a started program's output goes. */
  readonly output?: 'stderr' | 'inherit' | 'ignore';
  readonly signal?: AbortSignal;
  /** Where calls are counted; undefined: in the kernel if it can. */
  readonly side?: Side;
};

/** The calls until a moment, by their keys. */
export type CountByReading = Pick<AggregateReading, 'seconds' | 'lost' | 'program' | 'notes' | 'isLast'> & {
  readonly calls: GroupedCalls;
};

/** What will be counted, before anything is. */
export type CountByWatch = {
  readonly path: string;
  /** The functions as they were named, without signatures. */
  readonly patterns: readonly string[];
  readonly by: string | null;
  readonly when: string | null;
  readonly functions: readonly WatchedFunction[];
  /** What a user should know of the choice made: one plain line each. */
  readonly notes: readonly string[];
  /** Starts counting; the last reading is that at the end. Told once the probes are planted. */
  readonly readings: (onAttached?: (attached: Attached) => void) => AsyncGenerator<CountByReading, void, void>;
};

/** Where values are in an inlined copy takes a look at the code around it. */
export const mostInlined = 1_000;

/**
 * Plans counters by key: opens the file, finds the functions and what the expressions mean in each copy. Plants nothing.
 *
 * @throws {RsymError} `input`, `not-found`, `usage` or `unsupported`.
 */
export const planCountBy = (request: CountByRequest): CountByWatch => {
  checkScope(request);
  checkPositive({ '--interval': request.interval, '--duration': request.seconds });
  checkWhole(request, countByLimits);
  const { maxGroups, maxString, depth, maxPending } = { ...countByDefaults, ...request };
  const { path, patterns, sites, functions, landings, scope, notes } = planProbes({
    ...request,
    returns: 'safe',
    depth,
    ...(request.inlined ? {} : { mostInlined }),
  });
  const doubted = functions.filter(({ doubts }) => doubts.length > 0).map(({ name }) => name);
  const known = new GroupedSites(sites, doubted);
  return {
    path,
    patterns,
    by: request.by ?? null,
    when: request.when ?? null,
    functions,
    notes: [...notes, ...inlinedLimit(sites.filter(({ copy }) => copy.kind === 'inlined').length)],
    readings: async function* (onAttached) {
      const { children = false, side } = request;
      let before: GroupedCalls | null = null;
      const run = {
        sites,
        landings,
        scope,
        children,
        of: 'calls',
        maxGroups,
        maxText: maxString,
        maxPending,
        ...timesOf(request),
        ...(onAttached === undefined ? {} : { onAttached }),
      } as const;
      for await (const reading of aggregateReadings(run, side)) {
        const calls: GroupedCalls = new GroupedCalls(known, reading, before);
        before = calls;
        const { seconds: since, lost, program, notes: news, isLast } = reading;
        yield { seconds: since, calls, lost, program, notes: news, isLast };
      }
    },
  };
};

/** Calls that are counted by their keys, as the counts come. */
export type CountBy = Measurement<CountByWatch, CountByReading>;

/**
 * Plans counters by key, and begins to count when readings are asked for. Every way out of the loop removes the probes.
 *
 *   for await (const { calls } of countBy({ target: './app', functions: ['app::f'], by: 'ret.variant', scope: { kind: 'run', args: [] } }))
 *     for (const { key, total } of calls.most(10)) …
 *
 * @throws {RsymError} for a request that can't be answered; the loop throws what the kernel refuses.
 */
export const countBy = (request: CountByRequest): CountBy => measurement(request, planCountBy);
