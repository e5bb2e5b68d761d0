/** What a register holds: a number of bytes of one class. Sizes and alignments in bytes. */
export type Scalar = {
  readonly kind: 'integer' | 'float' | 'pointer';
  readonly size: number;
  readonly align: number;
  /** Of integers. */
  readonly isSigned: boolean;
};

/**
 * How rustc treats a value of the type ("backend representation"): nothing, one scalar, two scalars, a SIMD vector, or
 * bytes in memory.
 */
export type Representation =
  | { readonly kind: 'none' }
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  /** `secondOffset`: of the second scalar in the value; the first is at 0. */
  | { readonly kind: 'pair'; readonly first: Scalar; readonly second: Scalar; readonly secondOffset: number }
  | { readonly kind: 'vector' }
  | { readonly kind: 'memory' };

/** A type as far as passing it goes. */
export type Layout = { readonly size: number; readonly align: number; readonly representation: Representation };

export const alignUp = (value: number, align: number): number => Math.ceil(value / align) * align;

/** The pair of two scalars laid out one after the other. */
export const pairOf = (first: Scalar, second: Scalar): { secondOffset: number; size: number; align: number } => {
  const secondOffset = alignUp(first.size, second.align);
  const align = Math.max(first.align, second.align);
  return { secondOffset, size: alignUp(secondOffset + second.size, align), align };
};

const sameScalar = (a: Scalar, b: Scalar): boolean =>
  a.kind === b.kind && a.size === b.size && a.align === b.align && a.isSigned === b.isSigned;

export const sameRepresentation = (a: Representation, b: Representation): boolean => {
  if (a.kind === 'scalar' && b.kind === 'scalar') return sameScalar(a.scalar, b.scalar);
  if (a.kind === 'pair' && b.kind === 'pair')
    return sameScalar(a.first, b.first) && sameScalar(a.second, b.second) && a.secondOffset === b.secondOffset;
  return a.kind === b.kind;
};

/**
 * The one primitive that stands for the payloads of two variants, or null. Of integers the first's sign is taken; a
 * pointer stands for an integer of its size.
 */
export const commonScalar = (a: Scalar, b: Scalar, mixes: boolean): Scalar | null => {
  if (sameScalar(a, b)) return a;
  if (!mixes || a.size !== b.size || a.align !== b.align || a.kind === 'float' || b.kind === 'float') return null;
  return a.kind === 'pointer' || b.kind !== 'pointer' ? a : b;
};
