import { nearestInFiles } from './list-nearest.ts';
import { type Pattern, parsePattern } from './pattern.ts';

// What only a listing with patterns needs; without them it isn't loaded.
export { nearestInFiles };

/** Patterns, and which of them have matched nothing so far, as they were written. */
export type HeededPatterns = { readonly patterns: readonly Pattern[]; readonly idle: () => readonly string[] };

export const heedPatterns = (words: readonly string[]): HeededPatterns => {
  const all = words.map(parsePattern);
  const idle = new Set(all);
  const patterns = all.map((pattern): Pattern => {
    // Who lists is content with the first pattern that matches: each of them looks for the others too.
    const matches: Pattern['matches'] = (name, raw, address) => {
      for (const one of idle) if (one.matches(name, raw, address)) idle.delete(one);
      return pattern.matches(name, raw, address);
    };
    const match: Pattern['match'] = (name, raw, address) => {
      const found = pattern.match(name, raw, address);
      if (found !== null) idle.delete(pattern);
      return found;
    };
    return { ...pattern, match, matches };
  });
  return { patterns, idle: () => [...idle].map(({ text }) => text) };
};
