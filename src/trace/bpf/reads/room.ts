import type { Reads } from './reads.ts';

const roundUp = (value: number): number => (value + 7) & ~7;

/** Bytes of a record that reads take at most, and those inside them, with their blocks' heads. */
export const mostRoom = (all: readonly Reads[]): number => all.flat().reduce((sum, read) => sum + roomOf(read), 0);

const blockHead = 16;

const roomOf = (read: Reads[number]): number => {
  const block = (size: number): number => blockHead + roundUp(Math.min(size, 2_048 + 16));
  switch (read.kind) {
    case 'if':
    case 'tagged':
      return mostRoom([read.then]);
    case 'block':
      return block(read.size) + mostRoom([read.then]);
    case 'c-string':
      return blockHead + roundUp(read.most);
    case 'span':
      return blockHead + roundUp(read.head + read.most * read.stride) + read.deep * mostRoom([read.each]);
    case 'elements':
      return read.most * (block(read.stride) + mostRoom([read.each]));
    case 'ring':
      return 2 * (blockHead + roundUp(read.most * read.stride) + read.deep * mostRoom([read.each]));
    case 'hash-table':
      return blockHead + roundUp(read.most) + read.most * (block(read.stride) + mostRoom([read.each]));
    case 'b-tree':
      return (
        6 * (blockHead + roundUp(read.inner.size)) +
        read.children * (blockHead + roundUp(read.leaf.size)) +
        (read.children + 1) * mostRoom(read.each)
      );
    case 'list':
      return read.most * (block(read.size) + mostRoom([read.each]));
    case 'dyn':
      return block(24) + block(16) + block(read.most) + Math.max(0, ...read.known.map(({ then }) => mostRoom([then])));
  }
};
