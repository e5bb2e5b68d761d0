/** Bucket 0 has 0 and 1 ns, bucket n what is from 2^n on and below 2^(n+1). */
export const bucketOf = (duration: bigint): number => Math.max(0, duration.toString(2).length - 1);

export const bucketCount = 64;
