import { RsymError } from '../base/errors.ts';
import { fileOffset } from '../base/units.ts';
import type { Surroundings } from './bpf/entry.ts';
import { landingProgram } from './bpf/landing.ts';
import { execProgram, followProgram, forkProgram, launchProgram, threadEndProgram } from './bpf/lifecycle.ts';
import { mapSpecs } from './bpf/maps.ts';
import { scratchMargin } from './bpf/memory/cold-pages.ts';
import { FUNCTION_STATS, GLOBALS } from './bpf/records.ts';
import type { CaptureLimits } from './capture-layout.ts';
import { trySleepableProbe } from './features.ts';
import { takeKeeper } from './keeper/keeper.ts';
import { closeAll, type Group, type Links, OwnLinks } from './keeper/links.ts';
import { kernelTypes } from './kernel-types.ts';
import { PendingCalls } from './pending-calls.ts';
import { type PlannedProgram, type ProgramPlan, planPrograms, siteValue } from './programs.ts';
import { type Layouts, readRecord, type TraceRecord } from './record.ts';
import { RecordBytes } from './record-bytes.ts';
import { cannotFollow, cannotWaitForPages, refuseLargeRecord } from './refusals.ts';
import { functionStatistics, type SessionStatistics, sumStatistics } from './session-statistics.ts';
import type { LandingSite, ProbeSite } from './site.ts';
import type { OwnedFd } from './sys/fd.ts';
import { attachRawTracepoint } from './uprobe/attach.ts';
import { createMap, deleteElement, keysOf, lookupElement, u32, updateElement } from './uprobe/map.ts';
import { loadProgram } from './uprobe/program.ts';
import { RingBuffer } from './uprobe/ringbuf.ts';

export type SessionOptions = {
  readonly sites: readonly ProbeSite[];
  readonly landings: readonly LandingSite[];
  /** Watch only processes that are named later; false: every process that maps a probed file. */
  readonly scoped: boolean;
  /** New children of watched processes are watched too. */
  readonly children: boolean;
  /** Pages that are not in memory are read too: the process waits for them. */
  readonly coldPages: boolean;
  readonly limits: CaptureLimits;
  /** A power of two, at least one page. */
  readonly ringBytes: number;
  /** Calls under way at one time, over all threads. */
  readonly maxPending: number;
};

const maxThreads = 16_384;
/** Memory for the records that threads are making, in all. */
const mostScratch = 64 << 20;
const maxProcesses = 1_024;
/** With children: a process is forgotten when it ends, so this many live at one time. */
const maxDescendants = 16_384;
const launchTracepoint = 'sched_process_exec';

/** The kernel's side of one trace: maps, programs and probes. All of it goes when it is disposed of, or rsym ends. */
export class Session implements Disposable {
  readonly plan: ProgramPlan;
  readonly ring: RingBuffer;
  readonly #options: SessionOptions;
  /** First of all: it takes its time to start. */
  readonly #keeper = takeKeeper();
  #links: Links | undefined;
  readonly #owned: Disposable[] = [];
  readonly #ownLinks = this.#own(new OwnLinks());
  readonly #tracepoints: OwnedFd[] = [];
  readonly #maps = new Map<string, OwnedFd>();
  readonly #programs = new Map<object, OwnedFd>();
  readonly #landings: readonly { readonly program: OwnedFd; readonly places: PlannedProgram['places'] }[];
  readonly #layouts: Layouts;
  #unmatched: number | undefined;

  /** Makes the maps and loads the programs; nothing is probed yet. Throws RsymError 'permission' or 'unsupported'. */
  constructor(options: SessionOptions) {
    this.#options = options;
    const ownProcesses = [process.pid, this.#keeper?.pid].filter((pid) => pid !== undefined);
    const around: Surroundings = {
      scope: options.scoped ? { kind: 'named' } : { kind: 'all', except: ownProcesses },
      ringBytes: options.ringBytes,
      vma: kernelTypes().vma,
      ...(options.coldPages ? { coldPages: true } : {}),
      ...(options.sites.some(({ returns }) => returns.mode !== 'none') ? {} : { entriesOnly: true }),
    };
    this.plan = planPrograms(options.sites, around, options.limits);
    const recordBytes = Math.max(0, ...[...this.plan.entryLayouts, ...this.plan.exitLayouts].map(({ size }) => size));
    refuseLargeRecord(recordBytes, options.ringBytes);
    this.#layouts = { entry: (fn) => this.plan.entryLayouts[fn], exit: (site) => this.plan.exitLayouts[site] };
    try {
      const sizes = {
        functions: options.sites.length,
        sites: this.plan.exits.length,
        pending: options.maxPending,
        threads: maxThreads,
        scope: options.children ? maxDescendants : maxProcesses,
        ringBytes: options.ringBytes,
        ...(options.coldPages ? { scratch: { threads: scratchThreads(recordBytes), recordBytes } } : {}),
      };
      for (const spec of mapSpecs(sizes)) this.#maps.set(spec.name, this.#own(createMap(spec)));
      this.ring = this.#own(new RingBuffer(this.#map('events'), options.ringBytes));
      this.#fillSites();
      if (options.coldPages) refuseWithoutSleep();
      const load = (spec: Parameters<typeof loadProgram>[0]): OwnedFd =>
        this.#own(loadProgram(spec, (name) => this.#map(name)));
      for (const program of [...this.plan.entryPrograms, ...this.plan.exitPrograms])
        this.#programs.set(program, load(program.spec));
      this.#landings = groupBy(options.landings, ({ stackAdjust }) => stackAdjust).map(([stackAdjust, sites]) => ({
        program: load(landingProgram(stackAdjust, around)),
        places: sites.map(({ path, offset, kind }) => ({ path, offset, cookie: kind === 'unwinder' ? 0n : 1n })),
      }));
      const { task, threads } = kernelTypes();
      this.#tracepoints.push(attachRawTracepoint(load(threadEndProgram(around, threads)), 'sched_process_exit'));
      this.#tracepoints.push(attachRawTracepoint(load(execProgram(around)), 'sched_process_exec'));
      const onFork = task && (options.children ? followProgram(task) : forkProgram(task));
      if (onFork) this.#tracepoints.push(attachRawTracepoint(load(onFork), 'sched_process_fork'));
      else if (options.children) throw cannotFollow();
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  #own<Owned extends Disposable>(owned: Owned): Owned {
    this.#owned.push(owned);
    return owned;
  }

  #map(name: string): OwnedFd {
    const map = this.#maps.get(name);
    if (!map) throw new Error(`no map ${name}`);
    return map;
  }

  #fillSites(): void {
    this.plan.exits.forEach((exit, site) => {
      if (!exit?.target) return;
      const isKept = updateElement(this.#map('sites'), u32(site), siteValue(exit.target, exit.inside));
      if (!isKept) throw new RsymError('unsupported', 'the kernel did not take the description of an exit');
    });
  }

  /** True if this kernel's type information allows stopping a new program before its first instruction. */
  get canLaunch(): boolean {
    return kernelTypes().task !== null;
  }

  /** Makes the next program that this process starts stop at its first instruction, and adds it to the scope. */
  armLaunch(parent: number): Disposable {
    const { task } = kernelTypes();
    if (!task) throw new Error('launch is not possible here');
    const program = loadProgram(launchProgram(parent, task), (name) => this.#map(name));
    const link = attachRawTracepoint(program, launchTracepoint);
    program[Symbol.dispose]();
    const globals = this.#globals();
    globals.writeBigUInt64LE(1n, GLOBALS.launch);
    updateElement(this.#map('globals'), u32(0), globals);
    return link;
  }

  /** Adds a process to the scope. */
  watchProcess(pid: number): boolean {
    return updateElement(this.#map('scope'), u32(pid), u32(1));
  }

  unwatchProcess(pid: number): void {
    deleteElement(this.#map('scope'), u32(pid));
  }

  /** The processes in the scope. */
  watchedProcesses(): number[] {
    return keysOf(this.#map('scope'), 4).map((key) => key.readUInt32LE());
  }

  /** Plants every probe, for one process or (null) for all. Exits first, so that no call is entered unseen at its end. */
  async attach(pid: number | null): Promise<void> {
    const keeper = this.#keeper;
    this.#links ??= keeper && (await keeper.isReady()) ? keeper : this.#ownLinks;
    const links = this.#links;
    const plant = async (group: Group, program: OwnedFd, planned: Omit<PlannedProgram, 'spec'>): Promise<void> => {
      for (const [path, places] of groupBy(planned.places, (place) => place.path)) {
        await links.attach(group, program, {
          path,
          offsets: places.map(({ offset }) => fileOffset(offset)),
          cookies: places.map(({ cookie }) => cookie),
          pid,
          uretprobe: planned.uretprobe,
        });
      }
    };
    for (const { program, places } of this.#landings) await plant('others', program, { places, uretprobe: false });
    const plantAll = async (group: Group, programs: readonly PlannedProgram[]): Promise<void> => {
      for (const program of programs) {
        const loaded = this.#programs.get(program);
        if (loaded) await plant(group, loaded, program);
      }
    };
    await plantAll('others', this.plan.exitPrograms);
    await plantAll('entries', this.plan.entryPrograms);
  }

  /**
   * Removes every probe; records already written can still be read. Entries go first: what they no longer see begin
   * must not be taken for under way, nor what they saw for still running.
   */
  async detach(): Promise<void> {
    this.#unmatched ??= this.statistics().unmatchedExits;
    await this.#links?.detach();
    await closeAll(this.#tracepoints);
  }

  /** Why the probes are not what they should be: the process that holds them ended or does not answer. */
  get failure(): RsymError | null {
    return this.#links?.failure ?? null;
  }

  /** Disposes, and waits for the process that held the probes to end. */
  async close(): Promise<void> {
    this[Symbol.dispose]();
    await this.#keeper?.ended();
  }

  /** Hands over records that have arrived, in ring order; returns how many. Their bytes are good until `release`. */
  read(take: (record: TraceRecord) => void, limit: number): number {
    return this.ring.drain((view, offset, length) => {
      const record = readRecord(view, offset, length, this.#layouts);
      if (!record) throw new RsymError('internal', 'a record of the tracing programs is not understood');
      take(record);
    }, limit);
  }

  /** Makes room for new records: only these of those handed over are still needed. */
  release(held: readonly TraceRecord[]): void {
    this.ring.release(held.map((record) => (record instanceof RecordBytes ? record.base : 0)));
  }

  /** The kernel's table of calls under way. */
  get pending(): PendingCalls {
    return new PendingCalls(this.#map('pending'));
  }

  #globals(): Buffer {
    const value = Buffer.alloc(GLOBALS.size);
    lookupElement(this.#map('globals'), u32(0), value);
    return value;
  }

  /** Children that there was no room to follow. */
  get lostProcesses(): number {
    return Number(this.#globals().readBigUInt64LE(GLOBALS.lostProcesses));
  }

  /** Counters since the start, in all and by function (in the order of the sites). */
  statistics(): SessionStatistics {
    const value = Buffer.alloc(FUNCTION_STATS.size);
    const functions = this.#options.sites.map((_, fn) => {
      value.fill(0);
      lookupElement(this.#map('functions'), u32(fn), value);
      return functionStatistics(value);
    });
    const all = sumStatistics(functions, this.#globals());
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
    this.#keeper?.release();
    for (const link of this.#tracepoints.splice(0)) link[Symbol.dispose]();
    for (const owned of this.#owned.splice(0).reverse()) owned[Symbol.dispose]();
  }
}

const scratchThreads = (recordBytes: number): number =>
  Math.min(maxThreads, Math.floor(mostScratch / (recordBytes + scratchMargin)));

/** Lack of rights is no lack of support: it is told of the first program. */
const refuseWithoutSleep = (): void => {
  const tried = trySleepableProbe();
  if (!tried.ok && tried.error !== 'EPERM' && tried.error !== 'EACCES') throw cannotWaitForPages(tried.reason);
};

const groupBy = <Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): [Key, Item[]][] => {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups];
};
