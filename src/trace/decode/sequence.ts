import type { FollowedShape } from '../../abi/shape.ts';
import { type Decoding, ownWord } from './decoding.ts';
import { listed, unlisted } from './listed.ts';
import { missing, nothing, type Shown, type Why } from './shown.ts';
import { emptySource, type Source, word } from './source.ts';
import { invalidLength, maxSize } from './text.ts';

type Of<Kind extends FollowedShape['kind']> = Extract<FollowedShape, { kind: Kind }>;

/** Whether Rust could have that many elements in memory. */
export const isPossible = (length: bigint, size: number): boolean => length * BigInt(size) <= maxSize;

export const shownOf = (length: bigint, items: number): number =>
  length < BigInt(items) ? Number(length) : Math.max(0, items);

export const decodeSequence = (shape: Of<'sequence'>, source: Source, at: number, decoding: Decoding): Shown => {
  const data = ownWord(source, at + shape.behind.data);
  if (typeof data !== 'bigint') return missing(data);
  const length = ownWord(source, at + shape.length);
  if (typeof length !== 'bigint') return missing(length);
  if (data === 0n) return nothing;
  const { element } = shape;
  if (!isPossible(length, element.size)) return invalidLength(length, shape.size, source, at);
  decoding.count(data, shape.behind.counts);
  const address = data + BigInt(shape.behind.add);
  if (length === 0n) return listed([], 0n);
  const memory = element.size === 0 ? emptySource : decoding.source(address);
  if (typeof memory === 'string') return unlisted(memory, length, address);
  const parts: Shown[] = [];
  const shown = shownOf(length, decoding.context.items);
  for (let i = 0; i < shown && !decoding.isFull; i++) {
    const start = i * element.size;
    if (start + element.size <= memory.bytes.length) parts.push(decoding.member(i, element, memory, start));
    else {
      // Elements that were read around what is redacted have a block each; one that is cut apart isn't shown.
      const own = decoding.whole(address + BigInt(start), element.size);
      if (own === null) break;
      parts.push(decoding.member(i, element, own, 0));
    }
  }
  return listed(parts, length);
};

/** The words of a ring: where its elements begin, for how many there is room, the first one's index, their number. */
const ringWords = (shape: Of<'ring'>, source: Source, at: number): readonly [bigint, bigint, bigint, bigint] | Why => {
  const data = ownWord(source, at + shape.behind.data);
  const capacity = ownWord(source, at + shape.capacity);
  const head = ownWord(source, at + shape.head);
  const end = ownWord(source, at + (shape.length ?? shape.tail ?? shape.capacity));
  for (const one of [data, capacity, head, end]) if (typeof one !== 'bigint') return one;
  const words = [data, capacity, head, end] as [bigint, bigint, bigint, bigint];
  // A ring of indices only keeps one place free, and has room for a power of two.
  const wrap = shape.element.size === 0 ? maxSize : words[1] - 1n;
  if (shape.length === null) words[3] = BigInt.asUintN(64, words[3] - words[2]) & wrap;
  return words;
};

export const decodeRing = (shape: Of<'ring'>, source: Source, at: number, decoding: Decoding): Shown => {
  const words = ringWords(shape, source, at);
  if (typeof words === 'string') return missing(words);
  const [data, capacity, head, length] = words;
  if (data === 0n) return nothing;
  const { element } = shape;
  const { size } = element;
  const hasRoom = size === 0 || (length <= capacity && (head < capacity || (head === 0n && capacity === 0n)));
  if (length < 0n || !hasRoom || !isPossible(capacity, size)) return invalidLength(length, shape.size, source, at);
  decoding.count(data, shape.behind.counts);
  const base = data + BigInt(shape.behind.add);
  const place = (i: bigint): bigint => (head + i < capacity ? head + i : head + i - capacity) * BigInt(size);
  if (length === 0n) return listed([], 0n);
  const parts: Shown[] = [];
  const shown = shownOf(length, decoding.context.items);
  for (let i = 0; i < shown && !decoding.isFull; i++) {
    const memory = size === 0 ? emptySource : decoding.whole(base + place(BigInt(i)), size);
    if (memory === null) break;
    parts.push(decoding.member(i, element, memory, 0));
  }
  if (parts.length > 0) return listed(parts, length);
  const first = base + place(0n);
  const memory = decoding.source(first);
  return unlisted(typeof memory === 'string' ? memory : 'truncated', length, first);
};

export const decodeList = (shape: Of<'list'>, source: Source, at: number, decoding: Decoding): Shown => {
  const head = ownWord(source, at + shape.head);
  if (typeof head !== 'bigint') return missing(head);
  const length = ownWord(source, at + shape.length);
  if (typeof length !== 'bigint') return missing(length);
  const { node, element } = shape;
  if (!isPossible(length, node.size)) return invalidLength(length, shape.size, source, at);
  const parts: Shown[] = [];
  const shown = shownOf(length, decoding.context.items);
  const end = Math.max(node.next + 8, node.element + element.size);
  let address = head;
  while (parts.length < shown && address !== 0n && !decoding.isFull) {
    const memory = decoding.whole(address, end);
    if (memory === null) break;
    parts.push(decoding.member(parts.length, element, memory, node.element));
    address = word(memory, node.next);
  }
  if (parts.length > 0 || length === 0n || head === 0n) return listed(parts, length);
  const memory = decoding.source(head);
  return unlisted(typeof memory === 'string' ? memory : 'truncated', length, head);
};
