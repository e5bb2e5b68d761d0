import type { InlinedPlan } from './count-planner.ts';
import { ProbePlanner } from './probe-plan.ts';
import type { SelectedCopy, SelectSources } from './select-model.ts';
import type { Wanted } from './wanted.ts';

/** Where inlined copies are probed that are counted: as `trace` does, so that both see the same calls. */
export const inlinedPlans = (
  sources: SelectSources,
  wanted: readonly Wanted[],
): ((copy: SelectedCopy) => InlinedPlan | null) => {
  const all = wanted.flatMap(({ fn, copies }) =>
    copies.filter(({ kind }) => kind === 'inlined').map((copy) => ({ name: fn.name, copy })),
  );
  // Copies inlined into one function come one after the other, and its code is looked at once.
  all.sort((a, b) => (a.copy.address < b.copy.address ? -1 : a.copy.address > b.copy.address ? 1 : 0));
  const planner = new ProbePlanner(sources, { returns: 'off', depth: 1, after: [], isRedacted: null });
  const plans = new Map<SelectedCopy, InlinedPlan>();
  for (const { name, copy } of all) {
    const before = planner.notes.length;
    const site = planner.site(name, copy, null);
    const remark = planner.notes.slice(before).join('; ');
    plans.set(copy, { entry: site?.entry ?? null, remark: remark === '' ? null : remark });
  }
  return (copy) => plans.get(copy) ?? null;
};
