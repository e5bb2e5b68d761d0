import { sanitize } from '../../base/text.ts';
import { displayWidth } from '../../report/terminal-width.ts';
import type { Line } from '../parts/line.ts';
import { wrapProse } from '../parts/wrap.ts';

/** A word of a command line as `shellCommand` writes it: plain characters, texts in single quotes, `\'` between these. */
const wordForm = /(?:'[^']*'|\\.|[^\s'\\])+/g;

/**
 * A command line in rows, of `columns` at most, that a shell takes for the same command when they are pasted together:
 * each but the last ends in a backslash.
 */
export const shellRows = (command: string, columns: number): string[] => {
  const room = Math.max(8, columns - 2);
  const rows: string[] = [];
  let row = '';
  for (const word of command.match(wordForm) ?? []) {
    const longer = row === '' ? word : `${row} ${word}`;
    if (displayWidth(longer) <= room) {
      row = longer;
      continue;
    }
    if (row !== '') rows.push(`${row} \\`);
    const pieces = cut(word, room - 2);
    row = pieces.pop() ?? '';
    rows.push(...pieces.map((piece) => `${piece}\\`));
  }
  return [...rows, row];
};

/** A word in pieces; inside quotes they are closed and opened again. */
const cut = (word: string, room: number): string[] => {
  const pieces: string[] = [];
  let [piece, used, isQuoted, isEscaped] = ['', 0, false, false];
  for (const char of word) {
    const wide = displayWidth(char);
    if (used + wide > room && !isEscaped) {
      pieces.push(isQuoted ? `${piece}'` : piece);
      piece = isQuoted ? "'" : '';
      used = piece.length;
    }
    piece += char;
    used += wide;
    if (char === "'" && !isEscaped) isQuoted = !isQuoted;
    isEscaped = !isQuoted && char === '\\' && !isEscaped;
  }
  return [...pieces, piece];
};

const mostRows = 8;
const words = 'It is in the clipboard, if the terminal lets programs write there (OSC 52); else select it here.';

/** What was copied, to be selected by hand: many terminals take nothing from a program. */
export const copiedLines = (command: string, columns: number): readonly Line[] => [
  ...wrapProse(words, columns, mostRows).map((text): Line => ({ label: '', text, tone: 'faint' })),
  { label: '', text: '', tone: 'plain' },
  ...shellRows(sanitize(command), columns).map((text): Line => ({ label: '', text, tone: 'plain' })),
];
