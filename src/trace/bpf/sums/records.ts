import { bucketCount } from '../../aggregate/histogram.ts';

/** What is summed up of a group's durations. Its calls are those of its buckets. */
export const DURATIONS = { sum: 0, longest: 8, buckets: 16, size: 16 + 8 * bucketCount } as const;

/** Where calls are only counted. */
export const CALLS = { calls: 0, size: 8 } as const;

/** A group's key, in the map `groups`: which copy it was, then the key of its expression with zeros behind it. */
export const GROUP = { site: 0, key: 8 } as const;
