import type { Address } from '../base/units.ts';

/** The `length` bytes mapped at `at`, or undefined where not all of them are there. Never longer than asked. */
export type CodeReader = (at: Address, length: number) => Uint8Array | undefined;

/** From `start` up to and without `end`, as linked. */
export type Range = { readonly start: Address; readonly end: Address };

/** Bytes; the processor refuses longer instructions. */
export const longestInstruction = 15;

export const contains = (range: Range, at: bigint): boolean => at >= range.start && at < range.end;

/** As many bytes as are there, at most `length`: a mapping may end anywhere behind the code that is asked for. */
export const readUpTo = (code: CodeReader, at: Address, length: number): Uint8Array | undefined => {
  const whole = code(at, length);
  if (whole !== undefined) return whole;
  let low = 0;
  let best: Uint8Array | undefined;
  for (let high = length; high - low > 1; ) {
    const middle = (low + high) >> 1;
    const bytes = code(at, middle);
    if (bytes === undefined) high = middle;
    else {
      best = bytes;
      low = middle;
    }
  }
  return best;
};
