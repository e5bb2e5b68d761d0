import { RsymError } from '../base/errors.ts';
import { type Exports, guard, isTrapped } from './module.ts';

/** The crate's numbers for orders. */
export const orders = { address: 0, name: 1, full: 2, size: 3, raw: 4 } as const;
export type Order = keyof typeof orders;

/** The crate's numbers for forms of names. */
const forms = { short: 0, full: 1, mangled: 2 } as const;
export type NameForm = keyof typeof forms;

/** Which symbols; `dynamic`: only those of the dynamic table; `marks`: mapping symbols too. */
export type Wanted = {
  readonly defined: boolean;
  readonly undefined: boolean;
  readonly dynamic: boolean;
  readonly marks: boolean;
};

export type LineOptions = {
  readonly names: NameForm;
  /** Digits of an address in nm's lines; null: rsym's own columns. */
  readonly nm: 8 | 16 | null;
  /** For each row, or none for nm's lines. */
  readonly copies: Uint32Array;
  readonly prefix: Uint8Array;
};

/** Digits of an address (without `0x`), columns of a size and of a count of copies. */
export type LineWidths = { readonly address: number; readonly size: number; readonly copies: number };

/** A block of lines. `unsafeRow`: the block ends before this row's name, which a terminal may not see as it is. */
export type LineBlock = { readonly bytes: Uint8Array; readonly unsafeRow: number | null };

/*
 * A symbol in the core's memory, 32 bytes:
 *   0 address u64 | 8 size u64 | 16 name u32 | 20 name length u32 | 24 section u32 | 28 kind, binding, flags, letter u8
 * and its demangled name, 12 bytes:
 *   0 text u32 | 4 length u32 | 8 scheme, state u8
 */
const symbolSize = 32;
const textSize = 12;
const unknownText = 0;

/** One byte of a symbol. */
export const symbolField = { kind: 28, binding: 29, flags: 30, letter: 31 } as const;

/**
 * A symbol table in the core's memory. Views of that memory die whenever it grows: bytes are fetched anew for each use,
 * and a caller keeps none across another call.
 */
export class CoreSymbols implements Disposable {
  readonly #core: Exports;
  readonly #handle: number;
  readonly #named: (error: RsymError) => RsymError;
  readonly #table: number;
  readonly length: number;
  readonly unnamed: number;
  #texts: [number, number] = [0, 0];
  #memory: ArrayBuffer = new ArrayBuffer(0);
  #bytes = new Uint8Array(0);
  #words = new Uint32Array(0);
  #longs = new BigUint64Array(0);

  constructor(core: Exports, handle: number, named: (error: RsymError) => RsymError) {
    this.#core = core;
    this.#handle = handle;
    this.#named = named;
    this.length = core['symbols_len']!(handle) >>> 0;
    this.unnamed = core['symbols_unnamed']!(handle) >>> 0;
    this.#table = core['symbols_table']!(handle) >>> 0;
  }

  address(row: number): bigint {
    this.#look();
    return this.#longs[this.#at(row) >>> 3] ?? 0n;
  }

  size(row: number): bigint {
    this.#look();
    return this.#longs[(this.#at(row) + 8) >>> 3] ?? 0n;
  }

  section(row: number): number {
    this.#look();
    return this.#words[(this.#at(row) + 24) >>> 2] ?? 0;
  }

  field(row: number, field: keyof typeof symbolField): number {
    this.#look();
    return this.#bytes[this.#at(row) + symbolField[field]] ?? 0;
  }

  /** The raw name; a view, see above. */
  rawBytes(row: number): Uint8Array {
    this.#look();
    const at = (this.#at(row) + 16) >>> 2;
    const start = this.#words[at] ?? 0;
    return this.#bytes.subarray(start, start + (this.#words[at + 1] ?? 0));
  }

  /** The demangled name, worked out now if it wasn't; a view, see above. */
  textBytes(row: number, full: boolean): Uint8Array {
    const at = this.#text(row, full);
    const start = this.#words[at >>> 2] ?? 0;
    return this.#bytes.subarray(start, start + (this.#words[(at + 4) >>> 2] ?? 0));
  }

  /** The crate's number of the mangling scheme. */
  scheme(row: number): number {
    // First where it is: working it out may move the memory.
    const at = this.#text(row, false);
    return this.#bytes[at + 8] ?? 0;
  }

  /** Rows of the kinds in the bit set, in the file's order. */
  select(kinds: number, want: Wanted): Uint32Array {
    return this.#rows(this.#call('symbols_select', kinds, +want.defined, +want.undefined, +want.dynamic, +want.marks));
  }

  /** Works out the names of many rows in one call. */
  prepare(rows: Uint32Array, full: boolean): void {
    this.#choose(rows);
    this.#call('symbols_prepare', +full);
    this.#texts = [0, 0];
  }

  /** The rows in another order; for an order by name they are prepared before. */
  sort(rows: Uint32Array, by: Order): Uint32Array {
    this.#choose(rows);
    this.#call('symbols_sort', orders[by]);
    return this.#rows(rows.length);
  }

  /** For each of the rows, how many of them share its path; they are prepared before. */
  copies(rows: Uint32Array): Uint32Array {
    this.#choose(rows);
    this.#call('symbols_copies');
    return this.#rows(rows.length);
  }

  /** The rows whose name contains the UTF-8 text: the name in the file, or the demangled one, prepared before. */
  search(rows: Uint32Array, needle: Uint8Array, ignoreCase: boolean, raw: boolean): Uint32Array {
    this.#choose(rows);
    const at = this.#core['alloc']!(needle.length) >>> 0;
    if (at === 0) throw this.#named(noMemory());
    this.#look();
    this.#bytes.set(needle, at);
    const count = this.#call('symbols_search', at, needle.length, +ignoreCase, +raw);
    this.#core['free']!(at, needle.length);
    return this.#rows(count);
  }

  /**
   * Begins lines of the rows, whose names are prepared before. `blocks` yields them, each valid until the next; between
   * two of them no other question may be asked.
   */
  lines(rows: Uint32Array, options: LineOptions): { widths: LineWidths; blocks: Iterable<LineBlock> } {
    this.#choose(rows);
    this.#put(this.#call('lines_copies', options.copies.length), options.copies);
    const prefix = this.#call('lines_prefix', options.prefix.length);
    this.#look();
    this.#bytes.set(options.prefix, prefix);
    const layout = this.#call('lines_begin', options.nm ?? 0, forms[options.names]);
    const [address = 0, size = 0, copies = 0] = new Uint32Array(this.#core.memory.buffer, layout, 3);
    return { widths: { address, size, copies }, blocks: this.#blocks(rows, options.names === 'full') };
  }

  [Symbol.dispose](): void {
    if (!isTrapped(this.#core)) this.#core['symbols_free']!(this.#handle);
  }

  *#blocks(rows: Uint32Array, full: boolean): Generator<LineBlock> {
    for (let next = 0; next < rows.length; ) {
      next = this.#call('lines_write', +full, next);
      const at = this.#call('lines_bytes');
      const length = this.#call('lines_len');
      const isWaiting = this.#call('lines_waiting') !== 0;
      const bytes = new Uint8Array(this.#core.memory.buffer, at, length);
      yield { bytes, unsafeRow: isWaiting ? (rows[next - 1] ?? 0) : null };
    }
  }

  #at(row: number): number {
    if (row >= this.length) throw new RsymError('internal', `there is no symbol ${row}`);
    return this.#table + row * symbolSize;
  }

  /** Where the row's text is described, after making sure that it is known. */
  #text(row: number, full: boolean): number {
    const which = full ? 1 : 0;
    this.#look();
    let texts = this.#texts[which];
    if (texts === 0 || this.#bytes[texts + row * textSize + 9] === unknownText) {
      this.#call('symbols_prepare_row', which, row);
      texts = this.#call('symbols_texts', which);
      this.#texts[which] = texts;
      this.#look();
    }
    return texts + row * textSize;
  }

  /** Makes the views those of the memory as it is now. */
  #look(): void {
    const { buffer } = this.#core.memory;
    if (this.#memory === buffer) return;
    this.#memory = buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#longs = new BigUint64Array(buffer, 0, buffer.byteLength >>> 3);
  }

  #choose(rows: Uint32Array): void {
    this.#put(this.#call('symbols_choose', rows.length), rows);
  }

  #put(at: number, values: Uint32Array): void {
    new Uint32Array(this.#core.memory.buffer, at, values.length).set(values);
  }

  #rows(count: number): Uint32Array {
    const at = this.#call('symbols_rows');
    return new Uint32Array(this.#core.memory.buffer, at, count).slice();
  }

  #call(name: string, ...args: number[]): number {
    try {
      return guard(this.#core, () => this.#core[name]!(this.#handle, ...args) >>> 0);
    } catch (cause) {
      throw this.#named(noMemory(cause));
    }
  }
}

/** A trap of the core is memory that it did not get, or a defect. */
const noMemory = (cause?: unknown): RsymError =>
  new RsymError('input', 'its symbols do not fit in memory, or rsym has a defect', { cause });
