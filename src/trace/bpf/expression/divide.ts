import { add, alu, type Code, jump, jumpIf, label, load, mov, store } from '../asm.ts';
import type { Arithmetic } from './arithmetic.ts';
import type { Doubt } from './doubt.ts';
import type { Lowering } from './lowering.ts';
import { magnitude, withSign } from './magnitude.ts';
import { onlyInRange } from './overflow.ts';
import { formatOf, rangeOf } from './range.ts';
import { spill, sum, unspill } from './words.ts';

/** The quotient of two numbers towards zero, or the rest, which has the sign of the first. */
export const quotient = (node: Arithmetic, doubt: Doubt, lowering: Lowering): Code => {
  const [left, right] = [rangeOf(node.left), rangeOf(node.right)];
  const [one, other] = [formatOf(left), formatOf(right)];
  const op = node.operation === '/' ? 'div' : 'mod';
  if (left.low < 0n || right.low < 0n || one.words > 1 || other.words > 1)
    return ofMagnitudes(node, op, doubt, lowering);
  const known = node.right.kind === 'integer' ? node.right.value : null;
  if (known !== null && known > 0n && known < 1n << 31n)
    return [lowering.int(node.left, one, doubt), alu(op, 'r0', Number(known))];
  return lowering.frame.with(1, (word) => [
    lowering.int(node.left, one, doubt),
    spill(word, 1),
    lowering.int(node.right, other, doubt),
    jumpIf('eq', 'r0', 0, doubt.to('division')),
    mov('r1', 'r0'),
    load(8, 'r0', 'r10', word),
    alu(op, 'r0', 'r1'),
  ]);
};

const ofMagnitudes = (node: Arithmetic, op: 'div' | 'mod', doubt: Doubt, lowering: Lowering): Code =>
  lowering.frame.with(8, (at) => {
    const [a, signA, b, signB] = [at, at + 24, at + 32, at + 56];
    const [isNarrow, signed, isDivisor] = [lowering.label(), lowering.label(), lowering.label()];
    const canBeWide = [node.left, node.right].some((side) => {
      const { low, high } = rangeOf(side);
      return high >= 1n << 64n || low <= -(1n << 64n);
    });
    return [
      magnitude(node.left, a, signA, doubt, lowering),
      magnitude(node.right, b, signB, doubt, lowering),
      load(8, 'r1', 'r10', b),
      load(8, 'r2', 'r10', b + 8),
      jumpIf('ne', 'r1', 0, isDivisor),
      jumpIf('eq', 'r2', 0, doubt.to('division')),
      label(isDivisor),
      canBeWide
        ? [
            load(8, 'r0', 'r10', a + 8),
            alu('or', 'r0', 'r2'),
            jumpIf('eq', 'r0', 0, isNarrow),
            bitByBit(a, b, op, lowering),
            jump(signed),
            label(isNarrow),
          ]
        : [],
      load(8, 'r0', 'r10', a),
      alu(op, 'r0', 'r1'),
      store(8, 'r10', a, 'r0'),
      store(8, 'r10', a + 8, 0),
      label(signed),
      load(8, 'r5', 'r10', signA),
      op === 'mod' ? [] : [load(8, 'r4', 'r10', signB), alu('xor', 'r5', 'r4')],
      withSign(a),
      unspill(a, 3),
      onlyInRange(wide, { words: 3, signed: true }, node.isUnsigned, doubt, lowering),
    ];
  });

/** Whatever two words and a sign can be. */
const wide = { low: -(1n << 128n), high: 1n << 128n };
const bits = 128;

/** Long division of two words at `a` by two at `b`, in a loop: the quotient or the rest comes to `a`. */
const bitByBit = (a: number, b: number, op: 'div' | 'mod', lowering: Lowering): Code =>
  lowering.frame.with(3, (rest) => {
    const count = rest + 16;
    const [again, fits, done] = [lowering.label(), lowering.label(), lowering.label()];
    return [
      [0, 8, 16].map((by) => store(8, 'r10', rest + by, 0)),
      label(again),
      // The rest takes the next bit; r5 = the bit that it loses.
      load(8, 'r0', 'r10', a),
      load(8, 'r1', 'r10', a + 8),
      load(8, 'r2', 'r10', rest),
      load(8, 'r3', 'r10', rest + 8),
      mov('r5', 'r3'),
      alu('rsh', 'r5', 63),
      shiftedIn('r3', 'r2'),
      shiftedIn('r2', 'r1'),
      shiftedIn('r1', 'r0'),
      alu('lsh', 'r0', 1),
      store(8, 'r10', a, 'r0'),
      store(8, 'r10', a + 8, 'r1'),
      store(8, 'r10', rest, 'r2'),
      store(8, 'r10', rest + 8, 'r3'),
      jumpIf('ne', 'r5', 0, fits),
      load(8, 'r0', 'r10', b + 8),
      jumpIf('gt', 'r3', 'r0', fits),
      jumpIf('lt', 'r3', 'r0', done),
      load(8, 'r0', 'r10', b),
      jumpIf('lt', 'r2', 'r0', done),
      label(fits),
      sum('-', rest, b, 2),
      load(8, 'r0', 'r10', a),
      alu('or', 'r0', 1),
      store(8, 'r10', a, 'r0'),
      label(done),
      load(8, 'r0', 'r10', count),
      add('r0', 1),
      store(8, 'r10', count, 'r0'),
      jumpIf('lt', 'r0', bits, again),
      op === 'div' ? [] : [0, 8].map((by): Code => [load(8, 'r0', 'r10', rest + by), store(8, 'r10', a + by, 'r0')]),
    ];
  });

/** One bit to the left, the lowest one from the highest of `from`. */
const shiftedIn = (reg: 'r1' | 'r2' | 'r3', from: 'r0' | 'r1' | 'r2'): Code => [
  alu('lsh', reg, 1),
  mov('r4', from),
  alu('rsh', 'r4', 63),
  alu('or', reg, 'r4'),
];
