import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundsOf, bucketCount, bucketOf, percentile } from '../../../src/trace/aggregate/histogram.ts';

const most = 2n ** 64n - 1n;
/** As many short durations as long ones. */
const duration = fc
  .tuple(fc.bigInt({ min: 0n, max: most }), fc.integer({ min: 0, max: 63 }))
  .map(([n, by]) => n >> BigInt(by));

describe('buckets', () => {
  test('join without a gap, from 0 to the longest duration', () => {
    let next = 0n;
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      const { low, high } = boundsOf(bucket);
      expect(low).toBe(next);
      expect(bucketOf(low)).toBe(bucket);
      expect(bucketOf(high)).toBe(bucket);
      next = high + 1n;
    }
    expect(next).toBe(most + 1n);
  });

  test('hold each duration, and are at most an eighth wide', () => {
    fc.assert(
      fc.property(duration, (ns) => {
        const { low, high } = boundsOf(bucketOf(ns));
        expect(low <= ns && ns <= high).toBe(true);
        expect((high - low) * 8n <= low).toBe(true);
      }),
    );
  });
});

const known = (durations: readonly bigint[]) => {
  const buckets = Array.from({ length: bucketCount }, () => 0n);
  for (const ns of durations) buckets[bucketOf(ns)]! += 1n;
  return { buckets, longest: durations.reduce((high, ns) => [high, ns].sort((a, b) => (a < b ? 1 : -1))[0]!, 0n) };
};

describe('a percentile', () => {
  test('is no shorter than the duration at its rank, at most an eighth longer, and never longer than the longest', () => {
    fc.assert(
      fc.property(
        fc.array(duration, { minLength: 1, maxLength: 200 }),
        fc.constantFrom(500, 900, 990, 999, 1_000),
        (durations, permille) => {
          const sorted = [...durations].sort((a, b) => (a < b ? -1 : 1));
          const exact = sorted[Math.ceil((sorted.length * permille) / 1_000) - 1]!;
          const told = percentile(known(durations), permille)!;
          expect(told >= exact).toBe(true);
          expect((told - exact) * 8n <= exact).toBe(true);
          expect(told <= sorted.at(-1)!).toBe(true);
        },
      ),
    );
  });

  test('of one call is its duration; of none there is none', () => {
    expect(percentile(known([123_456n]), 500)).toBe(123_456n);
    expect(percentile(known([]), 500)).toBeNull();
  });
});
