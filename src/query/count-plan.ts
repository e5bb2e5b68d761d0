import { inlinedLimit } from './copy-limits.ts';
import type { CountedCopy, CountPlan } from './count-model.ts';
import { type CountedName, CountPlanner, type InlinedPlan } from './count-planner.ts';
import { schemeOf } from './function-path.ts';
import type { SelectedCopy, SelectSources } from './select-model.ts';
import { type Wanted, WantedFunctions } from './wanted.ts';

/** Where an inlined copy begins takes a look at the code around it. */
const mostInlined = 2_000;

/** The functions that texts name. */
export type NamedFunctions = {
  readonly texts: readonly string[];
  readonly wanted: readonly Wanted[];
  /** Inlined copies that there are too many of. */
  readonly leftOut: number;
  readonly notes: readonly string[];
};

/** `inlined`: also where there are thousands of inlined copies. */
export const namedFunctions = (
  sources: SelectSources,
  texts: readonly string[],
  pids: readonly number[],
  inlined: boolean,
): NamedFunctions => {
  const named = new WantedFunctions(sources, pids, inlined ? Number.POSITIVE_INFINITY : mostInlined);
  const wanted = named.of(texts);
  return { texts, wanted, leftOut: named.leftOut, notes: named.notes };
};

/** Whether any copy is inlined, so that it takes a plan of its own. */
export const hasInlined = ({ wanted }: NamedFunctions): boolean =>
  wanted.some(({ copies }) => copies.some(({ kind }) => kind === 'inlined'));

/** Plans counters for every copy of functions. `inlinedPlan`: of their inlined copies; null where there are none. */
export const planFunctions = (
  { image, symbols }: SelectSources,
  { texts, wanted, leftOut, notes }: NamedFunctions,
  inlinedPlan: ((copy: SelectedCopy) => InlinedPlan | null) | null,
): CountPlan => {
  const planner = new CountPlanner<CountedCopy>(image, symbols, false, (copy) => copy);
  let inlined = 0;
  for (const { fn, copies, aliases, leftOut: ofIt } of wanted) {
    planner.begin(givenName(fn.name, aliases));
    if (ofIt > 0) planner.doubt(`${ofIt} inlined copies of it are not counted`);
    for (const copy of copies) {
      if (copy.kind !== 'inlined') {
        planner.addOwn(infoOf(fn.name, copy), { ...copy, isCompiled: schemeOf(copy.raw) !== 'none' });
        continue;
      }
      const plan = inlinedPlan?.(copy) ?? notPlanned;
      if (plan.entry !== null) inlined++;
      planner.addInlined(infoOf(fn.name, copy), plan);
    }
    planner.end();
  }
  const left =
    leftOut === 0 ? [] : [`${leftOut} inlined copies are not counted, too many to look at; --inlined counts them too`];
  return planner.plan([...notes, ...left, ...inlinedLimit(inlined)], texts);
};

const notPlanned: InlinedPlan = { entry: null, remark: null };

const givenName = (name: string, own: readonly string[]): CountedName => {
  const aliases = new Set(own);
  return {
    name,
    get aliases() {
      return [...aliases];
    },
    addAlias: (alias) => void aliases.add(alias),
  };
};

const infoOf = (name: string, copy: SelectedCopy): CountedCopy => ({
  kind: copy.kind,
  address: copy.address,
  caller: copy.callers[0]?.name ?? null,
  callSite: copy.callSite,
  ...(copy.name === name ? {} : { name: copy.name }),
});
