import type { IntNode, IntOperation } from '../../../expr/tree.ts';
import { alu, type Code, load, mov } from '../asm.ts';
import { quotient } from './divide.ts';
import type { Doubt } from './doubt.ts';
import type { Lowering } from './lowering.ts';
import { product } from './multiply.ts';
import { onlyInRange } from './overflow.ts';
import { formatOf, rangeOf, resultRange, union } from './range.ts';
import { shift } from './shift.ts';
import { spill, sum, unspill, wordRegisters } from './words.ts';

/** What two numbers are put together to. */
export type Arithmetic = {
  readonly operation: IntOperation;
  readonly left: IntNode;
  readonly right: IntNode;
  readonly isUnsigned: boolean;
};

/** The result of an operation in the smallest format that has room for it. */
export const arithmetic = (node: Arithmetic, doubt: Doubt, lowering: Lowering): Code => {
  switch (node.operation) {
    case '<<':
    case '>>':
      return shift(node, doubt, lowering);
    case '*':
      return product(node, doubt, lowering);
    case '/':
    case '%':
      return quotient(node, doubt, lowering);
    default:
      return wordByWord(node, node.operation, doubt, lowering);
  }
};

const bitwise = { '&': 'and', '|': 'or', '^': 'xor' } as const;

const wordByWord = (
  { left, right, isUnsigned }: Arithmetic,
  operation: '+' | '-' | '&' | '|' | '^',
  doubt: Doubt,
  lowering: Lowering,
): Code => {
  const operands = [rangeOf(left), rangeOf(right)] as const;
  const result = resultRange(operation, ...operands);
  const format = formatOf(union(result, union(...operands)));
  const { words } = format;
  return lowering.frame.with(words, (a) => [
    lowering.int(left, format, doubt),
    spill(a, words),
    lowering.int(right, format, doubt),
    operation === '+' || operation === '-'
      ? words === 1
        ? [mov('r1', 'r0'), load(8, 'r0', 'r10', a), alu(operation === '+' ? 'add' : 'sub', 'r0', 'r1')]
        : lowering.frame.with(words, (b) => [spill(b, words), sum(operation, a, b, words), unspill(a, words)])
      : wordRegisters
          .slice(0, words)
          .map((reg, i): Code => [load(8, 'r3', 'r10', a + 8 * i), alu(bitwise[operation], reg, 'r3')]),
    onlyInRange(result, format, isUnsigned, doubt, lowering),
  ]);
};
