import type { Range } from '../../query/browse.ts';
import { displayWidth } from '../../report/terminal-width.ts';
import { shorten } from '../parts/wrap.ts';

/** Fitted text, and the pieces of it that are to be highlighted. */
type Fitted = { readonly text: string; readonly ranges: readonly Range[] };

/** A name at most `columns` wide, its matched characters in sight where there is room, and highlighted. */
export const nameText = (
  name: string,
  ranges: readonly Range[],
  columns: number,
  highlight: (text: string) => string,
): string => {
  const isPlain = plain.test(name);
  const fitted = isPlain ? fitPlain(name, ranges, columns) : fitWide(name, ranges, columns);
  // Most names are plain, and measuring takes long.
  const width = isPlain ? fitted.text.length : displayWidth(fitted.text);
  return painted(fitted, highlight) + ' '.repeat(Math.max(0, columns - width));
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

/** A name whose characters take a column each. */
const fitPlain = (name: string, ranges: readonly Range[], columns: number): Fitted => {
  if (name.length <= columns) return { text: name, ranges };
  const kept = Math.max(0, columns - 1);
  const [head, tail] = [Math.ceil(kept / 2), Math.floor(kept / 2)];
  const short = `${name.slice(0, head)}…${name.slice(name.length - tail)}`;
  const middle = aroundCut(name, short, head, ranges);
  // Where both ends are kept, what was found may be between them.
  if (middle.length === ranges.length || columns < 3 * context) return { text: short, ranges: middle };
  const [first, last] = [ranges[0]?.start ?? 0, ranges.at(-1)?.end ?? 0];
  if (last <= kept) return { text: `${name.slice(0, kept)}…`, ranges: inside(ranges, 0, kept, 0) };
  const start = Math.max(1, Math.min(first - context, name.length - kept));
  const end = start + kept >= name.length ? name.length : start + kept - 1;
  const text = `…${name.slice(start, end)}${end < name.length ? '…' : ''}`;
  return { text, ranges: inside(ranges, start, end, 1 - start) };
};

const fitWide = (name: string, ranges: readonly Range[], columns: number): Fitted => {
  const text = shorten(name, columns);
  if (text === name) return { text, ranges };
  let head = 0;
  while (head < text.length && text[head] === name[head]) head++;
  return { text, ranges: aroundCut(name, text, head, ranges) };
};

/** What of the ranges lies between `from` and `to`, moved by an offset. */
const inside = (ranges: readonly Range[], from: number, to: number, by: number): Range[] =>
  ranges
    .map(({ start, end }) => ({ start: Math.max(start, from), end: Math.min(end, to) }))
    .filter(({ start, end }) => end > start)
    .map(({ start, end }) => ({ start: start + by, end: end + by }));

/** The ranges that a text still has whole when its middle, from `head` on, is cut out. */
const aroundCut = (name: string, short: string, head: number, ranges: readonly Range[]): Range[] => {
  const tail = short.length - head - 1;
  const by = short.length - name.length;
  return ranges.flatMap(({ start, end }) => {
    if (end <= head) return [{ start, end }];
    return start >= name.length - tail ? [{ start: start + by, end: end + by }] : [];
  });
};
