import type { RsymError } from '../../base/errors.ts';
import type { OwnedFd } from '../sys/fd.ts';
import { attachUprobes, type UprobeTarget } from '../uprobe/attach.ts';

/** Probes that are removed together: those at entries, blocks of functions that are counted, and all others. */
export type Group = 'entries' | 'others' | `block ${number}`;

/** Who holds the probes of a trace. */
export type Links = {
  attach(group: Group, program: OwnedFd, target: UprobeTarget): Promise<void>;
  /** Removes every probe, those at entries first. Never fails: what went wrong is {@link failure}. */
  detach(): Promise<void>;
  /** Removes the probes of one group. */
  remove(group: Group): Promise<void>;
  /** Why the probes are not, or may not be, what they were asked to be. */
  readonly failure: RsymError | null;
};

/** Closing a link waits until nobody runs its program: together that takes hardly longer than for one. */
const closedTogether = 100;

/** Probes held by this process. */
export class OwnLinks implements Links, Disposable {
  readonly failure = null;
  readonly #links = new Map<Group, OwnedFd[]>();

  async attach(group: Group, program: OwnedFd, target: UprobeTarget): Promise<void> {
    const link = attachUprobes(program, target);
    const links = this.#links.get(group);
    if (links) links.push(link);
    else this.#links.set(group, [link]);
  }

  async detach(): Promise<void> {
    await this.remove('entries');
    await closeAll([...this.#links.values()].flatMap((links) => links.splice(0)));
  }

  async remove(group: Group): Promise<void> {
    await closeAll(this.#links.get(group) ?? []);
    this.#links.delete(group);
  }

  [Symbol.dispose](): void {
    for (const links of this.#links.values()) for (const link of links.splice(0)) link[Symbol.dispose]();
  }
}

export const closeAll = async (links: OwnedFd[]): Promise<void> => {
  while (links.length > 0) await Promise.all(links.splice(0, closedTogether).map((link) => link.closeAsync()));
};
