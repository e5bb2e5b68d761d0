import { RsymError } from '../base/errors.ts';
import type { Exports } from './module.ts';

/** The crate's numbers for orders. */
export const orders = { address: 0, name: 1, full: 2, size: 3, raw: 4 } as const;
export type Order = keyof typeof orders;

/** One entry for each symbol. */
export type Columns = {
  readonly address: BigUint64Array;
  readonly size: BigUint64Array;
  readonly name: Uint32Array;
  readonly nameLength: Uint32Array;
  readonly section: Uint32Array;
  readonly kind: Uint8Array;
  readonly binding: Uint8Array;
  readonly flags: Uint8Array;
  readonly letter: Uint8Array;
};

/** Demangled names: row i is `text[start[i], start[i] + length[i])`, if it was prepared. */
export type TextColumns = {
  readonly text: number;
  readonly start: Uint32Array;
  readonly length: Uint32Array;
  readonly scheme: Uint8Array;
  readonly unclean: Uint8Array;
};

const unprepared = 0xffff_ffff;
const noMemory = (): RsymError => new RsymError('input', 'its names do not fit in memory');

/**
 * A symbol table in the core's memory. Views of that memory die whenever it grows: columns and bytes are fetched anew
 * for each use, and a caller keeps neither across another call.
 */
export class CoreSymbols implements Disposable {
  readonly #core: Exports;
  readonly #handle: number;
  readonly length: number;
  readonly unnamed: number;
  #columns: Columns | undefined;
  #texts: [TextColumns | undefined, TextColumns | undefined] = [undefined, undefined];
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(core: Exports, handle: number) {
    this.#core = core;
    this.#handle = handle;
    this.length = core['symbols_len']!(handle) >>> 0;
    this.unnamed = core['symbols_unnamed']!(handle) >>> 0;
  }

  /** The core's whole memory: names are ranges of it. */
  get bytes(): Uint8Array {
    if (this.#bytes.buffer !== this.#core.memory.buffer) this.#bytes = new Uint8Array(this.#core.memory.buffer);
    return this.#bytes;
  }

  get columns(): Columns {
    const buffer = this.#core.memory.buffer;
    if (this.#columns && this.#columns.address.buffer === buffer) return this.#columns;
    const at = this.#places('symbols_columns', 0, 9);
    const n = this.length;
    const columns = {
      address: new BigUint64Array(buffer, at[0], n),
      size: new BigUint64Array(buffer, at[1], n),
      name: new Uint32Array(buffer, at[2], n),
      nameLength: new Uint32Array(buffer, at[3], n),
      section: new Uint32Array(buffer, at[4], n),
      kind: new Uint8Array(buffer, at[5], n),
      binding: new Uint8Array(buffer, at[6], n),
      flags: new Uint8Array(buffer, at[7], n),
      letter: new Uint8Array(buffer, at[8], n),
    };
    this.#columns = columns;
    return columns;
  }

  texts(full: boolean): TextColumns {
    const which = full ? 1 : 0;
    const buffer = this.#core.memory.buffer;
    const known = this.#texts[which];
    if (known && known.start.buffer === buffer) return known;
    const at = this.#places('symbols_texts', which, 5);
    const n = this.length;
    const texts = {
      text: at[0] ?? 0,
      start: new Uint32Array(buffer, at[1], n),
      length: new Uint32Array(buffer, at[2], n),
      scheme: new Uint8Array(buffer, at[3], n),
      unclean: new Uint8Array(buffer, at[4], n),
    };
    this.#texts[which] = texts;
    return texts;
  }

  /** The raw name; a view, see above. */
  rawBytes(row: number): Uint8Array {
    const { name, nameLength } = this.columns;
    const at = name[row] ?? 0;
    return this.bytes.subarray(at, at + (nameLength[row] ?? 0));
  }

  /** The demangled name, worked out now if it wasn't; a view, see above. */
  textBytes(row: number, full: boolean): Uint8Array {
    if (this.texts(full).start[row] === unprepared) {
      const done = this.#core['symbols_prepare_row']!(this.#handle, full ? 1 : 0, row);
      this.#forgetTexts();
      if (done === 0) throw noMemory();
    }
    const texts = this.texts(full);
    const at = texts.text + (texts.start[row] ?? 0);
    return this.bytes.subarray(at, at + (texts.length[row] ?? 0));
  }

  /** Rows of the kinds in the bit set, in the file's order. */
  select(kinds: number, defined: boolean, undefined_: boolean, dynamic: boolean): Uint32Array {
    const count = this.#core['symbols_select']!(this.#handle, kinds, +defined, +undefined_, +dynamic);
    return this.#rows(count >>> 0);
  }

  /** Works out the names of many rows in one call. */
  prepare(rows: Uint32Array, full: boolean): void {
    this.#choose(rows);
    const done = this.#core['symbols_prepare']!(this.#handle, full ? 1 : 0);
    this.#forgetTexts();
    if (done === 0) throw noMemory();
  }

  /** The rows in another order; for an order by name they are prepared before. */
  sort(rows: Uint32Array, by: Order): Uint32Array {
    this.#choose(rows);
    this.#core['symbols_sort']!(this.#handle, orders[by]);
    return this.#rows(rows.length);
  }

  /** For each of the rows, how many of them share its path; they are prepared before. */
  copies(rows: Uint32Array): Uint32Array {
    this.#choose(rows);
    this.#core['symbols_copies']!(this.#handle);
    return this.#rows(rows.length);
  }

  /** The rows whose name contains the UTF-8 text: the name in the file, or the demangled one, prepared before. */
  search(rows: Uint32Array, needle: Uint8Array, ignoreCase: boolean, raw: boolean): Uint32Array {
    this.#choose(rows);
    const at = this.#core['alloc']!(needle.length) >>> 0;
    if (at === 0) throw noMemory();
    this.bytes.set(needle, at);
    const count = this.#core['symbols_search']!(this.#handle, at, needle.length, +ignoreCase, +raw) >>> 0;
    this.#core['free']!(at, needle.length);
    return this.#rows(count);
  }

  [Symbol.dispose](): void {
    this.#core['symbols_free']!(this.#handle);
  }

  #choose(rows: Uint32Array): void {
    const at = this.#core['symbols_choose']!(this.#handle, rows.length) >>> 0;
    new Uint32Array(this.#core.memory.buffer, at, rows.length).set(rows);
  }

  #rows(count: number): Uint32Array {
    const at = this.#core['symbols_rows']!(this.#handle) >>> 0;
    return new Uint32Array(this.#core.memory.buffer, at, count).slice();
  }

  /** Columns of text move when text is added, even where the memory as a whole stays. */
  #forgetTexts(): void {
    this.#texts = [undefined, undefined];
  }

  #places(name: string, argument: number, count: number): Uint32Array {
    const at = this.#core[name]!(this.#handle, argument) >>> 0;
    return new Uint32Array(this.#core.memory.buffer, at, count).slice();
  }
}
