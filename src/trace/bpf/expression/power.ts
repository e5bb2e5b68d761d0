import type { IntNode } from '../../../expr/tree.ts';
import { add, alu, type Code, jump, jumpIf, label, load, mov, type Reg, store } from '../asm.ts';
import type { Doubt } from './doubt.ts';
import type { Lowering } from './lowering.ts';
import { onlyInRange } from './overflow.ts';
import { type Format, formatOf, rangeOf } from './range.ts';
import { convert, leaveByOrder, spill, sum, unspill } from './words.ts';

const halves = [32, 16, 8, 4, 2, 1] as const;

/** The largest n with 2^n not above the number. */
export const log2 = (of: IntNode, doubt: Doubt, lowering: Lowering): Code => {
  const range = rangeOf(of);
  const format = formatOf(range);
  const [positive, found, out] = [lowering.label(), lowering.label(), doubt.to('overflow')];
  return [
    lowering.int(of, format, doubt),
    leaveByOrder(format, { value: 0n }, { less: out, same: out, more: positive }),
    label(positive),
    mov('r3', 0),
    // No positive number has a third word in it.
    format.words === 1 ? [] : [jumpIf('eq', 'r1', 0, found), mov('r0', 'r1'), mov('r3', 64), label(found)],
    halves.map((half): Code => {
      const next = lowering.label();
      return [
        mov('r1', 'r0'),
        alu('rsh', 'r1', half),
        jumpIf('eq', 'r1', 0, next),
        mov('r0', 'r1'),
        add('r3', half),
        label(next),
      ];
    }),
    mov('r0', 'r3'),
  ];
};

/** All bits below the highest one that is set. */
const smeared = (reg: Reg): Code =>
  [...halves].reverse().map((half): Code => [mov('r3', reg), alu('rsh', 'r3', half), alu('or', reg, 'r3')]);

/** The smallest power of two that isn't below the number. */
export const nextPowerOfTwo = (
  node: Extract<IntNode, { kind: 'next-power-of-two' }>,
  doubt: Doubt,
  lowering: Lowering,
): Code => {
  const range = rangeOf(node.of);
  const own = formatOf(range);
  return own.words === 1 && range.low >= 0n
    ? ofWord(node.of, own, lowering, doubt)
    : ofWords(node.of, own, doubt, lowering);
};

/** Of 2^63 + 1 and more it is the lowest bit of the second word. */
const ofWord = (of: IntNode, own: Format, lowering: Lowering, doubt: Doubt): Code => {
  const [more, done] = [lowering.label(), lowering.label()];
  return [
    lowering.int(of, own, doubt),
    mov('r1', 0),
    jumpIf('gt', 'r0', 1, more),
    mov('r0', 1),
    jump(done),
    label(more),
    add('r0', -1),
    smeared('r0'),
    add('r0', 1),
    jumpIf('ne', 'r0', 0, done),
    mov('r1', 1),
    label(done),
  ];
};

const ofWords = (of: IntNode, own: Format, doubt: Doubt, lowering: Lowering): Code => {
  const [more, few, done, upper] = [lowering.label(), lowering.label(), lowering.label(), lowering.label()];
  const words = 3;
  return lowering.frame.with(2 * words, (at) => {
    const one = at + 8 * words;
    return [
      lowering.int(of, own, doubt),
      convert(own, { words, signed: own.signed }),
      leaveByOrder({ words, signed: true }, { value: 0n }, { less: doubt.to('overflow'), same: few, more }),
      label(few),
      mov('r0', 1),
      mov('r1', 0),
      mov('r2', 0),
      jump(done),
      label(more),
      spill(at, words),
      store(8, 'r10', one, 1),
      store(8, 'r10', one + 8, 0),
      store(8, 'r10', one + 16, 0),
      sum('-', at, one, words),
      load(8, 'r0', 'r10', at),
      load(8, 'r1', 'r10', at + 8),
      jumpIf('eq', 'r1', 0, upper),
      mov('r0', -1),
      label(upper),
      smeared('r0'),
      smeared('r1'),
      store(8, 'r10', at, 'r0'),
      store(8, 'r10', at + 8, 'r1'),
      sum('+', at, one, words),
      unspill(at, words),
      onlyInRange({ low: 1n, high: 1n << 128n }, { words, signed: true }, true, doubt, lowering),
      label(done),
    ];
  });
};
