import type { Range } from '../../holes.ts';

/**
 * Which memory behind a value is read, as instructions for a capture program: a finite tree, the same for all values that
 * lie alike. Offsets are in bytes from what the reads are about: a value's beginning, a block's, an element's.
 */
export type Reads = readonly Read[];

export type Read =
  /** Only if the little-endian number there is in one of the ranges (in none, if `isExcept`). */
  | {
      readonly kind: 'if';
      readonly offset: number;
      readonly size: 1 | 2 | 4 | 8;
      readonly ranges: readonly { readonly low: bigint; readonly high: bigint }[];
      readonly isExcept: boolean;
      readonly then: Reads;
    }
  /** `size` bytes from the address at `data` plus `from`, without the `holes` in them. */
  | {
      readonly kind: 'block';
      readonly data: number;
      readonly from: number;
      readonly size: number;
      readonly holes: readonly Range[];
      readonly then: Reads;
    }
  /** Elements of `stride` bytes behind `head` bytes, as many as the word at `length` says, at most `most`. */
  | {
      readonly kind: 'span';
      readonly data: number;
      readonly from: number;
      readonly head: number;
      readonly length: number;
      readonly stride: number;
      readonly most: number;
      /** For each of the first `deep` elements. */
      readonly each: Reads;
      readonly deep: number;
    }
  /** As a span, each element a block of its own: there are bytes between that may not be read. */
  | {
      readonly kind: 'elements';
      readonly data: number;
      readonly from: number;
      readonly length: number;
      readonly stride: number;
      readonly most: number;
      readonly holes: readonly Range[];
      readonly each: Reads;
    }
  /** Bytes up to a NUL, at most `most` with it. */
  | { readonly kind: 'c-string'; readonly data: number; readonly most: number }
  | {
      readonly kind: 'ring';
      readonly data: number;
      readonly capacity: number;
      readonly head: number;
      readonly length: number | null;
      readonly tail: number | null;
      readonly stride: number;
      readonly most: number;
      readonly each: Reads;
      readonly deep: number;
    }
  | {
      readonly kind: 'hash-table';
      readonly control: number;
      readonly mask: number;
      readonly stride: number;
      /** Buckets that are looked at. */
      readonly most: number;
      readonly holes: readonly Range[];
      readonly each: Reads;
    }
  | {
      readonly kind: 'b-tree';
      readonly root: number;
      readonly height: number;
      readonly leaf: Node;
      readonly inner: Node & { readonly edges: number };
      readonly length: number;
      readonly capacity: number;
      readonly children: number;
      /** For the elements of a node, one after the other. */
      readonly each: readonly Reads[];
    }
  | {
      readonly kind: 'list';
      readonly head: number;
      readonly next: number;
      readonly size: number;
      readonly holes: readonly Range[];
      readonly most: number;
      readonly each: Reads;
    }
  /**
   * A trait object: its vtable's first three words, then as many bytes as they say, at most `most`; of a known type
   * `size` bytes without the holes. With `isKnownOnly` nothing of other types.
   */
  | {
      readonly kind: 'dyn';
      readonly data: number;
      readonly vtable: number;
      readonly add: number | null;
      readonly hasCounts: boolean;
      readonly most: number;
      readonly known: readonly KnownRead[];
      readonly isKnownOnly: boolean;
    }
  /** The word's low two bits say which: see the shape `io-error`. */
  | { readonly kind: 'tagged'; readonly offset: number; readonly tag: number; readonly then: Reads };

export type KnownRead = {
  readonly vtable: bigint;
  readonly size: number;
  readonly holes: readonly Range[];
  readonly then: Reads;
};

type Node = { readonly size: number; readonly holes: readonly Range[] };

const insideOf = (read: Reads[number]): readonly Reads[] => {
  switch (read.kind) {
    case 'if':
    case 'tagged':
    case 'block':
      return [read.then];
    case 'b-tree':
      return read.each;
    case 'dyn':
      return read.known.map(({ then }) => then);
    case 'c-string':
      return [];
    default:
      return [read.each];
  }
};

const some = (reads: Reads, test: (read: Reads[number]) => boolean): boolean =>
  reads.some((read) => test(read) || insideOf(read).some((inner) => some(inner, test)));

/** Whether a trait object is among them, however deep. */
export const hasDyn = (reads: Reads): boolean => some(reads, ({ kind }) => kind === 'dyn');
/** Whether a trait object is among them of which concrete types are known. */
export const hasKnownDyn = (reads: Reads): boolean =>
  some(reads, (read) => read.kind === 'dyn' && read.known.length > 0);
