import { add, type Code, jump, jumpIf, label, load, store } from '../asm.ts';
import type { Read } from '../reads/reads.ts';
import { BLOCK } from '../records.ts';
import { FRAME } from '../steps.ts';
import { blockAt, loadAddress, loadFrom } from './base.ts';
import type { Following, Spot } from './following.ts';

/** Loops to inner nodes of a B-tree, from the root down: more elements than memory holds. */
const mostDescents = 5;

/** The leftmost of the nodes above the leaves, and the leaves that it leads to; the root alone where that is a leaf. */
export const followTree = (
  read: Extract<Read, { kind: 'b-tree' }>,
  { base, level, skip }: Spot,
  following: Following,
): Code => {
  const { leaf, inner, length, children, each } = read;
  const { blocks } = following;
  const elements = (at: number): Code => {
    const end = following.label('end');
    return [
      each.map(
        (reads, i): Code => [
          loadFrom(blockAt(at), 2, 'r1', length),
          jumpIf('le', 'r1', i, end),
          following.all(reads, blockAt(at), at + 1),
        ],
      ),
      label(end),
    ];
  };
  const [tall, last] = [following.label('tall'), following.label('last')];
  const child = (c: number): Code => {
    const next = following.label('next');
    return [
      loadFrom(blockAt(level), 2, 'r1', length),
      jumpIf('lt', 'r1', c, skip),
      load(8, 'r3', 'r7', BLOCK.bytes + inner.edges + 8 * c),
      blocks.block(level + 1, leaf.size, leaf.holes, next),
      elements(level + 1),
      label(next),
    ];
  };
  return [
    loadAddress(base, read.root, 0, skip),
    loadFrom(base, 8, 'r1', read.height),
    store(8, 'r10', FRAME.number, 'r1'),
    jumpIf('ne', 'r1', 0, tall),
    blocks.block(level, leaf.size, leaf.holes, skip),
    elements(level),
    jump(skip),
    label(tall),
    Array.from(
      { length: mostDescents },
      (): Code => [
        load(8, 'r1', 'r10', FRAME.number),
        jumpIf('eq', 'r1', 1, last),
        add('r1', -1),
        store(8, 'r10', FRAME.number, 'r1'),
        blocks.block(level, inner.size, inner.holes, skip),
        load(8, 'r3', 'r7', BLOCK.bytes + inner.edges),
      ],
    ),
    jump(skip),
    label(last),
    blocks.block(level, inner.size, inner.holes, skip),
    elements(level),
    Array.from({ length: children }, (_, c) => child(c)),
    label(skip),
  ];
};
