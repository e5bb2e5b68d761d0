import type { BoolNode, CompareOperation } from '../../../expr/tree.ts';
import { type Code, type JumpOp, jump, jumpIf, label, load, mov, store } from '../asm.ts';
import { earlyBool } from './early.ts';
import { compareFloat } from './float.ts';
import type { Lowering, Ways } from './lowering.ts';
import { choose, numberAt } from './place.ts';
import { formatOf, rangeOf, union } from './range.ts';
import { leaveWithin } from './tag.ts';
import { compareText, testText } from './text-test.ts';
import { jumpIfWord, leaveByOrder, spill, unspill } from './words.ts';

/** See `Lowering.bool`. */
export const lowerBool = (node: BoolNode, ways: Ways, lowering: Lowering): Code => {
  const { yes, no, doubt } = ways;
  const known = earlyBool(node, ways, lowering);
  if (known !== null) return known;
  switch (node.kind) {
    case 'truth':
      return [jump(node.value ? yes : no)];
    case 'bool':
      return [
        numberAt(node.place, 1, doubt, lowering),
        jumpIf('eq', 'r0', 1, yes),
        jumpIf('eq', 'r0', 0, no),
        jump(doubt.to('invalid')),
      ];
    case 'not':
      return lowering.bool(node.of, { yes: no, no: yes, doubt });
    case 'and':
    case 'or':
      return chain(node, ways, lowering);
    case 'same-bool':
      return sameBool(node, ways, lowering);
    case 'compare-int':
      return compareInt(node, ways, lowering);
    case 'compare-float':
      return compareFloat(node, ways, lowering);
    case 'compare-text':
      return compareText(node, ways, lowering);
    case 'test-text':
      return testText(node, ways, lowering);
    case 'variant':
      return isVariant(node, ways, lowering);
    case 'either':
      return choose(node.cases, doubt, lowering, (gives) => lowering.bool(gives, ways));
  }
};

type Chain = Extract<BoolNode, { kind: 'and' | 'or' }>;

const linksOf = (node: BoolNode, kind: Chain['kind']): readonly BoolNode[] =>
  node.kind === kind ? [...linksOf(node.left, kind), ...linksOf(node.right, kind)] : [node];

/** One that decides decides for all. A word of the frame keeps that one before wasn't known, and why. */
const chain = (node: Chain, { yes, no, doubt }: Ways, lowering: Lowering): Code => {
  const links = linksOf(node, node.kind);
  return lowering.frame.with(1, (word) => [
    store(8, 'r10', word, 0),
    links.map((link): Code => {
      const [next, notKnown] = [lowering.label(), lowering.label()];
      const own = doubt.instead(notKnown);
      const code = lowering.bool(
        link,
        node.kind === 'and' ? { yes: next, no, doubt: own } : { yes, no: next, doubt: own },
      );
      return [
        code,
        own.landings(),
        label(notKnown),
        load(8, 'r1', 'r10', word),
        jumpIf('ne', 'r1', 0, next),
        doubt.isAsked ? store(8, 'r10', word, 'r0') : store(8, 'r10', word, 1),
        label(next),
      ];
    }),
    load(8, 'r0', 'r10', word),
    jumpIf('ne', 'r0', 0, doubt.common),
    jump(node.kind === 'and' ? yes : no),
  ]);
};

const sameBool = (
  { left, right }: Extract<BoolNode, { kind: 'same-bool' }>,
  { yes, no, doubt }: Ways,
  lowering: Lowering,
): Code => {
  const [isTrue, isFalse, known, both, none] = Array.from({ length: 5 }, () => lowering.label()) as [
    string,
    string,
    string,
    string,
    string,
  ];
  return lowering.frame.with(1, (word) => [
    lowering.bool(left, { yes: isTrue, no: isFalse, doubt }),
    label(isTrue),
    store(8, 'r10', word, 1),
    jump(known),
    label(isFalse),
    store(8, 'r10', word, 0),
    label(known),
    lowering.bool(right, { yes: both, no: none, doubt }),
    label(both),
    load(8, 'r0', 'r10', word),
    jumpIf('ne', 'r0', 0, yes),
    jump(no),
    label(none),
    load(8, 'r0', 'r10', word),
    jumpIf('eq', 'r0', 0, yes),
    jump(no),
  ]);
};

const jumps: Readonly<Record<CompareOperation, { readonly signed: JumpOp; readonly unsigned: JumpOp }>> = {
  '==': { signed: 'eq', unsigned: 'eq' },
  '!=': { signed: 'ne', unsigned: 'ne' },
  '<': { signed: 'slt', unsigned: 'lt' },
  '<=': { signed: 'sle', unsigned: 'le' },
  '>': { signed: 'sgt', unsigned: 'gt' },
  '>=': { signed: 'sge', unsigned: 'ge' },
};

const compareInt = (
  { operation, left, right }: Extract<BoolNode, { kind: 'compare-int' }>,
  { yes, no, doubt }: Ways,
  lowering: Lowering,
): Code => {
  const format = formatOf(union(rangeOf(left), rangeOf(right)));
  const op = jumps[operation][format.signed ? 'signed' : 'unsigned'];
  const known = right.kind === 'integer' ? right.value : null;
  if (format.words === 1 && known !== null)
    return [lowering.int(left, format, doubt), jumpIfWord(op, 'r0', known, 'r1', yes), jump(no)];
  const to = (isYes: boolean): string => (isYes ? yes : no);
  const order = {
    less: to(operation === '<' || operation === '<=' || operation === '!='),
    same: to(operation === '==' || operation === '<=' || operation === '>='),
    more: to(operation === '>' || operation === '>=' || operation === '!='),
  };
  if (known !== null) return [lowering.int(left, format, doubt), leaveByOrder(format, { value: known }, order)];
  return lowering.frame.with(2 * format.words, (a) => {
    const b = a + 8 * format.words;
    return [
      lowering.int(left, format, doubt),
      spill(a, format.words),
      lowering.int(right, format, doubt),
      format.words === 1
        ? [load(8, 'r1', 'r10', a), jumpIf(op, 'r1', 'r0', yes), jump(no)]
        : [spill(b, format.words), unspill(a, format.words), leaveByOrder(format, { frame: b }, order)],
    ];
  });
};

const isVariant = (
  { tag, values, known }: Extract<BoolNode, { kind: 'variant' }>,
  { yes, no, doubt }: Ways,
  lowering: Lowering,
): Code => [
  numberAt(tag.place, tag.size, doubt, lowering),
  leaveWithin(tag.size, values, yes, lowering),
  known === null ? jump(no) : [leaveWithin(tag.size, known, no, lowering), jump(doubt.to('invalid'))],
];

/** r0 = 1 where it holds, or 0. */
export const boolWord = (node: BoolNode, doubt: Ways['doubt'], lowering: Lowering): Code => {
  const [yes, no, end] = [lowering.label(), lowering.label(), lowering.label()];
  return [
    lowering.bool(node, { yes, no, doubt }),
    label(yes),
    mov('r0', 1),
    jump(end),
    label(no),
    mov('r0', 0),
    label(end),
  ];
};
