import type { Surroundings } from '../bpf/entry.ts';
import { operandOf } from '../bpf/jump-target.ts';
import { PENDING } from '../bpf/records.ts';
import { type SumEntry, sumEntryProgram } from '../bpf/sums/entry.ts';
import { type SumExit, sumExitProgram } from '../bpf/sums/exit.ts';
import type { PlannedProgram } from '../programs.ts';
import type { ExitSite, ProbeSite } from '../site.ts';
import { PT_REGS } from '../sys/uapi.ts';
import type { AggregateRun } from './model.ts';

export type SumPlan = {
  readonly entries: readonly PlannedProgram[];
  readonly exits: readonly PlannedProgram[];
  /** By their numbers; null: a uretprobe. */
  readonly exitSites: readonly (ExitSite | null)[];
  /** Bytes of a call under way. */
  readonly callBytes: number;
};

const wordSize = 8;

/** The programs that sum up a run's calls, and where they are planted. */
export const planSums = (run: AggregateRun, around: Surroundings): SumPlan => {
  const entries = new Programs();
  const exits = new Programs();
  const exitSites: (ExitSite | null)[] = [];
  run.sites.forEach((site, fn) => {
    const { path } = site;
    const entry = entryOf(site, run);
    if (entry === null) return;
    const program = entries.of(entry, false, () => sumEntryProgram(entry, around));
    program.places.push({ path, offset: site.entry, cookie: BigInt(fn) });
    if (!entry.tracked) return;
    const addExit = (offset: bigint, exit: ExitSite | null): void => {
      const sums = exitOf(exit, run);
      const cookie = (BigInt(exitSites.length) << 32n) | BigInt(fn);
      exitSites.push(exit);
      exits.of(sums, exit === null, () => sumExitProgram(sums, around)).places.push({ path, offset, cookie });
    };
    if (site.returns.mode === 'sites') for (const exit of site.returns.exits) addExit(exit.offset, exit);
    if (site.returns.mode === 'uretprobe') addExit(site.entry, null);
  });
  return { entries: entries.all, exits: exits.all, exitSites, callBytes: PENDING.size };
};

/** Programs that are alike are one. */
class Programs {
  readonly #programs = new Map<string, PlannedProgram>();

  of(shape: unknown, uretprobe: boolean, build: () => PlannedProgram['spec']): PlannedProgram {
    const id = JSON.stringify([shape, uretprobe]);
    const known = this.#programs.get(id) ?? { spec: build(), uretprobe, places: [] };
    this.#programs.set(id, known);
    return known;
  }

  get all(): readonly PlannedProgram[] {
    return [...this.#programs.values()];
  }
}

/** Null: there is nothing to sum up. */
const entryOf = (site: ProbeSite, run: AggregateRun): SumEntry | null => {
  const isWatched = site.returns.mode !== 'none';
  const timed = run.of === 'durations';
  if (timed && !isWatched) return null;
  const tracked = isWatched && (timed || site.loopsToEntry);
  return {
    stackAdjust: site.stackAdjust,
    tracked,
    loops: site.loopsToEntry,
    saved: site.saved.map((reg) => PT_REGS[reg]),
    timed,
    condition: null,
    hasRest: false,
    sample: run.sample === undefined || run.sample === 1 ? null : run.sample,
    room: tracked ? PENDING.size : 0,
    notes: [],
    counted: timed ? null : { key: null },
  };
};

const exitOf = (exit: ExitSite | null, run: AggregateRun): SumExit => ({
  condition: exit?.condition ?? null,
  operand: exit?.target ? operandOf(exit.target) : null,
  stackAdjust: exit?.stackAdjust ?? -wordSize,
  timed: run.of === 'durations',
  needsSaved: false,
  rest: null,
  room: 0,
  notes: [],
  counted: run.of === 'durations' ? { key: null, adds: 'duration' } : null,
});
