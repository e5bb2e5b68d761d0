import type { SymbolTable } from '../elf/symbols.ts';
import type { Entries } from './browse-entries.ts';
import { FuzzySearch } from './browse-fuzzy.ts';
import { NearestSearch } from './browse-nearest.ts';
import { isLower, narrows, pathMatcher, type Query, readQuery } from './browse-query.ts';
import { isColdPart } from './locate.ts';
import type { Pattern } from './pattern.ts';

/**
 * Rows looked at in one step: a plain text costs about 0.2 µs a row, a path up to 2, a pattern up to 5; in the first
 * step, before the code is compiled, ten times as much.
 */
const stepRows = { text: 512, path: 512, pattern: 256 } as const;

/** What is searched. */
export type SearchSource = {
  readonly entries: Entries;
  /** In the order in which they are to be shown. */
  readonly rows: Uint32Array;
  /** What fits best comes first; otherwise the order stays. */
  readonly isRanked: boolean;
};

/** Best first: the last segment is the text; segments begin with it (of a path: one behind the other, or in order); it is anywhere. */
const ranks = 4;
const openAngle = 0x3c;

/** Where fewer names than these contain a text, those are looked for too in whose words letters of it were left out. */
const fewFound = 10;

/**
 * A search that is done in steps of a few milliseconds, so that its first rows can be shown, and a newer search begun,
 * before it has looked at every name. Names whose last segment is the text come first, then those with a segment that
 * begins with it, then the others that contain it, each in the order of the source; then those that are like it, by how
 * much.
 */
export class Search {
  readonly text: string;
  /** Why the text can't be searched for; null: it can. */
  readonly fault: string | null;
  readonly #source: SearchSource;
  readonly #query: Query;
  readonly #rows: Uint32Array;
  readonly #found: Uint32Array[] = [];
  /** Of each rank first the names that begin with their crate, then those of implementations. */
  readonly #ranked: readonly Uint32Array[][] = Array.from({ length: 2 * ranks }, () => []);
  readonly #matchPath: ReturnType<typeof pathMatcher> | null;
  #fuzzy: FuzzySearch | null = null;
  #nearest: NearestSearch | null = null;
  #at = 0;
  #count = 0;

  /** `before`: an earlier search of the same source, which this one may narrow. */
  constructor(source: SearchSource, typed: string, before?: Search) {
    this.text = typed;
    this.#source = source;
    this.#query = readQuery(typed);
    this.fault = this.#query.kind === 'fault' ? this.#query.fault : null;
    this.#matchPath = this.#query.kind === 'path' ? pathMatcher(this.#query.text, this.#query.segments) : null;
    this.#rows = (before && this.#narrower(before)) ?? source.rows;
  }

  get done(): boolean {
    if (!this.#isExhausted || !this.#isFuzzy) return this.#isExhausted;
    return this.#fuzzy?.done === true && (this.count > 0 || this.#nearest?.done === true);
  }

  /** Where a text finds nothing: functions that may have been meant, the likeliest first. */
  nearest(): Uint32Array {
    return this.done ? (this.#nearest?.rows() ?? new Uint32Array()) : new Uint32Array();
  }

  /** How many are found so far. */
  get count(): number {
    if (this.#query.kind === 'all') return this.#source.rows.length;
    return this.#count + (this.#fuzzy?.count ?? 0);
  }

  /** What is found so far. */
  rows(): Uint32Array {
    if (this.#query.kind === 'all') return this.#source.rows;
    const alike = this.#fuzzy?.rows() ?? new Uint32Array();
    if (this.#source.isRanked) return join([...this.#ranked.flat(), alike]);
    return this.#merged(join(this.#found), alike);
  }

  step(): void {
    const query = this.#query;
    if (query.kind === 'all' || query.kind === 'fault') return;
    if (this.#isExhausted) {
      this.#stepFuzzy();
      return;
    }
    const chunk = this.#rows.subarray(this.#at, this.#at + stepRows[query.kind]);
    this.#at += chunk.length;
    if (query.kind === 'pattern') {
      const found = this.#matching(query.pattern, chunk);
      this.#add(found);
      this.#ranked[0]?.push(found);
    } else if (query.kind === 'path') this.#path(query.text, query.segments, chunk);
    else this.#text(query.text, chunk);
  }

  #add(found: Uint32Array): void {
    this.#found.push(found);
    this.#count += found.length;
  }

  get #isExhausted(): boolean {
    return this.#query.kind === 'all' || this.#query.kind === 'fault' || this.#at >= this.#rows.length;
  }

  get #isFuzzy(): boolean {
    return this.#query.kind === 'text' || this.#query.kind === 'path';
  }

  #stepFuzzy(): void {
    if (this.#query.kind !== 'text' && this.#query.kind !== 'path') return;
    if (this.#fuzzy === null) {
      const known = new Uint8Array(this.#source.entries.count);
      for (const rows of this.#found) for (const row of rows) known[row] = 1;
      this.#fuzzy = new FuzzySearch(this.#source.entries, this.#source.rows, this.#query.text, {
        isKnown: (row) => known[row] === 1,
        isWide: this.#count < fewFound,
      });
    }
    if (!this.#fuzzy.done) {
      this.#fuzzy.step();
      return;
    }
    if (this.count > 0) return;
    this.#nearest ??= new NearestSearch(this.#source.entries, this.#source.rows, this.#query.text);
    if (!this.#nearest.done) this.#nearest.step();
  }

  /** A longer text is only in names that the shorter one is in. */
  #narrower(before: Search): Uint32Array | undefined {
    if (before.#source.rows !== this.#source.rows || !before.#isExhausted) return undefined;
    return narrows(this.#query, before.#query) ? join(before.#found) : undefined;
  }

  #text(text: string, chunk: Uint32Array): void {
    const { entries } = this.#source;
    const found = entries.search(text, chunk);
    this.#add(found);
    if (!this.#source.isRanked || found.length === 0) return;
    const begins = inOrderTest(entries.search(`::${text}`, found));
    const isLast = lastSegmentTest(entries, text);
    this.#rank(found, (row) => {
      const isBegun = begins(row);
      return isLast(row, isBegun) ? 0 : isBegun ? 1 : 3;
    });
  }

  #path(text: string, segments: readonly string[], chunk: Uint32Array): void {
    const { entries } = this.#source;
    // Every match has all the segments; so has every name that contains the text.
    let possible = chunk;
    for (const segment of segments) possible = entries.search(segment, possible);
    if (possible.length === 0) return;
    const contains = inOrderTest(entries.search(text, possible));
    const follows = inOrderTest(entries.search(`::${text.replace(/^::/, '')}`, possible));
    const isLast = lastSegmentTest(entries, text.replace(/^::/, ''));
    const rankOf = new Map<number, number>();
    const found = possible.filter((row) => {
      const isContained = contains(row);
      // Asked of each row, in order.
      const isLastOf = isLast(row, follows(row));
      const match = this.#matchPath?.(entries.name(row)) ?? null;
      if (match === null && !isContained) return false;
      rankOf.set(row, isContained && isLastOf ? 0 : match?.isClose ? 1 : match ? 2 : 3);
      return true;
    });
    this.#add(found);
    if (this.#source.isRanked) this.#rank(found, (row) => rankOf.get(row) ?? 3);
  }

  #rank(found: Uint32Array, rankOf: (row: number) => number): void {
    const { entries } = this.#source;
    const parts: number[][] = Array.from({ length: 2 * ranks }, () => []);
    for (const row of found) parts[2 * rankOf(row) + (entries.nameBytes(row)[0] === openAngle ? 1 : 0)]?.push(row);
    for (const [i, rows] of parts.entries()) if (rows.length > 0) this.#ranked[i]?.push(Uint32Array.from(rows));
  }

  #matching(pattern: Pattern, chunk: Uint32Array): Uint32Array {
    const { entries } = this.#source;
    if (pattern.address !== null) {
      const holders = new Set(entries.symbols.containing(pattern.address as ReturnType<SymbolTable['address']>));
      return chunk.filter((row) => entries.address(row) === pattern.address || holders.has(row));
    }
    const possible = pattern.literal === null ? chunk : entries.search(pattern.literal, chunk);
    return possible.filter((row) => pattern.matches(entries.name(row), entries.raw(row), entries.address(row)));
  }

  /** Both in the order of the source. */
  #merged(found: Uint32Array, alike: Uint32Array): Uint32Array {
    if (alike.length === 0) return found;
    const isFound = new Uint8Array(this.#source.entries.count);
    for (const row of found) isFound[row] = 1;
    for (const row of alike) isFound[row] = 1;
    return this.#source.rows.filter((row) => isFound[row] === 1);
  }
}

/** Tells whether a row is among those found, if it is asked of rows in their order. */
const inOrderTest = (found: Uint32Array): ((row: number) => boolean) => {
  let next = 0;
  return (row) => {
    if (found[next] !== row) return false;
    next++;
    return true;
  };
};

/**
 * Tells whether a name that contains the text is it, or has it as its last segment. Compares bytes: making strings of
 * a hundred thousand names takes longer than finding them. Valid until the table's memory next grows.
 */
const lastSegmentTest = (entries: Entries, text: string): ((row: number, beginsSegment: boolean) => boolean) => {
  const wanted = Buffer.from(`::${text}`);
  const foldCase = isLower(text);
  const isWanted = (name: Uint8Array, from: number): boolean => {
    for (let i = 0; i < wanted.length; i++) {
      const byte = name[from + i] ?? 0;
      if (byte !== wanted[i] && !(foldCase && byte >= 65 && byte <= 90 && byte + 32 === wanted[i])) return false;
    }
    return true;
  };
  const wholeLength = wanted.length - 2;
  return (row, beginsSegment) => {
    const name = entries.nameBytes(row);
    // Of the same length it is the text, as it contains it.
    return name.length === wholeLength || (beginsSegment && isWanted(name, name.length - wanted.length));
  };
};

const join = (parts: readonly Uint32Array[]): Uint32Array => {
  if (parts.length === 1 && parts[0]) return parts[0];
  const all = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/**
 * Functions by name, without the parts of functions that the compiler moved away; those by the raw name of the function
 * they belong to.
 */
export const browsable = (
  symbols: SymbolTable,
): { rows: Uint32Array; parts: ReadonlyMap<string, readonly number[]> } => {
  const rows = symbols.sort(symbols.functions(), 'name');
  const parts = new Map<string, number[]>();
  const cold = new Set<number>();
  for (const row of symbols.containingText('.cold', rows, 'raw')) {
    const raw = symbols.raw(row);
    if (!isColdPart(raw)) continue;
    cold.add(row);
    const owner = raw.slice(0, raw.lastIndexOf('.cold'));
    parts.set(owner, [...(parts.get(owner) ?? []), row]);
  }
  return { rows: cold.size === 0 ? rows : rows.filter((row) => !cold.has(row)), parts };
};
