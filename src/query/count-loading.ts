import { type CountRequest, CountTarget, type CountWatch } from './count-watch.ts';

/** As `planCount`; of its modules, half of which most requests don't need, it loads those that this one does. */
export const planCountLoading = async (request: CountRequest): Promise<CountWatch> => {
  using target = new CountTarget(request);
  const wide = target.widePlan();
  if (wide !== null) return target.watch(wide);
  const { hasInlined, namedFunctions, planFunctions } = await import('./count-plan.ts');
  using debug = target.debugInfo();
  const sources = { image: target.image, symbols: target.symbols, debug };
  const named = namedFunctions(sources, request.functions, target.pids, request.inlined ?? false);
  const inlined = hasInlined(named) ? (await import('./inlined-copies.ts')).inlinedPlans(sources, named.wanted) : null;
  return target.watch(planFunctions(sources, named, inlined));
};
