import type { BoolNode, FloatNode } from '../../../expr/tree.ts';
import { add, alu, type Code, jump, jumpIf, label, load, load64, mov, store } from '../asm.ts';
import type { Doubt } from './doubt.ts';
import { earlyFloat } from './early.ts';
import type { Lowering, Ways } from './lowering.ts';
import { choose, numberAt } from './place.ts';
import { Unlowerable } from './unlowerable.ts';
import { setTo } from './words.ts';

export const float64Bits = (value: number): bigint => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
};

const signBit = 1n << 63n;
/** The bits of infinity; those of a NaN, without their sign, are above it. */
const infinity = 0x7ff0n << 48n;

/** r0 = the bits of a number as a float of 64 bits. */
export const lowerFloat = (node: FloatNode, doubt: Doubt, lowering: Lowering): Code => {
  const known = earlyFloat(node, doubt, lowering);
  if (known !== null) return known;
  switch (node.kind) {
    case 'float':
      return setTo('r0', float64Bits(node.value));
    case 'load-float':
      return [
        numberAt(node.place, node.size, doubt, lowering),
        node.size === 8 ? [] : widened(node.size === 4 ? 8 : 5, node.size === 4 ? 23 : 10, lowering),
      ];
    case 'negative-float':
      return [lowerFloat(node.of, doubt, lowering), load64('r1', signBit), alu('xor', 'r0', 'r1')];
    case 'either':
      return choose(node.cases, doubt, lowering, (gives) => lowerFloat(gives, doubt, lowering));
    case 'float-arithmetic':
      throw new Unlowerable('the kernel has no arithmetic on floats');
  }
};

const wideFraction = 52;
const wideBias = 1023;

/** r0 = the float of 64 bits with the value of the smaller one in r0. Every one has one. */
const widened = (exponentBits: number, fractionBits: number, lowering: Lowering): Code => {
  const bias = 2 ** (exponentBits - 1) - 1;
  const most = 2 ** exponentBits - 1;
  const [normal, special, together, done] = [lowering.label(), lowering.label(), lowering.label(), lowering.label()];
  return [
    mov('r3', 'r0'),
    alu('rsh', 'r3', exponentBits + fractionBits),
    alu('lsh', 'r3', 63),
    mov('r1', 'r0'),
    alu('rsh', 'r1', fractionBits),
    alu('and', 'r1', most),
    alu('and', 'r0', 2 ** fractionBits - 1),
    jumpIf('eq', 'r1', most, special),
    jumpIf('ne', 'r1', 0, normal),
    jumpIf('eq', 'r0', 0, done),
    // A fraction without its leading 1: it is moved to where that would be.
    mov('r1', 1),
    [16, 8, 4, 2, 1].map((step): Code => {
      if (step > fractionBits) return [];
      const next = lowering.label();
      return [
        mov('r2', 'r0'),
        alu('rsh', 'r2', fractionBits + 1 - step),
        jumpIf('ne', 'r2', 0, next),
        alu('lsh', 'r0', step),
        alu('sub', 'r1', step),
        label(next),
      ];
    }),
    alu('and', 'r0', 2 ** fractionBits - 1),
    label(normal),
    add('r1', wideBias - bias),
    jump(together),
    label(special),
    mov('r1', 0x7ff),
    label(together),
    alu('lsh', 'r1', wideFraction),
    alu('lsh', 'r0', wideFraction - fractionBits),
    alu('or', 'r0', 'r1'),
    label(done),
    alu('or', 'r0', 'r3'),
  ];
};

/** r0 = a number that is as the float in r0 is among others; leaves where that is a NaN. */
const ordered = (leave: string): Code => [
  mov('r1', 'r0'),
  alu('arsh', 'r1', 63),
  alu('lsh', 'r0', 1),
  alu('rsh', 'r0', 1),
  load64('r2', infinity),
  jumpIf('gt', 'r0', 'r2', leave),
  // Its sign: -0 and 0 are the same then.
  alu('xor', 'r0', 'r1'),
  alu('sub', 'r0', 'r1'),
];

const jumps = { '==': 'eq', '!=': 'ne', '<': 'slt', '<=': 'sle', '>': 'sgt', '>=': 'sge' } as const;

/** As IEEE 754 has it. */
export const compareFloat = (
  { operation, left, right }: Extract<BoolNode, { kind: 'compare-float' }>,
  { yes, no, doubt }: Ways,
  lowering: Lowering,
): Code => {
  const notANumber = operation === '!=' ? yes : no;
  return lowering.frame.with(1, (word) => [
    lowerFloat(left, doubt, lowering),
    store(8, 'r10', word, 'r0'),
    lowerFloat(right, doubt, lowering),
    ordered(notANumber),
    mov('r3', 'r0'),
    load(8, 'r0', 'r10', word),
    ordered(notANumber),
    jumpIf(jumps[operation], 'r0', 'r3', yes),
    jump(no),
  ]);
};

/** The bits of every NaN in a key. */
export const canonicalNan = float64Bits(Number.NaN);

/** Gives every NaN in r0 the same bits. */
export const canonical = (lowering: Lowering): Code => {
  const done = lowering.label();
  return [
    mov('r1', 'r0'),
    alu('lsh', 'r1', 1),
    alu('rsh', 'r1', 1),
    load64('r2', infinity),
    jumpIf('le', 'r1', 'r2', done),
    load64('r0', canonicalNan),
    label(done),
  ];
};
