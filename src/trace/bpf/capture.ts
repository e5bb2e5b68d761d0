import { add, type Code, call, jumpIf, label, load, mov, store } from './asm.ts';
import type { Piece, RecordLayout } from './records.ts';
import { FRAME } from './steps.ts';

/**
 * Reads go straight into the record (r9), never through memory that another thread could use, and never wait: a page
 * that isn't in memory gives a negative result, which the record keeps.
 */
const captureOne = (piece: Piece, index: number): Code => {
  switch (piece.kind) {
    case 'register':
      return [load(8, 'r1', 'r6', piece.ptRegs), store(8, 'r9', piece.at, 'r1')];
    case 'stack':
      return [
        mov('r1', 'r9'),
        add('r1', piece.at),
        mov('r2', 8),
        load(8, 'r3', 'r10', FRAME.sp),
        add('r3', piece.offset),
        call('probe_read_user'),
        store(8, 'r9', piece.at + 8, 'r0'),
      ];
    case 'text':
      return [
        mov('r1', 'r9'),
        add('r1', piece.at + 8),
        mov('r2', piece.capacity),
        load(8, 'r3', 'r9', piece.pointerAt),
        call('probe_read_user_str'),
        store(8, 'r9', piece.at, 'r0'),
      ];
    case 'bytes':
      return [
        load(8, 'r2', 'r9', piece.lengthAt),
        jumpIf('le', 'r2', piece.capacity, `length_${index}`),
        mov('r2', piece.capacity),
        label(`length_${index}`),
        store(8, 'r9', piece.at, 'r2'),
        jumpIf('eq', 'r2', 0, `read_${index}`),
        mov('r1', 'r9'),
        add('r1', piece.at + 8),
        load(8, 'r3', 'r9', piece.pointerAt),
        call('probe_read_user'),
        jumpIf('eq', 'r0', 0, `read_${index}`),
        store(8, 'r9', piece.at, 'r0'),
        label(`read_${index}`),
      ];
  }
};

export const capture = (layout: RecordLayout): Code => layout.pieces.map(captureOne);
