import { RsymError } from '../../base/errors.ts';
import { groupBy } from '../../base/group-by.ts';
import { type BackJump, countProgram, uncountProgram } from '../bpf/count.ts';
import { followProgram, leaveProgram } from '../bpf/lifecycle.ts';
import { countMapSpecs } from '../bpf/maps.ts';
import type { WatchedProcesses } from '../bpf/steps.ts';
import { ProbeLinks, type ProbePlace } from '../keeper/probe-links.ts';
import { KernelObjects } from '../kernel-objects.ts';
import { kernelTypes } from '../kernel-types.ts';
import { ProcessScope, scopeSize } from '../process-scope.ts';
import { isAlive } from '../process-stat.ts';
import { cannotFollow } from '../refusals.ts';
import type { OwnedFd } from '../sys/fd.ts';
import { Counters } from './counters.ts';
import type { CountSites, FunctionSites } from './site.ts';
import { Slots } from './slots.ts';

export type CountSessionOptions = {
  readonly sites: CountSites;
  readonly functions: FunctionSites;
  /** Count only processes that are named later; false: every process that maps a probed file. */
  readonly scoped: boolean;
  readonly children: boolean;
  /** Functions may be disarmed. */
  readonly disarms: boolean;
};

/** Functions whose probes can only be removed together: those of one link of the kernel. */
type Block = { readonly number: number; readonly functions: readonly number[] };

/** Sites of one block where functions may be disarmed: what has to be planted anew when one is. */
const blockSites = 128;

/** The kernel's side of counting: a counter for each site, and its probes. All of it goes when it is disposed of, or rsym ends. */
export class CountSession implements Disposable {
  readonly #options: CountSessionOptions;
  readonly links = new ProbeLinks();
  readonly #objects = new KernelObjects();
  readonly scope = new ProcessScope(this.#objects);
  readonly #watched: WatchedProcesses;
  readonly #programs = new Map<string, OwnedFd>();
  readonly #slots: Slots;
  #blocks: Block[];
  #blockNumber = 0;
  readonly #pids: (number | null)[] = [];

  /** Makes the maps; nothing is probed yet. Throws RsymError 'permission' or 'unsupported'. */
  constructor(options: CountSessionOptions) {
    this.#options = options;
    const { sites, functions, children } = options;
    this.#watched = options.scoped ? { kind: 'named' } : { kind: 'all', except: this.links.processes };
    this.#blocks = this.#blocksOf(Array.from({ length: functions.length }, (_, fn) => fn));
    const largest = Math.max(0, ...this.#blocks.map((block) => this.#sitesOf(block.functions).length));
    const spare = options.disarms ? largest : 0;
    try {
      const objects = this.#objects;
      objects.createMaps(countMapSpecs({ counters: sites.length + spare, scope: scopeSize(children) }));
      const counters = objects.own(new Counters(objects.map('counters'), sites.length + spare));
      this.#slots = new Slots(counters, sites.length, spare);
      if (children) this.#follow();
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  #follow(): void {
    const { task, threads } = kernelTypes();
    if (!task) throw cannotFollow();
    if (threads) this.#objects.watch('sched_process_exit', leaveProgram(threads));
    this.#objects.watch('sched_process_fork', followProgram(task, true));
  }

  /** Where none is ever disarmed, one link holds all. */
  #blocksOf(functions: readonly number[]): Block[] {
    if (!this.#options.disarms) return [{ number: this.#blockNumber++, functions }];
    const blocks: number[][] = [];
    let room = 0;
    for (const fn of functions) {
      const length = this.#options.functions.count(fn);
      if (room < length) {
        blocks.push([]);
        room = blockSites;
      }
      blocks.at(-1)?.push(fn);
      room -= length;
    }
    return blocks.map((own) => ({ number: this.#blockNumber++, functions: own }));
  }

  #sitesOf(functions: readonly number[]): readonly number[] {
    const { functions: all } = this.#options;
    const sites: number[] = [];
    for (const fn of functions) for (let site = all.start(fn); site < all.start(fn + 1); site++) sites.push(site);
    return sites;
  }

  /** Plants every probe, for one process or (null) for all. */
  readonly attach = async (pid: number | null): Promise<void> => {
    this.#pids.push(pid);
    for (const block of this.#blocks) await this.#plant(block, pid, (site) => this.#slots.slotOf(site));
  };

  async #plant({ number, functions }: Block, pid: number | null, slotOf: (site: number) => number): Promise<void> {
    const { sites: all } = this.#options;
    const { path } = all;
    const sites = this.#sitesOf(functions);
    const offsets = new BigUint64Array(sites.length);
    const cookies = new BigUint64Array(sites.length);
    const jumps: { readonly program: OwnedFd; readonly place: ProbePlace }[] = [];
    for (let i = 0; i < sites.length; i++) {
      const site = sites[i]!;
      offsets[i] = BigInt(all.entry(site));
      cookies[i] = BigInt(slotOf(site));
      for (const jump of all.jumps(site))
        jumps.push({ program: this.#uncounting(jump), place: { path, offset: jump.offset, cookie: cookies[i]! } });
    }
    const options = { pid, uretprobe: false };
    for (const [program, places] of groupBy(jumps, (jump) => jump.program))
      await this.links.plant(
        `block ${number}`,
        program,
        places.map(({ place }) => place),
        options,
      );
    await this.links.plantAll(`block ${number}`, this.#counting(), { path, offsets, cookies, ...options });
  }

  #counting(): OwnedFd {
    return this.#program('', () => countProgram(this.#watched));
  }

  #uncounting({ condition, target }: BackJump): OwnedFd {
    const form = JSON.stringify([condition, target], (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
    return this.#program(form, () => uncountProgram({ condition, target }, this.#watched));
  }

  #program(key: string, make: () => Parameters<KernelObjects['load']>[0]): OwnedFd {
    const known = this.#programs.get(key) ?? this.#objects.own(this.#objects.load(make()));
    this.#programs.set(key, known);
    return known;
  }

  /** Every probe is planted: calls count from now on. A part of one that came before, while some were missing, doesn't. */
  begin(): void {
    this.#slots.begin();
  }

  /** Calls by site. */
  read(): BigUint64Array {
    return this.#slots.read();
  }

  /**
   * Removes the probes of functions for good. The kernel removes only whole links: the others of their blocks are planted
   * anew with other counters, and counted twice until the old link is gone.
   */
  async disarm(functions: ReadonlySet<number>): Promise<void> {
    for (const block of this.#blocks.filter((each) => each.functions.some((fn) => functions.has(fn)))) {
      const rest = block.functions.filter((fn) => !functions.has(fn));
      const moving = this.#slots.reserve(this.#sitesOf(rest));
      const made = { number: this.#blockNumber++, functions: rest };
      const slots = new Map(moving.map(({ site, slot }) => [site, slot]));
      if (rest.length > 0) for (const pid of this.#pids) await this.#plantAnew(made, pid, (site) => slots.get(site)!);
      const old = await this.#slots.move(moving);
      await this.links.remove(`block ${block.number}`);
      this.#slots.release(old);
      for (const site of this.#sitesOf(block.functions.filter((fn) => functions.has(fn)))) this.#slots.settle(site);
      this.#blocks = this.#blocks.flatMap((each) => (each !== block ? [each] : rest.length > 0 ? [made] : []));
    }
  }

  /** As `#plant`, for a process that may have ended. */
  async #plantAnew(block: Block, pid: number | null, slotOf: (site: number) => number): Promise<void> {
    try {
      await this.#plant(block, pid, slotOf);
    } catch (error) {
      if (pid === null || isAlive(pid) || !(error instanceof RsymError)) throw error;
    }
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
    return this.#options.sites.probes;
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
