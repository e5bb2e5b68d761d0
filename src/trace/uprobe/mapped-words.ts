import { type OwnedFd, OwnedMapping } from '../sys/fd.ts';
import { PROT } from '../sys/uapi.ts';

const pageSize = 4096;

/** An array map of 64-bit words, mapped into memory: reading thousands of them is copying memory. */
export class MappedWords implements Disposable {
  readonly #mapping: OwnedMapping;
  readonly words: BigUint64Array;

  constructor(map: OwnedFd, count: number) {
    const bytes = count * BigUint64Array.BYTES_PER_ELEMENT;
    this.#mapping = new OwnedMapping(map, Math.ceil(bytes / pageSize) * pageSize, PROT.read, 0);
    this.words = new BigUint64Array(this.#mapping.view, 0, count);
  }

  [Symbol.dispose](): void {
    this.#mapping[Symbol.dispose]();
  }
}
