import { RsymError } from '../base/errors.ts';
import { type Pattern, parsePattern } from './pattern.ts';

/** What a text typed into the search field asks for. */
export type Query =
  | { readonly kind: 'all' }
  | { readonly kind: 'text'; readonly text: string }
  /** `mi::pre`: segments by their beginnings, in order. */
  | { readonly kind: 'path'; readonly text: string; readonly segments: readonly string[] }
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  | { readonly kind: 'fault'; readonly fault: string };

/** Globs, regular expressions, implementations, mangled names and addresses; all else is text. */
export const looksLikePattern = /^\/|\*|^<_|^<.* as _|^0x[0-9a-f_]+$|^_R[A-Z0-9]|^__?Z[NK\dL]/i;

export const readQuery = (typed: string): Query => {
  // Half of a `::` that is being typed.
  const text = typed.trim().replace(/(?<!:):$/, '');
  // `/` is what many press to begin a search.
  if (text === '' || text === '/') return { kind: 'all' };
  if (looksLikePattern.test(text)) {
    try {
      return { kind: 'pattern', pattern: parsePattern(isUnclosed(text) ? `${text}/` : text) };
    } catch (error) {
      if (error instanceof RsymError) return { kind: 'fault', fault: error.message };
      throw error;
    }
  }
  const segments = text.split('::').filter((segment) => segment !== '');
  return text.includes('::') && segments.length > 0 ? { kind: 'path', text, segments } : { kind: 'text', text };
};

/** A regular expression that is being typed finds what it would if it ended here. */
const isUnclosed = (text: string): boolean => text.lastIndexOf('/') === 0;

export const isLower = (text: string): boolean => text === text.toLowerCase();

/** Whether all that the later query finds (those that merely resemble it aside) is in what the earlier one found. */
export const narrows = (later: Query, earlier: Query): boolean => {
  if ((later.kind !== 'text' && later.kind !== 'path') || (earlier.kind !== 'text' && earlier.kind !== 'path'))
    return false;
  if (!isLower(earlier.text) && isLower(later.text)) return false;
  const [mine, theirs] = [later.text.toLowerCase(), earlier.text.toLowerCase()];
  if (earlier.kind === 'path') return later.kind === 'path' && mine.startsWith(theirs);
  if (later.kind === 'text') return mine.includes(theirs);
  return !theirs.includes(':') && later.segments.some((segment) => segment.toLowerCase().includes(theirs));
};

/** A piece of a text: from `start` to before `end`. */
export type Range = { readonly start: number; readonly end: number };

/** How a name fits a path that was typed: one segment behind the other, or with others between; and where. */
export type PathMatch = { readonly isClose: boolean; readonly ranges: readonly Range[] };

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/**
 * Matches names to `mi::pre::write`: a segment begins where a word does, also inside generic arguments. Small letters
 * find both cases.
 */
export const pathMatcher = (text: string, segments: readonly string[]): ((name: string) => PathMatch | null) => {
  const flags = isLower(text) ? 'id' : 'd';
  const begins = String.raw`(?<![\w$])`;
  const parts = text.split('::').map((segment) => `(${escaped(segment)})`);
  const close = new RegExp(begins + parts.join(String.raw`[\w$]*::`), flags);
  const each = segments.map((segment) => new RegExp(begins + escaped(segment), `${flags.replace('d', '')}g`));
  return (name) => {
    const found = close.exec(name);
    if (found?.indices) {
      const pieces = found.indices.slice(1).map((piece): Range => ({ start: piece?.[0] ?? 0, end: piece?.[1] ?? 0 }));
      return { isClose: true, ranges: pieces.filter(({ start, end }) => end > start) };
    }
    const ranges: Range[] = [];
    for (const segment of each) {
      // The next one begins a later segment, not the same one.
      segment.lastIndex = ranges.at(-1)?.end ?? 0;
      const at = segment.exec(name);
      if (at === null) return null;
      ranges.push({ start: at.index, end: at.index + at[0].length });
    }
    return { isClose: false, ranges };
  };
};
