import { PT_REGS } from '../../sys/uapi.ts';
import { add, alu, type Code, jump, jumpIf, label, load, load64, mov, store } from '../asm.ts';
import type { KnownRead, Read } from '../reads/reads.ts';
import { BLOCK } from '../records.ts';
import { FRAME } from '../steps.ts';
import { blockAt, loadAddress, loadBlock, loadFrom } from './base.ts';
import type { Following, Spot } from './following.ts';

type DynRead = Extract<Read, { kind: 'dyn' }>;

/** The vtable's first words, the counters of an Rc or an Arc, then the value. */
export const followDyn = (read: DynRead, spot: Spot, following: Following): Code => {
  const { base, level, skip } = spot;
  const { blocks, address } = following;
  const data = loadFrom(base, 8, 'r3', read.data);
  const uncounted = following.label('uncounted');
  return [
    loadAddress(base, read.vtable, 0, skip),
    blocks.block(level, 24, [], skip),
    read.hasCounts ? [data, blocks.block(level + 1, 16, [], uncounted), label(uncounted)] : [],
    data,
    jumpIf('eq', 'r3', 0, skip),
    loadBlock(level),
    read.add === null
      ? [
          // The first multiple of the value's alignment, the vtable's third word, behind the two counters.
          load(8, 'r1', 'r7', BLOCK.bytes + 16),
          mov('r2', 'r1'),
          add('r2', 15),
          mov('r4', 0),
          alu('sub', 'r4', 'r1'),
          alu('and', 'r2', 'r4'),
          add('r3', 'r2'),
        ]
      : read.add === 0
        ? []
        : add('r3', read.add),
    store(8, 'r10', FRAME.number, 'r3'),
    address === null ? [] : read.known.map((known) => knownValue(known, read, spot, address, following)),
    read.isKnownOnly
      ? []
      : [load(8, 'r2', 'r7', BLOCK.bytes + 8), jumpIf('eq', 'r2', 0, skip), blocks.bytes(level + 1, read.most, skip)],
    label(skip),
  ];
};

/** The value of a trait object if it is of a known type, with its address in the frame. */
const knownValue = (
  { vtable, size, holes, then }: KnownRead,
  read: DynRead,
  { base, level, skip }: Spot,
  address: bigint,
  following: Following,
): Code => {
  const other = following.label('other');
  return [
    loadFrom(base, 8, 'r1', read.vtable),
    load(8, 'r2', 'r6', PT_REGS.rip),
    alu('sub', 'r1', 'r2'),
    load64('r2', BigInt.asUintN(64, vtable - address)),
    jumpIf('ne', 'r1', 'r2', other),
    size === 0
      ? []
      : [
          load(8, 'r3', 'r10', FRAME.number),
          following.blocks.block(level + 1, size, holes, skip),
          following.all(then, blockAt(level + 1), level + 2),
        ],
    jump(skip),
    label(other),
    loadBlock(level),
    load(8, 'r3', 'r10', FRAME.number),
  ];
};
