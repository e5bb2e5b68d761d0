import { maxInsideRanges } from '../site.ts';

/**
 * What programs write and the reader decodes. All words are little-endian; every record begins the same way:
 *
 *    0 u32 kind        4 u32 function
 *    8 u64 sequence   one counter for the whole trace, taken before the record is reserved
 *   16 u64 time       CLOCK_MONOTONIC, ns
 *   24 u64 thread     tgid << 32 | tid
 *   32 u64 stack pointer in the process
 */
export const RECORD = { enter: 1, exit: 2, landing: 3, threadEnd: 4, exec: 5, started: 6 } as const;

export const HEADER = { kind: 0, fn: 4, sequence: 8, time: 16, thread: 24, sp: 32, size: 40 } as const;

/** enter: the end of the stack's mapping (0: unknown), the thread's name, then the captured pieces. */
export const ENTER = { stackEnd: 40, comm: 48, pieces: 64 } as const;

/** exit: the entry's sequence, which exit it was, rax and rdx, then what was read behind them. */
export const EXIT = { callId: 40, site: 48, pieces: 56 } as const;

/** One captured piece: what the program reads and where the record holds it. */
export type Piece =
  /** A register's 64 bits at `at`. */
  | { readonly kind: 'register'; readonly ptRegs: number; readonly at: number }
  /** A 64-bit stack slot at `at`; the result of reading it at `at + 8` (0 or a negative errno). */
  | { readonly kind: 'stack'; readonly offset: number; readonly at: number }
  /**
   * NUL-terminated text behind the pointer at `pointerAt`: at `at` the result (bytes read with the NUL, or a negative
   * errno), at `at + 8` up to `capacity` bytes.
   */
  | { readonly kind: 'text'; readonly pointerAt: number; readonly at: number; readonly capacity: number }
  /** As `text`, with the length in bytes at `lengthAt`; the result is the number of bytes read. */
  | {
      readonly kind: 'bytes';
      readonly pointerAt: number;
      readonly lengthAt: number;
      readonly at: number;
      readonly capacity: number;
    };

export type RecordLayout = { readonly pieces: readonly Piece[]; readonly size: number };

/** Counters of one function, in the map `functions`. */
export const FUNCTION_STATS = {
  lostEntries: 0,
  lostExits: 8,
  pendingFull: 16,
  threadsFull: 24,
  unmatchedExits: 32,
  loopHits: 40,
  size: 48,
} as const;

/** The one value of the map `globals`. */
export const GLOBALS = {
  sequence: 0,
  launch: 8,
  lostLandings: 16,
  lostThreadEnds: 24,
  lostProcesses: 32,
  size: 40,
} as const;

/** A call under way, in the map `pending`, by {thread, stack pointer, function}. */
export const PENDING = { keySize: 24, callId: 0, flags: 8, prevSp: 16, prevFn: 24, stackEnd: 32, size: 40 } as const;
/** The entry's record could not be written: the call is counted as lost and its exit is not reported. */
export const PENDING_LOST = 1;

/** A thread that has entered a traced function, in the map `threads`: its newest call and its stack's mapping. */
export const THREAD = { topSp: 0, topFn: 8, stackStart: 16, stackEnd: 24, size: 32 } as const;

/**
 * An indirect jump, in the map `sites`: how its operand is computed, then the function's ranges relative to the probed
 * address (start and end, 16 bytes each).
 */
export const SITE = { displacement: 0, shift: 8, ranges: 16, rangeSize: 16 } as const;
export const siteSize = SITE.ranges + maxInsideRanges * SITE.rangeSize;
