import { add, alu, type Code, jump, jumpIf, label, load, load64, mov, store } from '../asm.ts';
import type { Doubt } from './doubt.ts';
import type { Lowering } from './lowering.ts';
import { readUpTo } from './text-match.ts';
import { forget } from './words.ts';

/** What {@link zeroBytes} needs in r4 and r5. */
export const zeroByteMasks: Code = [load64('r4', 0x0101_0101_0101_0101n), load64('r5', 0x8080_8080_8080_8080n)];

/** r1 = the highest bits of bytes in r0 that are 0, of which the lowest is the first of them; 0: there are none. */
export const zeroBytes: Code = [
  mov('r1', 'r0'),
  alu('sub', 'r1', 'r4'),
  mov('r2', 'r0'),
  alu('xor', 'r2', -1),
  alu('and', 'r1', 'r2'),
  alu('and', 'r1', 'r5'),
];

/** r2 = all bits of the bytes before the one that is marked in r1. */
export const bytesBefore: Code = [
  mov('r2', 'r1'),
  add('r2', -1),
  alu('xor', 'r1', -1),
  alu('and', 'r2', 'r1'),
  alu('rsh', 'r2', 7),
];

/** r2 = how many bytes have all bits set: one bit of each, summed up in the highest byte. */
export const countBytes: Code = [alu('and', 'r2', 'r4'), alu('mul', 'r2', 'r4'), alu('rsh', 'r2', 56)];

const chunk = 64;
/** Bytes that are looked through for the NUL. */
const longest = 4_096;

/** r0 = the bytes before the NUL of a text whose address is in the frame. */
export const lengthToNul = (address: number, isBehind: boolean, doubt: Doubt, lowering: Lowering): Code => {
  const [again, found] = [lowering.label(), lowering.label()];
  return lowering.frame.with(2 + chunk / 8, (offset) => {
    const [count, buffer] = [offset + 8, offset + 16];
    return [
      store(8, 'r10', offset, 0),
      label(again),
      load(8, 'r3', 'r10', address),
      load(8, 'r0', 'r10', offset),
      add('r3', 'r0'),
      readUpTo(chunk, { base: 'r10', to: buffer, isBehind }, doubt, lowering),
      store(8, 'r10', count, 'r0'),
      zeroByteMasks,
      Array.from(
        { length: chunk / 8 },
        (_, i): Code => [
          load(8, 'r0', 'r10', buffer + 8 * i),
          zeroBytes,
          mov('r3', 8 * i),
          jumpIf('ne', 'r1', 0, found),
        ],
      ),
      load(8, 'r0', 'r10', offset),
      add('r0', chunk),
      store(8, 'r10', offset, 'r0'),
      jumpIf('lt', 'r0', longest, again),
      jump(doubt.to('truncated')),
      label(found),
      bytesBefore,
      countBytes,
      add('r3', 'r2'),
      // It may be a zero behind what was read.
      load(8, 'r0', 'r10', count),
      jumpIf('ge', 'r3', 'r0', doubt.to('unreadable')),
      load(8, 'r0', 'r10', offset),
      add('r0', 'r3'),
      forget('r0', count),
    ];
  });
};
