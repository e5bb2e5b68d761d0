import { alu, type Code, jump, jumpIf, label, load64 } from '../asm.ts';
import type { Memory } from '../memory/memory.ts';
import type { Read, Reads } from '../reads/reads.ts';
import { followTree } from './b-tree.ts';
import { blockAt, loadAddress, loadFrom } from './base.ts';
import { followDyn } from './dyn.ts';
import { Following, type Spot } from './following.ts';
import { followHashTable } from './hash-table.ts';
import { followElements, followList, followRing, followSpan } from './sequence.ts';

/** Writes the instructions that read memory behind a record's values into its blocks. */
export class FollowCode {
  readonly #following: Following;

  /** `end`: size of the record; `address`: the probed address as linked, null where rip isn't it. */
  constructor(end: number, address: bigint | null, memory: Memory) {
    this.#following = new Following(end, address, memory, follow);
  }

  /** Reads behind the value at `at` of the record. */
  of(reads: Reads, at: number): Code {
    return this.#following.all(reads, { kind: 'record', at }, 0);
  }
}

const follow = (read: Read, spot: Spot, following: Following): Code => {
  const { base, level, skip } = spot;
  const { blocks } = following;
  switch (read.kind) {
    case 'if':
      return [
        loadFrom(base, read.size, 'r1', read.offset),
        guard(read, skip, following),
        following.all(read.then, base, level),
        label(skip),
      ];
    case 'tagged':
      return [
        loadFrom(base, 8, 'r1', read.offset),
        alu('and', 'r1', 3),
        jumpIf('ne', 'r1', read.tag, skip),
        following.all(read.then, base, level),
        label(skip),
      ];
    case 'block':
      return [
        loadAddress(base, read.data, read.from, skip),
        blocks.block(level, read.size, read.holes, skip),
        following.all(read.then, blockAt(level), level + 1),
        label(skip),
      ];
    case 'c-string':
      return [loadAddress(base, read.data, 0, skip), blocks.string(level, read.most, skip), label(skip)];
    case 'span':
      return followSpan(read, spot, following);
    case 'elements':
      return followElements(read, spot, following);
    case 'ring':
      return followRing(read, spot, following);
    case 'hash-table':
      return followHashTable(read, spot, following);
    case 'b-tree':
      return followTree(read, spot, following);
    case 'list':
      return followList(read, spot, following);
    case 'dyn':
      return followDyn(read, spot, following);
  }
};

/** Leaves for `skip` unless the number in r1 is what is asked for. */
const guard = ({ ranges, isExcept }: Extract<Read, { kind: 'if' }>, skip: string, following: Following): Code => {
  const inside = isExcept ? skip : following.label('inside');
  const tests = ranges.map(({ low, high }): Code => {
    if (low === high) return [load64('r2', low), jumpIf('eq', 'r1', 'r2', inside)];
    const next = following.label('next');
    return [
      load64('r2', low),
      jumpIf('lt', 'r1', 'r2', next),
      load64('r2', high),
      jumpIf('le', 'r1', 'r2', inside),
      label(next),
    ];
  });
  return isExcept ? tests : [tests, jump(skip), label(inside)];
};
