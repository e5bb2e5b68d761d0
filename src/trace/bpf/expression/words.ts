import { add, alu, type Code, type JumpOp, jump, jumpIf, label, load, load64, mov, type Reg, store } from '../asm.ts';
import type { Format } from './range.ts';

/** Numbers of several words: in r0, r1 and r2, or in the frame, the lowest word first. */
export const wordRegisters = ['r0', 'r1', 'r2'] as const;

const at = (index: number): Reg => wordRegisters[index] ?? 'r2';

const wordOf = (value: bigint, index: number): bigint => BigInt.asUintN(64, value >> BigInt(64 * index));

export const setTo = (reg: Reg, value: bigint): Code => {
  const word = BigInt.asIntN(64, value);
  return word === BigInt.asIntN(32, word) ? [mov(reg, Number(word))] : [load64(reg, BigInt.asUintN(64, word))];
};

/** Adds a number to a 64-bit register; `spare` is overwritten. */
export const addTo = (reg: Reg, value: bigint, spare: Reg): Code => {
  const word = BigInt.asIntN(64, value);
  if (word === 0n) return [];
  return word === BigInt.asIntN(32, word) ? [add(reg, Number(word))] : [setTo(spare, word), add(reg, spare)];
};

export const setWords = (value: bigint, words: number): Code =>
  wordRegisters.slice(0, words).map((reg, i) => setTo(reg, wordOf(value, i)));

/** A number in another format that has room for it. */
export const convert = (from: Format, to: Format): Code =>
  wordRegisters
    .slice(from.words, to.words)
    .map((reg) => (from.signed ? [mov(reg, at(from.words - 1)), alu('arsh', reg, 63)] : [mov(reg, 0)]));

export const spill = (place: number, words: number): Code =>
  wordRegisters.slice(0, words).map((reg, i) => store(8, 'r10', place + 8 * i, reg));

export const unspill = (place: number, words: number): Code =>
  wordRegisters.slice(0, words).map((reg, i) => load(8, reg, 'r10', place + 8 * i));

/** a += b, or a -= b, of numbers in the frame. Overwrites r0 to r5. */
export const sum = (operation: '+' | '-', a: number, b: number, words: number): Code => [
  mov('r5', 0),
  wordRegisters.slice(0, words).map((_, i): Code => {
    const isLast = i === words - 1;
    const op = operation === '+' ? 'add' : 'sub';
    return [
      load(8, 'r0', 'r10', a + 8 * i),
      load(8, 'r1', 'r10', b + 8 * i),
      mov('r2', 'r0'),
      alu(op, 'r2', 'r1'),
      alu(op, 'r2', 'r5'),
      store(8, 'r10', a + 8 * i, 'r2'),
      // Without a branch: the verifier would follow each way of each word.
      isLast ? [] : operation === '+' ? carryOf : borrowOf,
    ];
  }),
];

/** r5 = the carry of r2 = r0 + r1 + carry: (a & b) | ((a | b) & ~sum). */
const carryOf: Code = [
  mov('r5', 'r0'),
  alu('and', 'r5', 'r1'),
  alu('or', 'r0', 'r1'),
  alu('xor', 'r2', -1),
  alu('and', 'r0', 'r2'),
  alu('or', 'r5', 'r0'),
  alu('rsh', 'r5', 63),
];

/** r5 = the borrow of r2 = r0 - r1 - borrow: (~a & b) | ((~a | b) & difference). */
const borrowOf: Code = [
  alu('xor', 'r0', -1),
  mov('r5', 'r0'),
  alu('and', 'r5', 'r1'),
  alu('or', 'r0', 'r1'),
  alu('and', 'r0', 'r2'),
  alu('or', 'r5', 'r0'),
  alu('rsh', 'r5', 63),
];

/** Turns the sign of a number in the frame where r5 is -1, and leaves it where it is 0. Overwrites r0 to r5. */
export const negateIf = (place: number, words: number): Code => [
  mov('r4', 'r5'),
  alu('and', 'r4', 1),
  wordRegisters.slice(0, words).map((_, i): Code => {
    const isLast = i === words - 1;
    // x ^ sign, and 1 more: the carry goes on where the word becomes 0.
    return [
      load(8, 'r0', 'r10', place + 8 * i),
      alu('xor', 'r0', 'r5'),
      mov('r1', 'r0'),
      add('r1', 'r4'),
      store(8, 'r10', place + 8 * i, 'r1'),
      isLast ? [] : [alu('xor', 'r1', -1), alu('and', 'r0', 'r1'), alu('rsh', 'r0', 63), alu('and', 'r4', 'r0')],
    ];
  }),
];

/** r0 and r1 = the product of two unsigned words in r0 and r1. Overwrites r2 to r5. */
export const wideProduct: Code = [
  mov('r2', 'r0'),
  lowHalf('r2'),
  mov('r3', 'r0'),
  alu('rsh', 'r3', 32),
  mov('r4', 'r1'),
  lowHalf('r4'),
  mov('r5', 'r1'),
  alu('rsh', 'r5', 32),
  alu('mul', 'r0', 'r1'),
  mov('r1', 'r2'),
  alu('mul', 'r1', 'r4'),
  alu('rsh', 'r1', 32),
  alu('mul', 'r2', 'r5'),
  alu('mul', 'r4', 'r3'),
  alu('mul', 'r5', 'r3'),
  (['r2', 'r4'] as const).map(
    (cross): Code => [mov('r3', cross), lowHalf('r3'), add('r1', 'r3'), alu('rsh', cross, 32), add('r5', cross)],
  ),
  alu('rsh', 'r1', 32),
  add('r1', 'r5'),
];

function lowHalf(reg: Reg): Code {
  return [alu('lsh', reg, 32), alu('rsh', reg, 32)];
}

const isImmediate = (value: bigint): boolean => value === BigInt.asIntN(32, value);

/** Jumps by how a register compares with a word. `spare` is overwritten. */
export const jumpIfWord = (op: JumpOp, reg: Reg, word: bigint, spare: Reg, to: string): Code => {
  const value = BigInt.asIntN(64, word);
  return isImmediate(value)
    ? [jumpIf(op, reg, Number(value), to)]
    : [load64(spare, BigInt.asUintN(64, value)), jumpIf(op, reg, spare, to)];
};

type Side = { readonly frame: number } | { readonly value: bigint };

const less = (signed: boolean): JumpOp => (signed ? 'slt' : 'lt');
const more = (signed: boolean): JumpOp => (signed ? 'sgt' : 'gt');

/** Leaves by how a number in r0, r1 and r2 compares with another of its format. Overwrites r3 and r4. */
export const leaveByOrder = (
  format: Format,
  other: Side,
  to: { readonly less: string; readonly same: string; readonly more: string },
): Code => [
  wordRegisters
    .slice(0, format.words)
    .map((reg, i): Code => {
      const signed = format.signed && i === format.words - 1;
      if ('value' in other) {
        const word = wordOf(other.value, i);
        return [jumpIfWord(less(signed), reg, word, 'r3', to.less), jumpIfWord(more(signed), reg, word, 'r3', to.more)];
      }
      return [
        load(8, 'r3', 'r10', other.frame + 8 * i),
        jumpIf(less(signed), reg, 'r3', to.less),
        jumpIf(more(signed), reg, 'r3', to.more),
      ];
    })
    .reverse(),
  jump(to.same),
];

/** Goes on where a number in r0, r1 and r2 isn't below `low` and not above `high`; else leaves. Overwrites r3. */
export const onlyWithin = (
  format: Format,
  range: { readonly low: bigint; readonly high: bigint },
  leave: string,
  fresh: () => string,
): Code => {
  const [fromLow, within] = [fresh(), fresh()];
  return [
    leaveByOrder(format, { value: range.low }, { less: leave, same: fromLow, more: fromLow }),
    label(fromLow),
    leaveByOrder(format, { value: range.high }, { less: within, same: within, more: leave }),
    label(within),
  ];
};

/**
 * The 32-bit number in a register as one of which the verifier knows nothing, so that it doesn't follow each of many: it knows
 * what a whole word of the frame is, but not one that is written in halves.
 */
export const forget = (reg: Reg, word: number): Code => [
  store(4, 'r10', word, reg),
  store(4, 'r10', word + 4, 0),
  load(8, reg, 'r10', word),
];
