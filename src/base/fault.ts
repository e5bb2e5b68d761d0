import { RsymError } from './errors.ts';
import { sanitize } from './text.ts';
import { textWidth } from './text-width.ts';

const window = 60;
/** Code units that are looked through for the beginning of a grapheme. */
const longestGrapheme = 32;

/** The index at or before `at` where no grapheme is cut apart. */
const graphemeStart = (text: string, at: number): number => {
  const graphemes = new Intl.Segmenter();
  const from = Math.max(0, at - longestGrapheme);
  return from + (graphemes.segment(text.slice(from, at + longestGrapheme)).containing(at - from)?.index ?? at - from);
};

/** The part of `text` around `at`, on one line, and a caret line below it, in columns of a terminal. */
const excerpt = (text: string, at: number, length: number): string => {
  const start = graphemeStart(text, at);
  const from = start > window ? graphemeStart(text, start - window / 2) : 0;
  const to = graphemeStart(text, from + 2 * window);
  const before = (from > 0 ? '…' : '') + sanitize(text.slice(from, start));
  const fault = sanitize(text.slice(start, Math.min(to, at + length)));
  const behind = sanitize(text.slice(Math.min(to, at + length), to)) + (to < text.length ? '…' : '');
  return `${before}${fault}${behind}\n${' '.repeat(textWidth(before))}${'^'.repeat(Math.max(1, textWidth(fault)))}`;
};

/**
 * A fault in what the user wrote, at the index `at` of its text; `reason` begins with two lines: the text, and carets
 * below the fault. `why` is a line below them.
 */
export const faultAt = (
  text: string,
  at: number,
  length: number,
  message: string,
  hints: readonly string[] = [],
  why: string | null = null,
): RsymError =>
  new RsymError('usage', `${message}, at character ${[...text.slice(0, at)].length + 1}`, {
    reason: `${excerpt(text, at, length)}${why === null ? '' : `\n${why}`}`,
    hints,
  });
