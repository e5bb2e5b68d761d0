import { type CallMapSizes, callMapSpecs, type MapSpec } from '../maps.ts';

export type SumMapSizes = CallMapSizes & {
  /** Bytes of a call under way. */
  readonly callBytes: number;
  /** Bytes of one group's sums. */
  readonly sumBytes: number;
  /** Groups by key; null: one for each copy. */
  readonly groups: { readonly most: number; readonly keyBytes: number } | null;
  /** Bytes of a thread's own memory; 0: none is needed. */
  readonly scratchBytes: number;
};

/** What summing up calls in the kernel needs. */
export const sumMapSpecs = (sizes: SumMapSizes): readonly MapSpec[] => {
  const { callBytes, sumBytes, groups, scratchBytes, functions, threads } = sizes;
  return [
    ...callMapSpecs(sizes, callBytes),
    groups === null
      ? {
          name: 'sums',
          type: 'array',
          keySize: 4,
          valueSize: sumBytes,
          maxEntries: Math.max(1, functions),
          mapped: true,
        }
      : { name: 'groups', type: 'hash', keySize: groups.keyBytes, valueSize: sumBytes, maxEntries: groups.most },
    ...(scratchBytes === 0
      ? []
      : [{ name: 'scratch', type: 'hash', keySize: 8, valueSize: scratchBytes, maxEntries: threads } as const]),
    // Zeros: what a group, or a thread's memory, begins with.
    { name: 'blank', type: 'array', keySize: 4, valueSize: Math.max(sumBytes, scratchBytes), maxEntries: 1 },
  ];
};
