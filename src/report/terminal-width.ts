import { textWidth } from '../base/text-width.ts';

/**
 * Characters that take one column each, alone and beside each other: ASCII, Latin, and what is drawn with. Measuring anything
 * else takes a thousand times as long, and `µs` is in every line about a call.
 */
export const plainColumns = /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u25fc]*$/;

/** Code units that are measured at once: a segmenter's time for a text grows with the square of its length. */
const pieceLength = 256;

/** Terminal columns that a text takes: wide characters take two, combining marks none. */
export const displayWidth = (text: string): number => {
  if (plainColumns.test(text)) return text.length;
  // Escape sequences, which take no columns, may not be cut; they are in painted lines only, and those are short.
  if (text.length <= pieceLength || /[\x1b\x9b]/.test(text)) return textWidth(text);
  let width = 0;
  for (const piece of piecesOf(text)) width += textWidth(piece);
  return width;
};

let graphemes: Intl.Segmenter | undefined;

/** A text cut between graphemes, into short pieces unless a grapheme is long. */
const piecesOf = function* (text: string): Generator<string> {
  graphemes ??= new Intl.Segmenter();
  let start = 0;
  for (let length = pieceLength; start + length < text.length; ) {
    const piece = text.slice(start, start + length + (isSurrogatePair(text, start + length - 1) ? 1 : 0));
    // Only the last grapheme's end depends on what follows.
    const last = graphemes.segment(piece).containing(piece.length - 1)?.index ?? 0;
    if (last === 0) {
      length *= 2;
      continue;
    }
    yield piece.slice(0, last);
    start += last;
    length = pieceLength;
  }
  yield text.slice(start);
};

const isSurrogatePair = (text: string, at: number): boolean => (text.codePointAt(at) ?? 0) > 0xffff;

export const padEnd = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - displayWidth(text)));

export const padStart = (text: string, columns: number): string =>
  ' '.repeat(Math.max(0, columns - displayWidth(text))) + text;

/** The begin of a text, at most `columns` wide. */
export const truncateEnd = (text: string, columns: number): string =>
  displayWidth(text) <= columns ? text : take(Array.from(text), columns).join('');

/**
 * At most `columns` wide, both ends kept around an ellipsis: the end of a path or of a generic name tells as much
 * as its start.
 */
export const truncateMiddle = (text: string, columns: number): string => {
  if (displayWidth(text) <= columns) return text;
  if (columns <= 1) return columns === 1 ? '…' : '';
  const chars = Array.from(text);
  const keep = columns - 1;
  const head = take(chars, Math.ceil(keep / 2));
  const tail = take(chars.reverse(), keep - Math.ceil(keep / 2));
  return `${head.join('')}…${tail.reverse().join('')}`;
};

const take = (chars: readonly string[], columns: number): string[] => {
  const taken: string[] = [];
  let width = 0;
  for (const char of chars) {
    width += displayWidth(char);
    if (width > columns) break;
    taken.push(char);
  }
  return taken;
};
