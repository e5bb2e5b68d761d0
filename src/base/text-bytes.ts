/** Digits of the numbers below 1000, three bytes each. */
const threeDigits = Uint8Array.from({ length: 3_000 }, (_, i) => 0x30 + (Math.floor(i / 3 / 10 ** (2 - (i % 3))) % 10));
const billion = 1e9;
const firstSize = 64 * 1024;

/**
 * Text as UTF-8 bytes, which grows at its end: many small pieces without a string for each. What was written since a
 * `length` was looked at is taken back by setting it again.
 */
export class TextBytes {
  bytes = Buffer.allocUnsafeSlow(firstSize);
  /** The same bytes. */
  view = new DataView(this.bytes.buffer);
  length = 0;

  /** Makes room for so many bytes more. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.length + more));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  /** A byte of ASCII. */
  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Bytes that are UTF-8 already. */
  piece(piece: Uint8Array): void {
    this.reserve(piece.length);
    this.bytes.set(piece, this.length);
    this.length += piece.length;
  }

  text(text: string): void {
    if (text === '') return;
    this.reserve(3 * text.length);
    this.length += this.bytes.write(text, this.length, 'utf8');
  }

  spaces(count: number): void {
    this.reserve(Math.max(0, count));
    for (let i = 0; i < count; i++) this.bytes[this.length + i] = 0x20;
    this.length += Math.max(0, count);
  }

  /** A whole number, in decimal: up to 2^53, of either sign. */
  integer(value: number): void {
    let rest = value;
    if (rest < 0) {
      this.byte(0x2d);
      rest = -rest;
    }
    const upper = Math.floor(rest / billion);
    if (upper === 0) this.#short(rest);
    else {
      this.#short(upper);
      this.#threes(rest - upper * billion, 3);
    }
  }

  /** A number below 10^6 with all its six digits. */
  sixDigits(value: number): void {
    this.#threes(value, 2);
  }

  /** Below 10^9. */
  #short(value: number): void {
    if (value >= 1_000) {
      const upper = Math.floor(value / 1_000);
      this.#short(upper);
      this.#threes(value - upper * 1_000, 1);
      return;
    }
    this.reserve(3);
    if (value >= 100) this.bytes[this.length++] = threeDigits[3 * value] ?? 0;
    if (value >= 10) this.bytes[this.length++] = threeDigits[3 * value + 1] ?? 0;
    this.bytes[this.length++] = threeDigits[3 * value + 2] ?? 0;
  }

  /** So many times three digits. */
  #threes(value: number, count: number): void {
    this.reserve(3 * count);
    let rest = value;
    for (let i = count - 1; i >= 0; i--) {
      const upper = Math.floor(rest / 1_000);
      const at = 3 * (rest - 1_000 * upper);
      const to = this.length + 3 * i;
      this.bytes[to] = threeDigits[at] ?? 0;
      this.bytes[to + 1] = threeDigits[at + 1] ?? 0;
      this.bytes[to + 2] = threeDigits[at + 2] ?? 0;
      rest = upper;
    }
    this.length += 3 * count;
  }

  /** What was written from `start` on, as a string. */
  since(start: number): string {
    return this.bytes.toString('utf8', start, this.length);
  }
}
