import { add, alu, type Code, jumpIf, label, load, store } from '../asm.ts';
import type { Arithmetic } from './arithmetic.ts';
import type { Doubt } from './doubt.ts';
import type { Lowering } from './lowering.ts';
import { magnitude, withSign } from './magnitude.ts';
import { onlyInRange } from './overflow.ts';
import { formatOf, rangeOf, resultRange } from './range.ts';
import { spill, unspill, wideProduct } from './words.ts';

/** The product of two numbers. */
export const product = ({ left, right, isUnsigned }: Arithmetic, doubt: Doubt, lowering: Lowering): Code => {
  const [a, b] = [rangeOf(left), rangeOf(right)];
  const result = resultRange('*', a, b);
  const [one, other] = [formatOf(a), formatOf(b)];
  if (one.words > 1 || other.words > 1)
    return ofMagnitudes({ left, right, isUnsigned, operation: '*' }, doubt, lowering);
  const both = formatOf(result);
  return lowering.frame.with(2, (words) => [
    lowering.int(left, one, doubt),
    spill(words, 1),
    lowering.int(right, other, doubt),
    load(8, 'r1', 'r10', words),
    both.words === 1
      ? alu('mul', 'r0', 'r1')
      : [
          store(8, 'r10', words + 8, 'r0'),
          wideProduct,
          // Of a negative number the word is 2^64 more than it: so much too large is the upper word.
          a.low < 0n ? lessIfNegative(words, words + 8) : [],
          b.low < 0n ? lessIfNegative(words + 8, words) : [],
        ],
    onlyInRange(result, both, isUnsigned, doubt, lowering),
  ]);
};

const lessIfNegative = (one: number, other: number): Code => [
  load(8, 'r2', 'r10', one),
  alu('arsh', 'r2', 63),
  load(8, 'r3', 'r10', other),
  alu('and', 'r2', 'r3'),
  alu('sub', 'r1', 'r2'),
];

/** Of two magnitudes that have two words each only one can have an upper word, or the product has no room. */
const ofMagnitudes = ({ left, right, isUnsigned }: Arithmetic, doubt: Doubt, lowering: Lowering): Code =>
  lowering.frame.with(8, (at) => {
    const [a, signA, b, signB] = [at, at + 24, at + 32, at + 56];
    const out = doubt.to('overflow');
    const narrow = lowering.label();
    const cross = (upper: number, lower: number): Code => [
      load(8, 'r0', 'r10', upper),
      load(8, 'r1', 'r10', lower),
      wideProduct,
      jumpIf('ne', 'r1', 0, out),
      load(8, 'r1', 'r10', a + 16),
      add('r1', 'r0'),
      jumpIf('lt', 'r1', 'r0', out),
      store(8, 'r10', a + 16, 'r1'),
    ];
    return [
      magnitude(left, a, signA, doubt, lowering),
      magnitude(right, b, signB, doubt, lowering),
      load(8, 'r0', 'r10', a + 8),
      jumpIf('eq', 'r0', 0, narrow),
      load(8, 'r0', 'r10', b + 8),
      jumpIf('ne', 'r0', 0, out),
      label(narrow),
      load(8, 'r0', 'r10', a),
      load(8, 'r1', 'r10', b),
      wideProduct,
      // The product grows in the words behind each of them: its lower word waits where b has no third one.
      store(8, 'r10', b + 16, 'r0'),
      store(8, 'r10', a + 16, 'r1'),
      cross(a + 8, b),
      cross(b + 8, a),
      load(8, 'r0', 'r10', b + 16),
      store(8, 'r10', a, 'r0'),
      load(8, 'r0', 'r10', a + 16),
      store(8, 'r10', a + 8, 'r0'),
      load(8, 'r5', 'r10', signA),
      load(8, 'r4', 'r10', signB),
      alu('xor', 'r5', 'r4'),
      withSign(a),
      unspill(a, 3),
      onlyInRange(wide, { words: 3, signed: true }, isUnsigned, doubt, lowering),
    ];
  });

/** Whatever two words and a sign can be. */
const wide = { low: -(1n << 128n), high: 1n << 128n };
