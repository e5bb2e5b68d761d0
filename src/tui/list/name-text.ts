import type { Range } from '../../query/browse.ts';
import { displayWidth, padEnd } from '../../report/terminal-width.ts';
import { shorten, truncate } from '../parts/wrap.ts';

/** Fitted text, and the pieces of it that are to be highlighted. */
type Fitted = { readonly text: string; readonly ranges: readonly Range[] };

/** A name at most `columns` wide, its matched characters in sight where there is room, and highlighted. */
export const nameText = (
  name: string,
  ranges: readonly Range[],
  columns: number,
  highlight: (text: string) => string,
): string => {
  const fitted = fitName(name, ranges, columns);
  const blanks = padEnd(fitted.text, columns).slice(fitted.text.length);
  return painted(fitted, highlight) + blanks;
};

const painted = ({ text, ranges }: Fitted, highlight: (text: string) => string): string => {
  let shown = '';
  let at = 0;
  for (const { start, end } of ranges) {
    shown += text.slice(at, start) + highlight(text.slice(start, end));
    at = end;
  }
  return shown + text.slice(at);
};

/** Characters of a name before what was found in it that help to see where one is. */
const context = 8;
const plain = /^[\x20-\x7e]*$/;

const fitName = (name: string, ranges: readonly Range[], columns: number): Fitted => {
  if (name.length <= columns && displayWidth(name) <= columns) return { text: name, ranges };
  const first = ranges[0]?.start ?? 0;
  const last = ranges.at(-1)?.end ?? 0;
  const short = shorten(name, columns);
  // Where both ends are kept, what was found may be between them.
  const middle = moved(name, short, ranges);
  if (middle.length === ranges.length || !plain.test(name) || columns < 3 * context)
    return { text: short, ranges: middle };
  const start = last <= columns - 1 ? 0 : Math.max(0, Math.min(first - context, name.length - columns + 1));
  if (start === 0) return { text: truncate(name, columns), ranges: inside(ranges, 0, columns - 1, 0) };
  const end = start + columns - 1 >= name.length ? name.length : start + columns - 2;
  const text = `…${name.slice(start, end)}${end < name.length ? '…' : ''}`;
  return { text, ranges: inside(ranges, start, end, 1 - start) };
};

/** What of the ranges lies between `from` and `to`, moved by an offset. */
const inside = (ranges: readonly Range[], from: number, to: number, by: number): Range[] =>
  ranges
    .map(({ start, end }) => ({ start: Math.max(start, from), end: Math.min(end, to) }))
    .filter(({ start, end }) => end > start)
    .map(({ start, end }) => ({ start: start + by, end: end + by }));

/** The ranges that a text still has whole when its middle is cut out. */
const moved = (name: string, short: string, ranges: readonly Range[]): Range[] => {
  let head = 0;
  while (head < short.length && short[head] === name[head]) head++;
  const tail = short.length - head - 1;
  return ranges.flatMap(({ start, end }) => {
    if (end <= head) return [{ start, end }];
    const by = short.length - name.length;
    return start >= name.length - tail ? [{ start: start + by, end: end + by }] : [];
  });
};
