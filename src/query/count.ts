import { hasInlined, namedFunctions, planFunctions } from './count-plan.ts';
import { type CountReading, type CountRequest, CountTarget, type CountWatch } from './count-watch.ts';
import { inlinedPlans } from './inlined-copies.ts';
import { type Measurement, measurement } from './measurement.ts';

export type { CountedCopy, CountedFunction, UncountedCopy } from './count-model.ts';
export type { CountReading, CountRequest, CountWatch } from './count-watch.ts';
export type { CountedCalls, FunctionCalls } from './counted-calls.ts';

/**
 * Plans counters: opens the file, finds the functions and where their calls can be counted. Plants nothing.
 *
 * @throws {RsymError} `input`, `not-found`, `usage` or `unsupported`.
 */
export const planCount = (request: CountRequest): CountWatch => {
  using target = new CountTarget(request);
  const wide = target.widePlan();
  if (wide !== null) return target.watch(wide);
  using debug = target.debugInfo();
  const sources = { image: target.image, symbols: target.symbols, debug };
  const named = namedFunctions(sources, request.functions, target.pids, request.inlined ?? false);
  // As `planCountLoading` does.
  const inlined = hasInlined(named) ? inlinedPlans(sources, named.wanted) : null;
  return target.watch(planFunctions(sources, named, inlined));
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
