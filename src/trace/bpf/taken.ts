import type { Condition } from '../site.ts';
import { PT_REGS } from '../sys/uapi.ts';
import { alu, type Code, type Instruction, jump, jumpIf, label, load, mov } from './asm.ts';

/** Bits of the flags register. */
const FLAG = { carry: 0x001, parity: 0x004, zero: 0x040, sign: 0x080, overflow: 0x800 } as const;

/**
 * r2 = 1 where sign and overflow differ (the "less" of signed comparisons), from the flags in r1.
 * Sign is bit 7 and overflow bit 11.
 */
const lessThan: Code = [
  mov('r2', 'r1'),
  alu('rsh', 'r2', 7),
  mov('r3', 'r1'),
  alu('rsh', 'r3', 11),
  alu('xor', 'r2', 'r3'),
  alu('and', 'r2', 1),
];

const leaveUnless = (mask: number): Instruction[] => [jumpIf('set', 'r1', mask, 'taken'), jump('out'), label('taken')];
const leaveIf = (mask: number): Instruction[] => [jumpIf('set', 'r1', mask, 'out')];

/** Leaves the program where the jump at the probe will not be taken. */
export const onlyIfTaken = (condition: Condition): Code => {
  const flags = load(8, 'r1', 'r6', PT_REGS.flags);
  switch (condition) {
    case 'o':
      return [flags, leaveUnless(FLAG.overflow)];
    case 'no':
      return [flags, leaveIf(FLAG.overflow)];
    case 'b':
      return [flags, leaveUnless(FLAG.carry)];
    case 'ae':
      return [flags, leaveIf(FLAG.carry)];
    case 'e':
      return [flags, leaveUnless(FLAG.zero)];
    case 'ne':
      return [flags, leaveIf(FLAG.zero)];
    case 'be':
      return [flags, leaveUnless(FLAG.carry | FLAG.zero)];
    case 'a':
      return [flags, leaveIf(FLAG.carry | FLAG.zero)];
    case 's':
      return [flags, leaveUnless(FLAG.sign)];
    case 'ns':
      return [flags, leaveIf(FLAG.sign)];
    case 'p':
      return [flags, leaveUnless(FLAG.parity)];
    case 'np':
      return [flags, leaveIf(FLAG.parity)];
    case 'l':
      return [flags, lessThan, jumpIf('eq', 'r2', 0, 'out')];
    case 'ge':
      return [flags, lessThan, jumpIf('ne', 'r2', 0, 'out')];
    case 'le':
      return [flags, jumpIf('set', 'r1', FLAG.zero, 'taken'), lessThan, jumpIf('eq', 'r2', 0, 'out'), label('taken')];
    case 'g':
      return [flags, leaveIf(FLAG.zero), lessThan, jumpIf('ne', 'r2', 0, 'out')];
  }
};
