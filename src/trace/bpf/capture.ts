import { add, alu, type Code, jump, jumpIf, label, load, load64, mov, store } from './asm.ts';
import { FollowCode } from './follow/follow.ts';
import type { Memory } from './memory/memory.ts';
import { FOLLOW, PENDING, type Piece, type RecordLayout } from './records.ts';
import { FRAME } from './steps.ts';

const savedWord = (index: number): number => FRAME.pendingValue + PENDING.saved + 8 * index;

const addWide = (value: bigint): Code =>
  value === 0n
    ? []
    : value === BigInt.asIntN(32, value)
      ? [add('r3', Number(value))]
      : [load64('r2', BigInt.asUintN(64, value)), alu('add', 'r3', 'r2')];

/**
 * Reads go straight into the record (r9), never through memory that another thread could use: a page that can't be read
 * gives a negative result, which the record keeps.
 */
const captureOne = (piece: Piece, index: number, memory: Memory): Code => {
  switch (piece.kind) {
    case 'register':
      return [load(8, 'r3', 'r6', piece.ptRegs), addWide(piece.add), store(8, 'r9', piece.at, 'r3')];
    case 'count': {
      const done = `piece_${index}`;
      return [
        load(8, 'r3', 'r6', piece.ptRegs),
        piece.size === 4 ? [alu('lsh', 'r3', 32), alu('arsh', 'r3', 32)] : [],
        store(8, 'r9', piece.at, 0),
        jumpIf('slt', 'r3', 0, done),
        store(8, 'r9', piece.at, 'r3'),
        label(done),
      ];
    }
    case 'constant':
      return constantStores(piece.bytes, piece.at);
    case 'saved':
      return [load(8, 'r3', 'r10', savedWord(piece.index)), store(8, 'r9', piece.at, 'r3')];
    case 'passed': {
      const [found, done] = [`capture_passed_${index}`, `capture_piece_${index}`];
      return [
        load(8, 'r3', 'r10', savedWord(piece.index)),
        piece.registers.map(
          (ptRegs): Code => [
            load(8, 'r2', 'r6', ptRegs),
            alu('sub', 'r2', 'r3'),
            jumpIf('lt', 'r2', Math.max(1, piece.size), found),
          ],
        ),
        store(8, 'r9', piece.at, 0),
        jump(done),
        label(found),
        store(8, 'r9', piece.at, 1),
        label(done),
      ];
    }
    case 'memory': {
      const { base, offset, followed, at, resultAt, size } = piece;
      const [failed, read] = [`capture_failed_${index}`, `capture_read_${index}`];
      return [
        'saved' in base ? load(8, 'r3', 'r10', savedWord(base.saved)) : load(8, 'r3', 'r6', base.ptRegs),
        addWide(offset),
        // Room for the addresses on the way: a value behind one may be shorter.
        followed.map(
          (by): Code => [
            mov('r1', 'r10'),
            add('r1', FRAME.number),
            mov('r2', 8),
            memory.read,
            jumpIf('ne', 'r0', 0, failed),
            load(8, 'r3', 'r10', FRAME.number),
            addWide(by),
          ],
        ),
        // No process has memory there: the read fails, and leaves zeros, which nobody follows.
        followed.length === 0 ? [] : [jump(read), label(failed), mov('r3', -1), label(read)],
        mov('r1', 'r9'),
        add('r1', at),
        mov('r2', size),
        memory.read,
        store(8, 'r9', resultAt, 'r0'),
      ];
    }
  }
};

const constantStores = (bytes: Uint8Array, at: number): Code => {
  const view = Buffer.from(bytes);
  const code: Code[] = [];
  for (let i = 0; i < view.length; ) {
    const size = ([8, 4, 2, 1] as const).find((one) => i + one <= view.length) ?? 1;
    const value = size === 8 ? view.readBigUInt64LE(i) : BigInt(view.readUIntLE(i, size));
    code.push(value === 0n ? [store(size, 'r9', at + i, 0)] : [load64('r3', value), store(size, 'r9', at + i, 'r3')]);
    i += size;
  }
  return code;
};

export const capture = (layout: RecordLayout, memory: Memory): Code => {
  const follow = new FollowCode(layout.size, layout.address, memory);
  return [
    store(8, 'r9', FOLLOW.used, layout.blocks),
    store(8, 'r9', FOLLOW.isFull, 0),
    layout.pieces.map((piece, i) => captureOne(piece, i, memory)),
    layout.follows.map(({ reads, at }) => follow.of(reads, at)),
  ];
};
