import type { GivenShape } from './given-shape.ts';

/**
 * What a shown value rests on:
 *
 *   verified   two sources that don't depend on each other agree on its place
 *   dwarf      debug information alone
 *   abi        the calling convention alone, for a type that is known
 *   given      a signature that the user wrote, and the convention
 *   raw        a register as it was: nothing is known of its type
 *   conflict   sources disagree, so none is believed
 *   gone       no probe can see it where it is, or it isn't there any more
 */
export type Evidence = 'verified' | 'dwarf' | 'abi' | 'given' | 'raw' | 'conflict' | 'gone';

/** The general-purpose registers a kernel probe can read, by their 64-bit names. */
export type Register =
  | 'rax'
  | 'rbx'
  | 'rcx'
  | 'rdx'
  | 'rsi'
  | 'rdi'
  | 'rbp'
  | 'rsp'
  | 'r8'
  | 'r9'
  | 'r10'
  | 'r11'
  | 'r12'
  | 'r13'
  | 'r14'
  | 'r15';

/** Where one piece of a value is when the probe is hit. */
export type Place =
  | { readonly kind: 'register'; readonly reg: Register; readonly size: number }
  /** `offset` bytes above the stack pointer at the probed address. */
  | { readonly kind: 'stack'; readonly offset: number; readonly size: number }
  /** A kernel probe can't see it (a vector register), or it doesn't exist. */
  | { readonly kind: 'gone'; readonly reason: string; readonly size: number };

export type ArgPlan = {
  readonly name: string;
  readonly type: string;
  readonly shape: GivenShape;
  /** In the order of the value's pieces: low half then high half, or data pointer then length. Empty for a zero-sized type. */
  readonly places: readonly Place[];
  readonly evidence: Evidence;
  readonly note: string | null;
};

export type ReturnPlan = {
  readonly type: string;
  readonly shape: GivenShape;
  readonly mode: 'none' | 'direct' | 'pair' | 'cast' | 'sret' | 'never';
  readonly places: readonly Place[];
  readonly evidence: Evidence;
  readonly note: string | null;
};

/** How to capture one copy's arguments at its entry and its return value at its exits. */
export type CallPlan = { readonly args: readonly ArgPlan[]; readonly ret: ReturnPlan };
