import { sanitize } from '../base/text.ts';
import { crateOf, legacyHash } from '../elf/crate.ts';
import { openDebugInfo } from '../elf/debug-info.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import type { SourcePosition } from '../elf/function-model.ts';
import type { Image } from '../elf/model.ts';
import type { Scheme } from '../elf/symbols.ts';
import { matchDebug } from './debug-match.ts';
import { demangle, toText } from './demangle.ts';
import { bareSymbol, openPath, schemeOf } from './function-path.ts';
import { type Listing, type ListOptions, list, type Remark } from './list.ts';
import { symbolDebug } from './symbol-debug.ts';

/** A line of the list: a symbol, or a function that exists only inlined. */
export type ListedRow = { readonly kind: 'symbol' | 'inlined'; readonly row: number };

/** A function of which debug info knows inlined copies alone. Text is not sanitised. */
export type InlinedFunction = {
  readonly name: string;
  /** The linkage name; where there is none, the name. */
  readonly raw: string;
  readonly scheme: Scheme;
  readonly crate: string | null;
  readonly hash: string | null;
};

/** A listing with the functions that exist only inlined. Valid until the next one is taken from the generator. */
export type InlinedListing = Pick<Listing, 'path' | 'member' | 'image' | 'table' | 'omitted'> & {
  readonly rows: readonly ListedRow[];
  /** For each of `rows`: symbols and inlined copies of its path, and how many of these are inlined; none if not asked for. */
  readonly copies: readonly { readonly all: number; readonly inlined: number }[];
  readonly inlinedFunction: (id: number) => InlinedFunction;
  /** With hashes and disambiguators. */
  readonly fullName: (id: number) => string;
  /** Where a row's function is declared, if debug info says. */
  readonly sourceOf: (row: ListedRow) => SourcePosition | null;
  /** Its path as DWARF has it, with generic arguments, if debug info says. */
  readonly dwarfPathOf: (row: ListedRow) => string | null;
};

type Options = ListOptions & { readonly debugFile?: string };

/** The listings of an image as `list` gives them, each with the functions that exist only inlined. */
export function* listInlined(
  image: Image,
  options: Options,
  remark: (remark: Remark) => void,
): Generator<InlinedListing> {
  // The limit is that of symbols and functions together.
  const { limit, reverse = false, debugFile, ...rest } = options;
  const told = new Set<string>();
  for (const listing of list(image, { ...rest, countCopies: false }, remark)) {
    using debug = openDebugInfo(listing.image, debugFile === undefined ? {} : { debugFile });
    for (const text of notesOn(listing.image, debug)) {
      if (told.has(text)) continue;
      told.add(text);
      remark({ kind: 'note', text });
    }
    const merger = new Merger(listing, debug, options);
    const all = reverse ? merger.rows().reverse() : merger.rows();
    const rows = all.slice(0, limit ?? all.length);
    yield {
      ...listing,
      rows,
      copies: options.countCopies === false ? [] : merger.copies(rows),
      omitted: all.length - rows.length,
      inlinedFunction: (id) => inlinedFunction(debug, id),
      fullName: (id) => fullNames(debug, [id])[0] ?? '',
      sourceOf: (row) => merger.sourceOf(row),
      dwarfPathOf: (row) => merger.dwarfPathOf(row),
    };
  }
}

const notesOn = (image: Image, debug: DebugInfo): readonly string[] =>
  debug.level === 'none' && debug.notes.length === 0
    ? [`${sanitize(image.path)} has no debug info: functions that exist only inlined can't be listed`]
    : debug.notes.map(sanitize);

const inlinedFunction = (debug: DebugInfo, id: number): InlinedFunction => {
  const name = debug.path(id);
  const linkage = debug.linkageName(id);
  const scheme = schemeOf(linkage);
  const crate = linkage === null ? crateOfPath(debug, id, name) : crateOf(scheme, linkage, name);
  return { name, raw: linkage ?? name, scheme, crate, hash: linkage === null ? null : legacyHash(linkage) };
};

/** A function of Rust without a linkage name has its crate in its path. */
const crateOfPath = (debug: DebugInfo, id: number, path: string): string | null => {
  const [, crate = null] = /^(\w+)::/.exec(path) ?? [];
  return crate !== null && debug.function(id).source?.file.endsWith('.rs') ? crate : null;
};

const fullNames = (debug: DebugInfo, ids: readonly number[]): string[] =>
  demangle(
    ids.map((id) => debug.linkageName(id) ?? debug.path(id)),
    { full: true },
  ).map((name) => toText(name).name);

/** Joins the symbols of a listing and the functions of debug info that have no code of their own. */
class Merger {
  readonly #listing: Listing;
  readonly #debug: DebugInfo;
  readonly #options: Options;

  constructor(listing: Listing, debug: DebugInfo, options: Options) {
    this.#listing = listing;
    this.#debug = debug;
    this.#options = options;
  }

  /** All rows in the order asked for, ascending. What has no address or size comes behind what has. */
  rows(): ListedRow[] {
    const symbols = Array.from(this.#listing.rows, (row): ListedRow => ({ kind: 'symbol', row }));
    const named = this.#named(this.#wanted());
    const inlined = named.map(({ row }): ListedRow => ({ kind: 'inlined', row }));
    if (this.#options.sort !== 'name') return [...symbols, ...inlined];
    const merged: ListedRow[] = [];
    let next = 0;
    for (const symbol of symbols) {
      const name = Buffer.from(this.#symbolName(symbol.row));
      for (; next < named.length && Buffer.compare(named[next]!.name, name) < 0; next++) merged.push(inlined[next]!);
      merged.push(symbol);
    }
    return [...merged, ...inlined.slice(next)];
  }

  /** What is counted together: a path with its generic arguments left open. */
  copies(rows: readonly ListedRow[]): InlinedListing['copies'] {
    const { table } = this.#listing;
    const debug = this.#debug;
    const keys = new Keys();
    const symbols = new Map<string, number>();
    const inlined = new Map<string, number>();
    const functions = table.functions();
    table.prepare(functions);
    for (const row of functions) add(symbols, keys.of(table.name(row), table.scheme(row)), 1);
    for (let id = 0; id < debug.functionCount; id++) {
      const count = debug.copyCounts(id).inlined;
      if (count > 0) add(inlined, keys.of(debug.path(id), schemeOf(debug.linkageName(id))), count);
    }
    return rows.map(({ kind, row }) => {
      const isFunction = kind === 'inlined' || ['function', 'ifunc'].includes(table.kind(row));
      if (!isFunction || (kind === 'symbol' && table.undefined(row))) return { all: 1, inlined: 0 };
      const key =
        kind === 'symbol'
          ? keys.of(table.name(row), table.scheme(row))
          : keys.of(debug.path(row), schemeOf(debug.linkageName(row)));
      const count = inlined.get(key) ?? 0;
      return { all: (symbols.get(key) ?? 0) + count, inlined: count };
    });
  }

  sourceOf(row: ListedRow): SourcePosition | null {
    const id = this.#functionOf(row);
    return id === null ? null : this.#debug.function(id).source;
  }

  dwarfPathOf(row: ListedRow): string | null {
    const id = this.#functionOf(row);
    return id === null ? null : this.#debug.dwarfPath(id);
  }

  /** The function in debug info. */
  #functionOf({ kind, row }: ListedRow): number | null {
    if (this.#debug.functionCount === 0) return null;
    return kind === 'inlined' ? row : symbolDebug(this.#listing.table, row, this.#debug).of;
  }

  /** Functions without code and symbol that the options ask for. */
  #wanted(): number[] {
    const { all, undefined: absent, dynamic, kinds, patterns = [], crate } = this.#options;
    if (dynamic || (absent && !all) || (kinds && !kinds.includes('function'))) return [];
    const debug = this.#debug;
    const matched = patterns.length === 0 ? null : new Set<number>();
    for (const pattern of patterns) {
      const { exact, loose } = matchDebug(pattern, debug);
      for (const id of [...exact, ...loose]) matched?.add(id);
    }
    const named = new Set<string>();
    const { table } = this.#listing;
    for (const row of table.functions()) named.add(bareSymbol(table.raw(row)));
    const found: number[] = [];
    for (let id = 0; id < debug.functionCount; id++) {
      const { outOfLine, inlined } = debug.copyCounts(id);
      if (outOfLine > 0 || inlined === 0 || matched?.has(id) === false) continue;
      const linkage = debug.linkageName(id);
      if (linkage !== null && named.has(linkage)) continue;
      if (crate === undefined || inlinedFunction(debug, id).crate === crate) found.push(id);
    }
    return found;
  }

  /** Sorted by the names that are shown. */
  #named(ids: readonly number[]): { name: Buffer; row: number }[] {
    const debug = this.#debug;
    const { names } = this.#options;
    const texts =
      names === 'full'
        ? fullNames(debug, ids)
        : ids.map((id) => (names === 'mangled' ? (debug.linkageName(id) ?? debug.path(id)) : debug.path(id)));
    return ids
      .map((row, i) => ({ name: Buffer.from(texts[i] ?? ''), row }))
      .sort((a, b) => Buffer.compare(a.name, b.name) || a.row - b.row);
  }

  #symbolName(row: number): string {
    const { table } = this.#listing;
    const { names } = this.#options;
    return names === 'full' ? table.fullName(row) : names === 'mangled' ? table.raw(row) : table.name(row);
  }
}

const add = (counts: Map<string, number>, key: string, count: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + count);
};

/** Open paths of names; instances of one function often have one name. */
class Keys {
  readonly #known = new Map<string, string>();

  of(name: string, scheme: Scheme): string {
    if (!name.includes('<') || scheme === 'itanium') return name;
    let key = this.#known.get(name);
    if (key === undefined) {
      key = openPath(name);
      this.#known.set(name, key);
    }
    return key;
  }
}
