import type { Address } from '../base/units.ts';
import type { Scheme, SymbolKind, SymbolTable } from '../elf/symbols.ts';

/** Texts in one block: text `i` lies from `offsets[i]` to `offsets[i + 1]`, as UTF-8. */
export type TextColumn = { readonly bytes: Uint8Array; readonly offsets: Uint32Array };

/** Functions that exist only inlined, sorted by name. */
export type InlinedNames = {
  /** Rows of the index of debug info. */
  readonly ids: Uint32Array;
  readonly names: TextColumn;
};

const none: InlinedNames = { ids: new Uint32Array(), names: { bytes: new Uint8Array(), offsets: new Uint32Array(1) } };

/**
 * What can be listed, by number: rows of the symbol table, then, above them, functions that exist only inlined, once
 * debug info is read. Text is not sanitised.
 */
export class Entries {
  readonly symbols: SymbolTable;
  #inlined = none;
  /** In small letters, as Latin-1: to be searched whatever the case. */
  #folded: string[] | null = null;

  constructor(symbols: SymbolTable) {
    this.symbols = symbols;
  }

  /** Numbers are below this. */
  get count(): number {
    return this.symbols.length + this.#inlined.ids.length;
  }

  setInlined(inlined: InlinedNames): void {
    this.#inlined = inlined;
    this.#folded = null;
  }

  isInlined(row: number): boolean {
    return row >= this.symbols.length;
  }

  /** The row in the index of debug info; null for a symbol. */
  debugId(row: number): number | null {
    return this.#inlined.ids[row - this.symbols.length] ?? null;
  }

  name(row: number): string {
    return this.isInlined(row) ? Buffer.from(this.nameBytes(row)).toString('utf8') : this.symbols.name(row);
  }

  /** Not copied: valid until anything else is asked. */
  nameBytes(row: number): Uint8Array {
    if (!this.isInlined(row)) return this.symbols.nameBytes(row);
    const { bytes, offsets } = this.#inlined.names;
    const at = row - this.symbols.length;
    return bytes.subarray(offsets[at] ?? 0, offsets[at + 1] ?? 0);
  }

  /** The name in the symbol table; of a function that is only inlined, its path. */
  raw(row: number): string {
    return this.isInlined(row) ? this.name(row) : this.symbols.raw(row);
  }

  address(row: number): Address | null {
    return this.isInlined(row) ? null : this.symbols.address(row);
  }

  size(row: number): bigint | null {
    return this.isInlined(row) ? null : this.symbols.size(row);
  }

  kind(row: number): SymbolKind | 'inlined' {
    return this.isInlined(row) ? 'inlined' : this.symbols.kind(row);
  }

  scheme(row: number): Scheme {
    return this.isInlined(row) ? 'none' : this.symbols.scheme(row);
  }

  /** Those of the rows whose name contains `needle`, in their order; upper case in it makes case count. */
  search(needle: string, rows: Uint32Array): Uint32Array {
    const first = this.symbols.length;
    if (this.#inlined.ids.length === 0) return this.symbols.search(needle, rows);
    const named = rows.filter((row) => row < first);
    const found = this.symbols.search(needle, named);
    if (named.length === rows.length) return found;
    const contains = this.#containing(needle);
    // Both are in the order of `rows`.
    let next = 0;
    return rows.filter((row) => {
      if (row >= first) return contains(row);
      if (found[next] !== row) return false;
      next++;
      return true;
    });
  }

  #containing(needle: string): (row: number) => boolean {
    const latin1 = Buffer.from(needle).toString('latin1');
    if (needle !== needle.toLowerCase())
      return (row) => Buffer.from(this.nameBytes(row)).toString('latin1').includes(latin1);
    const folded = this.#foldedNames();
    return (row) => folded[row - this.symbols.length]?.includes(latin1) === true;
  }

  #foldedNames(): readonly string[] {
    this.#folded ??= Array.from(this.#inlined.ids, (_, i) =>
      Buffer.from(this.nameBytes(this.symbols.length + i))
        .toString('latin1')
        .replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
    );
    return this.#folded;
  }
}
