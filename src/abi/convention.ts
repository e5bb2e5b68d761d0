import type { Piece } from './place.ts';

/**
 * How an argument is passed, in rustc's terms: not at all, as one scalar, as two, as an integer of its size, by the
 * address of a copy, or as a copy on the stack. `unknown`: debug info has no layout of its type, or of one before it.
 */
export type ArgumentMode = 'none' | 'direct' | 'pair' | 'cast' | 'indirect' | 'stack' | 'unknown';

/** `sret`: through memory that the caller gave the address of. */
export type ResultMode = 'none' | 'direct' | 'pair' | 'cast' | 'sret' | 'never' | 'unknown';

export type LoweredArgument = { readonly mode: ArgumentMode; readonly pieces: readonly Piece[] };
export type LoweredResult = {
  readonly mode: ResultMode;
  /** As they are at a `ret`. */
  readonly pieces: readonly Piece[];
};

/** Where a convention puts the arguments at a function's first instruction and its result at its returns. */
export type Lowered = {
  readonly args: readonly LoweredArgument[];
  readonly result: LoweredResult;
  /** A parameter that no source has comes first: the address for the result. */
  readonly hasResultAddress: boolean;
};

export const unknownArgument: LoweredArgument = { mode: 'unknown', pieces: [] };

/** The memory of a value whose address is where `pointer` says. */
export const behindPointer = ({ location }: Piece, size: number): Piece => {
  if (location.kind === 'register')
    return {
      location: { kind: 'memory', base: location.reg, offset: 0n, followed: [] },
      valueOffset: 0,
      size,
      isPointer: true,
    };
  const offset = location.kind === 'stack' ? location.offset : 0n;
  return { location: { kind: 'memory', base: 'rsp', offset, followed: [0n] }, valueOffset: 0, size, isPointer: true };
};

/** A result through memory: System V and rustc return its address in rax. */
export const throughMemory = (size: number): LoweredResult => ({
  mode: 'sret',
  pieces: [{ location: { kind: 'memory', base: 'rax', offset: 0n, followed: [] }, valueOffset: 0, size }],
});
