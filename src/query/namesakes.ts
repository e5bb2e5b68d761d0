import { splitPath } from '../base/path.ts';
import type { Address } from '../base/units.ts';
import type { SymbolTable } from '../elf/symbols.ts';

/** Functions of one name. */
type Group = {
  readonly byAddress: Uint32Array;
  /** Names in the file that several addresses have. */
  readonly sharedRaw: ReadonlySet<string>;
};

/**
 * Functions that share their whole name and are others all the same: the legacy mangling tells instances of a generic
 * function apart by a hash alone. There may be ten thousands of one name: what is asked of many of them is worked out
 * once.
 */
export class Namesakes {
  readonly #symbols: SymbolTable;
  readonly #rows: Uint32Array;
  /** By row: its place in the order by name, where functions of one name are neighbours. */
  #places: Uint32Array | null = null;
  /** By the place of their first. */
  readonly #groups = new Map<number, Group>();

  /** `rows`: functions, sorted by name. */
  constructor(symbols: SymbolTable, rows: Uint32Array) {
    this.#symbols = symbols;
    this.#rows = rows;
  }

  /** Whether a function of another address has the name. */
  has(row: number): boolean {
    const place = this.#placeOf(row);
    if (place === null) return false;
    const [name, address] = [this.#nameOf(place), this.#symbols.address(row)];
    for (const way of [-1, 1])
      for (let at = place + way; this.#isNamed(at, name); at += way)
        if (this.#symbols.address(this.#rows[at] ?? 0) !== address) return true;
    return false;
  }

  /** Addresses of the others of a function's name, lowest first; at most `limit`. */
  addresses(row: number, limit: number): Address[] {
    const own = this.#symbols.address(row);
    const found: Address[] = [];
    for (const other of this.#groupOf(row)?.byAddress ?? []) {
      const address = this.#symbols.address(other);
      if (address === own || address === found.at(-1)) continue;
      if (found.length === limit) break;
      found.push(address);
    }
    return found;
  }

  /** Whether its name in the file tells it from the others. */
  hasOwnRaw(row: number): boolean {
    return this.#groupOf(row)?.sharedRaw.has(this.#symbols.raw(row)) !== true;
  }

  #groupOf(row: number): Group | null {
    const place = this.#placeOf(row);
    if (place === null) return null;
    const name = this.#nameOf(place);
    const first = this.#end(place, -1, name);
    const known = this.#groups.get(first);
    if (known) return known;
    const rows = this.#rows.slice(first, this.#end(place, 1, name) + 1);
    const group = { byAddress: this.#symbols.sort(rows, 'address'), sharedRaw: this.#sharedRaw(rows) };
    this.#groups.set(first, group);
    return group;
  }

  /** The last place in one direction that has the name: by strides that double, then halve. */
  #end(from: number, way: -1 | 1, name: Uint8Array): number {
    let at = from;
    let stride = 1;
    for (; this.#isNamed(at + way * stride, name); stride *= 2) at += way * stride;
    for (; stride >= 1; stride /= 2) if (this.#isNamed(at + way * stride, name)) at += way * stride;
    return at;
  }

  #sharedRaw(rows: Uint32Array): Set<string> {
    const shared = new Set<string>();
    const addresses = new Map<string, Address>();
    for (const row of rows) {
      const [raw, address] = [this.#symbols.raw(row), this.#symbols.address(row)];
      if ((addresses.get(raw) ?? address) !== address) shared.add(raw);
      addresses.set(raw, address);
    }
    return shared;
  }

  #isNamed(place: number, name: Uint8Array): boolean {
    const row = this.#rows[place];
    return row !== undefined && Buffer.compare(this.#symbols.nameBytes(row), name) === 0;
  }

  #nameOf(place: number): Uint8Array {
    return this.#symbols.nameBytes(this.#rows[place] ?? 0).slice();
  }

  #placeOf(row: number): number | null {
    if (this.#places === null) {
      this.#places = new Uint32Array(this.#symbols.length);
      for (let place = 0; place < this.#rows.length; place++) this.#places[this.#rows[place] ?? 0] = place;
    }
    const place = this.#places[row] ?? 0;
    return this.#rows[place] === row ? place : null;
  }
}

/** The generic arguments that a path of DWARF ends in, as `<u8>`; empty where there are none, or the name has its own. */
export const genericsIn = (dwarfPath: string, name: string): string => {
  const own = splitPath(dwarfPath).at(-1) ?? '';
  return own.endsWith('>') && !name.endsWith('>') ? own.slice(Math.max(0, own.indexOf('<'))) : '';
};
