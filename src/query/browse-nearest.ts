import type { Entries } from './browse-entries.ts';
import { nearest } from './nearest.ts';

/** Names that are compared in one step, up to 5 µs each. */
const stepRows = 128;

/** As many as `rsym ls` names. */
const mostNearest = 5;

/** The names that a text that nothing is like may have meant, looked for in steps of a few milliseconds. */
export class NearestSearch {
  readonly #entries: Entries;
  readonly #rows: Uint32Array;
  readonly #text: string;
  #at = 0;
  #best = new Map<string, number>();

  constructor(entries: Entries, rows: Uint32Array, text: string) {
    this.#entries = entries;
    this.#rows = rows;
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#rows.length;
  }

  /** What is found so far, the best first. */
  rows(): Uint32Array {
    return Uint32Array.from(this.#best.values());
  }

  step(): void {
    const named = new Map(this.#best);
    const chunk = this.#rows.subarray(this.#at, this.#at + stepRows);
    this.#at += chunk.length;
    for (const row of chunk) {
      const name = this.#entries.name(row);
      if (!named.has(name)) named.set(name, row);
    }
    const names = nearest(this.#text, named.keys(), mostNearest);
    this.#best = new Map(names.map((name) => [name, named.get(name) ?? 0]));
  }
}
