import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from '../../report/terminal-width.ts';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const colour = /\x1b\[(\d+(?:;\d+)*)m/;

/** The code that ends what another begins: only those that `styleText` writes are known. */
const endOf = (code: number): number | null => {
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return 39;
  return { 1: 22, 2: 22, 3: 23, 4: 24, 7: 27 }[code] ?? null;
};

/**
 * A line with colours in pieces of at most `columns`, each whole in itself; further ones stand two columns further in than the
 * first. At most `most`, the last then ends in `…`.
 */
export const wrapPainted = (text: string, columns: number, most: number): string[] => {
  const plain = stripVTControlCharacters(text.slice(0, columns * 64));
  if (plain.length <= columns && text.length <= columns * 64 && displayWidth(plain) <= columns) return [text];
  const indent = ' '.repeat(Math.min((/^ */.exec(plain)?.[0].length ?? 0) + 2, Math.floor(columns / 2)));
  const rows = new Rows(columns, indent, most);
  // What can't be shown need not be looked at: a name may be a megabyte long.
  const near = text.slice(0, columns * (most + 1) * 8);
  for (const part of near.split(/(\x1b\[[\d;]*m)/)) {
    const code = colour.exec(part);
    if (code) rows.paint(Number(code[1]), part);
    else for (const { segment } of segmenter.segment(part)) if (!rows.add(segment)) return rows.cut();
  }
  return near.length < text.length ? rows.cut() : rows.done();
};

/** Rows that are filled one after the other. */
class Rows {
  readonly #columns: number;
  readonly #indent: string;
  readonly #most: number;
  readonly #done: string[] = [];
  /** Colours that are on, by the code that ends them. */
  readonly #on = new Map<number, string>();
  #row = '';
  #used = 0;

  constructor(columns: number, indent: string, most: number) {
    this.#columns = Math.max(1, columns);
    this.#indent = indent;
    this.#most = most;
  }

  paint(code: number, text: string): void {
    const end = endOf(code);
    if (end === null) this.#on.delete(code);
    else this.#on.set(end, text);
    this.#row += text;
  }

  /** False: there is no room for it. */
  add(character: string): boolean {
    const width = displayWidth(character);
    if (this.#used > 0 && this.#used + width > this.#columns) {
      if (this.#done.length + 1 >= this.#most) return false;
      this.#end('');
      this.#row = this.#indent + [...this.#on.values()].join('');
      this.#used = this.#indent.length;
    }
    this.#row += character;
    this.#used += width;
    return true;
  }

  done(): string[] {
    this.#end('');
    return this.#done;
  }

  /** As `done`, with the mark that something is missing. */
  cut(): string[] {
    // One column is needed for the mark.
    if (this.#used >= this.#columns) this.#row = withoutLast(this.#row);
    this.#end('…');
    return this.#done;
  }

  #end(mark: string): void {
    this.#done.push(this.#row + mark + [...this.#on.keys()].map((code) => `\x1b[${code}m`).join(''));
  }
}

/** Without the last character that takes a column; colours behind it stay. */
const withoutLast = (row: string): string => {
  const parts = row.split(/(\x1b\[[\d;]*m)/);
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i] ?? '';
    if (part === '' || part.startsWith('\x1b')) continue;
    const segments = [...segmenter.segment(part)].map(({ segment }) => segment);
    parts[i] = segments.slice(0, -1).join('');
    break;
  }
  return parts.join('');
};
