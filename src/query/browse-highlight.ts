import { fuzzyRanges } from './browse-fuzzy.ts';
import { isLower, pathMatcher, type Range, readQuery } from './browse-query.ts';

export type { Range } from './browse-query.ts';

/** Names longer than this are shown in part at best. */
const longestName = 8_192;

/** Tells which characters of a name are what a text that was typed found in it. */
export const highlighter = (typed: string): ((name: string) => readonly Range[]) => {
  const query = readQuery(typed);
  switch (query.kind) {
    case 'all':
    case 'fault':
      return () => [];
    case 'pattern': {
      const { literal } = query.pattern;
      return literal === null ? () => [] : (name) => occurrence(literal, name.slice(0, longestName));
    }
    case 'text':
      return (name) => textRanges(query.text, name.slice(0, longestName));
    case 'path': {
      const match = pathMatcher(query.text, query.segments);
      return (name) => {
        const near = name.slice(0, longestName);
        return match(near)?.ranges ?? textRanges(query.text, near);
      };
    }
  }
};

const textRanges = (text: string, name: string): readonly Range[] => {
  const plain = occurrence(text, isLower(text) ? foldedAscii(name) : name);
  return plain.length > 0 ? plain : fuzzyRanges(text, name);
};

/** As the search does; other letters may change their length. */
const foldedAscii = (name: string): string => name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** The one that begins the last segment, or the first that begins one, else the first. */
const occurrence = (text: string, name: string): readonly Range[] => {
  const last = name.lastIndexOf(`::${text}`);
  const at = last >= 0 ? last + 2 : name.indexOf(text);
  return at < 0 ? [] : [{ start: at, end: at + text.length }];
};
