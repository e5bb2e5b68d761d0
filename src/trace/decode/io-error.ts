import type { FollowedShape, StructShape } from '../../abi/shape.ts';
import { hex } from '../../base/units.ts';
import { debugString } from '../debug-text.ts';
import { type Decoding, ownWord } from './decoding.ts';
import { nameOf, unitVariant } from './enum.ts';
import { kindOfErrno, messageOfErrno } from './errno.ts';
import { invalid, missing, missingAt, type Shown } from './shown.ts';
import { type Source, slice } from './source.ts';

type IoErrorShape = Extract<FollowedShape, { kind: 'io-error' }>;

// The low two bits of the word.
const simpleMessage = 0n;
const custom = 1n;
const os = 2n;

export const decodeIoError = (shape: IoErrorShape, source: Source, at: number, decoding: Decoding): Shown => {
  const bits = ownWord(source, at);
  if (typeof bits !== 'bigint') return missing(bits);
  const tag = bits & 3n;
  if (tag === custom) return behind('Custom', shape.custom, bits - custom, decoding);
  // Where the rest of the low half isn't 0, the word isn't one of these.
  const isSmall = (bits & 0xffff_fffcn) === 0n;
  if (bits === 0n || (tag !== simpleMessage && !isSmall))
    return invalid(`io::Error ${hex(bits)}`, slice(source, at, 8));
  if (tag === simpleMessage) return behind('Error', shape.message, bits, decoding);
  return tag === os ? systemError(shape, Number(BigInt.asIntN(32, bits >> 32n))) : simple(shape, bits, source, at);
};

const systemError = ({ kinds }: IoErrorShape, code: number): Shown => {
  const kind = unitVariant(kindOfErrno(code, kinds));
  const message = messageOfErrno(code);
  return {
    value: { Os: { code, kind: kind.value, message } },
    text: `Os { code: ${code}, kind: ${kind.text}, message: ${debugString(message)} }`,
  };
};

const simple = ({ kinds }: IoErrorShape, bits: bigint, source: Source, at: number): Shown => {
  const value = bits >> 32n;
  if (kinds === null) return { value: { Kind: missing('unknown').value }, text: `Kind(<unknown ${hex(value)}>)` };
  const name = nameOf(kinds, value);
  // Its numbers are those of the enum's own bytes: what is above them would be lost.
  if (name === null || value >> BigInt(kinds.size * 8) !== 0n) {
    return invalid(`io::Error ${hex(bits)}`, slice(source, at, 8));
  }
  const kind = unitVariant(name);
  return { value: { Kind: kind.value }, text: `Kind(${kind.text})` };
};

/** A struct in memory, which `Debug` calls `name`. */
const behind = (name: string, shape: StructShape | null, address: bigint, decoding: Decoding): Shown => {
  const memory = shape === null ? 'depth' : decoding.source(address);
  const inner =
    shape === null || typeof memory === 'string'
      ? missingAt(typeof memory === 'string' ? memory : 'depth', address)
      : decoding.part({ ...shape, name, form: 'named' }, memory, 0);
  const isMissing = shape === null || typeof memory === 'string';
  return { value: { [name]: inner.value }, text: isMissing ? `${name}(${inner.text})` : inner.text };
};
