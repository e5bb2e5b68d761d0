import type { GivenShape } from '../abi/given-shape.ts';
import { never } from '../base/errors.ts';
import { hex } from '../base/units.ts';
import { debugBytes, debugChar, debugFloat, debugString, shortestF32 } from './debug-text.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A 64-bit word whose upper bits are undefined if the place is smaller, or why there is none. */
export type CapturedPiece = bigint | 'gone' | 'unreadable';

/** What the probe brought of one value. */
export type Captured = {
  /** One per place of the plan. */
  readonly pieces: readonly CapturedPiece[];
  /** What a shape that is read as text points to. */
  readonly text?: {
    readonly bytes: Uint8Array;
    /** In bytes; null: not known. */
    readonly length: bigint | null;
    readonly status: 'ok' | 'truncated' | 'unreadable';
  };
};

/** `value` is the value in JSON, `text` Rust's `Debug` form of it on one line, safe on a terminal. */
export type DecodedValue = { readonly value: JsonValue; readonly text: string };

const missing = (why: 'gone' | 'unreadable' | 'depth', about = ''): DecodedValue => ({
  value: { $missing: why },
  text: about === '' ? `<${why}>` : `<${why} ${about}>`,
});

/** A bit pattern that the type doesn't have: `$bytes` holds it in the order of memory. */
const invalid = (name: string, bits: bigint, bytes: number): DecodedValue => {
  const memory = Buffer.alloc(bytes);
  memory.writeUIntLE(Number(bits), 0, bytes);
  return { value: { $bytes: memory.toString('hex') }, text: `<invalid ${name} ${hex(bits)}>` };
};

/**
 * Shows a value by its shape. Never throws: what isn't there is marked. Null where text is pointed to is JSON's null;
 * a truncated text of unknown length has `$len` null; elements of a slice aren't read.
 */
export const decodeValue = (shape: GivenShape, captured: Captured): DecodedValue => {
  if (shape.kind === 'unit') return { value: [], text: '()' };
  const pieces: bigint[] = [];
  for (const piece of captured.pieces) {
    if (typeof piece !== 'bigint') return missing(piece);
    pieces.push(BigInt.asUintN(64, piece));
  }
  return decodePieces(shape, pieces, captured.text);
};

const decodePieces = (shape: GivenShape, pieces: readonly bigint[], text: Captured['text']): DecodedValue => {
  const [low, high] = pieces;
  if (low === undefined) return missing('gone');
  switch (shape.kind) {
    case 'int':
      return decodeInt(shape, low, high);
    case 'bool':
      return decodeBool(BigInt.asUintN(8, low));
    case 'char':
      return decodeCharacter(BigInt.asUintN(32, low));
    case 'float':
      return decodeFloat(shape.bits, low);
    case 'pointer':
    case 'fat':
    case 'raw':
      return { value: hex(low), text: hex(low) };
    case 'slice':
      return decodeSlice(low, high);
    case 'cstring':
      return low === 0n ? { value: null, text: 'NULL' } : decodeText(low, text);
    case 'str':
      return high === undefined ? missing('gone') : high === 0n ? { value: '', text: '""' } : decodeText(low, text);
    case 'option': {
      if (low === 0n) return { value: { None: null }, text: 'None' };
      const some = decodePieces(shape.some, pieces, text);
      return { value: { Some: some.value }, text: `Some(${some.text})` };
    }
    case 'unit':
      return { value: [], text: '()' };
    case 'never':
      return missing('gone');
    default:
      return never(shape);
  }
};

const decodeInt = (shape: GivenShape & { kind: 'int' }, low: bigint, high: bigint | undefined): DecodedValue => {
  if (shape.bits === 128 && high === undefined) return missing('gone');
  const bits = shape.bits === 128 ? ((high ?? 0n) << 64n) | low : low;
  const value = shape.signed ? BigInt.asIntN(shape.bits, bits) : BigInt.asUintN(shape.bits, bits);
  const text = value.toString();
  return { value: shape.bits < 64 ? Number(value) : text, text };
};

const decodeBool = (bits: bigint): DecodedValue =>
  bits > 1n ? invalid('bool', bits, 1) : { value: bits === 1n, text: bits === 1n ? 'true' : 'false' };

const decodeCharacter = (bits: bigint): DecodedValue => {
  if (bits > 0x10ffffn || (bits >= 0xd800n && bits <= 0xdfffn)) return invalid('char', bits, 4);
  const char = String.fromCodePoint(Number(bits));
  return { value: char, text: debugChar(char) };
};

const decodeFloat = (bits: 32 | 64, low: bigint): DecodedValue => {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, low, true);
  const value = bits === 64 ? view.getFloat64(0, true) : shortestF32(view.getFloat32(0, true));
  const text = debugFloat(value);
  // JSON.stringify writes -0 as 0. Only what JSON has no number for is a string; the sign is in the text.
  return { value: Number.isFinite(value) ? value : text, text };
};

const decodeSlice = (low: bigint, high: bigint | undefined): DecodedValue => {
  if (high === undefined) return missing('gone');
  if (high === 0n) return { value: [], text: '[]' };
  return { value: { $items: [], $len: high.toString() }, text: `[${high} at ${hex(low)}]` };
};

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text, or null if it isn't UTF-8; a character that the end cut apart is left out if `cut`. */
const utf8 = (bytes: Uint8Array, cut: boolean): string | null => {
  for (let short = 0; short <= (cut ? 3 : 0) && short <= bytes.length; short++) {
    const rest = bytes.subarray(bytes.length - short);
    // Only the beginning of a sequence may be dropped: a lead byte, then what continues it.
    if (short > 0 && !((rest[0] ?? 0) >= 0xc2 && rest.subarray(1).every((byte) => byte >> 6 === 0b10))) continue;
    try {
      return strict.decode(bytes.subarray(0, bytes.length - short));
    } catch {
      // The next shorter one may be whole.
    }
  }
  return null;
};

const decodeText = (at: bigint, text: Captured['text']): DecodedValue => {
  if (text === undefined) return missing('depth', hex(at));
  if (text.status === 'unreadable') return missing('unreadable', hex(at));
  const cut = text.status === 'truncated';
  const string = utf8(text.bytes, cut);
  const value: JsonValue = string ?? { $bytes: Buffer.from(text.bytes).toString('hex') };
  const shown = string === null ? debugBytes(text.bytes) : debugString(string);
  if (!cut) return { value, text: shown };
  const length = text.length === null ? null : text.length.toString();
  return {
    value: { $items: value, $len: length },
    text: length === null ? `${shown}…` : `${shown}… (${length} bytes)`,
  };
};
