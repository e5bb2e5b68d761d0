import { least, log2, most, nextPowerOfTwo } from '../../../expr/calculation.ts';
import { leastOf, mostOf } from '../../../expr/number.ts';
import type { IntNode, IntOperation, ValueRange } from '../../../expr/tree.ts';

const ranges = new WeakMap<IntNode, ValueRange>();

/** What a number is in between wherever it is known. */
export const rangeOf = (node: IntNode): ValueRange => {
  const before = ranges.get(node);
  if (before !== undefined) return before;
  const range = rangeFrom(node);
  ranges.set(node, range);
  return range;
};

const most64 = (1n << 64n) - 1n;
const billion = 1_000_000_000n;

const rangeFrom = (node: IntNode): ValueRange => {
  switch (node.kind) {
    case 'integer':
      return { low: node.value, high: node.value };
    case 'load':
      return { low: leastOf(node), high: mostOf(node) };
    case 'char':
      return { low: 0n, high: 0x10ffffn };
    case 'time-span':
      return { low: 0n, high: most64 * billion + billion - 1n };
    case 'call':
      return { low: 0n, high: node.fact === 'duration' ? most64 : 0xffff_ffffn };
    case 'arithmetic':
      return clipped(resultRange(node.operation, rangeOf(node.left), rangeOf(node.right)), node.isUnsigned);
    case 'negative': {
      const { low, high } = rangeOf(node.of);
      return clipped({ low: -high, high: -low }, false);
    }
    case 'complement':
      return { low: leastOf(node), high: mostOf(node) };
    case 'ilog2': {
      const { low, high } = rangeOf(node.of);
      return { low: known(log2(low), 0n), high: known(log2(high), 0n) };
    }
    case 'next-power-of-two': {
      const { low, high } = rangeOf(node.of);
      return { low: known(nextPowerOfTwo(low), 1n), high: high < 0n ? 1n : known(nextPowerOfTwo(high), most) };
    }
    case 'length':
      return { low: 0n, high: (1n << 63n) - 1n };
    case 'either':
      return node.cases.map(({ gives }) => rangeOf(gives)).reduce(union);
  }
};

const known = (value: bigint | 'overflow', other: bigint): bigint => (value === 'overflow' ? other : value);

export const union = (a: ValueRange, b: ValueRange): ValueRange => ({
  low: lesser(a.low, b.low),
  high: greater(a.high, b.high),
});

const lesser = (a: bigint, b: bigint): bigint => {
  if (a < b) return a;
  return b;
};
const greater = (a: bigint, b: bigint): bigint => {
  if (a > b) return a;
  return b;
};

const between = (value: bigint, { low, high }: ValueRange): bigint => (value < low ? low : value > high ? high : value);

/** What is left of it where results out of range are undecided; if nothing is, the nearest number. */
const clipped = ({ low, high }: ValueRange, isUnsigned: boolean): ValueRange => {
  const all = { low: isUnsigned ? 0n : least, high: most };
  return { low: between(low, all), high: between(high, all) };
};

/** Bits of a number without its sign. */
const bits = (value: bigint): number =>
  (value < 0n ? -value - 1n : value).toString(2).length - (value === 0n || value === -1n ? 1 : 0);

const spanOf = (values: readonly bigint[]): ValueRange => ({
  low: values.reduce(lesser),
  high: values.reduce(greater),
});

/** Of an operation that is monotonous between the given operands. */
const corners = (lefts: readonly bigint[], rights: readonly bigint[], of: (a: bigint, b: bigint) => bigint) =>
  spanOf(lefts.flatMap((left) => rights.map((right) => of(left, right))));

const distance = (value: bigint): bigint => (value < 0n ? -value : value);

/** How far from 0 a number is at most. */
export const distanceOf = ({ low, high }: ValueRange): bigint => greater(distance(low), distance(high));

/** What the exact result is in between, which may be out of range. */
export const resultRange = (operation: IntOperation, left: ValueRange, right: ValueRange): ValueRange => {
  const [lefts, rights] = [
    [left.low, left.high],
    [right.low, right.high],
  ];
  switch (operation) {
    case '+':
      return { low: left.low + right.low, high: left.high + right.high };
    case '-':
      return { low: left.low - right.high, high: left.high - right.low };
    case '*':
      return corners(lefts, rights, (a, b) => a * b);
    case '/': {
      const divisors = [right.low, right.high, -1n, 1n].filter((one) => one !== 0n && between(one, right) === one);
      return divisors.length === 0 ? nothing : corners([...lefts, between(0n, left)], divisors, (a, b) => a / b);
    }
    case '%': {
      const largest = distanceOf(right);
      const rest = largest === 0n ? 0n : largest - 1n;
      return {
        low: left.low < 0n ? between(left.low, { low: -rest, high: 0n }) : 0n,
        high: between(left.high, { low: 0n, high: rest }),
      };
    }
    case '<<':
    case '>>': {
      if (right.high < 0n || right.low > 127n) return nothing;
      const by = rights.map((one) => between(one, { low: 0n, high: 127n }));
      return corners(lefts, by, (a, b) => (operation === '<<' ? a << b : a >> b));
    }
    default: {
      const isNegative = [left, right].map(({ low }) => low < 0n);
      if (operation === '&' && !isNegative.every(Boolean))
        return { low: 0n, high: spanOf([left, right].flatMap(({ low, high }) => (low < 0n ? [] : [high]))).low };
      const size = BigInt(Math.max(...[...lefts, ...rights].map(bits)));
      return { low: isNegative.some(Boolean) ? -(1n << size) : 0n, high: (1n << size) - 1n };
    }
  }
};

/** No operands have a result. */
const nothing: ValueRange = { low: 0n, high: 0n };

/** Whether some result may be out of range. */
export const mayOverflow = ({ low, high }: ValueRange, isUnsigned: boolean): boolean =>
  low < (isUnsigned ? 0n : least) || high > most;

/** How a number is kept: in 64-bit words, the lowest first, with the sign in the last one's highest bit, or none. */
export type Format = { readonly words: 1 | 2 | 3; readonly signed: boolean };

/** The smallest format for all that lies in between; `words` at least. */
export const formatOf = ({ low, high }: ValueRange, least: 1 | 2 | 3 = 1): Format => {
  for (const words of [1, 2, 3] as const) {
    if (words < least) continue;
    const size = BigInt(64 * words);
    if (low >= -(1n << (size - 1n)) && high < 1n << (size - 1n)) return { words, signed: true };
    if (low >= 0n && high < 1n << size) return { words, signed: false };
  }
  throw new RangeError('a number of more than 192 bits');
};
