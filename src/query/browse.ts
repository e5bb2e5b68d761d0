import { RsymError } from '../base/errors.ts';
import { shellCommand } from '../base/shell.ts';
import { sanitize } from '../base/text.ts';
import { type Address, hex } from '../base/units.ts';
import { openDebugInfo } from '../elf/debug-info.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import type { Image } from '../elf/model.ts';
import { openImage } from '../elf/open.ts';
import type { SymbolKind, SymbolTable } from '../elf/symbols.ts';
import { Entries } from './browse-entries.ts';
import {
  type FunctionFacts,
  factsOf,
  type ProbeFacts,
  type ProbeSources,
  probeFactsOf,
  type Traceable,
  traceableOf,
} from './browse-facts.ts';
import { isRunnable, noteOn } from './browse-image.ts';
import type { BrowseListing, RowDetails } from './browse-index.ts';
import { inlinedFactsOf, inlinedProbeFacts } from './browse-inlined.ts';
import { type FixedOrder, inOrder, type Order, type Orders } from './browse-order.ts';
import { browsable, Search } from './browse-search.ts';
import { patternFor, readSelection, SelectionSearch } from './browse-selection.ts';
import { BrowseThread } from './browse-thread.ts';
import { Tree } from './browse-tree.ts';
import { ImageCode } from './exits.ts';
import { Namesakes } from './namesakes.ts';

export { type FunctionFacts, mostNamesakes, type ProbeFacts } from './browse-facts.ts';
export { highlighter, type Range } from './browse-highlight.ts';
export type { RowDetails } from './browse-index.ts';
export { type Order, orders } from './browse-order.ts';
export type { Search } from './browse-search.ts';
export { readSelection, type SelectionSearch, selectionText } from './browse-selection.ts';
export { type Branch, branchIndex, branchLine, type Tree, type TreeView } from './browse-tree.ts';

/** A function in a list; the name is safe on a terminal, and without its middle where it is very long. */
export type Entry = {
  readonly row: number;
  readonly name: string;
  /** null: it exists only inlined. */
  readonly address: Address | null;
  readonly size: bigint | null;
  readonly kind: SymbolKind | 'inlined';
  /** Symbols and inlined copies of its path; null until they are counted. */
  readonly copies: number | null;
  /** Other functions have the same name. */
  readonly hasNamesakes: boolean;
  /** null until it was worked out, for functions that were asked for. */
  readonly details: RowDetails | null;
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

/** What reading debug info tells a list. */
export type BrowseListener = {
  /** There are more functions, copies are counted. Searches and trees that were begun before don't know of it. */
  readonly listed: () => void;
  /** Details that were asked for are there. */
  readonly detailed: () => void;
  /** It is read in place, which keeps the screen waiting. */
  readonly inPlace: () => void;
  /** There will be none, and why. */
  readonly failed: (reason: string) => void;
};

/** Details of functions that were on the screen; older ones are worked out anew. */
const mostDetails = 4_096;

/** A file's functions for a screen that shows a few of them at a time. */
export class Browser implements Disposable {
  readonly facts: FileFacts;
  readonly #image: Image;
  readonly #symbols: SymbolTable;
  readonly #entries: Entries;
  readonly #rows: Uint32Array;
  readonly #namesakes: Namesakes;
  readonly #parts: ProbeSources['parts'];
  #orders: Partial<Orders>;
  #copies: Uint32Array | null = null;
  readonly #details = new Map<number, RowDetails>();
  #thread: BrowseThread | undefined;
  #debug: DebugInfo | undefined;
  #sources: ProbeSources | undefined;
  #last: Search | undefined;

  /** Reads all names. Throws RsymError `input` where the table is damaged. */
  constructor(image: Image) {
    this.#image = image;
    this.#symbols = image.symbols();
    this.#entries = new Entries(this.#symbols);
    const { rows, parts } = browsable(this.#symbols);
    this.#rows = rows;
    this.#namesakes = new Namesakes(this.#symbols, rows);
    this.#orders = { name: rows };
    this.#parts = parts;
    this.facts = {
      path: image.path,
      count: this.#rows.length,
      note: noteOn(image, this.#rows.length),
      runnable: isRunnable(image),
    };
  }

  /** Functions that can be listed, those of debug info too, once it is read. */
  get count(): number {
    return this.#byName.length;
  }

  /** Begins to read debug info in a thread of its own; what comes of it is told. */
  readDebugInfo(listener: BrowseListener): void {
    this.#thread ??= new BrowseThread(this.#image.path, {
      listing: (listing) => {
        // Rows of another file mean nothing here.
        if (listing.identity !== this.#image.identity) listener.failed('the file has changed');
        else this.#take(listing, listener);
      },
      details: (details) => {
        this.#keep(details);
        listener.detailed();
      },
      inPlace: listener.inPlace,
      failed: (error) => {
        if (!(error instanceof RsymError)) throw error;
        listener.failed(sanitize(error.reason ?? error.message));
      },
    });
  }

  /** Has details worked out for these, where they aren't known; of several requests only the last is sure of an answer. */
  lookUp(rows: readonly number[]): void {
    const unknown = rows.filter((row) => !this.#details.has(row));
    if (unknown.length > 0) this.#thread?.ask(unknown);
  }

  /** Begins a search; it narrows the one before where it can. `among`: these alone. */
  search(text: string, { order = 'relevance', among }: SearchOptions = {}): Search {
    const all = this.#inOrder(order === 'relevance' ? 'name' : order);
    const rows = among ? all.filter((row) => among.has(row)) : all;
    const source = { entries: this.#entries, rows, isRanked: order === 'relevance' };
    this.#last = new Search(source, text, this.#last);
    return this.#last;
  }

  /** A tree of all functions, to be filled in steps. */
  tree(): Tree {
    return new Tree(this.#entries, this.#byName);
  }

  entry(row: number): Entry {
    const entries = this.#entries;
    const details = this.#details.get(row) ?? null;
    const hasNamesakes = this.hasNamesakes(row);
    const name = sanitize(withinReach(entries.name(row)));
    return {
      row,
      name: hasNamesakes && details !== null ? withinReach(name + details.generics) : name,
      address: entries.address(row),
      size: entries.size(row),
      kind: entries.kind(row),
      copies: this.#copies?.[row] ?? null,
      hasNamesakes,
      details,
    };
  }

  /** Whether other functions have the same name: what tells them apart is among the details. */
  hasNamesakes(row: number): boolean {
    return !this.#entries.isInlined(row) && this.#namesakes.has(row);
  }

  /** What `rsym trace` takes for a function: the address of a symbol, the path of one that exists only inlined. */
  spec(row: number): string {
    const at = this.#entries.address(row);
    return at === null ? this.#entries.name(row) : hex(at);
  }

  /** A pattern for a function that another build of the file may know too; see {@link patternFor}. */
  pattern(row: number): string {
    return patternFor(this.#entries, row, this.#copies?.[row] ?? null);
  }

  /** Begins to look for the functions of a selection. Throws RsymError where a line can't be read. */
  select(text: string, name: string): SelectionSearch {
    return new SelectionSearch(this.#entries, this.#byName, readSelection(text, name));
  }

  function(row: number): FunctionFacts {
    const id = this.#entries.debugId(row);
    if (id !== null) return inlinedFactsOf(this.#image, this.#debugInfo(), row, id);
    return factsOf(this.#image, this.#symbols, row, this.#namesakes);
  }

  /** The same of what a trace needs to know: it is asked of all that are marked. */
  traceable(row: number): Traceable {
    return this.#entries.isInlined(row) ? this.function(row) : traceableOf(this.#symbols, row, this.#namesakes);
  }

  /** Disassembles; a few tenths of a second the first time, for 100,000 functions. */
  probe(row: number): ProbeFacts {
    const id = this.#entries.debugId(row);
    if (id !== null) return inlinedProbeFacts(this.#debugInfo(), id);
    this.#sources ??= this.#prepare();
    return probeFactsOf(this.#sources, row);
  }

  get #byName(): Uint32Array {
    return this.#orders.name ?? this.#rows;
  }

  #inOrder(order: FixedOrder): Uint32Array {
    const known = this.#orders[order];
    if (known) return known;
    const copies = this.#copies ?? this.#countedCopies();
    const rows = inOrder(this.#entries, this.#byName, order, copies);
    this.#orders[order] = rows;
    return rows;
  }

  /** Until debug info is read: of symbols alone. */
  #countedCopies(): Uint32Array {
    const copies = new Uint32Array(this.#entries.count);
    for (const [i, count] of this.#symbols.copies(this.#rows).entries()) copies[this.#rows[i] ?? 0] = count;
    return copies;
  }

  #take({ inlined, orders, copies }: BrowseListing, listener: BrowseListener): void {
    this.#entries.setInlined(inlined);
    this.#orders = { ...orders };
    this.#copies = copies;
    listener.listed();
  }

  #keep(details: readonly RowDetails[]): void {
    if (this.#details.size > mostDetails) this.#details.clear();
    for (const one of details) this.#details.set(one.row, one);
  }

  #debugInfo(): DebugInfo {
    this.#debug ??= openDebugInfo(this.#image);
    return this.#debug;
  }

  #prepare(): ProbeSources {
    const [image, symbols, rows] = [this.#image, this.#symbols, this.#rows];
    const counts = symbols.copies(rows);
    const copies = new Map<number, number>();
    for (const [i, count] of counts.entries()) if (count > 1) copies.set(rows[i] ?? 0, count);
    return { image, symbols, rows, copies, code: new ImageCode(image, symbols), parts: this.#parts };
  }

  [Symbol.dispose](): void {
    this.#thread?.[Symbol.dispose]();
    this.#debug?.[Symbol.dispose]();
    this.#image[Symbol.dispose]();
  }
}

export type SearchOptions = { readonly order?: Order; readonly among?: ReadonlySet<number> | undefined };

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
