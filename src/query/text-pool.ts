import { decodeBytes } from '../base/text.ts';

/** Bytes that a name takes, at a guess. */
const usual = 80;

/** Texts by number, as UTF-8 bytes one behind the other, each decoded when it is asked for. */
export class TextPool {
  #bytes: Uint8Array;
  /** Where each begins; one more than there are. */
  #starts: Uint32Array;
  #length = 0;

  /** `expected`: texts that there may be, at a guess. */
  constructor(expected: number) {
    this.#bytes = new Uint8Array((expected + 1) * usual);
    this.#starts = new Uint32Array(expected + 2);
  }

  get length(): number {
    return this.#length;
  }

  /** All texts, and behind them room that was reserved. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Where the next one begins. */
  get end(): number {
    return this.#starts[this.#length]!;
  }

  startOf(text: number): number {
    return this.#starts[text]!;
  }

  sizeOf(text: number): number {
    return this.#starts[text + 1]! - this.#starts[text]!;
  }

  /** Bytes that are not UTF-8 as `\xNN`. */
  text(text: number): string {
    return decodeBytes(this.#bytes.subarray(this.#starts[text], this.#starts[text + 1]));
  }

  /** The number of a new text. */
  add(text: Uint8Array): number {
    this.reserve(text.length);
    this.#bytes.set(text, this.end);
    return this.keep(text.length);
  }

  /** Makes room behind the texts. */
  reserve(size: number): void {
    if (this.end + size <= this.#bytes.length) return;
    const grown = new Uint8Array(this.#bytes.length * 2 + size);
    grown.set(this.#bytes.subarray(0, this.end));
    this.#bytes = grown;
  }

  /** Takes up what was written behind the texts; gives its number. */
  keep(size: number): number {
    const { end } = this;
    this.#length++;
    if (this.#length === this.#starts.length) {
      const grown = new Uint32Array(this.#starts.length * 2);
      grown.set(this.#starts);
      this.#starts = grown;
    }
    this.#starts[this.#length] = end + size;
    return this.#length - 1;
  }
}
