import type { CapturedValue } from '../snapshot.ts';
import type { Why } from './shown.ts';

/** Bytes of one place: a value's own ones, or memory from an address on. Behind their end nothing came. */
export type Source = CapturedValue;

export const memorySource = (bytes: Uint8Array): Source => ({ bytes, missing: [] });
export const emptySource: Source = { bytes: new Uint8Array(0), missing: [] };

/** Why one of the bytes from `start` to before `end` isn't known; null: all are. */
export const lack = (source: Source, start: number, end: number): Why | null => {
  if (start === end) return null;
  if (source.missing.length > 0) {
    for (const part of source.missing) if (part.start < end && part.end > start) return part.why;
  }
  return end <= source.bytes.length ? null : 'truncated';
};

/** Why none of the bytes is known, where that has one reason; null: some are, or there are none. */
export const lackOfAll = (source: Source, start: number, end: number): Why | null => {
  if (start === end || (source.missing.length === 0 && start < source.bytes.length)) return null;
  const why = lack(source, start, start + 1);
  if (why === null) return null;
  let at = start;
  while (at < end) {
    const next = source.missing.find((part) => part.start <= at && part.end > at);
    if (next === undefined) return why === 'truncated' && at >= source.bytes.length ? why : null;
    if (next.why !== why) return null;
    at = next.end;
  }
  return why;
};

// The bytes asked for below are known to be there.

export const slice = (source: Source, at: number, size: number): Uint8Array => source.bytes.subarray(at, at + size);

export const u8 = (source: Source, at: number): number => source.bytes[at] ?? 0;

export const u16 = (source: Source, at: number): number => {
  const { bytes } = source;
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
};

export const u32 = (source: Source, at: number): number => {
  const { bytes } = source;
  const upper = (bytes[at + 2] ?? 0) | ((bytes[at + 3] ?? 0) << 8);
  return ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | (upper << 16)) >>> 0;
};

const high = 0x1_0000_0000;

/** A 64-bit word. */
export const word = (source: Source, at: number): bigint => {
  const upper = u32(source, at + 4);
  const lower = u32(source, at);
  return upper < 0x20_0000 ? BigInt(upper * high + lower) : (BigInt(upper) << 32n) | BigInt(lower);
};

/** An unsigned number of `size` bytes. */
export const unsigned = (source: Source, at: number, size: 1 | 2 | 4 | 8 | 16): bigint => {
  switch (size) {
    case 1:
      return BigInt(u8(source, at));
    case 2:
      return BigInt(u16(source, at));
    case 4:
      return BigInt(u32(source, at));
    case 8:
      return word(source, at);
    case 16:
      return (word(source, at + 8) << 64n) | word(source, at);
  }
};
