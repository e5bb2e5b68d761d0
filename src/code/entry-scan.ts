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
  // A short jump to the begin is near it.
  for (let at = from; at < end - 1 && at + shift < near; at++) {
    const byte = bytes[at]!;
    if (byte >> 4 !== 7 && byte !== 0xeb && byte >> 2 !== 0xe0 >> 2) continue;
    const target = at + shift + 2 + ((bytes[at + 1]! << 24) >> 24);
    if (target >= 0 && target < entryBytes) found.targets |= 1 << target;
  }
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

/** Addresses that the bytes may load from beside them (`lea`), or index as a table (`jmp *table(, i, 8)`). */
export const tablesIn = (
  bytes: Uint8Array,
  from: number,
  length: number,
): { readonly relative: readonly number[]; readonly absolute: readonly number[] } => {
  const relative: number[] = [];
  const absolute: number[] = [];
  for (let at = from; at + 7 <= from + length; at++) {
    const byte = bytes[at]!;
    if (byte === 0x8d && (bytes[at + 1]! & 0xc7) === 0x05) relative.push(at - from + 6 + int32(bytes, at + 2));
    if (byte === 0xff && bytes[at + 1] === 0x24 && (bytes[at + 2]! & 7) === 5)
      absolute.push(int32(bytes, at + 3) >>> 0);
  }
  return { relative, absolute };
};

const int32 = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
