import type { OwnedFd } from '../sys/fd.ts';
import { MappedWords } from '../uprobe/mapped-words.ts';

/** The kernel's array of counters. */
export class Counters implements Disposable {
  readonly #mapped: MappedWords;

  constructor(map: OwnedFd, count: number) {
    this.#mapped = new MappedWords(map, count);
  }

  read(slot: number): bigint {
    return Atomics.load(this.#mapped.words, slot);
  }

  [Symbol.dispose](): void {
    this.#mapped[Symbol.dispose]();
  }
}
