import type { Size } from '../state.ts';
import { alignedRow } from './aligned-row.ts';
import { asciiRow } from './ascii-row.ts';

/*
 * Ink's own writer erases the whole frame before each new one, and one that fills the screen it clears together with
 * the terminal's scrollback. Here each row has its address, and only rows that changed are written.
 */

const csi = '\x1b[';
/** Terminals that know synchronised updates show a frame at once; the others ignore the request. */
const beginUpdate = `${csi}?2026h`;
const endUpdate = `${csi}?2026l`;

/** Turns frames into what must be written to make the screen show them. */
export class Painter {
  readonly #isAscii: boolean;
  #shown: readonly string[] | null = null;

  /** `isAscii`: the terminal can show nothing else. */
  constructor(isAscii = false) {
    this.#isAscii = isAscii;
  }

  /** What to write to show these lines; empty if they are shown already. */
  paint(frame: string, { columns, rows }: Size): string {
    const lines = frame.split('\n').slice(0, rows);
    const shown = this.#shown;
    this.#shown = lines;
    const parts: string[] = shown === null ? [`${csi}0m${csi}2J`] : [];
    for (let row = 0; row < Math.max(lines.length, shown?.length ?? 0); row++) {
      const line = lines[row] ?? '';
      // Erased first: erasing behind a line that fills the last column would take its last character.
      if (line !== (shown?.[row] ?? ''))
        parts.push(`${csi}${row + 1};1H${csi}2K${this.#isAscii ? asciiRow(line, columns) : alignedRow(line)}`);
    }
    return parts.length === 0 ? '' : `${beginUpdate}${parts.join('')}${endUpdate}`;
  }

  /** The screen no longer shows what was painted: the next frame is written whole. */
  forget(): void {
    this.#shown = null;
  }
}
