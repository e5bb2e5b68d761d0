import { displayWidth } from '../../report/terminal-width.ts';

/*
 * For terminals that can show ASCII only. Everything on the screen goes through here at last, so that no pane has to
 * know: what we draw has a stand-in of the same width, and what comes from names is escaped.
 */

/** What panes draw. */
const drawn: Readonly<Record<string, string>> = {
  '›': '>',
  '‹': '<',
  '↑': '^',
  '↓': 'v',
  '←': '<',
  '→': '>',
  '·': '-',
  '•': '*',
  '×': 'x',
  '≥': '>',
  '≤': '<',
  '–': '-',
  '—': '-',
  '✓': '+',
  '✗': 'x',
  '▸': '>',
  '▾': 'v',
  '▶': '>',
  '▼': 'v',
  '▲': '^',
  '◀': '<',
  '●': '*',
  '○': 'o',
  '■': '#',
  '□': '.',
  '─': '-',
  '━': '-',
  '│': '|',
  '┃': '|',
  '├': '|',
  '└': '`',
  '┌': '+',
  '┐': '+',
  '┘': '+',
  '┤': '|',
  '┬': '+',
  '┴': '+',
  '┼': '+',
  '░': '.',
  '▒': ':',
  '▓': '#',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  µ: 'u',
};

const ellipsis = '...';
// A sequence for colours; a run of ASCII; one character of the rest.
const pieces = /\x1b\[[0-9;]*m|[\x20-\x7e]+|./gsu;

/** Bars: a column that is at least half full counts as full. Braille dots likewise. */
const blockOf = (code: number): string | undefined => {
  if (code >= 0x2581 && code <= 0x2588) return code >= 0x2584 ? '#' : '.';
  if (code >= 0x2589 && code <= 0x258f) return code <= 0x258c ? '#' : '.';
  return code >= 0x2800 && code <= 0x28ff ? (code === 0x2800 ? ' ' : '.') : undefined;
};

const standIn = (char: string): string => {
  const code = char.codePointAt(0) ?? 0;
  return drawn[char] ?? (char === '…' ? ellipsis : (blockOf(code) ?? `\\u{${code.toString(16)}}`));
};

/**
 * A row in ASCII, no wider than `columns`. What becomes longer takes the room of blanks that follow it, where there are
 * two or more, so that columns stay in line; what doesn't fit at the end is cut off and marked.
 */
export const asciiRow = (row: string, columns: number): string => {
  if (/^[\x1b\x20-\x7e]*$/.test(row)) return row;
  let text = '';
  let width = 0;
  let debt = 0;
  const parts: string[] = [];
  // A name that was shortened in its middle stays as wide as it was.
  const shortened = row.replace(/[\w:]…[\w:]/g, ellipsis);
  for (const [piece] of shortened.matchAll(pieces)) {
    if (piece.startsWith('\x1b')) parts.push(piece);
    else if (/^[\x20-\x7e]/.test(piece)) {
      const paid = piece.replace(/ {2,}/g, (blanks) => {
        const taken = Math.min(debt, blanks.length - 1);
        debt -= taken;
        return blanks.slice(taken);
      });
      parts.push(paid);
    } else {
      const shown = standIn(piece);
      debt += shown.length - displayWidth(piece);
      parts.push(shown);
    }
  }
  const whole = parts.reduce((sum, part) => sum + (part.startsWith('\x1b') ? 0 : part.length), 0);
  const room = whole > columns ? Math.max(0, columns - ellipsis.length) : whole;
  for (const part of parts) {
    if (part.startsWith('\x1b')) text += part;
    else {
      const kept = part.slice(0, room - width);
      text += kept;
      width += kept.length;
    }
  }
  // Behind the last colour: what is cut off may have been coloured.
  return whole > columns ? text + ellipsis.slice(0, columns) : text;
};
