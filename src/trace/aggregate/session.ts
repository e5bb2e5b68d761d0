import { RsymError } from '../../base/errors.ts';
import { groupBy } from '../../base/group-by.ts';
import type { Surroundings } from '../bpf/entry.ts';
import { Unlowerable } from '../bpf/expression/unlowerable.ts';
import { followProgram } from '../bpf/lifecycle.ts';
import { PENDING } from '../bpf/records.ts';
import { sumExecProgram, sumLandingProgram, sumThreadEndProgram } from '../bpf/sums/endings.ts';
import { sumMapSpecs } from '../bpf/sums/maps.ts';
import { CALLS, DURATIONS } from '../bpf/sums/records.ts';
import type { Group } from '../keeper/links.ts';
import { ProbeLinks, type ProbePlace } from '../keeper/probe-links.ts';
import { KernelObjects } from '../kernel-objects.ts';
import { kernelTypes } from '../kernel-types.ts';
import { ProcessScope, scopeSize } from '../process-scope.ts';
import { type PlannedProgram, siteValue } from '../programs.ts';
import { cannotFollow } from '../refusals.ts';
import type { OwnedFd } from '../sys/fd.ts';
import { u32, updateElement } from '../uprobe/map.ts';
import type { AggregateReading, AggregateRun } from './model.ts';
import { planSums, type SumPlan } from './plan.ts';
import { SumStatistics } from './statistics.ts';
import { Groups, Sums } from './sums.ts';

const maxThreads = 16_384;

/** The kernel's side of calls that are summed up there. All of it goes when it is disposed of, or rsym ends. */
export class SumSession implements Disposable {
  readonly #plan: SumPlan;
  readonly links = new ProbeLinks();
  readonly #objects = new KernelObjects();
  readonly scope = new ProcessScope(this.#objects);
  readonly #programs = new Map<PlannedProgram, OwnedFd>();
  readonly #landings: readonly { readonly program: OwnedFd; readonly places: readonly ProbePlace[] }[];
  readonly #sums: Sums | Groups;
  readonly #statistics: SumStatistics;
  #missed = 0n;

  /**
   * Makes the maps and loads the programs; nothing is probed yet. Throws RsymError 'permission' or 'unsupported', and
   * Unlowerable.
   */
  constructor(run: AggregateRun) {
    try {
      const around: Surroundings = {
        scope: run.scope.kind === 'everywhere' ? { kind: 'all', except: this.links.processes } : { kind: 'named' },
        ringBytes: 0,
        vma: kernelTypes().vma,
      };
      this.#plan = planSums(run, around);
      const { keys, scratchBytes } = this.#plan;
      const isFollowing = this.#plan.callBytes > 0;
      const callBytes = Math.max(PENDING.size, this.#plan.callBytes);
      const sumBytes = run.of === 'durations' ? DURATIONS.size : CALLS.size;
      const objects = this.#objects;
      objects.createMaps(
        sumMapSpecs({
          functions: run.sites.length,
          sites: this.#plan.exitSites.length,
          pending: isFollowing ? run.maxPending : 1,
          threads: maxThreads,
          scope: scopeSize(run.children),
          callBytes,
          sumBytes,
          groups: keys && { most: run.maxGroups, keyBytes: keys.bytes },
          scratchBytes,
        }),
      );
      this.#sums = keys
        ? new Groups(objects.map('groups'), keys, run.of)
        : objects.own(new Sums(objects.map('sums'), run.sites.length, run.of));
      this.#statistics = new SumStatistics(objects, run.sites.length, callBytes);
      this.#fillSites();
      this.#load(run);
      // Where no call is followed none can be passed over.
      const landings = isFollowing ? run.landings : [];
      this.#landings = groupBy(landings, ({ stackAdjust }) => stackAdjust).map(([stackAdjust, sites]) => ({
        program: objects.own(objects.load(sumLandingProgram(stackAdjust, around))),
        places: sites.map(({ path, offset }) => ({ path, offset, cookie: 0n })),
      }));
      const { task, threads } = kernelTypes();
      objects.watch('sched_process_exit', sumThreadEndProgram(around, threads, scratchBytes > 0));
      objects.watch('sched_process_exec', sumExecProgram(scratchBytes > 0));
      if (run.children) {
        if (!task) throw cannotFollow();
        objects.watch('sched_process_fork', followProgram(task, true));
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** A program with expressions that the kernel refuses is a matter of these. */
  #load({ sites }: AggregateRun): void {
    const hasExpressions = sites.some(({ when, by }) => when !== undefined || by !== undefined);
    try {
      for (const program of [...this.#plan.entries, ...this.#plan.exits])
        this.#programs.set(program, this.#objects.own(this.#objects.load(program.spec)));
    } catch (error) {
      if (!hasExpressions || !(error instanceof RsymError) || error.code !== 'unsupported') throw error;
      throw new Unlowerable(`${error.reason ?? error.message}`);
    }
  }

  #fillSites(): void {
    this.#plan.exitSites.forEach((exit, number) => {
      if (!exit?.target) return;
      if (!updateElement(this.#objects.map('sites'), u32(number), siteValue(exit.target, exit.inside)))
        throw new RsymError('unsupported', 'the kernel did not take the description of an exit');
    });
  }

  /** Plants every probe, for one process or (null) for all. Exits first, so that no call is entered unseen at its end. */
  readonly attach = async (pid: number | null): Promise<void> => {
    for (const { program, places } of this.#landings)
      await this.links.plant('others', program, places, { pid, uretprobe: false });
    await this.#plant('others', this.#plan.exits, pid);
    await this.#plant('entries', this.#plan.entries, pid);
  };

  async #plant(group: Group, programs: readonly PlannedProgram[], pid: number | null): Promise<void> {
    for (const program of programs) {
      const { places, uretprobe } = program;
      const loaded = this.#programs.get(program);
      if (loaded) await this.links.plant(group, loaded, places, { pid, uretprobe });
    }
  }

  /** What is summed up by now. */
  read(): Pick<AggregateReading, 'groups' | 'gaps' | 'lost'> {
    const { gaps, lost } = this.#statistics.read();
    return { groups: this.#sums.read(), gaps, lost: { ...lost, processes: this.scope.lostProcesses, events: 0n } };
  }

  /** Forgets calls of threads that are gone. */
  sweep(): void {
    this.#statistics.sweep();
  }

  /** The same, if room for calls under way was missed since the last time. */
  sweepIfFull(): void {
    const missed = this.#statistics.read().lost.pending;
    if (missed === this.#missed) return;
    this.#missed = missed;
    this.sweep();
  }

  /** Removes every probe. */
  async detach(): Promise<void> {
    await this.links.detach();
    await this.#objects.unwatch();
  }

  /** Why the probes are not what they should be: the process that holds them ended or does not answer. */
  get failure(): RsymError | null {
    return this.links.failure;
  }

  get probes(): number {
    const planned = [...this.#plan.entries, ...this.#plan.exits, ...this.#landings];
    return planned.reduce((sum, { places }) => sum + places.length, 0);
  }

  /** Disposes, and waits for the process that held the probes to end. */
  async close(): Promise<void> {
    this[Symbol.dispose]();
    await this.links.ended();
  }

  [Symbol.dispose](): void {
    this.links[Symbol.dispose]();
    this.#objects[Symbol.dispose]();
  }
}
