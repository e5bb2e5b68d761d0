import type { RsymError } from '../../base/errors.ts';
import type { OwnedFd } from '../sys/fd.ts';
import { attachUprobes, type UprobeTarget } from '../uprobe/attach.ts';

/** Probes at entries, and all others. */
export type Group = 'entries' | 'others';

/** Who holds the probes of a trace. */
export type Links = {
  attach(group: Group, program: OwnedFd, target: UprobeTarget): Promise<void>;
  /** Removes every probe, those at entries first. Never fails: what went wrong is {@link failure}. */
  detach(): Promise<void>;
  /** Why the probes are not, or may not be, what they were asked to be. */
  readonly failure: RsymError | null;
};

/** Closing a link waits until nobody runs its program: together that takes hardly longer than for one. */
const closedTogether = 100;

/** Probes held by this process. */
export class OwnLinks implements Links, Disposable {
  readonly failure = null;
  readonly #links: Readonly<Record<Group, OwnedFd[]>> = { entries: [], others: [] };

  async attach(group: Group, program: OwnedFd, target: UprobeTarget): Promise<void> {
    this.#links[group].push(attachUprobes(program, target));
  }

  async detach(): Promise<void> {
    await closeAll(this.#links.entries);
    await closeAll(this.#links.others);
  }

  [Symbol.dispose](): void {
    for (const links of [this.#links.entries, this.#links.others])
      for (const link of links.splice(0)) link[Symbol.dispose]();
  }
}

export const closeAll = async (links: OwnedFd[]): Promise<void> => {
  while (links.length > 0) await Promise.all(links.splice(0, closedTogether).map((link) => link.closeAsync()));
};
