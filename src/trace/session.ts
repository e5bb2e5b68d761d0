import { RsymError } from '../base/errors.ts';
import { groupBy } from '../base/group-by.ts';
import { sanitize } from '../base/text.ts';
import type { Thinning } from './bpf/choose.ts';
import type { Surroundings } from './bpf/entry.ts';
import { landingProgram } from './bpf/landing.ts';
import { execProgram, followProgram, forkProgram, threadEndProgram } from './bpf/lifecycle.ts';
import { mapSpecs } from './bpf/maps.ts';
import { scratchMargin } from './bpf/memory/cold-pages.ts';
import { FUNCTION_STATS } from './bpf/records.ts';
import type { CaptureLimits } from './capture-layout.ts';
import { trySleepableProbe } from './features.ts';
import type { Group } from './keeper/links.ts';
import { ProbeLinks } from './keeper/probe-links.ts';
import { KernelObjects } from './kernel-objects.ts';
import { kernelTypes } from './kernel-types.ts';
import { PendingCalls } from './pending-calls.ts';
import { ProcessScope, roomForOld, scopeSize, type Watched } from './process-scope.ts';
import { type PlannedProgram, type ProgramPlan, planPrograms, siteValue } from './programs.ts';
import { type Layouts, type RawRecord, readRecord } from './record.ts';
import { cannotFollow, cannotWaitForPages, refuseLargeRecord } from './refusals.ts';
import { functionStatistics, type SessionStatistics, sumStatistics } from './session-statistics.ts';
import type { LandingSite, ProbeSite } from './site.ts';
import type { OwnedFd } from './sys/fd.ts';
import { lookupElement, u32, updateElement } from './uprobe/map.ts';
import { RingBuffer } from './uprobe/ringbuf.ts';

export type SessionOptions = {
  readonly sites: readonly ProbeSite[];
  readonly landings: readonly LandingSite[];
  readonly watched: Watched;
  /** New children of watched processes are watched too. */
  readonly children: boolean;
  /** Pages that are not in memory are read too: the process waits for them. */
  readonly coldPages: boolean;
  readonly limits: CaptureLimits;
  /** Of the calls that are wanted not all are told; absent: all. */
  readonly thinning?: Thinning;
  /** Conditions are decided by who reads the records, not by programs. */
  readonly leavesConditions?: true;
  /** A power of two, at least one page. */
  readonly ringBytes: number;
  /** Calls under way at one time, over all threads. */
  readonly maxPending: number;
};

/** A program that the kernel refused, and why. */
type Refused = { readonly functions: readonly number[]; readonly reason: string };

/** Conditions that the kernel may refuse, each after long thought, until it is asked no more. */
const mostRefusals = 3;
const maxThreads = 16_384;
/** Memory for the records that threads are making, in all. */
const mostScratch = 64 << 20;

/** The kernel's side of one trace: maps, programs and probes. All of it goes when it is disposed of, or rsym ends. */
export class Session implements Disposable {
  readonly plan: ProgramPlan;
  /** What a user should know of the choice made: one plain line each. */
  readonly notes: readonly string[];
  readonly ring: RingBuffer;
  readonly #options: SessionOptions;
  readonly links = new ProbeLinks();
  readonly #objects = new KernelObjects();
  readonly scope = new ProcessScope(this.#objects);
  readonly #programs = new Map<object, OwnedFd>();
  readonly #landings: readonly { readonly program: OwnedFd; readonly places: PlannedProgram['places'] }[];
  readonly #layouts: Layouts;
  #unmatched: number | undefined;

  /** Makes the maps and loads the programs; nothing is probed yet. Throws RsymError 'permission' or 'unsupported'. */
  constructor(options: SessionOptions) {
    this.#options = options;
    try {
      const around: Surroundings = {
        scope:
          options.watched === 'named' ? { kind: 'named' } : { kind: options.watched, except: this.links.processes },
        ringBytes: options.ringBytes,
        vma: kernelTypes().vma,
        ...(options.coldPages ? { coldPages: true } : {}),
        ...(options.thinning ? { thinning: options.thinning } : {}),
        ...(options.sites.some(({ returns }) => returns.mode !== 'none') ? {} : { entriesOnly: true }),
      };
      const left = new Set(options.leavesConditions ? options.sites.keys() : []);
      const planned = planPrograms(options.sites, around, options.limits, left);
      const recordBytes = Math.max(0, ...[...planned.entryLayouts, ...planned.exitLayouts].map(({ size }) => size));
      refuseLargeRecord(recordBytes, options.ringBytes);
      this.#layouts = { entry: (fn) => this.plan.entryLayouts[fn], exit: (site) => this.plan.exitLayouts[site] };
      const sizes = {
        functions: options.sites.length,
        sites: planned.exits.length,
        pending: options.maxPending,
        threads: maxThreads,
        scope: options.watched === 'next' ? roomForOld() : scopeSize(options.children),
        ringBytes: options.ringBytes,
        ...(options.coldPages ? { scratch: { threads: scratchThreads(recordBytes), recordBytes } } : {}),
      };
      const objects = this.#objects;
      objects.createMaps(mapSpecs(sizes));
      this.ring = objects.own(new RingBuffer(objects.map('events'), options.ringBytes));
      if (options.coldPages) refuseWithoutSleep();
      const loaded = this.#load(planned, around, left);
      this.plan = loaded.plan;
      this.notes = loaded.notes;
      this.#fillSites();
      this.#landings = groupBy(options.landings, ({ stackAdjust }) => stackAdjust).map(([stackAdjust, sites]) => ({
        program: objects.own(objects.load(landingProgram(stackAdjust, around))),
        places: sites.map(({ path, offset, kind }) => ({ path, offset, cookie: kind === 'unwinder' ? 0n : 1n })),
      }));
      const { task, threads } = kernelTypes();
      objects.watch('sched_process_exit', threadEndProgram(around, threads));
      objects.watch('sched_process_exec', execProgram(around));
      const onFork = task && (options.children ? followProgram(task) : forkProgram(task));
      if (onFork) objects.watch('sched_process_fork', onFork);
      else if (options.children) throw cannotFollow();
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Loads the programs of a plan; conditions that the kernel refuses though it was thought to take them are left out. */
  #load(
    plan: ProgramPlan,
    around: Surroundings,
    left: Set<number>,
  ): { readonly plan: ProgramPlan; readonly notes: readonly string[] } {
    const { sites, limits } = this.#options;
    const notes: string[] = [];
    for (let current = plan; ; current = planPrograms(sites, around, limits, left)) {
      const refused = this.#loadAll(current);
      if (refused === null) return { plan: current, notes: [...notes, ...current.notes] };
      this.#programs.clear();
      const names = new Set(refused.functions.map((fn) => sites[fn]?.name));
      const isAll = notes.length === mostRefusals - 1;
      for (const [fn, { name }] of sites.entries()) if (isAll || names.has(name)) left.add(fn);
      const whose = isAll ? 'every function' : [...names].map((name) => sanitize(name ?? '')).join(', ');
      notes.push(
        `--when is decided by rsym, from events of ${whose}: the kernel refused its program (${refused.reason})`,
      );
    }
  }

  /** Null: all are loaded. Else the functions of a program with a condition that was refused. */
  #loadAll({ entryPrograms, exitPrograms, conditional }: ProgramPlan): Refused | null {
    for (const program of [...entryPrograms, ...exitPrograms]) {
      try {
        this.#programs.set(program, this.#objects.own(this.#objects.load(program.spec)));
      } catch (error) {
        const functions = entryPrograms.includes(program) ? program.places.map(({ cookie }) => Number(cookie)) : [];
        const isConditional = functions.some((fn) => conditional.has(fn));
        if (!isConditional || !(error instanceof RsymError) || error.code === 'permission') throw error;
        return { functions, reason: error.reason ?? error.message };
      }
    }
    return null;
  }

  #fillSites(): void {
    this.plan.exits.forEach((exit, site) => {
      if (!exit?.target) return;
      const isKept = updateElement(this.#objects.map('sites'), u32(site), siteValue(exit.target, exit.inside));
      if (!isKept) throw new RsymError('unsupported', 'the kernel did not take the description of an exit');
    });
  }

  /** Plants every probe, for one process or (null) for all. Exits first, so that no call is entered unseen at its end. */
  readonly attach = async (pid: number | null): Promise<void> => {
    const links = this.links;
    for (const { program, places } of this.#landings)
      await links.plant('others', program, places, { pid, uretprobe: false });
    const plantAll = async (group: Group, programs: readonly PlannedProgram[]): Promise<void> => {
      for (const program of programs) {
        const { places, uretprobe } = program;
        const loaded = this.#programs.get(program);
        if (loaded) await links.plant(group, loaded, places, { pid, uretprobe });
      }
    };
    await plantAll('others', this.plan.exitPrograms);
    await plantAll('entries', this.plan.entryPrograms);
  };

  /**
   * Removes every probe; records already written can still be read. Entries go first: what they no longer see begin
   * must not be taken for under way, nor what they saw for still running.
   */
  async detach(): Promise<void> {
    this.#unmatched ??= this.statistics().unmatchedExits;
    await this.links.detach();
    await this.#objects.unwatch();
  }

  /** Why the probes are not what they should be: the process that holds them ended or does not answer. */
  get failure(): RsymError | null {
    return this.links.failure;
  }

  /** Disposes, and waits for the process that held the probes to end. */
  async close(): Promise<void> {
    this[Symbol.dispose]();
    await this.links.ended();
  }

  /** Hands over records that have arrived, in ring order; returns how many. Their bytes are good until `release`. */
  read(take: (record: RawRecord) => void, limit: number): number {
    return this.ring.drain((memory, offset, length) => {
      const record = readRecord(memory, offset, length, this.#layouts);
      if (!record) throw new RsymError('internal', 'a record of the tracing programs is not understood');
      take(record);
    }, limit);
  }

  /** Makes room for new records: only these of those handed over are still needed. */
  release(held: readonly RawRecord[]): void {
    this.ring.release(held.map(({ base }) => base));
  }

  /** The kernel's table of calls under way. */
  get pending(): PendingCalls {
    return new PendingCalls(this.#objects.map('pending'));
  }

  /** Counters since the start, in all and by function (in the order of the sites). */
  statistics(): SessionStatistics {
    const value = Buffer.alloc(FUNCTION_STATS.size);
    const functions = this.#options.sites.map((_, fn) => {
      value.fill(0);
      lookupElement(this.#objects.map('functions'), u32(fn), value);
      return functionStatistics(value);
    });
    const all = sumStatistics(functions, this.scope.globals());
    return { ...all, unmatchedExits: this.#unmatched ?? all.unmatchedExits };
  }

  get probes(): number {
    const planned = [...this.plan.entryPrograms, ...this.plan.exitPrograms].reduce(
      (sum, { places }) => sum + places.length,
      0,
    );
    return planned + this.#options.landings.length;
  }

  [Symbol.dispose](): void {
    this.links[Symbol.dispose]();
    this.#objects[Symbol.dispose]();
  }
}

const scratchThreads = (recordBytes: number): number =>
  Math.min(maxThreads, Math.floor(mostScratch / (recordBytes + scratchMargin)));

/** Lack of rights is no lack of support: it is told of the first program. */
const refuseWithoutSleep = (): void => {
  const tried = trySleepableProbe();
  if (!tried.ok && tried.error !== 'EPERM' && tried.error !== 'EACCES') throw cannotWaitForPages(tried.reason);
};
