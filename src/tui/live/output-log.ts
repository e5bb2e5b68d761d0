import { decodeBytes, sanitize } from '../../base/text.ts';
import type { ProgramStream } from '../../query/watch.ts';

/** A line that the program wrote, safe for a terminal. */
export type OutputLine = { readonly from: ProgramStream; readonly text: string };

/** What is there now, oldest first; the last lines may not have ended yet. */
export type OutputView = {
  /** Lines that were forgotten before the first. */
  readonly forgotten: number;
  readonly lines: readonly OutputLine[];
};

export const noOutput: OutputView = { forgotten: 0, lines: [] };

/** Older lines are forgotten, which the screen says. */
export const mostLines = 2_000;
/** Bytes of one line that are kept: what follows is left out. */
const longestLine = 2_048;

const newline = 0x0a;
const carriageReturn = 0x0d;

/** The output of a started program, as lines. */
export class OutputLog {
  #lines: OutputLine[] = [];
  #forgotten = 0;
  readonly #partial: Record<ProgramStream, { bytes: Buffer; cut: number }> = {
    stdout: { bytes: Buffer.alloc(0), cut: 0 },
    stderr: { bytes: Buffer.alloc(0), cut: 0 },
  };

  get view(): OutputView {
    const begun = (['stdout', 'stderr'] as const).flatMap((from): OutputLine[] => {
      const { bytes, cut } = this.#partial[from];
      return bytes.length === 0 ? [] : [{ from, text: lineText(bytes, cut) }];
    });
    return { forgotten: this.#forgotten, lines: [...this.#lines, ...begun] };
  }

  add(from: ProgramStream, bytes: Uint8Array): void {
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      this.#grow(from, bytes.subarray(start, end));
      this.#end(from);
      start = end + 1;
    }
    this.#grow(from, bytes.subarray(start));
    if (this.#lines.length > mostLines) {
      this.#forgotten += this.#lines.length - mostLines;
      this.#lines = this.#lines.slice(-mostLines);
    }
  }

  clear(): void {
    this.#lines = [];
    this.#forgotten = 0;
  }

  #grow(from: ProgramStream, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const { bytes: before, cut } = this.#partial[from];
    const whole = Buffer.concat([before, bytes]);
    // A carriage return goes back to the line's begin: what comes behind the last one is what a terminal shows.
    const back = whole.subarray(0, whole.length - 1).lastIndexOf(carriageReturn);
    const shown = whole.subarray(back + 1);
    this.#partial[from] = {
      bytes: Buffer.from(shown.subarray(0, longestLine)),
      cut: (back < 0 ? cut : 0) + Math.max(0, shown.length - longestLine),
    };
  }

  #end(from: ProgramStream): void {
    const { bytes, cut } = this.#partial[from];
    this.#lines.push({ from, text: lineText(bytes, cut) });
    this.#partial[from] = { bytes: Buffer.alloc(0), cut: 0 };
  }
}

// CSI and OSC sequences of ECMA-48: colours and titles, which say nothing here.
const sequences = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[()][0-9A-B])/g;
const tabStop = 8;

const lineText = (bytes: Uint8Array, cut: number): string => {
  const text = decodeBytes(bytes).replace(sequences, '');
  // The last carriage return may stand before a line end, or before what comes next.
  const shown = text.replace(/\r+$/, '').replace(/^.*\r/s, '');
  return sanitize(withoutTabs(shown)) + (cut > 0 ? `… (${cut} bytes more)` : '');
};

/** Right for characters of one column. */
const withoutTabs = (text: string): string => {
  if (!text.includes('\t')) return text;
  let line = '';
  for (const [i, part] of text.split('\t').entries())
    line += i === 0 ? part : ' '.repeat(tabStop - (line.length % tabStop)) + part;
  return line;
};
