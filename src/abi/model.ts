import type { Piece } from './place.ts';
import type { ValueShape } from './shape.ts';

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

/** How one value of a call is captured and decoded: all that a backend and a reader need. */
export type ValuePlan = {
  readonly name: string;
  readonly type: string;
  readonly shape: ValueShape;
  /** Where it is when the probe is hit; none for what has no size. What no piece covers is gone, or padding. */
  readonly pieces: readonly Piece[];
  readonly evidence: Evidence;
  readonly note: string | null;
  /** Of a `conflict`: the places that are claimed, each with all pieces of the value. */
  readonly candidates: readonly { readonly evidence: Evidence; readonly pieces: readonly Piece[] }[];
};

export type ReturnPlan = ValuePlan & {
  readonly mode: 'none' | 'direct' | 'pair' | 'cast' | 'sret' | 'never' | 'unknown';
};

/** How to capture one copy's arguments at its entry and its return value at its exits. */
export type CallPlan = { readonly args: readonly ValuePlan[]; readonly ret: ReturnPlan };
