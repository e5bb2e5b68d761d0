import { openDebugInfo } from '../elf/debug-info.ts';
import { hasDebugInfo } from '../elf/debug-sections.ts';
import type { Image } from '../elf/model.ts';
import { openImage } from '../elf/open.ts';
import { countReadings } from '../trace/count/counter.ts';
import type { ProgramEnd } from '../trace/event.ts';
import type { CountedFunction, UncountedCopy } from './count-model.ts';
import { type CountPlan, planFunctions, planWide } from './count-plan.ts';
import { selectWide } from './count-wide.ts';
import { CountedCalls } from './counted-calls.ts';
import { type Measurement, measurement, timesOf } from './measurement.ts';
import { checkPositive } from './number-limits.ts';
import { targetFile } from './target.ts';
import { checkImage, checkScope, scopeOf, type WatchScope } from './watch-scope.ts';
import { refuseGone, refuseNarrow, strangers } from './watched-processes.ts';

export type { CountedCopy, CountedFunction, UncountedCopy } from './count-model.ts';
export type { CountedCalls, FunctionCalls } from './counted-calls.ts';

export type CountRequest = {
  /** A file, or a library's short name such as `libc`. */
  readonly target: string;
  /** Patterns. */
  readonly functions: readonly string[];
  readonly scope: WatchScope;
  /** Also count the descendants of the processes that `scope` names. */
  readonly children?: boolean;
  /** Inlined copies also where there are thousands of them; planning that takes long. */
  readonly inlined?: boolean;
  readonly seconds?: number;
  /** Seconds between readings; undefined: only the last is given. */
  readonly interval?: number;
  /** Calls in a second; a function with more of them is disarmed. */
  readonly maxRate?: number;
  /** Where debug info is read from; undefined: from the file, or where its build id or debug link lead. */
  readonly debugFile?: string;
  /** Where a started program's output goes. */
  readonly output?: 'stderr' | 'inherit' | 'ignore';
  readonly signal?: AbortSignal;
};

/** The calls until a moment. */
export type CountReading = {
  /** Since counting began. */
  readonly seconds: number;
  readonly calls: CountedCalls;
  /** Children that there was no room to follow: their calls aren't counted. */
  readonly lostProcesses: number;
  /** How a started program ended; both null: it runs on. */
  readonly program: ProgramEnd | null;
  /** What a user should know, since the reading before. */
  readonly notes: readonly string[];
  readonly isLast: boolean;
};

/** What will be counted, before anything is. */
export type CountWatch = {
  readonly path: string;
  readonly patterns: readonly string[];
  readonly functions: readonly CountedFunction[];
  /** Copies that can't be counted. */
  readonly uncounted: readonly UncountedCopy[];
  /** What a user should know of the choice made: one plain line each. */
  readonly notes: readonly string[];
  /** Starts counting; the last reading is that at the end. Told once the probes are planted. */
  readonly readings: (
    onAttached?: (attached: { readonly probes: number; readonly pid: number | null }) => void,
  ) => AsyncGenerator<CountReading, void, void>;
};

/**
 * Plans counters: opens the file, finds the functions and where their calls can be counted. Plants nothing.
 *
 * @throws {RsymError} `input`, `not-found`, `usage` or `unsupported`.
 */
export const planCount = (request: CountRequest): CountWatch => {
  checkScope(request);
  checkPositive({ '--interval': request.interval, '--max-rate': request.maxRate, '--duration': request.seconds });
  const pids = request.scope.kind === 'processes' ? request.scope.pids : [];
  for (const pid of pids) {
    refuseGone(pid);
    refuseNarrow(pid);
  }
  const { path, note } = targetFile(request.target, pids);
  using image = openImage(path);
  checkImage(image);
  const plan = planned(image, request, pids);
  const notes = [...(note === null ? [] : [note]), ...plan.notes, ...strangers(path, pids)];
  const scope = scopeOf(request, path);
  const { functions, uncounted, sites } = plan;
  let next = 0;
  const sitesOf = functions.map(({ copies }) => copies.map(() => next++));
  return {
    path,
    patterns: request.functions,
    functions,
    uncounted,
    notes,
    readings: async function* (onAttached) {
      const { children = false, maxRate } = request;
      let before: CountedCalls | null = null;
      for await (const { calls, disarmed, ...reading } of countReadings({
        sites,
        functions: sitesOf,
        scope,
        children,
        ...timesOf(request),
        ...(maxRate === undefined ? {} : { maxRate }),
        ...(onAttached === undefined ? {} : { onAttached }),
      })) {
        const now: CountedCalls = new CountedCalls(functions, sitesOf, calls, disarmed, reading.seconds, before);
        before = now;
        yield { ...reading, calls: now };
      }
    },
  };
};

/** Functions that are counted, as their counts come. */
export type Count = Measurement<CountWatch, CountReading>;

/**
 * Plans counters, and begins to count when readings are asked for. Every way out of the loop removes the probes.
 *
 *   for await (const { calls } of count({ target: './app', functions: ['app::**'], scope: { kind: 'run', args: [] } }))
 *     for (const { function: { name }, total } of calls.most(10)) …
 *
 * @throws {RsymError} for a request that can't be answered; the loop throws what the kernel refuses.
 */
export const count = (request: CountRequest): Count => measurement(request, planCount);

/** Where an inlined copy begins takes a look at the code around it. */
const mostInlined = 2_000;

const planned = (image: Image, request: CountRequest, pids: readonly number[]): CountPlan => {
  const symbols = image.symbols();
  const wide = request.inlined ? null : selectWide(symbols, request.functions);
  if (wide === null) {
    using debug = openDebugInfo(image, request.debugFile === undefined ? {} : { debugFile: request.debugFile });
    return planFunctions(
      { image, symbols, debug },
      request.functions,
      pids,
      request.inlined ? Number.POSITIVE_INFINITY : mostInlined,
    );
  }
  const plan = planWide(image, symbols, wide, pids);
  const notes: string[] = [];
  if (wide.merged > 0) notes.push(`${wide.merged} functions have the same code as others: they are counted together`);
  if (request.debugFile !== undefined || hasDebugInfo(image))
    notes.push(
      `of so many functions only code of their own is counted, inlined copies are not; --inlined counts them too`,
    );
  return { ...plan, notes: [...plan.notes, ...notes] };
};
