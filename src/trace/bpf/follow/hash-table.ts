import { add, type Code, jumpIf, label, load, mov } from '../asm.ts';
import type { Read } from '../reads/reads.ts';
import { BLOCK } from '../records.ts';
import { blockAt, loadAddress, loadBlock, loadFrom } from './base.ts';
import type { Following, Spot } from './following.ts';

/** Bytes that are read of one element. */
const mostElement = 1024;

/** The control bytes, then the elements of those buckets that they say are taken: these lie before them. */
export const followHashTable = (
  read: Extract<Read, { kind: 'hash-table' }>,
  { base, level, skip }: Spot,
  following: Following,
): Code => {
  const { most, stride, holes, each } = read;
  const { blocks } = following;
  const size = Math.min(stride, mostElement);
  const fits = following.label('fits');
  const bucket = (i: number): Code => {
    const next = following.label('next');
    return [
      loadBlock(level),
      load(8, 'r1', 'r7', BLOCK.result),
      jumpIf('le', 'r1', i, skip),
      load(1, 'r1', 'r7', BLOCK.bytes + i),
      jumpIf('ge', 'r1', 0x80, next),
      load(8, 'r3', 'r7', BLOCK.address),
      add('r3', -(i + 1) * stride),
      blocks.block(level + 1, size, holes, next),
      following.all(each, blockAt(level + 1), level + 2),
      label(next),
    ];
  };
  return [
    loadAddress(base, read.control, 0, skip),
    loadFrom(base, 8, 'r2', read.mask),
    jumpIf('lt', 'r2', most, fits),
    mov('r2', most - 1),
    label(fits),
    add('r2', 1),
    blocks.bytes(level, most, skip),
    stride === 0 ? [] : Array.from({ length: most }, (_, i) => bucket(i)),
    label(skip),
  ];
};
