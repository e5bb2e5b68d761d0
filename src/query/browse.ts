import { accessSync, constants } from 'node:fs';
import { RsymError } from '../base/errors.ts';
import { shellCommand } from '../base/shell.ts';
import { sanitize } from '../base/text.ts';
import type { Address } from '../base/units.ts';
import type { Image } from '../elf/model.ts';
import { openImage } from '../elf/open.ts';
import type { SymbolKind, SymbolTable } from '../elf/symbols.ts';
import { type FunctionFacts, factsOf, type ProbeFacts, type ProbeSources, probeFactsOf } from './browse-facts.ts';
import { browsable, Search } from './browse-search.ts';
import { ImageCode } from './exits.ts';

export type { FunctionFacts, ProbeFacts } from './browse-facts.ts';
export type { Search } from './browse-search.ts';

/** One line of a list; the name is safe on a terminal, and without its middle where it is very long. */
export type Entry = {
  readonly row: number;
  readonly name: string;
  readonly address: Address;
  readonly size: bigint;
  readonly kind: SymbolKind;
};

/** Lines are made anew for each frame, and no screen shows more of a name. */
const longestName = 4096;

const withinReach = (name: string): string =>
  name.length <= longestName ? name : `${name.slice(0, longestName / 2)}…${name.slice(-longestName / 2)}`;

/** What is known of a file as a whole. */
export type FileFacts = {
  readonly path: string;
  /** Functions that can be listed. */
  readonly count: number;
  /** What a user should know: that it is stripped, for one. */
  readonly note: string | null;
  /** A program that can be started, rather than a library. */
  readonly runnable: boolean;
};

/** A file's functions for a screen that shows a few of them at a time. */
export class Browser implements Disposable {
  readonly facts: FileFacts;
  readonly #image: Image;
  readonly #symbols: SymbolTable;
  readonly #rows: Uint32Array;
  readonly #parts: ProbeSources['parts'];
  #sources: ProbeSources | undefined;
  #last: Search | undefined;

  /** Reads all names. Throws RsymError `input` where the table is damaged. */
  constructor(image: Image) {
    this.#image = image;
    this.#symbols = image.symbols();
    const { rows, parts } = browsable(this.#symbols);
    this.#rows = rows;
    this.#parts = parts;
    this.facts = {
      path: image.path,
      count: this.#rows.length,
      note: noteOn(image, this.#rows.length),
      runnable: isRunnable(image),
    };
  }

  /** Begins a search; it narrows the one before where it can. */
  search(text: string): Search {
    this.#last = new Search(this.#symbols, this.#rows, text, this.#last);
    return this.#last;
  }

  entry(row: number): Entry {
    const symbols = this.#symbols;
    return {
      row,
      name: sanitize(withinReach(symbols.name(row))),
      address: symbols.address(row),
      size: symbols.size(row),
      kind: symbols.kind(row),
    };
  }

  function(row: number): FunctionFacts {
    return factsOf(this.#image, this.#symbols, row);
  }

  /** Disassembles; a few tenths of a second the first time, for 100,000 functions. */
  probe(row: number): ProbeFacts {
    this.#sources ??= this.#prepare();
    return probeFactsOf(this.#sources, row);
  }

  #prepare(): ProbeSources {
    const [image, symbols, rows] = [this.#image, this.#symbols, this.#rows];
    const counts = symbols.copies(rows);
    const copies = new Map<number, number>();
    for (const [i, count] of counts.entries()) if (count > 1) copies.set(rows[i] ?? 0, count);
    return { image, symbols, rows, copies, code: new ImageCode(image, symbols), parts: this.#parts };
  }

  [Symbol.dispose](): void {
    this.#image[Symbol.dispose]();
  }
}

/** Opens a file; only its headers are read. Throws RsymError that names it. */
export const openForBrowsing = (path: string): Image => {
  const image = openImage(path);
  if (image.format !== 'archive') return image;
  image[Symbol.dispose]();
  throw new RsymError('unsupported', `cannot show ${sanitize(path)}`, {
    reason: 'it is an archive of several images',
    hints: [shellCommand('rsym', 'ls', sanitize(path))],
  });
};

const noteOn = (image: Image, count: number): string | null => {
  if (image.type === 'core') return 'a core file has no symbols of its own';
  if (image.stripped) return count === 0 ? 'it is stripped: no function has a name' : 'stripped: exported functions';
  return count === 0 ? 'no function has a name here' : null;
};

const isRunnable = (image: Image): boolean => {
  // A program of another system may well be executable here.
  if (image.format !== 'elf') return false;
  if (image.type !== 'executable' && (image.type !== 'pie' || image.entry === null)) return false;
  try {
    accessSync(image.path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
