import type { FollowedShape, ValueShape } from '../../abi/shape.ts';
import { type Decoding, ownWord } from './decoding.ts';
import { curly, entry, listed, unlisted } from './listed.ts';
import { isPossible } from './sequence.ts';
import { missing, type Shown } from './shown.ts';
import type { Source } from './source.ts';
import { invalidLength } from './text.ts';

type HashTableShape = Extract<FollowedShape, { kind: 'hash-table' }>;

// Control bytes: below 0x80 a part of the hash of an element that is there.
const empty = 0xff;
const deleted = 0x80;

/** Elements in the order of the control bytes, which is the one they are printed in. */
export const decodeHashTable = (shape: HashTableShape, source: Source, at: number, decoding: Decoding): Shown => {
  const control = ownWord(source, at + shape.control);
  if (typeof control !== 'bigint') return missing(control);
  const mask = ownWord(source, at + shape.mask);
  if (typeof mask !== 'bigint') return missing(mask);
  const items = ownWord(source, at + shape.items);
  if (typeof items !== 'bigint') return missing(items);
  const buckets = mask + 1n;
  const { element } = shape;
  if ((buckets & mask) !== 0n || items > buckets || !isPossible(buckets, Math.max(1, element.size))) {
    return invalidLength(items, shape.size, source, at);
  }
  if (items === 0n) return listed([], 0n, curly);
  const memory = decoding.sound(control);
  if (typeof memory === 'string') return unlisted(memory, items, control, curly);
  const known = Math.min(Number(buckets), memory.bytes.length);
  const parts: Shown[] = [];
  let full = 0;
  let isSound = true;
  for (let i = 0; i < known; i++) {
    const byte = memory.bytes[i] ?? 0;
    if (byte >= 0x80) {
      isSound &&= byte === empty || byte === deleted;
      continue;
    }
    full++;
    if (parts.length >= decoding.context.items || decoding.isFull) continue;
    const start = decoding.whole(control - BigInt(i + 1) * BigInt(element.size), element.size);
    if (start !== null) parts.push(decodeElement(shape, start, parts.length, decoding));
  }
  const isWhole = isSound && BigInt(full) === items && parts.length === full;
  return listed(parts, items, curly, isWhole);
};

const isPair = (shape: ValueShape): boolean => shape.kind === 'struct' && shape.fields.length === 2;

const decodeElement = ({ element, isMap }: HashTableShape, source: Source, i: number, decoding: Decoding): Shown => {
  if (!isMap || element.kind !== 'struct' || !isPair(element)) return decoding.member(i, element, source, 0);
  const [key, value] = element.fields;
  return decoding.within(i, () =>
    entry(
      key && decoding.member('0', key.shape, source, key.offset),
      value && decoding.member('1', value.shape, source, value.offset),
    ),
  );
};
