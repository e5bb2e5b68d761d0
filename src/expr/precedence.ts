import type { BinaryOperator } from './syntax.ts';

/** Rust's levels of binary operators, the loosest first. `is` is a comparison. */
export const levels: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

export const comparing = 2;
