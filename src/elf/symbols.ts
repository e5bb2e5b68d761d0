import { decodeBytes } from '../base/text.ts';
import { type Address, address } from '../base/units.ts';
import type { CoreSymbols, LineOptions, Order } from '../core/symbols.ts';
import { crateOf, legacyHash } from './crate.ts';
import type { Section } from './model.ts';

/** In the order of the core's numbers. */
const kinds = ['notype', 'function', 'data', 'tls', 'section', 'file', 'ifunc', 'other'] as const;
export type SymbolKind = (typeof kinds)[number];
export const symbolKinds: readonly SymbolKind[] = kinds;

const schemes = ['none', 'rust-legacy', 'rust-v0', 'itanium'] as const;
export type Scheme = (typeof schemes)[number];
const legacyScheme = schemes.indexOf('rust-legacy');
const v0Scheme = schemes.indexOf('rust-v0');

const bindings = { 0: 'local', 1: 'global', 2: 'weak', 10: 'unique' } as const;
export type Binding = (typeof bindings)[keyof typeof bindings];

const undefinedFlag = 1;
const dynamicFlag = 2;
const mappingFlag = 4;

const specialSections: Readonly<Record<number, string>> = { 4294967294: 'ABS', 4294967293: 'COMMON' };

export type Selection = {
  /** Default: functions and ifuncs. */
  readonly kinds?: readonly SymbolKind[];
  /** Default true. */
  readonly defined?: boolean;
  /** Default false. */
  readonly undefined?: boolean;
  /** Only what the dynamic table has. Default false. */
  readonly dynamic?: boolean;
  /** ARM's mapping symbols and compilers' labels too. Default: only where kinds are named. */
  readonly marks?: boolean;
};

const functionKinds: readonly SymbolKind[] = ['function', 'ifunc'];

/**
 * The symbols of an image, those of `.symtab` and `.dynsym` each once. A symbol is its row number; names are worked
 * out when they are asked for, many at once where rows are `prepare`d first.
 */
export class SymbolTable implements Disposable {
  readonly #core: CoreSymbols;
  readonly #sections: readonly Section[];
  readonly length: number;
  /** Functions that have no name (wasm); they have no row. */
  readonly unnamed: number;
  #byAddress: Uint32Array | undefined;
  #byRaw: Uint32Array | undefined;
  #functions: Uint32Array | undefined;

  constructor(core: CoreSymbols, sections: readonly Section[]) {
    this.#core = core;
    this.#sections = sections;
    this.length = core.length;
    this.unnamed = core.unnamed;
  }

  /** Lines of the rows as bytes, and how wide their columns are. See CoreSymbols.lines. */
  lines(rows: Uint32Array, options: LineOptions): ReturnType<CoreSymbols['lines']> {
    if (options.names !== 'mangled') this.#core.prepare(rows, options.names === 'full');
    return this.#core.lines(rows, options);
  }

  address(row: number): Address {
    return address(this.#core.address(row));
  }

  size(row: number): bigint {
    return this.#core.size(row);
  }

  kind(row: number): SymbolKind {
    return kinds[this.#core.field(row, 'kind')] ?? 'other';
  }

  binding(row: number): Binding {
    return bindings[this.#core.field(row, 'binding') as keyof typeof bindings] ?? 'global';
  }

  /** The section's name, `ABS` or `COMMON`; null for an undefined symbol, or where the file's number is wrong. */
  section(row: number): string | null {
    const number = this.sectionIndex(row);
    return this.#sections[number]?.name ?? specialSections[number] ?? null;
  }

  /** The section's number in the file; above 0xffff_ff00 there is no such section. */
  sectionIndex(row: number): number {
    return this.#core.section(row);
  }

  undefined(row: number): boolean {
    return this.#flag(row, undefinedFlag);
  }

  dynamic(row: number): boolean {
    return this.#flag(row, dynamicFlag);
  }

  /** ARM's `$a`, `$d`, `$x` and compilers' `.L` labels: marks in the code, not functions. */
  mapping(row: number): boolean {
    return this.#flag(row, mappingFlag);
  }

  /** The class letter of `nm`. */
  letter(row: number): string {
    return String.fromCharCode(this.#core.field(row, 'letter'));
  }

  /** A copy of the name's bytes in the file. */
  rawBytes(row: number): Uint8Array {
    return this.#core.rawBytes(row).slice();
  }

  /** The name in the file; bytes that are not UTF-8 as `\xNN`. Not sanitised for terminals. */
  raw(row: number): string {
    return text(this.#core.rawBytes(row));
  }

  /** What the name means, without hashes and disambiguators. Not sanitised for terminals. */
  name(row: number): string {
    return text(this.#core.textBytes(row, false));
  }

  /** The bytes of `name`, not copied: valid until anything else is asked of this table. */
  nameBytes(row: number): Uint8Array {
    return this.#core.textBytes(row, false);
  }

  /** The same with them. */
  fullName(row: number): string {
    return text(this.#core.textBytes(row, true));
  }

  scheme(row: number): Scheme {
    return schemes[this.#core.scheme(row)] ?? 'none';
  }

  isRust(row: number): boolean {
    const scheme = this.#core.scheme(row);
    return scheme === legacyScheme || scheme === v0Scheme;
  }

  /** The 16 digits of a legacy Rust name. */
  hash(row: number): string | null {
    return this.scheme(row) === 'rust-legacy' ? legacyHash(this.raw(row)) : null;
  }

  /** The crate in which a Rust function, or the implementation it belongs to, was written. */
  crate(row: number): string | null {
    return crateOf(this.scheme(row), this.raw(row), this.name(row));
  }

  /** Rows in the file's order. */
  select({ kinds: wanted, ...want }: Selection = {}): Uint32Array {
    const bits = (wanted ?? functionKinds).reduce((all, kind) => all | (1 << kinds.indexOf(kind)), 0);
    const marks = want.marks ?? wanted !== undefined;
    return this.#core.select(bits, { defined: true, undefined: false, dynamic: false, ...want, marks });
  }

  /** Defined functions and ifuncs, in the file's order. */
  functions(): Uint32Array {
    this.#functions ??= this.select();
    return this.#functions;
  }

  /** Works out the names of many rows at once: far cheaper than one by one. */
  prepare(rows: Uint32Array, full = false): void {
    this.#core.prepare(rows, full);
  }

  /** Sorted rows; a largest size comes first. For an order by name the rows are prepared here. */
  sort(rows: Uint32Array, by: Order): Uint32Array {
    if (by === 'name' || by === 'full') this.#core.prepare(rows, by === 'full');
    return this.#core.sort(rows, by);
  }

  /** For each of the rows, how many of them share its path, generic arguments left open. */
  copies(rows: Uint32Array): Uint32Array {
    this.#core.prepare(rows, false);
    return this.#core.copies(rows);
  }

  /** Those of the rows whose demangled name contains `needle`; upper case in it makes case count. */
  search(needle: string, rows: Uint32Array = this.functions()): Uint32Array {
    this.#core.prepare(rows, false);
    return this.#core.search(rows, new TextEncoder().encode(needle), needle === needle.toLowerCase(), false);
  }

  /** Those of the rows whose name contains exactly this text; the demangled name, or the one in the file. */
  containingText(needle: string, rows: Uint32Array, form: 'demangled' | 'raw'): Uint32Array {
    if (form === 'demangled') this.#core.prepare(rows, false);
    return this.#core.search(rows, new TextEncoder().encode(needle), false, form === 'raw');
  }

  /** Defined symbols at exactly this address. */
  at(at: Address): number[] {
    const sorted = this.#addressOrder();
    const found: number[] = [];
    for (let i = firstAtLeast(sorted, (row) => this.address(row) >= at); i < sorted.length; i++) {
      const row = sorted[i] ?? 0;
      if (this.address(row) !== at) break;
      found.push(row);
    }
    return found;
  }

  /** Functions whose bytes include this address, the nearest start first. One of unknown size has only its start. */
  containing(at: Address): number[] {
    const sorted = this.#addressOrder();
    const found: number[] = [];
    // A function that holds the address may start before others that end before it: 64 starts back is far enough.
    const end = firstAtLeast(sorted, (row) => this.address(row) > at);
    for (let i = end - 1; i >= 0 && i >= end - 64; i--) {
      const row = sorted[i] ?? 0;
      const kind = this.kind(row);
      if (kind !== 'function' && kind !== 'ifunc') continue;
      const past = at - this.address(row);
      if (past === 0n || past < this.size(row)) found.push(row);
    }
    return found;
  }

  /** Symbols of this raw name; `memcpy` also finds `memcpy@@GLIBC_2.14`. Defined ones first. */
  byRaw(name: string): number[] {
    this.#byRaw ??= this.#core.sort(
      Uint32Array.from({ length: this.length }, (_, row) => row),
      'raw',
    );
    const wanted = Buffer.from(name);
    const sorted = this.#byRaw;
    const found: number[] = [];
    for (
      let i = firstAtLeast(sorted, (row) => Buffer.compare(this.#core.rawBytes(row), wanted) >= 0);
      i < sorted.length;
      i++
    ) {
      const row = sorted[i] ?? 0;
      const raw = this.#core.rawBytes(row);
      if (Buffer.compare(raw.subarray(0, wanted.length), wanted) !== 0) break;
      if (raw.length === wanted.length || raw[wanted.length] === 0x40) found.push(row);
    }
    return found.sort((a, b) => Number(this.undefined(a)) - Number(this.undefined(b)) || a - b);
  }

  [Symbol.dispose](): void {
    this.#core[Symbol.dispose]();
  }

  /** Defined symbols that name a place in the image: no files, sections, thread-local variables and marks. */
  located(): Uint32Array {
    return this.select({ kinds: ['function', 'ifunc', 'data', 'notype', 'other'], marks: false });
  }

  #addressOrder(): Uint32Array {
    this.#byAddress ??= this.#core.sort(this.located(), 'address');
    return this.#byAddress;
  }

  #flag(row: number, flag: number): boolean {
    return (this.#core.field(row, 'flags') & flag) !== 0;
  }
}

/** The first index for which `holds`, which is false before it and true from it on. */
const firstAtLeast = (rows: Uint32Array, holds: (row: number) => boolean): number => {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(rows[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** ASCII is by far the most common and needs no decoder. */
const text = (bytes: Uint8Array): string => {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return ascii.test(latin1) ? latin1 : decodeBytes(bytes.slice());
};
const ascii = /^[\0-\x7f]*$/;
