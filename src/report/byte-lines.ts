import { sanitizeBytes } from '../base/text.ts';

const blockSize = 1 << 18;
const digits = Buffer.from('0123456789abcdef');
const space = 0x20;
const zero = 0x30;

/** Lines written as bytes: a listing has a hundred thousand, and a string for each would cost more than its content. */
export class ByteLines {
  #block = Buffer.allocUnsafe(blockSize);
  #at = 0;
  readonly #full: Uint8Array[] = [];

  /** Whole blocks written so far; they are handed over and forgotten. */
  take(): Uint8Array[] {
    return this.#full.splice(0);
  }

  /** As `take`, with what is in the last block. */
  finish(): Uint8Array[] {
    this.#flush();
    return this.take();
  }

  byte(value: number): void {
    this.#room(1);
    this.#block[this.#at++] = value;
  }

  text(text: string): void {
    this.bytes(Buffer.from(text));
  }

  bytes(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#block.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** A part of a large memory; `unclean` parts are made safe for a terminal. */
  range(memory: Uint8Array, start: number, length: number, unclean: boolean): void {
    if (unclean) {
      this.text(sanitizeBytes(memory.slice(start, start + length)));
      return;
    }
    this.#room(length);
    // The call for a block of bytes costs as much as copying some forty in a loop.
    if (length < 40) for (let i = 0; i < length; i++) this.#block[this.#at + i] = memory[start + i] ?? 0;
    else this.#block.set(memory.subarray(start, start + length), this.#at);
    this.#at += length;
  }

  spaces(count: number): void {
    this.#room(count);
    this.#block.fill(space, this.#at, this.#at + count);
    this.#at += count;
  }

  /** Hexadecimal, with leading zeros to `width` digits. */
  hex(high: number, low: number, width: number): void {
    this.#room(width);
    const end = this.#at + width;
    let rest = low;
    for (let i = 1; i <= width; i++) {
      if (i === 9) rest = high;
      this.#block[end - i] = i <= 16 ? (digits[rest & 15] ?? zero) : zero;
      rest >>>= 4;
    }
    this.#at = end;
  }

  /** Decimal, right-aligned in `width` columns. */
  decimal(value: number, width: number): void {
    this.#room(Math.max(width, 16));
    let length = 1;
    for (let power = 10; power <= value; power *= 10) length++;
    const end = this.#at + Math.max(width, length);
    let rest = value;
    let at = end;
    do {
      const next = Math.floor(rest / 10);
      this.#block[--at] = zero + (rest - next * 10);
      rest = next;
    } while (rest > 0);
    this.#block.fill(space, this.#at, at);
    this.#at = end;
  }

  #room(size: number): void {
    if (this.#at + size <= this.#block.length) return;
    this.#flush();
    if (size > this.#block.length) this.#block = Buffer.allocUnsafe(size);
  }

  #flush(): void {
    if (this.#at > 0) this.#full.push(this.#block.subarray(0, this.#at));
    this.#block = Buffer.allocUnsafe(blockSize);
    this.#at = 0;
  }
}
