import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { aggregateReadings } from '../trace/aggregate/aggregate.ts';
import type { AggregateReading, AggregateRun } from '../trace/aggregate/model.ts';
import type { CopyInfo, ProbeSite } from '../trace/site.ts';
import { inlinedLimit } from './copy-limits.ts';
import { type CountByRequest, mostInlined } from './count-by.ts';
import { countByDefaults, countByLimits } from './count-by-limits.ts';
import { GroupedSites } from './grouped-calls.ts';
import { Latencies } from './latencies.ts';
import { type Measurement, measurement, timesOf } from './measurement.ts';
import { checkPositive, checkWhole } from './number-limits.ts';
import { type PlannedProbes, planProbes } from './planned-probes.ts';
import type { WatchedFunction } from './trace-plan.ts';
import { checkScope } from './watch-scope.ts';

export type { FunctionLatency, Latencies, Latency, LatencyBucket } from './latencies.ts';

export type LatencyRequest = CountByRequest & {
  /** How returns are seen; `fast` by uretprobes, which abort a program that panics. */
  readonly returns?: 'safe' | 'fast';
  /** Time one of so many calls, of each copy of a function by itself. */
  readonly sample?: number;
};

/** Durations of the calls that ended until a moment. */
export type LatencyReading = Pick<AggregateReading, 'seconds' | 'lost' | 'program' | 'notes' | 'isLast'> & {
  readonly latencies: Latencies;
};

/** A copy whose calls can't be timed, and why. */
export type UntimedCopy = { readonly function: string; readonly copy: CopyInfo; readonly reason: string };

/** What will be timed, before anything is. */
export type LatencyWatch = Pick<PlannedProbes, 'path' | 'patterns' | 'notes'> & {
  readonly by: string | null;
  readonly when: string | null;
  /** One of so many calls is timed. */
  readonly sample: number;
  readonly functions: readonly WatchedFunction[];
  readonly untimed: readonly UntimedCopy[];
  /** Starts timing; the last reading is that at the end. Told once the probes are planted. */
  readonly readings: (onAttached?: AggregateRun['onAttached']) => AsyncGenerator<LatencyReading, void, void>;
};

export const latencyDefaults = { ...countByDefaults, maxGroups: 1_000 } as const;
const limits = {
  ...countByLimits,
  maxGroups: { option: '--max-groups', most: 100_000 },
  sample: { option: '--sample', most: 2 ** 31 - 1 },
} as const;

/**
 * Plans the timing of calls: opens the file, finds the functions, their exits and the unwinders. Plants nothing.
 *
 * @throws {RsymError} `input`, `not-found`, `usage` or `unsupported`.
 */
export const planLatency = (request: LatencyRequest): LatencyWatch => {
  checkScope(request);
  checkPositive({ '--interval': request.interval, '--duration': request.seconds });
  checkWhole(request, limits);
  const { maxGroups, maxString, depth, maxPending } = { ...latencyDefaults, ...request };
  const planned = planProbes({
    ...request,
    returns: request.returns ?? 'safe',
    depth,
    isTimed: true,
    withoutValues: request.when === undefined && request.by === undefined,
    ...(request.inlined ? {} : { mostInlined }),
  });
  const { path, patterns, landings, scope, notes } = planned;
  const sites = planned.sites.filter(({ returns }) => returns.mode !== 'none');
  const untimed = planned.sites.flatMap(untimedCopy);
  if (sites.length === 0) throw nothingTimed(patterns, untimed);
  const names = new Set(sites.map(({ name }) => name));
  const timed = planned.functions.filter(({ name }) => names.has(name));
  const doubted = timed.filter(({ doubts }) => doubts.length > 0).map(({ name }) => name);
  const known = new GroupedSites(sites, doubted);
  return {
    path,
    patterns,
    by: request.by ?? null,
    when: request.when ?? null,
    sample: request.sample ?? 1,
    functions: timed,
    untimed,
    // Those copies are told of by themselves.
    notes: [
      ...notes.filter((note) => !untimed.some((copy) => note.endsWith(`returns aren't watched: ${copy.reason}`))),
      ...inlinedLimit(sites.filter(({ copy }) => copy.kind === 'inlined').length),
    ],
    readings: async function* (onAttached) {
      const { children = false, sample } = request;
      let before: Latencies | null = null;
      const run: AggregateRun = {
        sites,
        landings,
        scope,
        children,
        of: 'durations',
        maxGroups,
        maxText: maxString,
        maxPending,
        ...(sample === undefined ? {} : { sample }),
        ...timesOf(request),
        ...(onAttached === undefined ? {} : { onAttached }),
      };
      for await (const reading of aggregateReadings(run, request.side)) {
        const latencies: Latencies = new Latencies(known, reading, before);
        before = latencies;
        const { seconds: since, lost, program, notes: news, isLast } = reading;
        yield { seconds: since, latencies, lost, program, notes: news, isLast };
      }
    },
  };
};

const untimedCopy = ({ name, copy, returns }: ProbeSite): UntimedCopy[] =>
  returns.mode === 'none' ? [{ function: name, copy, reason: returns.reason }] : [];

const nothingTimed = (patterns: readonly string[], untimed: readonly UntimedCopy[]): RsymError =>
  new RsymError('unsupported', `cannot time ${patterns.map(sanitize).join(', ')}`, {
    reason: `no copy's end can be seen: ${sanitize(untimed[0]?.reason ?? '')}`,
    hints: ['rsym count counts the calls'],
  });

/** Durations of calls, as they come. */
export type LatencyMeasurement = Measurement<LatencyWatch, LatencyReading>;

/**
 * Plans the timing of calls, and begins when readings are asked for. Every way out of the loop removes the probes.
 *
 *   for await (const { latencies } of latency({ target: './app', functions: ['app::f'], scope: { kind: 'run', args: [] } }))
 *     for (const { latency } of latencies.functions) console.log(latency.function, latency.percentile(990));
 *
 * @throws {RsymError} for a request that can't be answered; the loop throws what the kernel refuses.
 */
export const latency = (request: LatencyRequest): LatencyMeasurement => measurement(request, planLatency);
