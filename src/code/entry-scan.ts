/** Positions from a function's begin on that are looked at for jumps into them. */
export const entryBytes = 32;

/**
 * What the bytes of a function may be, without decoding them: every direct jump to its begin is found, and perhaps some
 * that are none. Positions count from the function's begin.
 */
export type EntryScan = {
  /** A bit for each of the first {@link entryBytes} positions: a jump may go there. */
  targets: number;
  /** There may be a jump to what a register holds, or what is in a table. */
  hasIndirect: boolean;
  /** Where jumps out of the bytes may go. */
  readonly outside: number[];
};

export const emptyScan = (): EntryScan => ({ targets: 0, hasIndirect: false, outside: [] });

const near = 128 + entryBytes;

/**
 * Adds what is in `length` bytes from `from` on, the first of which is at `position` of the function. Jumps are tried at
 * every byte, so that it doesn't matter where instructions begin:
 *
 *   70..7f, e0..e3, eb   distance of 1 byte     e9, 0f 80..8f   distance of 4 bytes
 *   ff e0..e7, ff 24, ff 64, ff a4   indirect
 */
export const scan = (found: EntryScan, bytes: Uint8Array, from: number, length: number, position: number): void => {
  const end = from + length;
  const shift = position - from;
  const note = (target: number): void => {
    if (target >= 0 && target < entryBytes) found.targets |= 1 << target;
    else if (target < position || target >= position + length) found.outside.push(target);
  };
  shortJumps(found, bytes, from, end, -shift);
  for (let at = from; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === 0xe9) {
      if (at + 5 <= end) note(at + shift + 5 + int32(bytes, at + 1));
    } else if (byte === 0x0f) {
      if (at + 6 <= end && bytes[at + 1]! >> 4 === 8) note(at + shift + 6 + int32(bytes, at + 2));
    } else if (byte === 0xff && at + 2 <= end) {
      const modrm = bytes[at + 1]!;
      if (modrm >> 3 === 0xe0 >> 3 || (modrm & 0x3f) === 0x24) found.hasIndirect = true;
    }
  }
};

/** By first byte, whether it may be that of a short jump. */
const isShort = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >> 4 === 7 || byte === 0xeb || byte >> 2 === 0xe0 >> 2 ? 1 : 0,
);

/** A short jump to the begin, which is at `begin` of the bytes, is near it. */
const shortJumps = (found: EntryScan, bytes: Uint8Array, from: number, end: number, begin: number): void => {
  const last = Math.min(end - 1, begin + near);
  for (let at = from; at < last; at++) {
    if (isShort[bytes[at]!] === 0) continue;
    const target = at - begin + 2 + ((bytes[at + 1]! << 24) >> 24);
    if (target >= 0 && target < entryBytes) found.targets |= 1 << target;
  }
};

/** A jump back by less than this has `ff` as the last byte of its distance. */
const farthestBack = 1 << 24;

/** `length` bytes of code from `from` on; `words`: the same bytes, four at a time, null where they can't be read so. */
export type CodeBytes = {
  readonly bytes: Uint8Array;
  readonly words: Int32Array | null;
  readonly from: number;
  readonly length: number;
};

/**
 * As `scan`, of a whole function from its first byte on, without `outside`: jumps within it that don't stand near its begin
 * go back, which their last byte tells. Most words have no such byte.
 */
export const scanOwn = (found: EntryScan, { bytes, words, from, length }: CodeBytes): void => {
  if (words === null || length >= farthestBack) {
    scan(found, bytes, from, length, 0);
    return;
  }
  const end = from + length;
  shortJumps(found, bytes, from, end, from);
  // Those that go on from here to positions that matter.
  for (let at = from; at < end - 4 && at - from < entryBytes; at++) longJump(found, bytes, at, from, end);
  const firstWord = (from + 3) >> 2;
  const lastWord = Math.max(end >> 2, firstWord);
  for (let at = from; at < Math.min(firstWord << 2, end); at++)
    if (bytes[at] === 0xff) lastByte(found, bytes, at, from, end);
  for (let word = firstWord; word < lastWord; word++) {
    const value = words[word]!;
    if (!hasZero(~value)) continue;
    for (let at = word << 2; at < (word << 2) + 4; at++) if (bytes[at] === 0xff) lastByte(found, bytes, at, from, end);
  }
  for (let at = lastWord << 2; at < end; at++) if (bytes[at] === 0xff) lastByte(found, bytes, at, from, end);
};

const note = (found: EntryScan, target: number): void => {
  if (target >= 0 && target < entryBytes) found.targets |= 1 << target;
};

/** What begins at `at` may be a long jump. */
const longJump = (found: EntryScan, bytes: Uint8Array, at: number, from: number, end: number): void => {
  if (bytes[at] === 0xe9) note(found, at - from + 5 + int32(bytes, at + 1));
  else if (bytes[at] === 0x0f && bytes[at + 1]! >> 4 === 8 && at + 6 <= end)
    note(found, at - from + 6 + int32(bytes, at + 2));
};

/** The `ff` at `at` may end a long jump back, or begin an indirect one. */
const lastByte = (found: EntryScan, bytes: Uint8Array, at: number, from: number, end: number): void => {
  const modrm = at + 1 < end ? bytes[at + 1]! : 0;
  if (modrm >> 3 === 0xe0 >> 3 || (modrm & 0x3f) === 0x24) found.hasIndirect = true;
  if (at - from < 4) return;
  const opcode = bytes[at - 4]!;
  if (opcode === 0xe9 || (opcode >> 4 === 8 && at - from > 4 && bytes[at - 5] === 0x0f))
    note(found, at + 1 - from + int32(bytes, at - 3));
};

/** Where direct jumps may go that leave the `length` bytes from `from` on: positions, from the first byte. */
export const jumpsOutOf = (bytes: Uint8Array, from: number, length: number, take: (target: number) => void): void => {
  const end = from + length;
  for (let at = from; at < end - 1; at++) {
    const byte = bytes[at]!;
    let target = 0;
    if (byte >> 4 === 7 || byte === 0xeb) target = at - from + 2 + ((bytes[at + 1]! << 24) >> 24);
    else if (byte === 0xe9 && at + 5 <= end) target = at - from + 5 + int32(bytes, at + 1);
    else if (byte === 0x0f && bytes[at + 1]! >> 4 === 8 && at + 6 <= end) target = at - from + 6 + int32(bytes, at + 2);
    if (target < 0 || target >= length) take(target);
  }
};

/** Whether one of four bytes is `8d` or `ff`. */
const hasEither = (word: number): boolean => hasZero(word ^ 0x8d8d8d8d) || hasZero(~word);

/** Whether one of four bytes is 0. */
const hasZero = (word: number): boolean => ((word - 0x01010101) & ~word & 0x80808080) !== 0;

/** Addresses that the bytes may load from beside them (`lea`), or index as a table (`jmp *table(, i, 8)`). */
export const tablesIn = ({
  bytes,
  words,
  from,
  length,
}: CodeBytes): { readonly relative: readonly number[]; readonly absolute: readonly number[] } => {
  const relative: number[] = [];
  const absolute: number[] = [];
  const end = from + length;
  for (let at = from; at + 7 <= end; at++) {
    // Four that are none are passed over at once.
    if (words !== null && (at & 3) === 0 && !hasEither(words[at >> 2]!)) {
      at += 3;
      continue;
    }
    const byte = bytes[at]!;
    if (byte === 0x8d && (bytes[at + 1]! & 0xc7) === 0x05) relative.push(at - from + 6 + int32(bytes, at + 2));
    if (byte === 0xff && bytes[at + 1] === 0x24 && (bytes[at + 2]! & 7) === 5)
      absolute.push(int32(bytes, at + 3) >>> 0);
  }
  return { relative, absolute };
};

const int32 = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
