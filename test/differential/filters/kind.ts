import type { Dice } from '../abi/dice.ts';
import type { Condition, NumberTerm, Place, TestPattern } from './condition.ts';

/** A Rust type that values are passed in: how one more is written, and what can be asked of one. */
export type Kind = {
  readonly text: string;
  /** The source of one more value. */
  readonly value: () => string;
  /** One more question about a value. */
  readonly ask: (at: Place) => Condition;
  /** One more pattern that it may match. */
  readonly pattern?: () => TestPattern;
  /** Whole numbers in it that can be computed with. */
  readonly numbers?: (at: Place) => readonly NumberTerm[];
  /** A statement that changes what is behind it, given the place. */
  readonly change?: (rust: string) => string;
  /** Text: `rust` is of type `&[u8]`. */
  readonly bytes?: (at: Place) => Place;
};

/** What kinds are made in: others to nest, and a place for the declarations that they need. */
export type Kinds = {
  readonly dice: Dice;
  readonly any: (depth: number) => Kind;
  /** One of which every question needs to look at the value. */
  readonly looked: (depth: number) => Kind;
  /** Adds an item, whose text is made with its new name; gives the name. */
  readonly declare: (prefix: string, source: (name: string) => string) => string;
  /** A name that no other pattern binds. */
  readonly binding: () => string;
};
