import type { Dice } from './dice.ts';

/** A Rust type as source text, and how to write one more value of it. */
export type RustType = {
  readonly text: string;
  readonly value: () => string;
  readonly copy: boolean;
};

/** What random types are made in: types to nest, and a place for the declarations that they need. */
export type Space = {
  readonly dice: Dice;
  /** Any type, nested at most `depth` deep. */
  readonly any: (depth: number) => RustType;
  /** Adds an item, whose text is made with its new name; gives the name. */
  readonly declare: (kind: string, source: (name: string) => string) => string;
};

export const several = <Item>(count: number, make: () => Item): Item[] => Array.from({ length: count }, make);
