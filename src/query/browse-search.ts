import { RsymError } from '../base/errors.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import { isColdPart } from './locate.ts';
import { type Pattern, parsePattern } from './pattern.ts';

/** What a text typed into the search field asks for. */
type Query =
  | { readonly kind: 'all' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  | { readonly kind: 'fault'; readonly fault: string };

/** Globs, regular expressions, implementations, mangled names and addresses; all else is text that names contain. */
export const looksLikePattern = /^\/|\*|^<_|^<.* as _|^0x[0-9a-f_]+$|^_R[A-Z0-9]|^__?Z[NK\dL]/i;

const read = (typed: string): Query => {
  const text = typed.trim();
  if (text === '') return { kind: 'all' };
  if (!looksLikePattern.test(text)) return { kind: 'text', text };
  try {
    return { kind: 'pattern', pattern: parsePattern(text) };
  } catch (error) {
    if (error instanceof RsymError) return { kind: 'fault', fault: error.message };
    throw error;
  }
};

/** Rows looked at in one step: a plain text costs about 0.2 µs a row, a pattern up to 5. */
const stepRows = { text: 4_096, pattern: 512 } as const;

/**
 * A search that is done in steps of a few milliseconds, so that its first rows can be shown, and a newer search begun,
 * before it has looked at every name. Names whose last segment is the text come first, then those with a segment that
 * begins with it, then the others, each in the order of `source`.
 */
export class Search {
  readonly text: string;
  /** Why the text can't be searched for; null: it can. */
  readonly fault: string | null;
  readonly #symbols: SymbolTable;
  readonly #query: Query;
  readonly #source: Uint32Array;
  readonly #found: Uint32Array[] = [];
  readonly #ranked: [Uint32Array[], Uint32Array[], Uint32Array[]] = [[], [], []];
  #at = 0;

  constructor(symbols: SymbolTable, source: Uint32Array, typed: string, before?: Search) {
    this.text = typed;
    this.#symbols = symbols;
    this.#query = read(typed);
    this.fault = this.#query.kind === 'fault' ? this.#query.fault : null;
    this.#source = (before && this.#narrower(before)) ?? source;
  }

  get done(): boolean {
    return this.#query.kind === 'all' || this.#query.kind === 'fault' || this.#at >= this.#source.length;
  }

  /** What is found so far. */
  rows(): Uint32Array {
    return this.#query.kind === 'all' ? this.#source : join(this.#ranked.flat());
  }

  step(): void {
    if (this.done || this.#query.kind === 'all' || this.#query.kind === 'fault') return;
    const chunk = this.#source.subarray(this.#at, this.#at + stepRows[this.#query.kind]);
    this.#at += chunk.length;
    if (this.#query.kind === 'pattern') {
      this.#ranked[2].push(this.#matching(this.#query.pattern, chunk));
      return;
    }
    const found = this.#symbols.search(this.#query.text, chunk);
    this.#found.push(found);
    this.#rank(this.#query.text, found);
  }

  /** A longer text is only in names that the shorter one is in. */
  #narrower(before: Search): Uint32Array | undefined {
    const [mine, theirs] = [this.#query, before.#query];
    if (mine.kind !== 'text' || theirs.kind !== 'text' || !before.done) return undefined;
    const sameCase = isLower(mine.text) === isLower(theirs.text) || isLower(theirs.text);
    return sameCase && mine.text.toLowerCase().includes(theirs.text.toLowerCase()) ? join(before.#found) : undefined;
  }

  #rank(text: string, found: Uint32Array): void {
    if (found.length === 0) return;
    const begins = this.#symbols.search(`::${text}`, found);
    const isLast = lastSegmentTest(this.#symbols, text);
    const exact: number[] = [];
    const begun: number[] = [];
    const others: number[] = [];
    // Both lists are in the same order.
    let next = 0;
    for (const row of found) {
      const isBegun = begins[next] === row;
      if (isBegun) next++;
      if (isLast(row, isBegun)) exact.push(row);
      else (isBegun ? begun : others).push(row);
    }
    for (const [i, rows] of [exact, begun, others].entries()) this.#ranked[i]?.push(Uint32Array.from(rows));
  }

  #matching(pattern: Pattern, chunk: Uint32Array): Uint32Array {
    const symbols = this.#symbols;
    if (pattern.address !== null) {
      const holders = new Set(symbols.containing(pattern.address as ReturnType<SymbolTable['address']>));
      return chunk.filter((row) => symbols.address(row) === pattern.address || holders.has(row));
    }
    const possible = pattern.literal === null ? chunk : symbols.search(pattern.literal, chunk);
    return possible.filter((row) => pattern.matches(symbols.name(row), symbols.raw(row), symbols.address(row)));
  }
}

/**
 * Tells whether a name that contains the text is it, or has it as its last segment. Compares bytes: making strings of
 * a hundred thousand names takes longer than finding them. Valid until the table's memory next grows.
 */
const lastSegmentTest = (symbols: SymbolTable, text: string): ((row: number, beginsSegment: boolean) => boolean) => {
  const wanted = Buffer.from(`::${text}`);
  const foldCase = isLower(text);
  const wholeLength = Buffer.byteLength(text);
  return (row, beginsSegment) => {
    const name = symbols.nameBytes(row);
    if (name.length === wholeLength) return true;
    if (!beginsSegment) return false;
    const from = name.length - wanted.length;
    for (let i = 0; i < wanted.length; i++) {
      const byte = name[from + i] ?? 0;
      if (byte !== wanted[i] && !(foldCase && byte >= 65 && byte <= 90 && byte + 32 === wanted[i])) return false;
    }
    return true;
  };
};
const isLower = (text: string): boolean => text === text.toLowerCase();

const join = (parts: readonly Uint32Array[]): Uint32Array => {
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
