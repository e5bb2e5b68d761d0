import type { ProgramSpec } from '../bpf/asm.ts';
import { assemble } from '../bpf/assemble.ts';
import type { Surroundings } from '../bpf/entry.ts';
import type { KeyLayout } from '../bpf/expression/key-layout.ts';
import { Unlowerable } from '../bpf/expression/unlowerable.ts';
import { sumEntryProgram } from '../bpf/sums/entry.ts';
import { sumExitProgram } from '../bpf/sums/exit.ts';
import { GROUP } from '../bpf/sums/records.ts';
import { needsScratch } from '../bpf/sums/room.ts';
import type { PlannedProgram } from '../programs.ts';
import type { ExitSite } from '../site.ts';
import type { AggregateRun } from './model.ts';
import { SitePlan } from './site-plan.ts';

export type SumPlan = {
  readonly entries: readonly PlannedProgram[];
  readonly exits: readonly PlannedProgram[];
  /** By their numbers; null: a uretprobe. */
  readonly exitSites: readonly (ExitSite | null)[];
  /** Bytes of a call under way; 0: none is followed to its end. */
  readonly callBytes: number;
  /** Groups by key; null: by copy alone. By copy, how its keys lie behind {@link GROUP}. */
  readonly keys: { readonly bytes: number; readonly layouts: readonly (KeyLayout | null)[] } | null;
  /** Bytes of memory that each thread needs for itself; 0: none. */
  readonly scratchBytes: number;
};

/** Instructions of all programs together: the kernel's verifier takes about a microsecond for each. */
const mostInstructions = 500_000;

/** The programs that sum up a run's calls, and where they are planted. Throws Unlowerable. */
export const planSums = (run: AggregateRun, around: Surroundings): SumPlan => {
  const plans = run.sites.map((site, fn) => new SitePlan(site, fn, run));
  const layouts = plans.map(({ layout }) => layout);
  const hasKeys = layouts.some((layout) => layout !== null);
  const key = hasKeys ? GROUP.key + Math.max(...layouts.map((layout) => layout?.size ?? 0)) : 0;
  const call = Math.max(0, ...plans.map((plan) => plan.callBytes(key)));
  const programs = new Programs(around);
  const exitSites: (ExitSite | null)[] = [];
  let scratchBytes = 0;
  const reserve = (where: 'entry' | 'exit', room: number): void => {
    if (needsScratch(where, room)) scratchBytes = Math.max(scratchBytes, room);
  };
  plans.forEach((plan, fn) => {
    if (plan.isIdle) return;
    const { path, entry: begin, returns } = plan.site;
    const entry = plan.entry({ call, key });
    reserve('entry', entry.room);
    programs.entry(entry, plan.hasExpressions).places.push({ path, offset: begin, cookie: BigInt(fn) });
    if (!plan.isTracked) return;
    const addExit = (offset: bigint, site: ExitSite | null): void => {
      const exit = plan.exit(site, { call, key });
      reserve('exit', exit.room);
      const cookie = (BigInt(exitSites.length) << 32n) | BigInt(fn);
      exitSites.push(site);
      programs.exit(exit, plan.hasExpressions, site === null).places.push({ path, offset, cookie });
    };
    if (returns.mode === 'sites') for (const exit of returns.exits) addExit(exit.offset, exit);
    if (returns.mode === 'uretprobe') addExit(begin, null);
  });
  return {
    entries: programs.entries,
    exits: programs.exits,
    exitSites,
    callBytes: call,
    keys: hasKeys ? { bytes: key, layouts } : null,
    scratchBytes,
  };
};

/** Programs that are alike are one. */
class Programs {
  readonly #around: Surroundings;
  readonly #entries = new Map<string, PlannedProgram>();
  readonly #exits = new Map<string, PlannedProgram>();
  #instructions = 0;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  entry(entry: Parameters<typeof sumEntryProgram>[0], hasExpressions: boolean): PlannedProgram {
    return this.#one(this.#entries, entry, hasExpressions, false, () => sumEntryProgram(entry, this.#around));
  }

  exit(exit: Parameters<typeof sumExitProgram>[0], hasExpressions: boolean, uretprobe: boolean): PlannedProgram {
    return this.#one(this.#exits, exit, hasExpressions, uretprobe, () => sumExitProgram(exit, this.#around));
  }

  /** What expressions come to is known from the instructions alone. */
  #one(
    programs: Map<string, PlannedProgram>,
    shape: unknown,
    hasExpressions: boolean,
    uretprobe: boolean,
    build: () => ProgramSpec,
  ): PlannedProgram {
    const built = hasExpressions ? build() : null;
    const id = `${uretprobe} ${built === null ? JSON.stringify(shape) : idOf(built)}`;
    const known = programs.get(id);
    if (known) return known;
    const made = { spec: built ?? build(), uretprobe, places: [] };
    programs.set(id, made);
    this.#instructions += made.spec.code.length;
    if (hasExpressions && this.#instructions > mostInstructions)
      throw new Unlowerable('it would be too much for so many copies of functions');
    return made;
  }

  get entries(): readonly PlannedProgram[] {
    return [...this.#entries.values()];
  }

  get exits(): readonly PlannedProgram[] {
    return [...this.#exits.values()];
  }
}

const idOf = ({ code }: ProgramSpec): string => {
  const maps: string[] = [];
  const numberOf = (name: string): number => {
    const known = maps.indexOf(name);
    return known < 0 ? maps.push(name) - 1 : known;
  };
  return `${assemble(code, numberOf).toString('latin1')} ${maps.join()}`;
};
