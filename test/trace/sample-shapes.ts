import type { ValueShape } from '../../src/abi/shape.ts';
import { behind } from './shown-values.ts';

type Shape<Kind extends ValueShape['kind']> = Extract<ValueShape, { kind: Kind }>;

const counts = { strong: 0, weak: 8 };

/** As in an Rc: the value lies behind its counters. */
export const behindCounts = { data: 0, add: 16, counts };

export const counted = (target: ValueShape): Shape<'pointer'> => ({
  kind: 'pointer',
  size: 8,
  behind: behindCounts,
  target,
});

export const redacted = (size: number): Shape<'cut'> => ({ kind: 'cut', size, why: 'redacted' });

export const ring = (element: ValueShape): Shape<'ring'> => ({
  kind: 'ring',
  size: 32,
  behind: behind(8),
  capacity: 0,
  head: 16,
  length: 24,
  tail: null,
  element,
});

/** As before Rust 1.67. */
export const oldRing = (element: ValueShape): Shape<'ring'> => ({ ...ring(element), length: null, tail: 24 });

export const list = (element: ValueShape): Shape<'list'> => ({
  kind: 'list',
  size: 24,
  head: 0,
  length: 16,
  node: { size: 16 + element.size, next: 0, element: 16 },
  element,
});

export const hashTable = (element: ValueShape, isMap = true): Shape<'hash-table'> => ({
  kind: 'hash-table',
  size: 32,
  control: 0,
  mask: 8,
  items: 24,
  element,
  isMap,
});

/** A map whose inner nodes have their edges right behind what a leaf has. */
export const tree = (leaf: Shape<'b-tree'>['leaf'], key: ValueShape, value: ValueShape): Shape<'b-tree'> => ({
  kind: 'b-tree',
  size: 24,
  root: 0,
  height: 8,
  length: 16,
  leaf,
  edges: leaf.size,
  key,
  value,
  isMap: true,
});

export const dyn = (more: Partial<Shape<'dyn'>> = {}): Shape<'dyn'> => ({
  kind: 'dyn',
  size: 16,
  data: 0,
  vtable: 8,
  add: 0,
  counts: null,
  trait: 'app::Animal',
  known: [],
  ...more,
});
