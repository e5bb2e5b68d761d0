import type { ValueRange } from '../../../expr/tree.ts';
import { type Code, jumpIf, label } from '../asm.ts';
import type { Doubt } from './doubt.ts';
import type { Lowering } from './lowering.ts';
import { type Format, mayOverflow } from './range.ts';
import { wordRegisters } from './words.ts';

/** Leaves where a result in r0, r1 and r2 is out of range. */
export const onlyInRange = (
  result: ValueRange,
  { words, signed }: Format,
  isUnsigned: boolean,
  doubt: Doubt,
  lowering: Lowering,
): Code => {
  if (!mayOverflow(result, isUnsigned)) return [];
  const top = wordRegisters[words - 1] ?? 'r0';
  const out = doubt.to('overflow');
  if (isUnsigned && result.low < 0n && signed) {
    const isNegative = jumpIf('slt', top, 0, out);
    return words < 3 ? [isNegative] : [isNegative, jumpIf('ne', 'r2', 0, out)];
  }
  if (words < 3) return [];
  const inRange = lowering.label();
  // From -2^127 to 2^128 - 1: nothing is in the third word but the sign, which is that of the second if it is negative.
  return [jumpIf('eq', 'r2', 0, inRange), jumpIf('ne', 'r2', -1, out), jumpIf('sge', 'r1', 0, out), label(inRange)];
};
