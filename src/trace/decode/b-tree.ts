import type { FollowedShape } from '../../abi/shape.ts';
import { type Decoding, ownWord } from './decoding.ts';
import { curly, entry, listed, unlisted } from './listed.ts';
import { isPossible, shownOf } from './sequence.ts';
import { missing, type Shown } from './shown.ts';
import { lack, type Source, u16, word } from './source.ts';
import { invalidLength } from './text.ts';

type BTreeShape = Extract<FollowedShape, { kind: 'b-tree' }>;

// A node but the root has five elements at least: no tree in memory is higher.
const maxHeight = 26n;
/** What a visit of a node costs: a ring of nodes ends as well. */
const nodeCost = 64;

/** One walk over a tree, from the smallest key on. */
type Walk = {
  readonly shape: BTreeShape;
  readonly decoding: Decoding;
  readonly shown: number;
  readonly parts: Shown[];
  /** A node or an element wasn't known. */
  hasGap: boolean;
};

const isDone = ({ parts, shown, decoding }: Walk): boolean => parts.length >= shown || decoding.isFull;

/** In order; what isn't known is left out. */
const visit = (walk: Walk, address: bigint, level: number): void => {
  const { shape, decoding } = walk;
  const memory = decoding.sound(address);
  decoding.spend(nodeCost);
  const count = typeof memory === 'string' ? null : nodeLength(shape, memory);
  if (typeof memory === 'string' || count === null) {
    walk.hasGap = true;
    return;
  }
  for (let i = 0; i <= count && !isDone(walk); i++) {
    if (level > 0) visitChild(walk, memory, i, level);
    if (i < count && !isDone(walk)) visitElement(walk, memory, i);
  }
};

const nodeLength = ({ leaf }: BTreeShape, memory: Source): number | null => {
  if (lack(memory, leaf.length, leaf.length + 2) !== null) return null;
  const count = u16(memory, leaf.length);
  return count <= leaf.capacity ? count : null;
};

const visitChild = (walk: Walk, memory: Source, i: number, level: number): void => {
  const edge = walk.shape.edges + 8 * i;
  if (lack(memory, edge, edge + 8) !== null) walk.hasGap = true;
  else visit(walk, word(memory, edge), level - 1);
};

const visitElement = (walk: Walk, memory: Source, i: number): void => {
  const { key, value, leaf, isMap } = walk.shape;
  const { decoding, parts } = walk;
  const keyAt = leaf.keys + i * key.size;
  const valueAt = leaf.values + i * value.size;
  const isThere =
    lack(memory, keyAt, keyAt + key.size) === null && (!isMap || lack(memory, valueAt, valueAt + value.size) === null);
  if (!isThere) walk.hasGap = true;
  else if (!isMap) parts.push(decoding.member(parts.length, key, memory, keyAt));
  else {
    const pair = decoding.within(parts.length, () =>
      entry(decoding.member('0', key, memory, keyAt), decoding.member('1', value, memory, valueAt)),
    );
    parts.push(pair);
  }
};

export const decodeBTree = (shape: BTreeShape, source: Source, at: number, decoding: Decoding): Shown => {
  const length = ownWord(source, at + shape.length);
  if (typeof length !== 'bigint') return missing(length);
  if (length === 0n) return listed([], 0n, curly);
  const root = ownWord(source, at + shape.root);
  if (typeof root !== 'bigint') return missing(root);
  const height = ownWord(source, at + shape.height);
  if (typeof height !== 'bigint') return missing(height);
  if (root === 0n || height > maxHeight || !isPossible(length, Math.max(1, shape.key.size + shape.value.size))) {
    return invalidLength(length, shape.size, source, at);
  }
  const memory = decoding.sound(root);
  if (typeof memory === 'string') return unlisted(memory, length, root, curly);
  const walk: Walk = { shape, decoding, shown: shownOf(length, decoding.context.items), parts: [], hasGap: false };
  visit(walk, root, Number(height));
  return listed(walk.parts, length, curly, !walk.hasGap && BigInt(walk.parts.length) === length);
};
