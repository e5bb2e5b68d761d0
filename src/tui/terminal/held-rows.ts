/** The private use area: no text that is shown has these, as each of them comes from here. */
const first = 0xe000;
const last = 0xf8ff;

/** Rows that wait for a frame, each with a character that stands for it. */
export class HeldRows {
  #rows: string[] = [];

  /** The character for a row. */
  readonly hold = (row: string): string => {
    const at = this.#rows.push(row) - 1;
    return String.fromCharCode(Math.min(first + at, last));
  };

  /** A frame with the rows in their places. */
  fill(frame: string): string {
    return frame.replace(/[\ue000-\uf8ff]/g, (char) => this.#rows[char.charCodeAt(0) - first] ?? '');
  }

  /** Before a new frame is drawn. */
  clear(): void {
    this.#rows = [];
  }
}
