import type { Counters } from './counters.ts';
import { differences } from './overlap.ts';

/** Of a site that isn't counted any more. */
const none = 0xffff_ffff;

/** A site on the way to another counter, and where that stands before. */
type Moving = { readonly site: number; readonly slot: number; readonly from: bigint };

/** Which counter is whose. A site's calls are those of counters that it had before, and those of its counter since it has it. */
export class Slots {
  readonly #counters: Counters;
  readonly #slots: Uint32Array;
  readonly #from: BigUint64Array;
  readonly #before: BigUint64Array;
  readonly #free: number[];

  /** `spare`: counters for sites that move. */
  constructor(counters: Counters, sites: number, spare: number) {
    this.#counters = counters;
    this.#slots = Uint32Array.from({ length: sites }, (_, site) => site);
    this.#from = new BigUint64Array(sites);
    this.#before = new BigUint64Array(sites);
    this.#free = Array.from({ length: spare }, (_, i) => sites + i);
  }

  slotOf(site: number): number {
    return this.#slots[site] ?? none;
  }

  /** Calls before now don't count. */
  begin(): void {
    this.#slots.forEach((slot, site) => {
      this.#from[site] = this.#counters.read(slot);
    });
  }

  /** Calls by site. */
  read(): BigUint64Array {
    const calls = this.#before.slice();
    this.#slots.forEach((slot, site) => {
      const from = this.#from[site]!;
      const now = slot === none ? from : this.#counters.read(slot);
      // Most functions of a program are never called, and bigints cost time.
      if (now !== from) calls[site] = notNegative(calls[site]! + now - from);
    });
    return calls;
  }

  /** Counters for sites that will be counted twice for a moment. */
  reserve(sites: readonly number[]): Moving[] {
    return sites.map((site) => {
      const slot = this.#free.pop();
      if (slot === undefined) throw new Error('no counter is free');
      return { site, slot, from: this.#counters.read(slot) };
    });
  }

  /**
   * Sites have their new counters from now on; both count them. Gives the old ones, to be `release`d when they don't
   * any more.
   */
  async move(moving: readonly Moving[]): Promise<readonly number[]> {
    const pairs = moving.map(({ site, slot, from }) => {
      const own = this.slotOf(site);
      return {
        earlier: () => this.#counters.read(own) - this.#from[site]!,
        later: () => this.#counters.read(slot) - from,
      };
    });
    const by = await differences(pairs);
    return moving.map(({ site, slot, from }, i) => {
      const old = this.slotOf(site);
      this.#before[site]! += by[i]!;
      this.#slots[site] = slot;
      this.#from[site] = from;
      return old;
    });
  }

  /** A site's calls are what they are. */
  settle(site: number): void {
    const slot = this.slotOf(site);
    if (slot === none) return;
    this.#before[site] = notNegative(this.#before[site]! + this.#counters.read(slot) - this.#from[site]!);
    this.#slots[site] = none;
    this.#free.push(slot);
  }

  release(slots: readonly number[]): void {
    this.#free.push(...slots);
  }
}

/** A jump back to a function's begin is taken off a moment before the hit there is counted. */
const notNegative = (calls: bigint): bigint => (BigInt.asIntN(64, calls) < 0n ? 0n : calls);
