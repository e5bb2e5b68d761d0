import { alu, type Code, jumpIf, load, mov, store } from '../asm.ts';
import type { Arithmetic } from './arithmetic.ts';
import type { Doubt } from './doubt.ts';
import type { Lowering } from './lowering.ts';
import { magnitude, withSign } from './magnitude.ts';
import { onlyInRange } from './overflow.ts';
import { distanceOf, formatOf, rangeOf } from './range.ts';
import { Unlowerable } from './unlowerable.ts';
import { spill, unspill } from './words.ts';

const halfWord = 1n << 32n;
const wholeWord = 1n << 64n;

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

const ofMagnitudes = (node: Arithmetic, op: 'div' | 'mod', doubt: Doubt, lowering: Lowering): Code => {
  const isWide = distanceOf(rangeOf(node.left)) >= wholeWord;
  // The processor divides by one word, and what has more by half a one: a loop over all bits is more than the verifier follows.
  if (distanceOf(rangeOf(node.right)) >= (isWide ? halfWord : wholeWord))
    throw new Unlowerable('a number that may have more than 64 bits is divided');
  return lowering.frame.with(8, (at) => {
    const [a, signA, b, signB] = [at, at + 24, at + 32, at + 56];
    return [
      magnitude(node.left, a, signA, doubt, lowering),
      magnitude(node.right, b, signB, doubt, lowering),
      load(8, 'r1', 'r10', b),
      jumpIf('eq', 'r1', 0, doubt.to('division')),
      isWide
        ? byHalves(a, op)
        : [load(8, 'r0', 'r10', a), alu(op, 'r0', 'r1'), store(8, 'r10', a, 'r0'), store(8, 'r10', a + 8, 0)],
      load(8, 'r5', 'r10', signA),
      op === 'mod' ? [] : [load(8, 'r4', 'r10', signB), alu('xor', 'r5', 'r4')],
      withSign(a),
      unspill(a, 3),
      onlyInRange(wide, { words: 3, signed: true }, node.isUnsigned, doubt, lowering),
    ];
  });
};

/** Whatever two words and a sign can be. */
const wide = { low: -(1n << 128n), high: 1n << 128n };

/** Two words at `a` divided by r1, which is less than 2^32, from the upper half of the upper word on. */
const byHalves = (a: number, op: 'div' | 'mod'): Code => [
  mov('r3', 0),
  [a + 8, a].map(
    (word): Code => [
      load(8, 'r0', 'r10', word),
      mov('r4', 0),
      [true, false].map(
        (isUpper): Code => [
          // r2 = the rest so far and the next half.
          mov('r2', 'r0'),
          isUpper ? [] : alu('lsh', 'r2', 32),
          alu('rsh', 'r2', 32),
          alu('lsh', 'r3', 32),
          alu('or', 'r2', 'r3'),
          mov('r3', 'r2'),
          alu('div', 'r2', 'r1'),
          alu('mod', 'r3', 'r1'),
          alu('lsh', 'r4', 32),
          alu('or', 'r4', 'r2'),
        ],
      ),
      op === 'div' ? store(8, 'r10', word, 'r4') : [],
    ],
  ),
  op === 'mod' ? [store(8, 'r10', a, 'r3'), store(8, 'r10', a + 8, 0)] : [],
];
