import stringWidth from 'string-width';

const ascii = /^[\x20-\x7e]*$/;

/** Terminal columns that a text takes: wide characters take two, combining marks none. */
export const displayWidth = (text: string): number => (ascii.test(text) ? text.length : stringWidth(text));

export const padEnd = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - displayWidth(text)));

export const padStart = (text: string, columns: number): string =>
  ' '.repeat(Math.max(0, columns - displayWidth(text))) + text;

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
