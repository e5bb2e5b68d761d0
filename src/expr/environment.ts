/**
 * Why a value isn't known.
 *
 *   gone         it wasn't where it could be seen, or isn't there any more
 *   unreadable   the page of memory wasn't there
 *   truncated    there was no room for it
 *   redacted     it is withheld
 *   depth        nobody asked for it
 *   null         a pointer leads nowhere
 *   invalid      its bits mean nothing in its type
 *   busy         somebody may be changing it: a lock is held, a RefCell is borrowed mutably
 *   index        there is no such element
 *   overflow     the result is out of every type's range
 *   division     by 0
 */
export type Why =
  | 'gone'
  | 'unreadable'
  | 'truncated'
  | 'redacted'
  | 'depth'
  | 'null'
  | 'invalid'
  | 'busy'
  | 'index'
  | 'overflow'
  | 'division';

/** Bytes from the place that was asked for on, as far as they are known; `why` the next one isn't, null: all are there. */
export type Read = { readonly bytes: Uint8Array; readonly why: Why | null };

/** What is known of memory behind a value, as it was when the value was captured. */
export type Memory = {
  /** At most `size` bytes from an address on; fewer only with a reason. `size` is at least 1. */
  readonly read: (address: bigint, size: number) => Read;
};

/** One argument, or the result, of one call. What is behind the end of `bytes` wasn't captured. */
export type Captured = {
  readonly bytes: Uint8Array;
  /** Parts of the bytes that aren't known; `end` is behind the last one. */
  readonly missing: readonly { readonly start: number; readonly end: number; readonly why: Why }[];
  readonly memory: Memory;
};

/** One call. */
export type Environment = {
  /** By the number of the argument in the scope that the expression was typed for. */
  readonly argument: (index: number) => Captured | Why;
  /** `gone` where the call hasn't returned. */
  readonly result: Captured | Why;
  /** Nanoseconds. */
  readonly duration: bigint | Why;
  readonly pid: number;
  readonly tid: number;
  /** Without the NUL. */
  readonly comm: Uint8Array;
};
