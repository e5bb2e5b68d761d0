import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { hex } from '../base/units.ts';
import type { Entries } from './browse-entries.ts';
import { possibleFor } from './list-match.ts';
import { type Pattern, parsePattern } from './pattern.ts';

/** A pattern of a selection, and the line that it stands on, from 1. */
export type SelectedPattern = { readonly line: number; readonly pattern: Pattern };

/** More functions than anybody marks, or than a trace should watch. */
const mostPatterns = 10_000;

/**
 * Reads a selection: one pattern a line, as `rsym trace` takes it; blank lines and those that begin with `#` aside. Throws
 * RsymError `input` that names the file and the line.
 */
export const readSelection = (text: string, name: string): readonly SelectedPattern[] => {
  const patterns: SelectedPattern[] = [];
  for (const [i, own] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const words = own.trim();
    if (words === '' || words.startsWith('#')) continue;
    if (patterns.length === mostPatterns)
      throw new RsymError('input', `${sanitize(name)} has more than ${mostPatterns} patterns`);
    patterns.push({ line: i + 1, pattern: parsed(words, name, i + 1) });
  }
  return patterns;
};

const parsed = (words: string, name: string, line: number): Pattern => {
  try {
    return parsePattern(words);
  } catch (cause) {
    if (!(cause instanceof RsymError)) throw cause;
    throw new RsymError('input', `cannot read line ${line} of ${sanitize(name)}`, { reason: cause.message, cause });
  }
};

/** The text of a selection: each function's pattern, below its name where they differ. */
export const selectionText = (
  file: string,
  functions: readonly { readonly name: string; readonly pattern: string }[],
): string =>
  [
    `# functions of ${sanitize(file)}: one pattern a line, as \`rsym trace\` takes it`,
    ...functions.flatMap(({ name, pattern }) => (name === pattern ? [pattern] : [`# ${name}`, pattern])),
    '',
  ].join('\n');

/**
 * A pattern that means this function. Its path, where no other function has it; else its name in the symbol table, if one
 * symbol alone has that; else its address, which only this build of the file knows.
 */
export const patternFor = (entries: Entries, row: number, copies: number | null): string => {
  const name = entries.name(row);
  if (entries.isInlined(row) || (copies === 1 && means(name, entries, row))) return name;
  const raw = entries.raw(row);
  const isOnly = entries.symbols.byRaw(raw).length === 1;
  return isOnly && means(raw, entries, row) ? raw : hex(entries.symbols.address(row));
};

const means = (text: string, entries: Entries, row: number): boolean => {
  // A line of its own, and no comment.
  if (text !== text.trim() || /^$|^#|[\r\n*]/.test(text)) return false;
  try {
    return parsePattern(text).match(entries.name(row), entries.raw(row), entries.address(row)) === 'exact';
  } catch (error) {
    if (error instanceof RsymError) return false;
    throw error;
  }
};

/** Looks for the functions of a selection, a pattern in each step. */
export class SelectionSearch {
  readonly #entries: Entries;
  readonly #named: Uint32Array;
  readonly #inlined: Uint32Array;
  readonly #patterns: readonly SelectedPattern[];
  readonly #found = new Set<number>();
  readonly #missed: number[] = [];
  #at = 0;

  constructor(entries: Entries, rows: Uint32Array, patterns: readonly SelectedPattern[]) {
    this.#entries = entries;
    this.#named = rows.filter((row) => !entries.isInlined(row));
    this.#inlined = rows.filter((row) => entries.isInlined(row));
    this.#patterns = patterns;
  }

  get done(): boolean {
    return this.#at >= this.#patterns.length;
  }

  get found(): ReadonlySet<number> {
    return this.#found;
  }

  /** Lines whose patterns match nothing. */
  get missed(): readonly number[] {
    return this.#missed;
  }

  step(): void {
    const next = this.#patterns[this.#at++];
    if (!next) return;
    const rows = this.#matching(next.pattern);
    for (const row of rows) this.#found.add(row);
    if (rows.length === 0) this.#missed.push(next.line);
  }

  /** Where names match exactly, they alone are meant. */
  #matching(pattern: Pattern): readonly number[] {
    const entries = this.#entries;
    const inlined = pattern.literal === null ? this.#inlined : entries.search(pattern.literal, this.#inlined);
    const possible = [...possibleFor(entries.symbols, this.#named, pattern), ...inlined];
    const [exact, loose]: [number[], number[]] = [[], []];
    for (const row of possible) {
      const match = pattern.match(entries.name(row), entries.raw(row), entries.address(row));
      if (match !== null) (match === 'exact' ? exact : loose).push(row);
    }
    return exact.length > 0 ? exact : loose;
  }
}
