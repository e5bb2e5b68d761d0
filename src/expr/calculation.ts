import type { IntOperation } from './tree.ts';

/** What every number is in between: those of i128 and of u128. */
export const least = -(1n << 127n);
export const most = (1n << 128n) - 1n;
const longestShift = 127n;

const exact = (operation: IntOperation, left: bigint, right: bigint): bigint => {
  switch (operation) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '<<':
      return left << right;
    case '>>':
      return left >> right;
  }
};

/** The exact result, or why there is none: it is out of range, of `isUnsigned` also below 0. */
export const computed = (
  operation: IntOperation,
  left: bigint,
  right: bigint,
  isUnsigned: boolean,
): bigint | 'overflow' | 'division' => {
  if ((operation === '/' || operation === '%') && right === 0n) return 'division';
  if ((operation === '<<' || operation === '>>') && (right < 0n || right > longestShift)) return 'overflow';
  const result = exact(operation, left, right);
  return result > most || result < (isUnsigned ? 0n : least) ? 'overflow' : result;
};

const bits = (value: bigint): number => value.toString(2).length;

/** The largest n with 2^n not above a number. */
export const log2 = (value: bigint): bigint | 'overflow' => (value <= 0n ? 'overflow' : BigInt(bits(value) - 1));

/** The smallest power of two that isn't below a number. */
export const nextPowerOfTwo = (value: bigint): bigint | 'overflow' => {
  if (value < 0n) return 'overflow';
  const power = value <= 1n ? 1n : 1n << BigInt(bits(value - 1n));
  return power > most ? 'overflow' : power;
};
