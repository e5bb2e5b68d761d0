import { splitPath } from '../base/path.ts';
import type { SymbolTable } from '../elf/symbols.ts';

/**
 * Functions that share their whole name and are others all the same: the legacy mangling tells instances of a generic
 * function apart by a hash alone.
 */
export class Namesakes {
  readonly #symbols: SymbolTable;
  readonly #rows: Uint32Array;
  /** By row: its place in the order by name, where functions of one name are neighbours. */
  #places: Uint32Array | null = null;

  /** `rows`: functions, sorted by name. */
  constructor(symbols: SymbolTable, rows: Uint32Array) {
    this.#symbols = symbols;
    this.#rows = rows;
  }

  /** The others of a function's name, without other symbols of its own address; at most `limit`. */
  of(row: number, limit: number): number[] {
    const place = this.#placeOf(row);
    if (place === null) return [];
    const [name, address] = [this.#symbols.name(row), this.#symbols.address(row)];
    const others: number[] = [];
    for (const way of [-1, 1])
      for (let at = place + way; others.length < limit; at += way) {
        const other = this.#rows[at];
        if (other === undefined || this.#symbols.name(other) !== name) break;
        if (this.#symbols.address(other) !== address) others.push(other);
      }
    return others.sort((a, b) => (this.#symbols.address(a) < this.#symbols.address(b) ? -1 : 1));
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
