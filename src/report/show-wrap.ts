import { displayWidth } from './terminal-width.ts';

/** Columns of a text that goes to no terminal. */
export const defaultColumns = 100;

/** A text in lines of at most `columns`, broken between words; a longer word stands alone. */
export const wrapWords = (text: string, columns: number): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && displayWidth(longer) > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
};

/** The same behind an indent, further lines two columns further in. */
export const wrapIndented = (text: string, indent: number, columns: number): string[] => {
  const lines = wrapWords(text, Math.max(leastWidth, columns - indent - 2));
  return lines.map((line, i) => ' '.repeat(i === 0 ? indent : indent + 2) + line);
};

/** However narrow the terminal is. */
const leastWidth = 30;
