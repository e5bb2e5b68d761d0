import type { ValueShape } from './shape.ts';

/** Shapes of types of Rust that have only one, by the kind of type. */
export const plainShapes = {
  bool: { kind: 'bool', size: 1 },
  char: { kind: 'char', size: 4 },
  unit: { kind: 'unit', size: 0 },
  never: { kind: 'never', size: 0 },
} as const satisfies Record<string, ValueShape>;
