import { displayWidth } from './terminal-width.ts';

/*
 * Values come as Rust's `Debug` form on one line. What is too long for the screen is broken at its brackets and commas, as
 * `{:#?}` does; what is short stays together.
 */

type Group = { readonly open: string; readonly items: readonly Piece[][]; readonly close: string };
type Piece = string | Group;

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** Values are decoded to a limited depth; what is deeper stays on one line. */
const deepest = 64;

/** Lines of a value, each at most `columns` wide where it can be broken there; `most` lines at most, then one that says so. */
export const prettyDebug = (text: string, columns: number, most: number): string[] => {
  const lines: string[] = [];
  layOut(new Reader(text).pieces(0), '', '', columns, (line) => {
    lines.push(line);
    return lines.length <= most;
  });
  return lines.length <= most ? lines : [...lines.slice(0, most), '…'];
};

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Up to a comma or a closing bracket, or (outside all brackets) the end. */
  pieces(depth: number): Piece[] {
    const pieces: Piece[] = [];
    let start = this.#at;
    const flush = (): void => {
      if (this.#at > start) pieces.push(this.#text.slice(start, this.#at));
    };
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] ?? '';
      if (char === '"' || char === "'") this.#skipQuoted(char);
      else if (char in closing && depth < deepest) {
        flush();
        pieces.push(this.#group(char, depth));
        start = this.#at;
      } else if (depth > 0 && (char === ',' || ')]}'.includes(char))) break;
      else this.#at++;
    }
    flush();
    return pieces;
  }

  #group(open: string, depth: number): Group {
    this.#at++;
    const items: Piece[][] = [];
    while (this.#at < this.#text.length) {
      while (this.#text[this.#at] === ' ') this.#at++;
      const item = this.pieces(depth + 1);
      if (item.length > 0) items.push(trimmed(item));
      if (this.#text[this.#at] === ',') {
        this.#at++;
        continue;
      }
      break;
    }
    // A text that was cut off has no end.
    const close = this.#text[this.#at] ?? '';
    if (close !== '') this.#at++;
    return { open, items, close };
  }

  /** A text or a character; a quote that has no other is a character like any. */
  #skipQuoted(quote: string): void {
    const start = this.#at++;
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at++];
      if (char === '\\') this.#at++;
      else if (char === quote) return;
    }
    this.#at = start + 1;
  }
}

const trimmed = (pieces: Piece[]): Piece[] => {
  const last = pieces.at(-1);
  return typeof last === 'string' ? [...pieces.slice(0, -1), last.trimEnd()] : pieces;
};

const flat = (pieces: readonly Piece[]): string =>
  pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      const inside = piece.items.map(flat).join(', ');
      return piece.open === '{' && inside !== '' ? `{ ${inside} ${piece.close}` : piece.open + inside + piece.close;
    })
    .join('');

/** `emit` answers whether more is wanted. */
const layOut = (
  pieces: readonly Piece[],
  indent: string,
  after: string,
  columns: number,
  emit: (line: string) => boolean,
): boolean => {
  const whole = `${indent}${flat(pieces)}${after}`;
  const at = pieces.findLastIndex((piece) => typeof piece !== 'string' && piece.items.length > 0);
  const group = pieces[at];
  if (group === undefined || typeof group === 'string' || displayWidth(whole) <= columns) return emit(whole);
  if (!emit(`${indent}${flat(pieces.slice(0, at))}${group.open}`)) return false;
  for (const item of group.items) if (!layOut(item, `${indent}    `, ',', columns, emit)) return false;
  const end = `${group.close}${flat(pieces.slice(at + 1))}${after}`;
  return end === '' || emit(indent + end);
};
