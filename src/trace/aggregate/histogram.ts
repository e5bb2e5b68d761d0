/**
 * Buckets of durations in ns: each power of two has eight, equally wide; below 8 each number has its own. So a bucket is
 * at most an eighth of its low end wide.
 *
 *   number   0 … 7   8 … 15   16 17 … 23                24 …             495
 *   from     0 … 7   8 … 15   16 18 … 30 (2 ns wide)    32 (4 ns wide)   15 * 2^60
 */
export const stepBits = 3;
const steps = 1 << stepBits;
const wordBits = 64;
export const bucketCount = (wordBits - stepBits + 1) * steps;

/** The bucket of a duration from 0 to 2^64 - 1. */
export const bucketOf = (ns: bigint): number => {
  const shift = ns.toString(2).length - 1 - stepBits;
  return shift < 0 ? Number(ns) : shift * steps + Number(ns >> BigInt(shift));
};

/** The shortest and the longest duration of a bucket. */
export const boundsOf = (bucket: number): { readonly low: bigint; readonly high: bigint } => {
  const shift = Math.max(0, (bucket >> stepBits) - 1);
  const first = BigInt(bucket - shift * steps);
  return { low: first << BigInt(shift), high: ((first + 1n) << BigInt(shift)) - 1n };
};

/** What is known of durations, as in `Durations`. */
type Known = { readonly longest: bigint; readonly buckets: readonly bigint[] };

const countOf = (buckets: readonly bigint[]): bigint => {
  let calls = 0n;
  for (const own of buckets) calls += own;
  return calls;
};

/**
 * A duration that at least so many of 1,000 calls didn't exceed: the longest of the bucket in which that many are reached,
 * so that it is never too short, and at most an eighth too long; never longer than the longest call. Null without calls.
 */
export const percentile = ({ longest, buckets }: Known, permille: number): bigint | null => {
  const calls = countOf(buckets);
  if (calls === 0n) return null;
  const wanted = (calls * BigInt(permille) + 999n) / 1_000n;
  let passed = 0n;
  const bucket = buckets.findIndex((own) => {
    passed += own;
    return own > 0n && passed >= wanted;
  });
  const { high } = boundsOf(bucket);
  return high < longest ? high : longest;
};
