import { PT_REGS } from '../../sys/uapi.ts';
import { add, alu, type Code, jumpIf, load, mov, type Reg } from '../asm.ts';
import type { Lowering } from './lowering.ts';
import { Unlowerable } from './unlowerable.ts';
import { addTo, jumpIfWord } from './words.ts';

const mostPlaces = 16;

/** Leaves where one of the bytes at r3, as many as `size`, isn't believed. A register has the number of bytes, or it is one. */
export const leaveByStale = (size: number | Reg, leave: string, { probe }: Lowering): Code => {
  if (probe.stale.length > mostPlaces) throw new Unlowerable('too much memory of this copy may be out of date');
  return probe.stale.map(({ base, index, scale, displacement, size: staleSize }): Code => {
    const isLinked = base === null && index === null && probe.address !== null;
    return [
      base !== null ? load(8, 'r1', 'r6', PT_REGS[base]) : isLinked ? load(8, 'r1', 'r6', PT_REGS.rip) : mov('r1', 0),
      index === null
        ? []
        : [load(8, 'r4', 'r6', PT_REGS[index]), scale === 1 ? [] : alu('mul', 'r4', scale), add('r1', 'r4')],
      addTo('r1', isLinked ? displacement - (probe.address ?? 0n) : displacement, 'r4'),
      // Either begins in the other.
      mov('r4', 'r3'),
      alu('sub', 'r4', 'r1'),
      jumpIfWord('lt', 'r4', BigInt(staleSize), 'r5', leave),
      alu('sub', 'r1', 'r3'),
      jumpIf('lt', 'r1', size, leave),
    ];
  });
};
