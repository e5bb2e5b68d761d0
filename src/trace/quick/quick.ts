import type { ValueShape } from '../../abi/shape.ts';
import type { TextBytes } from '../../base/text-bytes.ts';

/**
 * The short way from a record's bytes to a value's text, for what most calls have: numbers, texts, small structs. What is
 * said of a value must not depend on the way: a quick text gives up on whatever isn't ordinary (a byte that is escaped, a
 * bit pattern that the type doesn't have, memory that wasn't read), and the value is then decoded in full.
 *
 * `record` is where the record begins in the view, `at` where the value's own bytes do. False: it gave up, and what it has
 * written is for the caller to take back.
 */
export type QuickText = (view: DataView, record: number, at: number, to: TextBytes) => boolean;

/** What a quick text of a value depends on beside its shape. */
export type QuickPlan = {
  /** Where the record's blocks begin; null: it has none. */
  readonly blocks: number | null;
  /** Elements of one sequence that are shown. */
  readonly items: number;
};

/** The quick text of a part; null where there is none. `left` bounds how many parts a value has and how deep they are. */
export type QuickParts = (shape: ValueShape, plan: QuickPlan, left: Parts) => QuickText | null;

export type Parts = { count: number; depth: number };

// Far below what a value may write before it is cut short: a quick text never has to ask.
const mostParts = 24;
const mostDepth = 12;

export const someParts = (): Parts => ({ count: mostParts, depth: mostDepth });

/** A text that is always the same. */
export const quickFixed = (text: string): QuickText => {
  const bytes = Buffer.from(text);
  return (_view, _record, _at, to) => {
    to.piece(bytes);
    return true;
  };
};
