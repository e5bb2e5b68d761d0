import { type OwnedFd, OwnedMapping } from '../sys/fd.ts';
import { PROT } from '../sys/uapi.ts';

const pageSize = 4096;
const wordSize = 8;

/** The kernel's array of counters, mapped: reading thousands of them is copying memory. */
export class Counters implements Disposable {
  readonly #mapping: OwnedMapping;
  readonly #words: BigUint64Array;

  constructor(map: OwnedFd, count: number) {
    const bytes = Math.ceil((count * wordSize) / pageSize) * pageSize;
    this.#mapping = new OwnedMapping(map, bytes, PROT.read, 0);
    this.#words = new BigUint64Array(this.#mapping.view, 0, count);
  }

  read(slot: number): bigint {
    return Atomics.load(this.#words, slot);
  }

  copyTo(into: BigUint64Array): void {
    into.set(this.#words);
  }

  [Symbol.dispose](): void {
    this.#mapping[Symbol.dispose]();
  }
}
