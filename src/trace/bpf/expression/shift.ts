import { alu, type Code, jump, jumpIf, label, mov } from '../asm.ts';
import type { Arithmetic } from './arithmetic.ts';
import type { Doubt } from './doubt.ts';
import type { Lowering } from './lowering.ts';
import { onlyInRange } from './overflow.ts';
import { type Format, formatOf, rangeOf, resultRange, union } from './range.ts';
import { convert, leaveByOrder, spill, unspill, wordRegisters } from './words.ts';

/** By more bits than these, no shift is. */
const longest = 127n;
const wordBits = 64;

/** A number's bits moved, as if those of a negative one went on without end. */
export const shift = (node: Arithmetic, doubt: Doubt, lowering: Lowering): Code => {
  const [left, by] = [rangeOf(node.left), rangeOf(node.right)];
  const own = formatOf(left);
  if (node.right.kind !== 'integer' || by.low < 0n || by.low > longest) return byComputed(node, doubt, lowering);
  const bits = Number(by.low);
  if (node.operation === '>>') return [lowering.int(node.left, own, doubt), right(bits, own)];
  const result = resultRange('<<', left, by);
  if (result.high >= 1n << 191n || result.low < -(1n << 191n)) return byComputed(node, doubt, lowering);
  const format = formatOf(union(result, left));
  return [
    lowering.int(node.left, format, doubt),
    leftBy(bits, format.words),
    onlyInRange(result, format, node.isUnsigned, doubt, lowering),
  ];
};

/** The number in r0, r1 and r2 moved to the right. */
const right = (bits: number, { words, signed }: Format): Code => {
  const [whole, rest] = [Math.floor(bits / wordBits), bits % wordBits];
  const fill = signed ? 'arsh' : 'rsh';
  const registers = wordRegisters.slice(0, words);
  const top = wordRegisters[words - 1] ?? 'r0';
  const moved = registers.map((reg, i): Code => {
    const from = registers[i + whole];
    return whole === 0 || from === undefined ? [] : [mov(reg, from)];
  });
  // What no word comes into is the sign.
  const sign: Code = whole === 0 ? [] : signed ? [mov('r4', top), alu('arsh', 'r4', 63)] : [mov('r4', 0)];
  const filled = registers.slice(Math.max(0, words - whole)).map((reg) => mov(reg, 'r4'));
  const shifted = registers.map((reg, i): Code => {
    const next = registers[i + 1];
    if (rest === 0) return [];
    return next === undefined
      ? [alu(fill, reg, rest)]
      : [alu('rsh', reg, rest), mov('r3', next), alu('lsh', 'r3', wordBits - rest), alu('or', reg, 'r3')];
  });
  return [sign, moved, filled, shifted];
};

/** The number in r0, r1 and r2 moved to the left; what has no room is lost. */
const leftBy = (bits: number, words: number): Code => {
  const [whole, rest] = [Math.floor(bits / wordBits), bits % wordBits];
  const registers = wordRegisters.slice(0, words);
  return registers
    .map((reg, i): Code => {
      const [from, lower] = [registers[i - whole], registers[i - whole - 1]];
      if (from === undefined) return [mov(reg, 0)];
      const own = from === reg ? [] : [mov(reg, from)];
      if (rest === 0) return own;
      const shifted = [...own, alu('lsh', reg, rest)];
      return lower === undefined
        ? shifted
        : [...shifted, mov('r3', lower), alu('rsh', 'r3', wordBits - rest), alu('or', reg, 'r3')];
    })
    .reverse();
};

/** By as many bits as a number says: first by less than a word, then by a word, if it is so far. */
const byComputed = (node: Arithmetic, doubt: Doubt, lowering: Lowering): Code => {
  const by = formatOf(rangeOf(node.right));
  const own = formatOf(rangeOf(node.left));
  const isLeft = node.operation === '<<';
  // To the left a number grows: by less than a word any has room in three.
  const format: Format = isLeft ? { words: 3, signed: true } : own;
  const out = doubt.to('overflow');
  const [notNegative, fits, done] = [lowering.label(), lowering.label(), lowering.label()];
  return lowering.frame.with(format.words, (at) => [
    lowering.int(node.left, own, doubt),
    convert(own, format),
    spill(at, format.words),
    lowering.int(node.right, by, doubt),
    leaveByOrder(by, { value: 0n }, { less: by.signed ? out : notNegative, same: notNegative, more: notNegative }),
    label(notNegative),
    leaveByOrder(by, { value: longest }, { less: fits, same: fits, more: out }),
    label(fits),
    mov('r5', 'r0'),
    unspill(at, format.words),
    isLeft ? leftByLess : rightByLess(format),
    isLeft ? onlyInRange(anything, format, node.isUnsigned, doubt, lowering) : [],
    jumpIf('lt', 'r5', wordBits, done),
    isLeft ? [onlyIfRoom(out, lowering), leftBy(wordBits, 3)] : right(wordBits, format),
    isLeft ? onlyInRange(anything, format, node.isUnsigned, doubt, lowering) : [],
    label(done),
  ]);
};

const anything = { low: -(1n << 190n), high: 1n << 190n };

/** r4 = 63 less the bits that r5 says, of which those of whole words don't count; a shift by a register has no more. */
const rest: Code = [mov('r4', 'r5'), alu('xor', 'r4', -1)];

/** Without a branch: the verifier would follow each way with numbers of its own. */
const leftByLess: Code = [
  rest,
  (['r2', 'r1'] as const).map(
    (reg, i): Code => [
      mov('r3', i === 0 ? 'r1' : 'r0'),
      alu('rsh', 'r3', 1),
      alu('rsh', 'r3', 'r4'),
      alu('lsh', reg, 'r5'),
      alu('or', reg, 'r3'),
    ],
  ),
  alu('lsh', 'r0', 'r5'),
];

const rightByLess = ({ words, signed }: Format): Code => {
  const registers = wordRegisters.slice(0, words);
  return [
    rest,
    registers.map((reg, i): Code => {
      const next = registers[i + 1];
      if (next === undefined) return [alu(signed ? 'arsh' : 'rsh', reg, 'r5')];
      return [
        mov('r3', next),
        alu('lsh', 'r3', 1),
        alu('lsh', 'r3', 'r4'),
        alu('rsh', reg, 'r5'),
        alu('or', reg, 'r3'),
      ];
    }),
  ];
};

/** Leaves where a number that is moved by a word to the left would be out of range. */
const onlyIfRoom = (out: string, lowering: Lowering): Code => {
  const [negative, room] = [lowering.label(), lowering.label()];
  return [
    jumpIf('slt', 'r2', 0, negative),
    mov('r3', 'r1'),
    alu('or', 'r3', 'r2'),
    jumpIf('ne', 'r3', 0, out),
    jump(room),
    label(negative),
    mov('r3', 'r1'),
    alu('and', 'r3', 'r2'),
    jumpIf('ne', 'r3', -1, out),
    jumpIf('sge', 'r0', 0, out),
    label(room),
  ];
};
