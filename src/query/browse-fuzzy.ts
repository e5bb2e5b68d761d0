import { cleanup, single } from 'fuzzysort';
import type { Entries } from './browse-entries.ts';
import { isLower, type Range } from './browse-query.ts';

/** Below this a name only happens to have the letters; 1 is the text itself. */
const leastScore = 0.5;

/** Fewer letters are in every other name, in order. */
const fewestLetters = 3;

/** A name of a book's length costs as much to score as thousands of others. */
const longestName = 1_024;

/** Rows looked at in one step, 1 µs each, and rows scored in one, up to 300 µs each. */
const stepRows = { near: 1_024, scored: 4 } as const;

/** The range that the letters of a text may take in a name, for each of them. */
const spread = (letters: number): number => 8 + 4 * letters;

/** A name that has the letters of a text in order; `score` is 0.5 to 1. */
export type FuzzyMatch = { readonly row: number; readonly score: number };

/**
 * Names that are like a text without containing it: `mirpretty` finds `mir::pretty`. Looks at all rows for those that
 * have its letters near each other, which is cheap, then scores these; in steps of a few milliseconds.
 */
export class FuzzySearch {
  readonly #entries: Entries;
  readonly #rows: Uint32Array;
  readonly #text: string;
  readonly #words: readonly Uint8Array[];
  readonly #foldsCase: boolean;
  readonly #isKnown: (row: number) => boolean;
  #at = 0;
  #near: number[] = [];
  #scored = 0;
  #found: FuzzyMatch[] = [];

  /** `isKnown`: rows that are found already. */
  constructor(entries: Entries, rows: Uint32Array, text: string, isKnown: (row: number) => boolean) {
    this.#entries = entries;
    this.#rows = rows;
    this.#text = text;
    this.#isKnown = isKnown;
    this.#foldsCase = isLower(text);
    this.#words = text
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => new TextEncoder().encode(word));
    if (this.#words.reduce((sum, word) => sum + word.length, 0) < fewestLetters) this.#at = rows.length;
  }

  get done(): boolean {
    return this.#at >= this.#rows.length && this.#scored >= this.#near.length;
  }

  /** What is found so far, the best first. */
  get found(): readonly FuzzyMatch[] {
    return this.#found;
  }

  step(): void {
    if (this.#at < this.#rows.length) this.#look();
    else this.#score();
    // It keeps what it has worked out of every name.
    if (this.done) cleanup();
  }

  #look(): void {
    const end = Math.min(this.#at + stepRows.near, this.#rows.length);
    for (; this.#at < end; this.#at++) {
      const row = this.#rows[this.#at] ?? 0;
      if (this.#isKnown(row)) continue;
      const name = this.#entries.nameBytes(row);
      if (name.length <= longestName && this.#words.every((word) => hasNear(name, word, this.#foldsCase)))
        this.#near.push(row);
    }
  }

  #score(): void {
    const end = Math.min(this.#scored + stepRows.scored, this.#near.length);
    const added: FuzzyMatch[] = [];
    for (; this.#scored < end; this.#scored++) {
      const row = this.#near[this.#scored] ?? 0;
      const score = single(this.#text, this.#entries.name(row))?.score ?? 0;
      if (score >= leastScore) added.push({ row, score });
    }
    if (added.length > 0) this.#found = [...this.#found, ...added].sort((a, b) => b.score - a.score);
  }
}

/** Where the letters of a fuzzy match are; none where it is no match. */
export const fuzzyRanges = (text: string, name: string): readonly Range[] => {
  const found = name.length <= longestName ? single(text, name) : null;
  if (found === null || found.score < leastScore) return [];
  const ranges: { start: number; end: number }[] = [];
  for (const at of found.indexes) {
    const last = ranges.at(-1);
    if (last?.end === at) last.end++;
    else ranges.push({ start: at, end: at + 1 });
  }
  return ranges;
};

/** How often a place for the first letter is tried. */
const mostTries = 8;

/** Whether the letters are in the name in their order, near each other; `foldsCase`: capitals are taken for small letters. */
const hasNear = (name: Uint8Array, letters: Uint8Array, foldsCase: boolean): boolean => {
  const upperCase = foldsCase ? 26 : 0;
  const folded = (byte: number): number => (byte >= 65 && byte < 65 + upperCase ? byte + 32 : byte);
  const widest = spread(letters.length);
  let from = 0;
  for (let tries = 0; tries < mostTries; tries++) {
    let next = 0;
    let at = from;
    for (; at < name.length && next < letters.length; at++) if (folded(name[at] ?? 0) === letters[next]) next++;
    if (next < letters.length) return false;
    // Back from the last letter: the nearest that all of them can be.
    let start = at;
    while (next > 0) if (folded(name[--start] ?? 0) === letters[next - 1]) next--;
    if (at - start <= widest) return true;
    from = start + 1;
  }
  return false;
};
