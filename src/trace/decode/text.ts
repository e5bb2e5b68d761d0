import { isUtf8 } from 'node:buffer';
import type { FollowedShape } from '../../abi/shape.ts';
import { hex } from '../../base/units.ts';
import { debugBytes, debugString } from '../debug-text.ts';
import { debugCString, debugOsString } from './byte-text.ts';
import { type Decoding, ownWord } from './decoding.ts';
import { hexBytes, invalid, type JsonValue, missing, missingAt, nothing, type Shown } from './shown.ts';
import { lack, type Source, slice } from './source.ts';

type TextShape = Extract<FollowedShape, { kind: 'text' }>;

/** The largest size that Rust allows anything in memory. */
export const maxSize = (1n << 63n) - 1n;

const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Bytes at the end that may be the beginning of a character which was cut apart. */
const cutTail = (bytes: Uint8Array): number => {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >> 6 === 0b10) continue;
    const length = byte >= 0xf0 && byte <= 0xf4 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
    return byte <= 0xf4 && length > back ? back : 0;
  }
  return 0;
};

// Neither copies nor checks: a quarter of the time of what it takes through a Buffer or String.fromCharCode.
const latin1 = Buffer.prototype.latin1Slice;

/** Up to here, looking at each byte is quicker than a call into native code. */
const shortText = 64;

/** ASCII that isn't long; else null. */
const shortAscii = (bytes: Uint8Array): string | null => {
  if (bytes.length > shortText) return null;
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] ?? 0) >= 0x80) return null;
  return latin1.call(bytes as Buffer, 0, bytes.length);
};

/** The text, or null if it isn't UTF-8; a character that the end cut apart is left out if `cut`. */
const utf8 = (bytes: Uint8Array, cut: boolean): string | null => {
  const short = shortAscii(bytes);
  if (short !== null) return short;
  if (isUtf8(bytes)) return buffer(bytes).toString('utf8');
  const tail = cut ? cutTail(bytes) : 0;
  if (tail === 0) return null;
  const rest = bytes.subarray(0, bytes.length - tail);
  return isUtf8(rest) ? buffer(rest).toString('utf8') : null;
};

/** Bytes that were read, of `length` (null: of a length that isn't known). */
const shownText = (bytes: Uint8Array, of: TextShape['of'], length: bigint | null): Shown => {
  const isCut = length === null || length > BigInt(bytes.length);
  const string = utf8(bytes, isCut);
  const value: JsonValue = string ?? { $bytes: hexBytes(bytes) };
  const text = debugText(bytes, string, of);
  if (!isCut) return { value, text };
  return {
    value: { $items: value, $len: length === null ? null : length.toString() },
    text: length === null ? `${text}…` : `${text}… (${length} bytes)`,
  };
};

const debugText = (bytes: Uint8Array, string: string | null, of: TextShape['of']): string => {
  if (of === 'c') return debugCString(string === null ? bytes : Buffer.from(string));
  if (string !== null) return debugString(string);
  return of === 'bytes' ? debugOsString(bytes) : debugBytes(bytes);
};

const empty: Shown = { value: '', text: '""' };

export const decodeText = (shape: TextShape, source: Source, at: number, decoding: Decoding): Shown => {
  const data = ownWord(source, at + shape.behind.data);
  if (typeof data !== 'bigint') return missing(data);
  const stored = ownWord(source, at + shape.length);
  if (typeof stored !== 'bigint') return missing(stored);
  if (data === 0n) return nothing;
  // The NUL counts, and isn't shown.
  const length = shape.of === 'c' ? stored - 1n : stored;
  if (length < 0n || stored > maxSize) return invalidLength(stored, shape.size, source, at);
  const address = data + BigInt(shape.behind.add);
  decoding.count(data, shape.behind.counts);
  if (length === 0n) return empty;
  const memory = decoding.wanted(address);
  if (typeof memory === 'string') return missingAt(memory, address);
  const there = Math.min(Number(length), memory.bytes.length);
  const why = lack(memory, 0, there);
  if (why !== null) return missingAt(why, address);
  return shownText(slice(memory, 0, decoding.spend(there)), shape.of, length);
};

export const decodeCString = (source: Source, at: number, decoding: Decoding): Shown => {
  const address = ownWord(source, at);
  if (typeof address !== 'bigint') return missing(address);
  if (address === 0n) return nothing;
  const memory = decoding.wanted(address);
  if (typeof memory === 'string') return missingAt(memory, address);
  const nul = memory.bytes.indexOf(0);
  const there = nul < 0 ? memory.bytes.length : nul;
  const why = lack(memory, 0, there);
  if (why !== null) return missingAt(why, address);
  const got = decoding.spend(there);
  return shownText(slice(memory, 0, got), 'utf8', nul < 0 ? null : BigInt(nul));
};

/** No value of Rust is as large as that; all that is known are the value's own bytes. */
export const invalidLength = (length: bigint, size: number, source: Source, at: number): Shown => {
  const about = `length ${hex(length)}`;
  const why = lack(source, at, at + size);
  if (why === null) return invalid(about, slice(source, at, size));
  return { value: missing(why).value, text: `<invalid ${about}>` };
};
