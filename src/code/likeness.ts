import type { CodeReader, Range } from './bytes.ts';
import { Mnemonic } from './iced.ts';
import { decodeRun } from './step.ts';

/**
 * What the machine code of one inlined call shows of the loop around it: `unrolled`, the same work is there several
 * times; `vectorised`, it works on several values at once. Either way one pass through the code may be several calls.
 */
export type Likeness = 'unrolled' | 'vectorised';

/** Bytes that are looked at; of longer code the rest is likely to be as its beginning. */
const mostBytes = 1 << 16;

/** Null where neither shows. Vector instructions of straight code (four floats added at once) look the same as a loop's. */
export const likenessOf = (ranges: readonly Range[], code: CodeReader): Likeness | null => {
  const pieces = ranges.map((range) => mnemonicsOf(range, code));
  const all = pieces.flat();
  const packed = all.filter((each) => arithmetic.has(each)).length;
  // An unsigned 64-bit integer becomes a float by one packed subtraction behind an unpacking.
  const conversions = all.filter((each) => each === Mnemonic.Punpckldq || each === Mnemonic.Vpunpckldq).length;
  if (packed > conversions) return 'vectorised';
  return isRepeated(pieces) ? 'unrolled' : null;
};

const mnemonicsOf = ({ start, end }: Range, code: CodeReader): Mnemonic[] => {
  const length = Math.min(mostBytes, Number(end - start));
  const bytes = length > 0 ? code(start, length) : undefined;
  const found: Mnemonic[] = [];
  if (bytes === undefined) return found;
  decodeRun(bytes, start, 0, (_, { mnemonic }) => {
    if (mnemonic !== Mnemonic.Nop) found.push(mnemonic);
    return true;
  });
  return found;
};

/** One instruction moved away from the others is like many; that it is there three times tells. */
const isRepeated = (pieces: readonly (readonly Mnemonic[])[]): boolean => {
  const counts = new Map<string, number>();
  for (const piece of pieces) {
    if (piece.length === 0 || piece.every((each) => moves.has(each))) continue;
    const shape = piece.join();
    const count = (counts.get(shape) ?? 0) + 1;
    if (count >= (piece.length > 1 ? 2 : 3)) return true;
    counts.set(shape, count);
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

const arithmetic: ReadonlySet<Mnemonic> = new Set(
  Object.entries(Mnemonic).flatMap(([name, value]) =>
    typeof value === 'number' && packedArithmetic.test(name) && !wholeShift.test(name) ? [value] : [],
  ),
);
