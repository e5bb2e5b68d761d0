import type { ValueShape } from '../../abi/shape.ts';
import { sanitize } from '../../base/text.ts';
import { hex } from '../../base/units.ts';
import { debugChar, debugFloat, shortestF32 } from '../debug-text.ts';
import { shortestF16 } from './half.ts';
import { hexBytes, invalid, missing, type Shown } from './shown.ts';
import { lack, type Source, slice, u8, u16, u32, unsigned, word } from './source.ts';

type Of<Kind extends ValueShape['kind']> = Extract<ValueShape, { kind: Kind }>;

const high = 0x1_0000_0000;

/** Of 64 bits as text; most fit a number, which is quicker. */
const wideInt = (source: Source, at: number, signed: boolean): string => {
  const upper = u32(source, at + 4);
  const lower = u32(source, at);
  if (upper < 0x20_0000) return String(upper * high + lower);
  const sign = upper | 0;
  if (signed && sign < 0 && sign >= -0x20_0000) return String(sign * high + lower);
  const value = word(source, at);
  return (signed ? BigInt.asIntN(64, value) : value).toString();
};

export const decodeInt = ({ size, signed }: Of<'int'>, source: Source, at: number): Shown => {
  const why = lack(source, at, at + size);
  if (why !== null) return missing(why);
  if (size <= 4) {
    const bits = size === 1 ? u8(source, at) : size === 2 ? u16(source, at) : u32(source, at);
    const shift = 32 - size * 8;
    const value = signed ? (bits << shift) >> shift : bits;
    return { value, text: String(value) };
  }
  if (size === 8) {
    const text = wideInt(source, at, signed);
    return { value: text, text };
  }
  const bits = unsigned(source, at, 16);
  const text = (signed ? BigInt.asIntN(128, bits) : bits).toString();
  return { value: text, text };
};

const floats = new DataView(new ArrayBuffer(8));

export const decodeFloat = ({ size }: Of<'float'>, source: Source, at: number): Shown => {
  const why = lack(source, at, at + size);
  if (why !== null) return missing(why);
  if (size === 16) {
    const bytes = hexBytes(slice(source, at, 16));
    return { value: { $bytes: bytes }, text: `<f128 ${hex(unsigned(source, at, 16))}>` };
  }
  const value = floatOf(source, at, size);
  const text = debugFloat(value);
  // JSON.stringify writes -0 as 0. Only what JSON has no number for is a string; the sign is in the text.
  return { value: Number.isFinite(value) ? value : text, text };
};

const floatOf = (source: Source, at: number, size: 2 | 4 | 8): number => {
  if (size === 2) return shortestF16(u16(source, at));
  floats.setUint32(0, u32(source, at), true);
  if (size === 4) return shortestF32(floats.getFloat32(0, true));
  floats.setUint32(4, u32(source, at + 4), true);
  return floats.getFloat64(0, true);
};

const yes: Shown = { value: true, text: 'true' };
const no: Shown = { value: false, text: 'false' };

export const decodeBool = (source: Source, at: number): Shown => {
  const why = lack(source, at, at + 1);
  if (why !== null) return missing(why);
  const bits = u8(source, at);
  return bits === 1 ? yes : bits === 0 ? no : invalid(`bool 0x${bits.toString(16)}`, slice(source, at, 1));
};

export const decodeChar = (source: Source, at: number): Shown => {
  const why = lack(source, at, at + 4);
  if (why !== null) return missing(why);
  const bits = u32(source, at);
  if (bits > 0x10ffff || (bits >= 0xd800 && bits <= 0xdfff)) {
    return invalid(`char 0x${bits.toString(16)}`, slice(source, at, 4));
  }
  const char = String.fromCodePoint(bits);
  return { value: char, text: debugChar(char) };
};

export const decodeAddress = (source: Source, at: number): Shown => {
  const why = lack(source, at, at + 8);
  if (why !== null) return missing(why);
  const text = hex(word(source, at));
  return { value: text, text };
};

/** Bytes of an unknown layout that are shown at most. */
const opaqueBytes = 64;

export const decodeOpaque = ({ size, name }: Of<'opaque'>, source: Source, at: number): Shown => {
  const why = lack(source, at, at + size);
  if (why !== null) return missing(why);
  const known = hexBytes(slice(source, at, Math.min(size, opaqueBytes)));
  const isWhole = size <= opaqueBytes;
  const title = name === '' ? 'bytes' : sanitize(name);
  return {
    value: isWhole ? { $bytes: known } : { $items: { $bytes: known }, $len: String(size) },
    text: isWhole ? `<${title}${known === '' ? '' : ` ${known}`}>` : `<${title} ${known}… (${size} bytes)>`,
  };
};
