/**
 * The typed tree: an expression with every name resolved to where its value is. Offsets, sizes and strides are in bytes,
 * numbers in memory are little-endian. Nothing in it points back into shapes or text.
 *
 * A node's value is either known or undecided, for a reason. `and` and `or` know what follows from one side alone.
 * Nodes may be shared between branches of a tree.
 */

/** The value that a place begins in: an argument by its number, or the result. */
export type Root = { readonly kind: 'argument'; readonly index: number } | { readonly kind: 'result' };

/** Where bytes of a value begin. */
export type Place =
  /** In the value's own bytes. */
  | { readonly kind: 'own'; readonly root: Root; readonly offset: number }
  /** In memory: `add` bytes behind the address that the 8 bytes at `pointer` are. Address 0 leads nowhere. */
  | { readonly kind: 'behind'; readonly pointer: Place; readonly add: number }
  /** `offset` bytes into an element of `stride` bytes. Undecided where `index` isn't below `count`. */
  | {
      readonly kind: 'element';
      readonly first: Place;
      readonly index: IntNode;
      readonly count: IntNode;
      readonly stride: number;
      readonly offset: number;
    }
  /** `offset` bytes behind `place`. Undecided while somebody may be writing there. */
  | { readonly kind: 'guarded'; readonly place: Place; readonly guard: Guard; readonly offset: number }
  /** `offset` bytes behind the place of the first case that holds; one always does. */
  | { readonly kind: 'either'; readonly cases: readonly Case<Place>[]; readonly offset: number };

/** A lock or a borrow's counter: busy where the unsigned number at `place` is in the range once it is masked. */
export type Guard = {
  readonly place: Place;
  readonly size: 4 | 8;
  readonly mask: bigint;
  readonly busy: ValueRange;
};

/** Both ends are part of it. */
export type ValueRange = { readonly low: bigint; readonly high: bigint };

export type Case<T> = { readonly when: BoolNode; readonly gives: T };

/** An unsigned number that says which variant a value is. */
export type Tag = { readonly place: Place; readonly size: 1 | 2 | 4 | 8 | 16 };

export type CompareOperation = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type IntOperation = '|' | '^' | '&' | '<<' | '>>' | '+' | '-' | '*' | '/' | '%';
export type FloatOperation = '+' | '-' | '*' | '/' | '%';

export type BoolNode =
  | { readonly kind: 'truth'; readonly value: boolean }
  /** A byte, 0 or 1; any other is invalid. */
  | { readonly kind: 'bool'; readonly place: Place }
  | { readonly kind: 'not'; readonly of: BoolNode }
  | { readonly kind: 'and'; readonly left: BoolNode; readonly right: BoolNode }
  | { readonly kind: 'or'; readonly left: BoolNode; readonly right: BoolNode }
  | { readonly kind: 'same-bool'; readonly left: BoolNode; readonly right: BoolNode }
  | {
      readonly kind: 'compare-int';
      readonly operation: CompareOperation;
      readonly left: IntNode;
      readonly right: IntNode;
    }
  /** As IEEE 754 has it: NaN is equal to nothing. */
  | {
      readonly kind: 'compare-float';
      readonly operation: CompareOperation;
      readonly left: FloatNode;
      readonly right: FloatNode;
    }
  /** By bytes. */
  | {
      readonly kind: 'compare-text';
      readonly operation: CompareOperation;
      readonly left: TextNode;
      readonly right: TextNode;
    }
  | {
      readonly kind: 'test-text';
      readonly test: 'starts_with' | 'ends_with' | 'contains';
      readonly of: TextNode;
      readonly part: TextNode;
    }
  /** Whether the tag is in one of the ranges. One that is in none of `known` means nothing; null: every one does. */
  | {
      readonly kind: 'variant';
      readonly tag: Tag;
      readonly values: readonly ValueRange[];
      readonly known: readonly ValueRange[] | null;
    }
  | { readonly kind: 'either'; readonly cases: readonly Case<BoolNode>[] };

/** Whole numbers, by mathematical value: -2^127 to 2^128 - 1, what is outside is undecided. Chars and durations too. */
export type IntNode =
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'load'; readonly place: Place; readonly size: 1 | 2 | 4 | 8 | 16; readonly signed: boolean }
  /** Four bytes; those that aren't a Unicode scalar value are invalid. */
  | { readonly kind: 'char'; readonly place: Place }
  /** Nanoseconds: 8 bytes of seconds, 4 of nanoseconds, which are below 10^9. */
  | { readonly kind: 'time-span'; readonly seconds: Place; readonly nanoseconds: Place }
  /** Nanoseconds between entry and exit; the process and the thread. */
  | { readonly kind: 'call'; readonly fact: 'duration' | 'pid' | 'tid' }
  /**
   * Exactly, `/` and `%` towards zero; bits of a negative number go on without end. Undecided: a result out of range (of
   * `isUnsigned` also one below 0), a division by 0, a shift by less than 0 or more than 127.
   */
  | {
      readonly kind: 'arithmetic';
      readonly operation: IntOperation;
      readonly left: IntNode;
      readonly right: IntNode;
      readonly isUnsigned: boolean;
    }
  | { readonly kind: 'negative'; readonly of: IntNode }
  /** Every bit of a number of that width turned over. */
  | { readonly kind: 'complement'; readonly of: IntNode; readonly size: 1 | 2 | 4 | 8 | 16; readonly signed: boolean }
  /** The largest n with 2^n not above it; of 0 and below, out of range. */
  | { readonly kind: 'ilog2'; readonly of: IntNode }
  /** The smallest power of two not below it, 1 of 0; of negative numbers, out of range. */
  | { readonly kind: 'next-power-of-two'; readonly of: IntNode }
  /** Bytes of a text. */
  | { readonly kind: 'length'; readonly of: TextNode }
  | { readonly kind: 'either'; readonly cases: readonly Case<IntNode>[] };

export type FloatNode =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'load-float'; readonly place: Place; readonly size: 2 | 4 | 8 }
  /** The result is rounded to a float of `size` bytes. */
  | {
      readonly kind: 'float-arithmetic';
      readonly operation: FloatOperation;
      readonly left: FloatNode;
      readonly right: FloatNode;
      readonly size: 2 | 4 | 8;
    }
  | { readonly kind: 'negative-float'; readonly of: FloatNode }
  | { readonly kind: 'either'; readonly cases: readonly Case<FloatNode>[] };

/** Bytes, mostly UTF-8. */
export type TextNode =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /**
   * Memory from `data` on. `length` counts its bytes, and with `hasNul` one more; above 2^63 - 1 it is invalid. Text
   * without a length ends before the first 0.
   */
  | { readonly kind: 'text'; readonly data: Place; readonly length: IntNode | null; readonly hasNul: boolean }
  /** The thread's name, at most 15 bytes. */
  | { readonly kind: 'comm' }
  | { readonly kind: 'either'; readonly cases: readonly Case<TextNode>[] };

/** The name of a variant: of the first case that has the tag; a tag that none has is invalid. Null: always `cases[0]`. */
export type VariantNode =
  | {
      readonly kind: 'variant-name';
      readonly tag: Tag | null;
      readonly cases: readonly { readonly name: string; readonly values: readonly ValueRange[] }[];
    }
  | { readonly kind: 'either'; readonly cases: readonly Case<VariantNode>[] };

/** A value by which calls are told apart, with its kind. */
export type KeyNode =
  | { readonly kind: 'int' | 'char' | 'duration'; readonly node: IntNode }
  | { readonly kind: 'float'; readonly node: FloatNode; readonly size: 2 | 4 | 8 }
  | { readonly kind: 'bool'; readonly node: BoolNode }
  | { readonly kind: 'text'; readonly node: TextNode }
  | { readonly kind: 'variant'; readonly node: VariantNode }
  | { readonly kind: 'tuple'; readonly items: readonly KeyNode[] };

export type Node = BoolNode | IntNode | FloatNode | TextNode | VariantNode;
