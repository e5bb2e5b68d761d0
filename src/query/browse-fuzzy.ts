import { cleanup, single } from 'fuzzysort';
import type { Entries } from './browse-entries.ts';
import { hasNear, wordCost } from './browse-letters.ts';
import { isLower, type Range } from './browse-query.ts';

/** Below this a name only happens to have the letters; 1 is the text itself. */
const leastScore = 0.5;

/** Fewer letters are in every other name, in order. */
const fewestLetters = 3;

/** A name of a book's length costs as much to score as thousands of others. */
const longestName = 1_024;

/** Rows looked at in one step, 1 to 11 µs each, and rows scored in one, up to 300 µs each. */
const stepRows = { near: 128, scored: 4 } as const;

/** A name that has the letters of a text in order; `score` is 0.5 to 1. */
type FuzzyMatch = { readonly row: number; readonly score: number };

/**
 * Names that are like a text without containing it: `mirpretty` finds `mir::pretty`, and `wrk` finds `work` where the
 * search is wide. Looks at all rows for those that have its letters near each other, which is cheap, then scores these;
 * in steps of a few milliseconds.
 */
export class FuzzySearch {
  readonly #entries: Entries;
  readonly #rows: Uint32Array;
  readonly #text: string;
  readonly #words: readonly Uint8Array[];
  readonly #foldsCase: boolean;
  readonly #isKnown: (row: number) => boolean;
  readonly #isWide: boolean;
  #at = 0;
  #near: number[] = [];
  #scored = 0;
  #found: FuzzyMatch[] = [];
  /** Rows in whose words letters are left out, by what that costs. */
  #byCost: number[][] = [];
  /** The same, the best first, once all are there; without those that turned out to be more alike. */
  #worded: Set<number> = new Set();

  /** `isKnown`: rows that are found already; `isWide`: they are few, and letters of words may be left out. */
  constructor(
    entries: Entries,
    rows: Uint32Array,
    text: string,
    { isKnown, isWide }: { readonly isKnown: (row: number) => boolean; readonly isWide: boolean },
  ) {
    this.#entries = entries;
    this.#isWide = isWide;
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

  /** How many are found so far. */
  get count(): number {
    return this.#found.length + this.#worded.size;
  }

  /** What is found so far, the best first. */
  rows(): Uint32Array {
    return Uint32Array.from([...this.#found.map(({ row }) => row), ...this.#worded]);
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
      if (name.length > longestName || !this.#words.every((word) => hasNear(name, word, this.#foldsCase))) continue;
      this.#near.push(row);
      const cost = this.#isWide ? this.#wordCost(name) : null;
      if (cost === null) continue;
      this.#byCost[cost] ??= [];
      this.#byCost[cost].push(row);
    }
    if (this.#at < this.#rows.length) return;
    this.#worded = new Set(this.#byCost.flat());
    this.#byCost = [];
  }

  #wordCost(name: Uint8Array): number | null {
    let sum = 0;
    for (const word of this.#words) {
      const cost = wordCost(name, word, this.#foldsCase);
      if (cost === null) return null;
      sum += cost;
    }
    return sum;
  }

  #score(): void {
    const end = Math.min(this.#scored + stepRows.scored, this.#near.length);
    const added: FuzzyMatch[] = [];
    for (; this.#scored < end; this.#scored++) {
      const row = this.#near[this.#scored] ?? 0;
      const score = single(this.#text, this.#entries.name(row))?.score ?? 0;
      if (score < leastScore) continue;
      added.push({ row, score });
      this.#worded.delete(row);
    }
    if (added.length > 0) this.#found = [...this.#found, ...added].sort((a, b) => b.score - a.score);
  }
}

/** Where the letters of a fuzzy match are; none where it is no match. */
export const fuzzyRanges = (text: string, name: string): readonly Range[] => {
  const found = name.length <= longestName ? single(text, name) : null;
  if (found === null) return [];
  const ranges: { start: number; end: number }[] = [];
  for (const at of found.indexes) {
    const last = ranges.at(-1);
    if (last?.end === at) last.end++;
    else ranges.push({ start: at, end: at + 1 });
  }
  return ranges;
};
