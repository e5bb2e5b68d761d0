import { decodeBytes } from '../base/text.ts';
import { openPath } from './function-path.ts';
import { TextPool } from './text-pool.ts';

const lessThan = 0x3c;
const greaterThan = 0x3e;
const minus = 0x2d;
const colon = 0x3a;
const underscore = 0x5f;

const fnvBasis = 0x811c9dc5;
const fnvPrime = 0x01000193;

/**
 * Different paths, numbered from 0 in the order in which they came. Of the names of a whole program's functions most are never
 * read: they are compared as bytes.
 */
export class PathTable {
  readonly #texts: TextPool;
  /** By hash: a path's number and 1, 0 where there is none. */
  #slots: Uint32Array;

  /** `expected`: paths that there may be, at a guess. */
  constructor(expected: number) {
    this.#texts = new TextPool(expected);
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * expected + 2)));
  }

  text(path: number): string {
    return this.#texts.text(path);
  }

  /** Bytes of a path. */
  sizeOf(path: number): number {
    return this.#texts.sizeOf(path);
  }

  /** The number of a path, a new one if it wasn't there. */
  add(path: Uint8Array): number {
    this.#texts.reserve(path.length);
    this.#texts.bytes.set(path, this.#texts.end);
    return this.#keep(path.length);
  }

  /** As `add`, of the path with its generic arguments left open, as {@link openPath} has it. */
  addOpen(path: Uint8Array): number {
    if (path.indexOf(lessThan) < 0) return this.add(path.subarray(0, promotedAt(path)));
    this.#texts.reserve(path.length);
    const size = writeOpen(path, this.#texts.bytes, this.#texts.end);
    return size === null ? this.add(Buffer.from(openPath(decodeBytes(path)))) : this.#keep(size);
  }

  /** Takes up the path that was written behind the others, if it is new. */
  #keep(size: number): number {
    const texts = this.#texts;
    let slot = this.#slotOf(texts.end, size);
    const known = this.#slots[slot]!;
    if (known !== 0) return known - 1;
    if (texts.length * 2 >= this.#slots.length) {
      this.#grow();
      slot = this.#slotOf(texts.end, size);
    }
    this.#slots[slot] = texts.length + 1;
    return texts.keep(size);
  }

  /** Where a path is, or would be. */
  #slotOf(start: number, size: number): number {
    const { bytes } = this.#texts;
    let hash = fnvBasis;
    for (let at = start; at < start + size; at++) hash = Math.imul(hash ^ bytes[at]!, fnvPrime);
    const mask = this.#slots.length - 1;
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const known = this.#slots[slot]!;
      if (known === 0 || this.#isSame(known - 1, start, size)) return slot;
    }
  }

  #isSame(path: number, start: number, size: number): boolean {
    const { bytes } = this.#texts;
    const own = this.#texts.startOf(path);
    if (this.#texts.sizeOf(path) !== size) return false;
    for (let i = 0; i < size; i++) if (bytes[own + i] !== bytes[start + i]) return false;
    return true;
  }

  #grow(): void {
    const texts = this.#texts;
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let path = 0; path < texts.length; path++)
      this.#slots[this.#slotOf(texts.startOf(path), texts.sizeOf(path))] = path + 1;
  }
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
/** Part of a name, or of a character that takes several bytes. */
const isWord = (byte: number): boolean => isLetter(byte) || isDigit(byte) || byte === underscore || byte >= 0x80;

/**
 * Writes a path without its generic arguments; gives its size, null where its bytes don't tell, as for letters beyond ASCII in
 * the type that a method is of.
 */
const writeOpen = (path: Uint8Array, to: Uint8Array, start: number): number | null => {
  const length = promotedAt(path);
  let end = start;
  let from = 0;
  for (let at = 1; at < length; at++) {
    if (path[at] !== lessThan) continue;
    const before = path[at - 1]!;
    if (before !== colon && !isWord(before)) continue;
    const isPath = at - 2 >= from && before === colon && path[at - 2] === colon;
    end = copy(path, from, isPath ? at - 2 : at, to, end);
    from = behindArguments(path, at, length);
    at = from - 1;
  }
  end = copy(path, from, length, to, end);
  return to[start] === lessThan ? withoutBrackets(to, start, end) : end - start;
};

const copy = (bytes: Uint8Array, from: number, until: number, to: Uint8Array, end: number): number => {
  for (let at = from; at < until; at++) to[end++] = bytes[at]!;
  return end;
};

/** Where what ThinLTO appends begins, or the end. */
const promotedAt = (path: Uint8Array): number => {
  let word = path.length;
  while (word > 0 && path[word - 1]! < 0x80 && isWord(path[word - 1]!)) word--;
  if (word === path.length) return word;
  for (let i = 0; i < promoted.length; i++) if (path[word - promoted.length + i] !== promoted[i]) return path.length;
  return word - promoted.length;
};

const promoted = Buffer.from('.llvm.');

/** The index behind the `>` that closes the `<` at `open`; `->` closes nothing. */
const behindArguments = (path: Uint8Array, open: number, length: number): number => {
  let depth = 0;
  for (let at = open; at < length; at++) {
    if (path[at] === lessThan) depth++;
    else if (path[at] === greaterThan && path[at - 1] !== minus && --depth === 0) return at + 1;
  }
  return length;
};

/** An inherent method's type is a path: `<a::B>::f` is `a::B::f`. */
const withoutBrackets = (bytes: Uint8Array, start: number, end: number): number | null => {
  const first = bytes[start + 1]!;
  if (start + 1 >= end) return end - start;
  if (first >= 0x80) return null;
  if (!isLetter(first) && first !== underscore) return end - start;
  for (let at = start + 2; at < end; at++) {
    const byte = bytes[at]!;
    if (byte >= 0x80) return null;
    if (byte === greaterThan) {
      bytes.copyWithin(start, start + 1, at);
      bytes.copyWithin(at - 1, at + 1, end);
      return end - start - 2;
    }
    if (!isWord(byte) && byte !== colon) return end - start;
  }
  return end - start;
};
