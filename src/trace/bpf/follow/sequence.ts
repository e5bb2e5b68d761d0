import { add, alu, type Code, jumpIf, label, load, mov, type Reg } from '../asm.ts';
import type { Read, Reads } from '../reads/reads.ts';
import { BLOCK } from '../records.ts';
import { blockAt, loadAddress, loadBlock, loadFrom } from './base.ts';
import type { Following, Spot } from './following.ts';

export const followSpan = (
  read: Extract<Read, { kind: 'span' }>,
  { base, level, skip }: Spot,
  following: Following,
): Code => {
  const { stride, most, head, each, deep } = read;
  const { blocks } = following;
  return [
    loadAddress(base, read.data, read.from, skip),
    loadFrom(base, 8, 'r2', read.length),
    jumpIf('eq', 'r2', 0, skip),
    blocks.clamp('r2', most),
    stride === 1 ? [] : alu('mul', 'r2', stride),
    head === 0 ? [] : add('r2', head),
    blocks.bytes(level, head + most * stride, skip),
    eachOf({ head, stride, each, deep }, level, following),
    label(skip),
  ];
};

export const followElements = (
  read: Extract<Read, { kind: 'elements' }>,
  { base, level, skip }: Spot,
  following: Following,
): Code => {
  const element = (i: number): Code => [
    loadFrom(base, 8, 'r1', read.length),
    jumpIf('le', 'r1', i, skip),
    loadAddress(base, read.data, read.from + i * read.stride, skip),
    following.blocks.block(level, read.stride, read.holes, skip),
    following.all(read.each, blockAt(level), level + 1),
  ];
  return [Array.from({ length: read.most }, (_, i) => element(i)), label(skip)];
};

/** The elements from `head` to the end of the buffer, then those from its beginning on. */
export const followRing = (
  read: Extract<Read, { kind: 'ring' }>,
  { base, level, skip }: Spot,
  following: Following,
): Code => {
  const { stride, most, each, deep } = read;
  const { blocks } = following;
  const get = (dst: Reg, offset: number): Code => loadFrom(base, 8, dst, offset);
  const second = following.label('second');
  const fits = following.label('fits');
  /** r2 = the number of elements; r7 is overwritten. */
  const length: Code =
    read.length !== null
      ? get('r2', read.length)
      : [
          get('r2', read.tail ?? 0),
          get('r1', read.head),
          alu('sub', 'r2', 'r1'),
          get('r1', read.capacity),
          add('r1', -1),
          alu('and', 'r2', 'r1'),
        ];
  /** r4 = how many of them come before the end of the buffer. */
  const first: Code = [get('r4', read.capacity), get('r5', read.head), alu('sub', 'r4', 'r5')];
  const elements = (): Code => [blocks.clamp('r2', most), stride === 1 ? [] : alu('mul', 'r2', stride)];
  return [
    length,
    jumpIf('eq', 'r2', 0, skip),
    first,
    jumpIf('le', 'r2', 'r4', fits),
    mov('r2', 'r4'),
    label(fits),
    elements(),
    get('r3', read.data),
    jumpIf('eq', 'r3', 0, skip),
    mov('r1', 'r5'),
    stride === 1 ? [] : alu('mul', 'r1', stride),
    add('r3', 'r1'),
    blocks.bytes(level, most * stride, second),
    eachOf({ head: 0, stride, each, deep }, level, following),
    label(second),
    length,
    first,
    jumpIf('le', 'r2', 'r4', skip),
    alu('sub', 'r2', 'r4'),
    elements(),
    get('r3', read.data),
    blocks.bytes(level, most * stride, skip),
    eachOf({ head: 0, stride, each, deep }, level, following),
    label(skip),
  ];
};

export const followList = (
  read: Extract<Read, { kind: 'list' }>,
  { base, level, skip }: Spot,
  following: Following,
): Code => [
  loadAddress(base, read.head, 0, skip),
  Array.from(
    { length: read.most },
    (): Code => [
      following.blocks.block(level, read.size, read.holes, skip),
      following.all(read.each, blockAt(level), level + 1),
      loadFrom(blockAt(level), 8, 'r3', read.next),
      jumpIf('eq', 'r3', 0, skip),
    ],
  ),
  label(skip),
];

/** The elements of the level's block, as far as they were read. */
const eachOf = (
  { head, stride, each, deep }: { head: number; stride: number; each: Reads; deep: number },
  level: number,
  following: Following,
): Code => {
  if (deep === 0 || each.length === 0) return [];
  const end = following.label('end');
  return [
    Array.from(
      { length: deep },
      (_, i): Code => [
        loadBlock(level),
        load(8, 'r1', 'r7', BLOCK.result),
        jumpIf('lt', 'r1', head + (i + 1) * stride, end),
        following.all(each, blockAt(level, head + i * stride), level + 1),
      ],
    ),
    label(end),
  ];
};
