import type { IntNode } from '../../../expr/tree.ts';
import { alu, type Code, load, mov, store } from '../asm.ts';
import type { Doubt } from './doubt.ts';
import type { Lowering } from './lowering.ts';
import { formatOf, rangeOf } from './range.ts';
import { convert, negateIf, spill } from './words.ts';

/** Words that a number without its sign has at most, since every number is in between -2^127 and 2^128. */
export const magnitudeWords = 2;

/**
 * A number's distance from 0 to two words of the frame at `to`, and to the word at `sign` -1 where it is negative and 0 where it
 * isn't. The word behind the two is overwritten.
 */
export const magnitude = (node: IntNode, to: number, sign: number, doubt: Doubt, lowering: Lowering): Code => {
  const range = rangeOf(node);
  const own = formatOf(range);
  if (range.low >= 0n) {
    const format = formatOf(range, magnitudeWords);
    return [lowering.int(node, format, doubt), spill(to, magnitudeWords), store(8, 'r10', sign, 0)];
  }
  const format = { words: own.words === 1 ? 2 : own.words, signed: true } as const;
  return [
    lowering.int(node, own, doubt),
    convert(own, format),
    spill(to, format.words),
    load(8, 'r5', 'r10', to + 8 * (format.words - 1)),
    alu('arsh', 'r5', 63),
    store(8, 'r10', sign, 'r5'),
    negateIf(to, format.words),
  ];
};

/** Gives a magnitude of two words at `at` the sign that is -1 or 0 in r5; then it has three. */
export const withSign = (at: number): Code => [mov('r0', 0), store(8, 'r10', at + 16, 'r0'), negateIf(at, 3)];
