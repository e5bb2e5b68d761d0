import type { WriteStream } from 'node:tty';
import { displayWidth } from '../report/terminal-width.ts';
import { write } from './output.ts';

const up = (lines: number): string => (lines > 0 ? `\x1b[${lines}A` : '');
const eraseBelow = '\x1b[J';

/** Lines on a terminal that are drawn again in place, below what was printed before. */
export class LiveFrame {
  readonly #to: WriteStream;
  #widths: readonly number[] = [];

  constructor(to: WriteStream) {
    this.#to = to;
  }

  get columns(): number {
    return this.#to.columns || 80;
  }

  /** Lines that fit without scrolling. */
  get rows(): number {
    return Math.max(2, (this.#to.rows || 24) - 1);
  }

  async draw(lines: readonly string[]): Promise<void> {
    const shown = lines.slice(0, this.rows);
    const back = this.#back();
    this.#widths = shown.map(displayWidth);
    await write(this.#to, back + shown.map((line) => `${line}\n`).join(''));
  }

  async erase(): Promise<void> {
    const back = this.#back();
    this.#widths = [];
    if (back !== '') await write(this.#to, back);
  }

  /** To the frame's begin. A terminal that was made narrower has broken its lines. */
  #back(): string {
    if (this.#widths.length === 0) return '';
    const lines = this.#widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / this.columns)), 0);
    return `\r${up(lines)}${eraseBelow}`;
  }
}
