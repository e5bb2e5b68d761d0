import { RsymError } from '../base/errors.ts';
import type { ByteColumn } from './demangle.ts';
import { type Exports, guard, isTrapped } from './module.ts';
import { Wire } from './wire.ts';

/** In the order of the core's numbers. */
const packings = ['plain', 'zlib', 'zstd', 'zlib-gnu', 'unknown'] as const;

export type DebugSection = {
  /** `.debug_info`, also where the file calls it `.zdebug_info`. */
  readonly name: string;
  /** Bytes in the file. */
  readonly size: bigint;
  readonly packing: (typeof packings)[number];
  /** Bytes when it is unpacked, as the file claims. */
  readonly unpacked: bigint;
};

/** Tables of the index by the core's numbers, and the bytes of a row. Rows hold u32 and u64 fields, little-endian. */
export const debugTables = {
  functions: { number: 0, row: 48 },
  copies: { number: 1, row: 44 },
  ranges: { number: 2, row: 16 },
  units: { number: 3, row: 44 },
  files: { number: 4, row: 8 },
  notes: { number: 5, row: 8 },
  dies: { number: 6, row: 4 },
  byFunction: { number: 7, row: 4 },
  byEntry: { number: 8, row: 4 },
  text: { number: 9, row: 1 },
  counts: { number: 10, row: 24 },
} as const;

export type DebugTable = keyof typeof debugTables;

/** What the core's u32 fields hold for "no row". */
export const noRow = 0xffff_ffff;

export type CoreLine = {
  readonly address: bigint;
  /** Index in `paths`, or `noRow`. */
  readonly file: number;
  readonly line: number;
  readonly column: number;
  /** 1 is_stmt, 2 prologue_end, 4 end of a sequence. */
  readonly flags: number;
};

const decoder = new TextDecoder();

const blame = { 1: 'input', 2: 'unsupported' } as const;

/** The debug info of one image, as the core keeps it. Throws RsymError `input` where the core traps. */
export class CoreDebug implements Disposable {
  readonly core: Exports;
  readonly handle: number;
  readonly sections: readonly DebugSection[];
  readonly isRelocatable: boolean;
  readonly #places = new Map<DebugTable, { at: number; size: number }>();
  #view: DataView;

  constructor(core: Exports, handle: number) {
    this.core = core;
    this.handle = handle;
    this.#view = new DataView(core.memory.buffer);
    const facts = this.reply();
    this.isRelocatable = facts.flag();
    this.sections = facts.list(() => ({
      name: decoder.decode(facts.bytes()),
      size: facts.u64(),
      packing: packings[facts.u8()] ?? 'unknown',
      unpacked: facts.u64(),
    }));
  }

  /** Makes the index. */
  build(): void {
    this.call('debug_build');
    this.#places.clear();
  }

  /** Takes a saved index; false where it is none. */
  load(saved: Uint8Array): boolean {
    const at = this.#put(saved);
    this.#places.clear();
    // The core keeps the bytes, or frees them.
    return this.call('debug_load', at, saved.length) !== 0;
  }

  /** A copy of the index in the form that `load` takes. */
  save(): Uint8Array {
    this.call('debug_save');
    return this.#replyBytes().slice();
  }

  /** Rows in the table. */
  count(table: DebugTable): number {
    return this.#place(table).size / debugTables[table].row;
  }

  u32(table: DebugTable, row: number, field: number): number {
    return this.#look().getUint32(this.#at(table, row) + field, true);
  }

  u64(table: DebugTable, row: number, field: number): bigint {
    return this.#look().getBigUint64(this.#at(table, row) + field, true);
  }

  /** The text that a row's two fields from `field` on refer to. Not copied: valid until the next call. */
  text(table: DebugTable, row: number, field: number): Uint8Array {
    const [start, size] = [this.u32(table, row, field), this.u32(table, row, field + 4)];
    const all = this.#place('text');
    if (start + size > all.size) return new Uint8Array();
    return new Uint8Array(this.core.memory.buffer, all.at + start, size);
  }

  /** The demangled name of each function, copied. */
  paths(): ByteColumn {
    const names = this.call('debug_paths');
    const column = (number: number): Uint8Array => {
      const at = this.core['names_column']!(names, number) >>> 0;
      const size = this.core['names_column_size']!(names, number) >>> 0;
      return new Uint8Array(this.core.memory.buffer, at, size).slice();
    };
    return { bytes: column(0), offsets: new Uint32Array(column(1).buffer) };
  }

  /** The same of one function, in place: valid until the next call. */
  path(row: number): Uint8Array {
    this.call('debug_path', row);
    return this.#replyBytes();
  }

  /** Rows of the functions whose linkage name contains the one text, or whose path contains the other. */
  search(linkage: Uint8Array, path: Uint8Array): number[] {
    return this.lend(linkage, (linkageAt) =>
      this.lend(path, (pathAt) => {
        this.call('debug_search', linkageAt, linkage.length, pathAt, path.length);
        return this.#replyRows();
      }),
    );
  }

  /** Rows of the functions of this linkage name, and of this path where they have none. */
  named(name: Uint8Array): number[] {
    return this.lend(name, (at) => {
      this.call('debug_named', at, name.length);
      return this.#replyRows();
    });
  }

  /** Rows of the copies under way at an address, the innermost first. */
  frames(address: bigint): number[] {
    this.call('debug_frames', address);
    return this.#replyRows();
  }

  /** Rows of the line table in a range, by address. */
  lines(start: bigint, end: bigint): { paths: Uint8Array[]; rows: CoreLine[] } {
    this.call('debug_lines', start, end);
    const reply = this.reply();
    const paths = reply.list(() => reply.bytes().slice());
    const rows = reply.list(() => ({
      address: reply.u64(),
      file: reply.u32(),
      line: reply.u32(),
      column: reply.u32(),
      flags: reply.u8(),
    }));
    return { paths, rows };
  }

  /** Calls an export with the handle before the arguments. */
  call(name: string, ...args: (number | bigint)[]): number {
    return guarded(this.core, () => this.core[name]!(this.handle, ...args));
  }

  /** The same of an export whose reply begins with a status; throws RsymError with the reason where it isn't 0. */
  ask(name: string, ...args: (number | bigint)[]): Wire {
    this.call(name, ...args);
    const wire = this.reply();
    const status = wire.u8();
    if (status === 0) return wire;
    throw new RsymError(blame[status as 1 | 2] ?? 'internal', decoder.decode(wire.rest()));
  }

  /** Copies bytes to the core's memory for the time of one use. */
  lend<T>(bytes: Uint8Array, use: (at: number) => T): T {
    const at = this.#put(bytes);
    try {
      return use(at);
    } finally {
      if (!isTrapped(this.core)) this.core['free']!(at, bytes.length);
    }
  }

  /** What the last call wrote; valid until the next. */
  reply(): Wire {
    return new Wire(this.#replyBytes());
  }

  [Symbol.dispose](): void {
    if (!isTrapped(this.core)) this.core['debug_free']!(this.handle);
  }

  #replyRows(): number[] {
    const reply = this.reply();
    return reply.list(() => reply.u32());
  }

  /** Copies bytes to memory of the core; whoever takes them frees them. */
  #put(bytes: Uint8Array): number {
    const at = guarded(this.core, () => this.core['alloc']!(bytes.length));
    if (at === 0) throw new RsymError('input', 'its debug info does not fit in memory');
    new Uint8Array(this.core.memory.buffer, at, bytes.length).set(bytes);
    return at;
  }

  #replyBytes(): Uint8Array {
    const at = this.call('debug_reply');
    return new Uint8Array(this.core.memory.buffer, at, this.call('debug_reply_len'));
  }

  #place(table: DebugTable): { at: number; size: number } {
    let place = this.#places.get(table);
    if (!place) {
      const { number } = debugTables[table];
      place = { at: this.call('debug_table', number), size: this.call('debug_table_size', number) };
      this.#places.set(table, place);
    }
    return place;
  }

  #at(table: DebugTable, row: number): number {
    const { at, size } = this.#place(table);
    const start = row * debugTables[table].row;
    if (start >= size) throw new RsymError('internal', `there is no row ${row} in the table of ${table}`);
    return at + start;
  }

  #look(): DataView {
    const { buffer } = this.core.memory;
    if (this.#view.buffer !== buffer) this.#view = new DataView(buffer);
    return this.#view;
  }
}

/** A trap of the core is memory that it did not get, or a defect. */
const guarded = (core: Exports, run: () => number): number => {
  try {
    return guard(core, run) >>> 0;
  } catch (cause) {
    throw new RsymError('input', 'its debug info does not fit in memory, or rsym has a defect', { cause });
  }
};
