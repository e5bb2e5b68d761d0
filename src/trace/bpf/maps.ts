import type { MapType } from '../sys/uapi.ts';
import { scratchMargin } from './memory/cold-pages.ts';
import { FUNCTION_STATS, GLOBALS, PENDING, siteSize, THREAD } from './records.ts';

export type MapSpec = {
  readonly name: string;
  readonly type: MapType;
  readonly keySize: number;
  readonly valueSize: number;
  /** For a ring buffer: its size in bytes, a power of two and a multiple of the page. */
  readonly maxEntries: number;
  /** An array that its reader maps into memory: read without system calls. */
  readonly mapped?: true;
};

export type CallMapSizes = {
  readonly functions: number;
  readonly sites: number;
  readonly pending: number;
  readonly threads: number;
  readonly scope: number;
};

export type MapSizes = CallMapSizes & {
  readonly ringBytes: number;
  /** Where records are made outside the ring, for so many threads. */
  readonly scratch?: { readonly threads: number; readonly recordBytes: number };
};

/** Hash maps are preallocated by the kernel, so an insertion never waits for memory. */
export const mapSpecs = (sizes: MapSizes): readonly MapSpec[] => [
  { name: 'events', type: 'ringbuf', keySize: 0, valueSize: 0, maxEntries: sizes.ringBytes },
  ...callMapSpecs(sizes, PENDING.size),
  // Forked processes: old ones may be forgotten, they have long left the calls that they inherited.
  { name: 'forked', type: 'lruHash', keySize: 4, valueSize: 4, maxEntries: sizes.scope },
  ...(sizes.scratch ? scratchSpecs(sizes.scratch) : []),
];

/** What following calls from their entry to their exit needs; `callBytes`: of the value of one under way. */
export const callMapSpecs = (sizes: CallMapSizes, callBytes: number): readonly MapSpec[] => [
  { name: 'globals', type: 'array', keySize: 4, valueSize: GLOBALS.size, maxEntries: 1 },
  {
    name: 'functions',
    type: 'array',
    keySize: 4,
    valueSize: FUNCTION_STATS.size,
    maxEntries: Math.max(1, sizes.functions),
  },
  {
    name: 'sites',
    type: 'array',
    keySize: 4,
    valueSize: siteSize,
    maxEntries: Math.max(1, sizes.sites),
  },
  { name: 'pending', type: 'hash', keySize: PENDING.keySize, valueSize: callBytes, maxEntries: sizes.pending },
  { name: 'threads', type: 'hash', keySize: 8, valueSize: THREAD.size, maxEntries: sizes.threads },
  { name: 'scope', type: 'hash', keySize: 4, valueSize: 4, maxEntries: sizes.scope },
];

/** A thread's memory, and the zeros that it begins with: more than a program's own frame could hold. */
const scratchSpecs = ({ threads, recordBytes }: NonNullable<MapSizes['scratch']>): MapSpec[] => {
  const valueSize = recordBytes + scratchMargin;
  return [
    { name: 'scratch', type: 'hash', keySize: 8, valueSize, maxEntries: threads },
    { name: 'blank', type: 'array', keySize: 4, valueSize, maxEntries: 1 },
  ];
};
export type CountMapSizes = { readonly counters: number; readonly scope: number };

/** What counting needs: a word for each counter, and the processes. */
export const countMapSpecs = ({ counters, scope }: CountMapSizes): readonly MapSpec[] => [
  { name: 'counters', type: 'array', keySize: 4, valueSize: 8, maxEntries: Math.max(1, counters), mapped: true },
  { name: 'globals', type: 'array', keySize: 4, valueSize: GLOBALS.size, maxEntries: 1 },
  { name: 'scope', type: 'hash', keySize: 4, valueSize: 4, maxEntries: scope },
];
