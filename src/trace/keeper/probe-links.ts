import type { RsymError } from '../../base/errors.ts';
import { groupBy } from '../../base/group-by.ts';
import type { Launched } from '../launch.ts';
import type { OwnedFd } from '../sys/fd.ts';
import type { UprobeTarget } from '../uprobe/attach.ts';
import { takeKeeper } from './keeper.ts';
import { type Group, type Links, OwnLinks } from './links.ts';

/** Where a program is planted; the cookie tells it which place it was. */
export type ProbePlace = { readonly path: string; readonly offset: bigint; readonly cookie: bigint };

export type PlantOptions = {
  /** Only this process; null: every process that maps the file. */
  readonly pid: number | null;
  readonly uretprobe: boolean;
};

/** The probes of one trace: held by the keeper, or by this process where there is none. */
export class ProbeLinks implements Disposable {
  /** First of all: it takes its time to start. */
  readonly #keeper = takeKeeper();
  readonly #own = new OwnLinks();
  #links: Links | undefined;

  /** Of the processes that plant, hold and read: what these do must not be taken for the target's doing. */
  get processes(): readonly number[] {
    return [process.pid, this.#keeper?.pid].filter((pid) => pid !== undefined);
  }

  async #holder(): Promise<Links> {
    const keeper = this.#keeper;
    this.#links ??= keeper && (await keeper.isReady()) ? keeper : this.#own;
    return this.#links;
  }

  /**
   * Sees to it that a started program, which is stopped, outlives this process; see Keeper. Without a keeper nobody does.
   * Gives what must be called once the program has been let run.
   */
  async keepProgram(program: Launched): Promise<() => void> {
    return (await this.#keeper?.keepProgram(program)) ?? (() => undefined);
  }

  /** Plants a program at all its places: one link for each file. */
  async plant(
    group: Group,
    program: OwnedFd,
    places: readonly ProbePlace[],
    { pid, uretprobe }: PlantOptions,
  ): Promise<void> {
    for (const [path, inFile] of groupBy(places, (place) => place.path))
      await this.plantAll(group, program, {
        path,
        offsets: BigUint64Array.from(inFile, ({ offset }) => offset),
        cookies: BigUint64Array.from(inFile, ({ cookie }) => cookie),
        pid,
        uretprobe,
      });
  }

  /** Plants a program at many places of one file: one link. */
  async plantAll(group: Group, program: OwnedFd, target: UprobeTarget): Promise<void> {
    const links = await this.#holder();
    await links.attach(group, program, target);
  }

  /** Removes every probe, those at entries first. */
  async detach(): Promise<void> {
    await this.#links?.detach();
  }

  /** Removes the probes of one group; more may be planted afterwards. */
  async remove(group: Group): Promise<void> {
    await this.#links?.remove(group);
  }

  /** Why the probes are not what they should be: the process that holds them ended or does not answer. */
  get failure(): RsymError | null {
    return this.#links?.failure ?? null;
  }

  /** Waits for the process that held the probes to end. */
  async ended(): Promise<void> {
    await this.#keeper?.ended();
  }

  [Symbol.dispose](): void {
    this.#keeper?.release();
    this.#own[Symbol.dispose]();
  }
}
