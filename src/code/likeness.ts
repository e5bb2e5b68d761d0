import { type Address, address } from '../base/units.ts';
import { type CodeReader, contains, type Range } from './bytes.ts';
import type { Flow } from './flow.ts';
import { Mnemonic } from './iced.ts';
import { decodeRun } from './step.ts';

/**
 * What the machine code of one inlined call shows of the loop around it: `unrolled`, the same work is there several
 * times, one after the other; `vectorised`, it works on several values at once. Either way one pass through the code may
 * be several calls.
 */
export type Likeness = 'unrolled' | 'vectorised';

/** Bytes that are looked at; of longer code the rest is likely to be as its beginning. */
const mostBytes = 1 << 16;
/** Instructions for which a way is looked for. */
const mostTried = 16;

type Instruction = { readonly at: Address; readonly mnemonic: Mnemonic };

/**
 * Null where neither shows. `flow` is the function out of line that the ranges are in. Vector instructions in a loop around
 * the call need not be the loop's: four floats may be added at once by one call.
 */
export const likenessOf = (ranges: readonly Range[], flow: Flow): Likeness | null => {
  const pieces = ranges.map((range) => instructionsOf(range, flow.code));
  const packed = packedOf(pieces.flat());
  if (packed.slice(0, mostTried).some(({ at }) => isInOuterLoop(flow, at, ranges))) return 'vectorised';
  return isRepeated(pieces, flow) ? 'unrolled' : null;
};

const instructionsOf = ({ start, end }: Range, code: CodeReader): Instruction[] => {
  const length = Math.min(mostBytes, Number(end - start));
  const bytes = length > 0 ? code(start, length) : undefined;
  const found: Instruction[] = [];
  if (bytes === undefined) return found;
  decodeRun(bytes, start, 0, (position, { mnemonic }) => {
    if (mnemonic !== Mnemonic.Nop) found.push({ at: address(start + BigInt(position)), mnemonic });
    return true;
  });
  return found;
};

/** Of a loop that was vectorised most instructions are vector instructions: at least one of so many. */
const leastShare = 12;

/** An unsigned 64-bit integer becomes a float by one packed subtraction behind an unpacking: those are left out. */
const packedOf = (all: readonly Instruction[]): readonly Instruction[] => {
  const packed = all.filter(({ mnemonic }) => isArithmetic(mnemonic));
  const unpackings = all.filter(({ mnemonic }) => mnemonic === Mnemonic.Punpckldq || mnemonic === Mnemonic.Vpunpckldq);
  return packed.length > unpackings.length && packed.length * leastShare >= all.length ? packed : [];
};

/** The instruction is run again and again, but not without leaving the ranges in between. */
const isInOuterLoop = (flow: Flow, at: Address, ranges: readonly Range[]): boolean => {
  const i = flow.indexOf.get(at);
  if (i === undefined) return false;
  const isInside = (other: number): boolean =>
    ranges.some((range) => contains(range, flow.instructions[other]?.at ?? 0n));
  return leads(flow, i, i, () => true) && !leads(flow, i, i, isInside);
};

/** Whether control may go from behind one instruction to another, through those that are allowed. */
const leads = (flow: Flow, from: number, to: number, isAllowed: (i: number, before: number) => boolean): boolean => {
  const seen = new Set<number>();
  const pending = [from];
  while (pending.length > 0) {
    const i = pending.pop()!;
    for (const next of flow.instructions[i]?.next ?? []) {
      if (seen.has(next) || !isAllowed(next, i)) continue;
      if (next === to) return true;
      seen.add(next);
      pending.push(next);
    }
  }
  return false;
};

/** Pieces that do the same work, of which one is run after the other. One instruction may be like another by chance. */
const isRepeated = (pieces: readonly (readonly Instruction[])[], flow: Flow): boolean => {
  const alike = new Map<string, number[]>();
  for (const piece of pieces) {
    const work = piece.filter(({ mnemonic }) => !moves.has(mnemonic));
    const first = piece[0] === undefined ? undefined : flow.indexOf.get(piece[0].at);
    if (first === undefined) continue;
    const shape = `${work.length} ${piece.map(({ mnemonic }) => mnemonic).join()}`;
    alike.set(shape, [...(alike.get(shape) ?? []), first]);
  }
  for (const [shape, starts] of alike) {
    const [first = 0, ...others] = starts.sort((a, b) => a - b);
    const needed = shape.startsWith('0 ') ? 3 : shape.startsWith('1 ') ? 2 : 1;
    const behind = others.slice(0, mostTried).filter((other) => leads(flow, first, other, (i, before) => i > before));
    if (behind.length >= needed) return true;
  }
  return false;
};

const moves: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Mov,
  Mnemonic.Movzx,
  Mnemonic.Movsx,
  Mnemonic.Movsxd,
  Mnemonic.Movaps,
  Mnemonic.Movups,
  Mnemonic.Movdqa,
  Mnemonic.Movdqu,
  Mnemonic.Jmp,
]);

/** Adds, subtracts, multiplies, compares or shifts several numbers at once; copies and bit masks of strings don't count. */
const packedArithmetic =
  /^v?(?:p(?:add|sub|mull|mulh|mulu|muld|madd|sad|avg|min|max|abs|sll|srl|sra|rol|ror|popcnt)[a-z0-9]*|(?:add|sub|mul|div|sqrt|min|max|addsub|hadd)p[sdh]|fn?m(?:add|sub)[a-z0-9]*p[sdh])$/i;
/** Shifts of a whole register, by bytes. */
const wholeShift = /^v?ps[lr]ldq$/i;

/** Looking through all mnemonics takes longer than many a command lasts. */
let arithmeticSet: ReadonlySet<Mnemonic> | undefined;

const isArithmetic = (mnemonic: Mnemonic): boolean => {
  arithmeticSet ??= new Set(
    Object.entries(Mnemonic).flatMap(([name, value]) =>
      typeof value === 'number' && packedArithmetic.test(name) && !wholeShift.test(name) ? [value] : [],
    ),
  );
  return arithmeticSet.has(mnemonic);
};
