/** As the crate's filter: a longer word isn't held back. */
const longestWord = 1 << 20;

/** Letters, digits, `_`, `$` and `.`: what the crate's filter takes for a part of a word. */
const inWord = (byte: number | undefined): boolean =>
  byte !== undefined &&
  ((byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x5f ||
    byte === 0x24 ||
    byte === 0x2e);

/**
 * The bytes that the crate's filter holds back after what it was given: a word from its first `_` on, whose end it
 * hasn't seen. Kept here too, so that they aren't lost with an instance that trapped.
 */
export class HeldWord {
  #parts: Uint8Array[] = [];
  #size = 0;
  #skipping = false;

  get bytes(): Uint8Array {
    return Buffer.concat(this.#parts);
  }

  /** The filter took the whole chunk. */
  push(chunk: Uint8Array): void {
    let start = chunk.length;
    while (start > 0 && inWord(chunk[start - 1])) start--;
    if (start > 0) this.clear();
    if (this.#skipping) return;
    const tail = chunk.subarray(start);
    const first = this.#size > 0 ? 0 : tail.indexOf(0x5f);
    if (first < 0 || first === tail.length) return;
    this.#parts.push(tail.slice(first));
    this.#size += tail.length - first;
    if (this.#size <= longestWord) return;
    this.clear();
    this.#skipping = true;
  }

  clear(): void {
    this.#parts = [];
    this.#size = 0;
    this.#skipping = false;
  }
}
