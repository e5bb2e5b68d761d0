import { sanitize } from '../base/text.ts';
import type { Address } from '../base/units.ts';
import type { ListedInstruction } from '../code/listing.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import type { AddressRange, LineRow } from '../elf/function-model.ts';
import type { SourceFiles } from './source-excerpt.ts';

/** An instruction with the source line that it was made from. Text is safe on a terminal. */
export type SourcedInstruction = {
  readonly address: Address;
  readonly text: string;
  /** Index of its line in the lines told so far; null: no line is known. */
  readonly line: number | null;
  /** The first of another piece of the function. */
  readonly isPieceStart: boolean;
};

export type CodeLine = { readonly file: string; readonly line: number; readonly text: string | null };

/** A part of a listing, and the lines that are new in it. */
export type CodeChunk = {
  readonly instructions: readonly SourcedInstruction[];
  readonly lines: readonly CodeLine[];
};

/** Instructions in one part. */
const chunkSize = 1_000;
/** Instructions of one copy that are shown: more than a person reads, and few enough to be kept. */
export const mostInstructions = 20_000;

/** The instructions of a copy in parts, each with its source line; it ends after {@link mostInstructions}. */
export function* sourcedCode(
  instructions: Iterable<ListedInstruction>,
  ranges: readonly AddressRange[],
  debug: Pick<DebugInfo, 'lines'>,
  sources: Pick<SourceFiles, 'line'>,
): Generator<CodeChunk> {
  const starts = new Set<bigint>(ranges.slice(1).map(({ start }) => start));
  const known = new Map<string, number>();
  const rows = new LineRows(ranges, debug);
  let chunk: SourcedInstruction[] = [];
  let lines: CodeLine[] = [];
  let count = 0;
  for (const { address, text } of instructions) {
    if (count++ === mostInstructions) break;
    const position = rows.at(address)?.position ?? null;
    let line: number | null = null;
    if (position !== null && position.line !== 0) {
      const key = `${position.line}:${position.file}`;
      line = known.get(key) ?? null;
      if (line === null) {
        line = known.size;
        known.set(key, line);
        lines.push({
          file: sanitize(position.file),
          line: position.line,
          text: sources.line(position.file, position.line),
        });
      }
    }
    chunk.push({ address, text: sanitize(text), line, isPieceStart: starts.has(address) });
    if (chunk.length < chunkSize) continue;
    yield { instructions: chunk, lines };
    [chunk, lines] = [[], []];
  }
  if (chunk.length > 0) yield { instructions: chunk, lines };
}

/** Rows of the line table, asked for by ascending address within each range. */
class LineRows {
  readonly #ranges: readonly AddressRange[];
  readonly #debug: Pick<DebugInfo, 'lines'>;
  #range: AddressRange | null = null;
  #rows: readonly LineRow[] = [];
  #next = 0;

  constructor(ranges: readonly AddressRange[], debug: Pick<DebugInfo, 'lines'>) {
    this.#ranges = ranges;
    this.#debug = debug;
  }

  at(address: Address): LineRow | undefined {
    if (this.#range === null || address < this.#range.start || address >= this.#range.end) {
      this.#range = this.#ranges.find(({ start, end }) => address >= start && address < end) ?? null;
      this.#rows = this.#range === null ? [] : this.#debug.lines(this.#range);
      this.#next = 0;
    }
    while (this.#next < this.#rows.length && (this.#rows[this.#next]?.address ?? address) <= address) this.#next++;
    return this.#rows[this.#next - 1];
  }
}
