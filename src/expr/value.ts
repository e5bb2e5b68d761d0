import type { ValueShape } from '../abi/shape.ts';
import type { Span, Width } from './token.ts';
import type { BoolNode, FloatNode, IntNode, Place, TextNode, VariantNode } from './tree.ts';

/** A value that has operations. */
export type Loaded =
  /**
   * `width` null: of a literal, which takes that of the other side, or of a result, which is exact. `literal`: how the
   * other side is to take it; null: it isn't one.
   */
  | {
      readonly kind: 'int';
      readonly node: IntNode;
      readonly width: Width | null;
      readonly literal: { readonly value: bigint; readonly isComplement: boolean } | null;
    }
  /** `size` null: of a literal. */
  | { readonly kind: 'float'; readonly node: FloatNode; readonly size: 2 | 4 | 8 | null }
  | { readonly kind: 'bool'; readonly node: BoolNode }
  | { readonly kind: 'char'; readonly node: IntNode }
  | { readonly kind: 'duration'; readonly node: IntNode }
  | { readonly kind: 'text'; readonly node: TextNode }
  | { readonly kind: 'variant'; readonly node: VariantNode };

/** A value in memory or in a call's own bytes, of which nothing was read yet. */
export type Placed = {
  readonly kind: 'placed';
  readonly place: Place;
  readonly shape: ValueShape;
};

/** What an expression stands for. */
export type Value =
  | Loaded
  | Placed
  | { readonly kind: 'tuple'; readonly items: readonly Value[] }
  /** A path or a capitalised name that can be a variant: it has a meaning next to an enum only. */
  | { readonly kind: 'unit-variant'; readonly segments: readonly string[]; readonly span: Span };

/** What bindings of a pattern stand for, where it has matched. */
export type Bindings = ReadonlyMap<string, Value>;

const aOf = (name: string): string => `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;

const shapeNames: Readonly<Partial<Record<ValueShape['kind'], string>>> = {
  int: 'an integer',
  float: 'a float',
  char: 'a character',
  unit: 'the empty value `()`',
  never: 'a value that never is',
  address: 'an address',
  fixed: 'a value without parts',
  opaque: 'bytes of an unknown layout',
  array: 'an array',
  enum: 'an enum',
  'c-enum': 'an enum',
  pointer: 'a reference',
  'c-string': 'text',
  text: 'text',
  sequence: 'a slice or Vec',
  ring: 'a VecDeque',
  'hash-table': 'a hash table',
  'b-tree': 'a B-tree',
  list: 'a linked list',
  dyn: 'a trait object',
  'io-error': 'an io::Error',
  ipv4: 'an IP address',
  ipv6: 'an IP address',
  'socket-address': 'a socket address',
  range: 'a range',
  'ref-cell': 'a RefCell',
};

/** What a value of that shape is, in an error: `an integer`. */
export const describeShape = (shape: ValueShape): string => {
  if (shape.kind === 'struct') return shape.name === '' ? 'a tuple' : 'a struct';
  if (shape.kind === 'lock' || shape.kind === 'once') return aOf(shape.name);
  return shapeNames[shape.kind] ?? aOf(shape.kind);
};

const valueNames: Readonly<Record<Exclude<Value['kind'], 'placed'>, string>> = {
  int: 'an integer',
  float: 'a float',
  bool: 'a bool',
  char: 'a character',
  duration: 'a duration',
  text: 'text',
  variant: "a variant's name",
  tuple: 'a tuple',
  'unit-variant': 'a variant',
};

export const describeValue = (value: Value): string =>
  value.kind === 'placed' ? describeShape(value.shape) : valueNames[value.kind];
