import { add, type Code, type Instruction, jumpIf, load, type Reg, type Size } from '../asm.ts';
import { BLOCK } from '../records.ts';
import { FRAME } from '../steps.ts';

/** Where in the record the value is that is looked at: at a fixed place, or in a block that was read for a level. */
export type Base =
  | { readonly kind: 'record'; readonly at: number }
  | { readonly kind: 'block'; readonly level: number; readonly at: number };

export const blockAt = (level: number, at = 0): Base => ({ kind: 'block', level, at });

/** r7 = the address of the level's block. */
export const loadBlock = (level: number): Instruction => load(8, 'r7', 'r10', FRAME.levels - 8 * level);

/** `dst` = the number at `offset`; of a block, r7 is its address afterwards. */
export const loadFrom = (base: Base, size: Size, dst: Reg, offset: number): Code =>
  base.kind === 'record'
    ? [load(size, dst, 'r9', base.at + offset)]
    : [loadBlock(base.level), load(size, dst, 'r7', BLOCK.bytes + base.at + offset)];

/** r3 = the address at `data` plus `from`; leaves for `skip` where it is null. */
export const loadAddress = (base: Base, data: number, from: number, skip: string): Code => [
  loadFrom(base, 8, 'r3', data),
  jumpIf('eq', 'r3', 0, skip),
  from === 0 ? [] : add('r3', from),
];
