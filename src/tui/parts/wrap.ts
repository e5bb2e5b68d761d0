import { wrapWords } from '../../report/show-wrap.ts';
import { displayWidth, plainColumns, truncateMiddle } from '../../report/terminal-width.ts';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * A text in pieces of at most `columns`, cut between characters (one that is wider stands alone); at most `most` pieces, the last then
 * ends in `…`.
 */
export const wrap = (text: string, columns: number, most: number): string[] => {
  const width = Math.max(1, columns);
  // What can't be shown need not be measured: a name may be a megabyte long.
  const near = text.slice(0, width * (most + 1) * 4);
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const piece of pieces(near, width)) {
    const wide = displayWidth(piece);
    if (used > 0 && used + wide > width) {
      lines.push(line);
      line = '';
      used = 0;
      if (lines.length > most) break;
    }
    line += piece;
    used += wide;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  if (lines.length <= most && near.length === text.length) return lines;
  const kept = lines.slice(0, most);
  kept.push(`${truncateEnd(kept.pop() ?? '', width - 1)}…`);
  return kept;
};

/** As `wrap`, broken between words; a word that is longer than a line is cut. */
export const wrapProse = (text: string, columns: number, most: number): string[] => {
  const width = Math.max(1, columns);
  const near = text.slice(0, width * (most + 1) * 4);
  const lines = wrapWords(near, width).flatMap((line) => wrap(line, width, most));
  if (lines.length <= most && near.length === text.length) return lines;
  const kept = lines.slice(0, most);
  kept.push(`${truncateEnd(kept.pop() ?? '', width - 1)}…`);
  return kept;
};

function* pieces(text: string, width: number): Generator<string> {
  if (!plainColumns.test(text)) {
    for (const { segment } of segmenter.segment(text)) yield segment;
    return;
  }
  for (let at = 0; at < text.length; at += width) yield text.slice(at, at + width);
}

/** At most `columns` wide; what is cut off at the end is marked. */
export const truncate = (text: string, columns: number): string => {
  const near = text.slice(0, columns * 8);
  if (near.length === text.length && displayWidth(text) <= columns) return text;
  return columns < 1 ? '' : `${truncateEnd(near, columns - 1)}…`;
};

/** As many characters from the start as fit. */
export const truncateEnd = (text: string, columns: number): string => {
  if (plainColumns.test(text)) return text.slice(0, Math.max(0, columns));
  let kept = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    used += displayWidth(segment);
    if (used > columns) break;
    kept += segment;
  }
  return kept;
};

/** At most `columns` wide, both ends kept. */
export const shorten = (text: string, columns: number): string => {
  // Measuring takes quadratic time, and a name can have a million characters.
  const end = columns * 4;
  return truncateMiddle(text.length > 2 * end ? text.slice(0, end) + text.slice(-end) : text, columns);
};
