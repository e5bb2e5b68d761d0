import type { Tag, ValueRange } from '../../../expr/tree.ts';
import { type Code, label } from '../asm.ts';
import type { Lowering } from './lowering.ts';
import { union } from './range.ts';
import { jumpIfWord, leaveByOrder } from './words.ts';

/** Ranges that touch, as one. */
const joined = (ranges: readonly ValueRange[]): ValueRange[] => {
  const all: ValueRange[] = [];
  const sorted = ranges
    .filter(({ low, high }) => low <= high)
    .sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  for (const range of sorted) {
    const last = all.at(-1);
    if (last === undefined || range.low > last.high + 1n) all.push(range);
    else all[all.length - 1] = union(last, range);
  }
  return all;
};

/** Leaves where the tag in r0, and of 16 bytes in r1, is in one of the ranges. */
export const leaveWithin = (size: Tag['size'], ranges: readonly ValueRange[], to: string, lowering: Lowering): Code => {
  const most = (1n << BigInt(8 * size)) - 1n;
  const format = { words: size === 16 ? 2 : 1, signed: false } as const;
  return joined(ranges)
    .filter(({ low, high }) => low <= most && high >= 0n)
    .map((range): Code => {
      const [low, high] = [range.low < 0n ? 0n : range.low, range.high > most ? most : range.high];
      const [next, fromLow] = [lowering.label(), lowering.label()];
      if (size === 16)
        return [
          leaveByOrder(format, { value: low }, { less: next, same: to, more: fromLow }),
          label(fromLow),
          leaveByOrder(format, { value: high }, { less: to, same: to, more: next }),
          label(next),
        ];
      if (low === high) return jumpIfWord('eq', 'r0', low, 'r1', to);
      return [
        low === 0n ? [] : jumpIfWord('lt', 'r0', low, 'r1', next),
        jumpIfWord('le', 'r0', high, 'r1', to),
        label(next),
      ];
    });
};
