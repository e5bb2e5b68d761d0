import type { ValuePlan } from '../abi/model.ts';
import { ReadPlanner } from './bpf/reads/planner.ts';
import { ENTER, EXIT } from './bpf/records.ts';
import type { CaptureLayout, CaptureLimits } from './capture-layout.ts';
import { LayoutBuilder } from './layout-builder.ts';
import type { ExitSite, ProbeSite } from './site.ts';

/** The record of an entry: every argument. */
export const entryLayout = (site: ProbeSite, limits: CaptureLimits): CaptureLayout => {
  const builder = new LayoutBuilder(ENTER.captured, limits, valuesWithMemory(site.plan.args), site.entryAddress, []);
  for (const argument of site.plan.args) builder.add(argument);
  builder.addStale(site.stale);
  return builder.build();
};

/**
 * The record of an exit (null: a uretprobe): the result, and the arguments that are read once more. A tail call leaves the
 * result to another function, but for one in memory that the other one can't know.
 */
export const exitLayout = (site: ProbeSite, exit: ExitSite | null, limits: CaptureLimits): CaptureLayout => {
  const builder = new LayoutBuilder(EXIT.captured, limits, 1 + site.after.length, exit?.address ?? null, site.saved);
  const { ret } = site.plan;
  const inMemory = exit?.kind === 'tail-call' ? savedResult(site) : null;
  if (inMemory !== null) {
    builder.add(inMemory.plan);
    builder.addPassed(inMemory.index, ret.shape.size, exit?.passes ?? []);
  }
  if (exit?.kind !== 'tail-call') {
    builder.add(exit?.result == null ? ret : { ...ret, pieces: exit.result, candidates: [] });
    for (const { shape, words } of site.after) builder.addSaved(shape, words);
  }
  return builder.build();
};

/** A result through memory, by the address that was saved at entry; null where there is none. */
const savedResult = ({ plan: { ret }, saved }: ProbeSite): { plan: ValuePlan; index: number } | null => {
  const index = saved.indexOf('rdi');
  if (ret.mode !== 'sret' || ret.evidence === 'gone' || index < 0) return null;
  const pieces = ret.pieces.map((piece) =>
    piece.location.kind === 'memory'
      ? { ...piece, location: { ...piece.location, base: 'rdi' as const }, atEntry: true as const }
      : piece,
  );
  return { plan: { ...ret, pieces, candidates: [] }, index };
};

const valuesWithMemory = (values: readonly ValuePlan[]): number =>
  values.filter(({ shape }) => new ReadPlanner({ string: 1, items: 1, steps: 1 }).of(shape).length > 0).length;
