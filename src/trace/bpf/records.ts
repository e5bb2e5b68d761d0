import { maxInsideRanges } from '../site.ts';
import { reasons } from './expression/doubt.ts';
import type { Reads } from './reads/reads.ts';

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

/** Of an entry, the byte behind its kind: why it isn't known whether the call is wanted, see `reasonOf`; 0: it is. */
export const entryReason = 1;

/** enter: the end of the stack's mapping (0: unknown), the thread's name, then what was captured. */
export const ENTER = { stackEnd: 56, comm: 64, captured: 80 } as const;

/** exit: the entry's sequence and which exit it was, then what was captured. */
export const EXIT = { callId: 56, site: 64, captured: 72 } as const;

/** Of records with captured values: bytes of the record in use, its blocks included, and whether there was no room for more. */
export const FOLLOW = { used: 40, isFull: 48 } as const;

/** Memory behind a value: its address, how many bytes were read (or a negative errno), the bytes up to a multiple of 8. */
export const BLOCK = { address: 0, result: 8, bytes: 16 } as const;

/** One piece of a value's own bytes: what the program reads and where the record holds it. */
export type Piece =
  /** A register's 64 bits plus `add`. What lies behind a shorter piece is overwritten by the next. */
  | { readonly kind: 'register'; readonly ptRegs: number; readonly add: bigint; readonly at: number }
  /** A register's lowest bytes as a signed number, as a count: 0 if it is negative. */
  | { readonly kind: 'count'; readonly ptRegs: number; readonly size: 4 | 8; readonly at: number }
  /** Bytes that are the same at every hit: what is read behind a value may depend on them. */
  | { readonly kind: 'constant'; readonly bytes: Uint8Array; readonly at: number }
  /** A word that was saved when the call began. */
  | { readonly kind: 'saved'; readonly index: number; readonly at: number }
  /** 1 where one of the registers (by their offsets in pt_regs) points into the `size` bytes behind a saved address, else 0. */
  | {
      readonly kind: 'passed';
      readonly index: number;
      readonly size: number;
      readonly registers: readonly number[];
      readonly at: number;
    }
  /**
   * `size` bytes of memory at `base` plus `offset`; for each number in `followed`, what is there is an address, to which
   * the number is added. The result of reading (0 or a negative errno) is at `resultAt`.
   */
  | {
      readonly kind: 'memory';
      readonly base: { readonly ptRegs: number } | { readonly saved: number };
      readonly offset: bigint;
      readonly followed: readonly bigint[];
      readonly size: number;
      readonly at: number;
      readonly resultAt: number;
    };

export type RecordLayout = {
  readonly pieces: readonly Piece[];
  /** What is read behind the values, by the places in the record where these are. */
  readonly follows: readonly { readonly at: number; readonly reads: Reads }[];
  /** Where the blocks begin. */
  readonly blocks: number;
  readonly size: number;
  /** The probed address as linked, where the reads depend on it. */
  readonly address: bigint | null;
};

/** Counters of one function, in the map `functions`. */
export const FUNCTION_STATS = {
  lostEntries: 0,
  lostExits: 8,
  pendingFull: 16,
  threadsFull: 24,
  unmatchedExits: 32,
  loopHits: 40,
  /** Calls among which samples are taken; those over the rate. */
  wanted: 48,
  overRate: 56,
  /** Of calls that are summed up: those not taken as a sample. */
  skipped: 64,
  /** Those that never came to an exit. */
  unwound: 72,
  /** Those that found no room for another group. */
  groupsFull: 80,
  /** Calls that weren't told since it wasn't known whether they were wanted: a word for each reason. */
  undecided: 88,
  size: 88 + 8 * reasons.length,
} as const;

/** The one value of the map `globals`. */
export const GLOBALS = {
  sequence: 0,
  launch: 8,
  lostLandings: 16,
  lostThreadEnds: 24,
  lostProcesses: 32,
  /** A second of CLOCK_MONOTONIC in its upper half, the calls taken in it in its lower one. */
  rate: 40,
  /** The process that was waited for; 0: none has come yet. */
  chosen: 48,
  size: 56,
} as const;

/** A call under way, in the map `pending`, by {thread, stack pointer, function}. */
export const PENDING = {
  keySize: 24,
  callId: 0,
  flags: 8,
  prevSp: 16,
  prevFn: 24,
  stackEnd: 32,
  saved: 40,
  size: 88,
} as const;
/** Words of a call's entry that its exit may need. */
export const mostSaved = (PENDING.size - PENDING.saved) / 8;
/** The entry's record could not be written: the call is counted as lost and its exit is not reported. */
export const PENDING_LOST = 1;
/** What of its condition was known at entry is undecided: it is unless the rest is false. */
export const PENDING_UNDECIDED = 2;

/** A thread that has entered a traced function, in the map `threads`: its newest call and its stack's mapping. */
export const THREAD = { topSp: 0, topFn: 8, stackStart: 16, stackEnd: 24, size: 32 } as const;

/**
 * An indirect jump, in the map `sites`: how its operand is computed, then the function's ranges relative to the probed
 * address (start and end, 16 bytes each).
 */
export const SITE = { displacement: 0, shift: 8, ranges: 16, rangeSize: 16 } as const;
export const siteSize = SITE.ranges + maxInsideRanges * SITE.rangeSize;
