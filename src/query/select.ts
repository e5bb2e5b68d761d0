import { parseSpec } from '../abi/signature.ts';
import type { RsymError } from '../base/errors.ts';
import { type Address, address } from '../base/units.ts';
import type { DebugCopy, DebugFunction } from '../elf/function-model.ts';
import { debugPath, matchDebug } from './debug-match.ts';
import { hasArguments, openPath, schemeOf } from './function-path.ts';
import { possibleFor } from './list-match.ts';
import { isColdPart } from './locate.ts';
import { type Pattern, parsePattern } from './pattern.ts';
import { nothingSelected } from './select-missing.ts';
import type { CopyRef, SelectedFunction, SelectSources } from './select-model.ts';
import { symbolDebug } from './symbol-debug.ts';

/** What a pattern matched: rows of the symbol table, rows of debug info, and single copies (of an address). */
type Found = { symbols: number[]; functions: number[]; copies: number[]; notes: string[] };

/**
 * Every function that one of the texts names (patterns, perhaps with a signature), over symbols and debug info alike,
 * with all its copies. A text's exact matches rule out its looser ones. Texts that name nothing leave their errors in
 * `missing`, as long as another names something.
 *
 * @throws {RsymError} `not-found` if no text names anything, with the nearest names; `usage` for a faulty pattern.
 */
export const select = (
  sources: SelectSources,
  texts: readonly string[],
  missing: RsymError[] = [],
): SelectedFunction[] => {
  const groups = new Groups(sources);
  for (const text of texts) {
    const pattern = parsePattern(parseSpec(text).pattern);
    const found = pattern.address === null ? matching(sources, pattern) : around(sources, address(pattern.address));
    if (found.symbols.length + found.functions.length + found.copies.length === 0)
      missing.push(nothingSelected(sources, pattern));
    for (const id of found.copies) groups.addCopy(id, found.notes);
    for (const id of found.functions) groups.addFunction(id, found.notes);
    for (const row of found.symbols) groups.addSymbol(row, pattern.address === null, found.notes);
  }
  const [first] = missing;
  if (first !== undefined && missing.length === texts.length) throw first;
  return groups.finish();
};

const isFunction = ({ symbols }: SelectSources, row: number): boolean =>
  !symbols.undefined(row) && (symbols.kind(row) === 'function' || symbols.kind(row) === 'ifunc');

const matching = (sources: SelectSources, pattern: Pattern): Found => {
  const { symbols, debug } = sources;
  const exact: number[] = [];
  const loose: number[] = [];
  const rows = possibleFor(symbols, symbols.functions(), pattern);
  symbols.prepare(rows);
  for (const row of rows) {
    const match = pattern.match(symbols.name(row), symbols.raw(row), symbols.address(row));
    if (match === null || isColdPart(symbols.raw(row)) || isOtherBody(sources, pattern, row)) continue;
    (match === 'exact' ? exact : loose).push(row);
  }
  const found = matchDebug(pattern, debug);
  const hasExact = exact.length + found.exact.length > 0;
  const notes: string[] = [];
  const own = hasExact ? found.exact : found.loose;
  const rest = hasExact ? exact : loose;
  if (own.length + rest.length > 0) return { symbols: rest, functions: [...own], copies: [], notes };
  if (found.partial.length > 0)
    notes.push("debug info has only the last part of this function's path: another function of that name may be meant");
  return { symbols: [], functions: [...found.partial], copies: [], notes };
};

/** The legacy mangling doesn't number closures: debug info says that this one has another number than was asked for. */
const isOtherBody = ({ symbols, debug }: SelectSources, pattern: Pattern, row: number): boolean => {
  const name = symbols.name(row);
  if (!name.includes('{') || pattern.kind !== 'path' || pattern.text === name) return false;
  const { of } = symbolDebug(symbols, row, debug);
  if (of === null) return false;
  const path = debugPath(debug, of);
  return path !== name && pattern.match(path, symbols.raw(row), null) === null;
};

/** The function whose code an address is in, and those inlined there. */
const around = ({ symbols, debug }: SelectSources, at: Address): Found => {
  const copies = debug.frames(at).flatMap(({ copy }) => (copy === null ? [] : [copy.id]));
  if (copies.length > 0) return { symbols: [], functions: [], copies: copies.reverse(), notes: [] };
  const rows = symbols.containing(at).filter((row) => !isColdPart(symbols.raw(row)));
  const start = rows[0] === undefined ? null : symbols.address(rows[0]);
  return { symbols: rows.filter((row) => symbols.address(row) === start), functions: [], copies: [], notes: [] };
};

type Group = {
  readonly names: Set<string>;
  readonly open: string;
  readonly functions: Set<number>;
  readonly copies: Map<string, CopyRef>;
  readonly notes: Set<string>;
};

/** Copies sorted into functions as users mean them. */
class Groups {
  readonly #sources: SelectSources;
  readonly #groups = new Map<string, Group>();
  readonly #added = new Set<number>();
  /** A function's row holds the ids of all its copies: reading it for each symbol would take long. */
  readonly #functions = new Map<number, DebugFunction>();

  constructor(sources: SelectSources) {
    this.#sources = sources;
  }

  addFunction(id: number, notes: readonly string[]): void {
    if (this.#added.has(id)) return;
    this.#added.add(id);
    const fn = this.#function(id);
    if (!fn.isPartial || fn.copies.length === 0) this.#groupOf(fn, notes);
    for (const copy of fn.copies) this.#addCopy(fn, copy, notes);
  }

  addCopy(id: number, notes: readonly string[]): void {
    const { debug } = this.#sources;
    this.#addCopy(this.#function(debug.copy(id).function), id, notes);
  }

  /** `whole`: with the other copies of the same instance, inlined ones. */
  addSymbol(row: number, whole: boolean, notes: readonly string[]): void {
    const { symbols, debug } = this.#sources;
    const { of, copy } = symbolDebug(symbols, row, debug);
    const fn = of === null ? null : this.#function(of);
    if (fn !== null && whole && !fn.isPartial) this.addFunction(fn.id, notes);
    const group = fn === null || fn.isPartial ? this.#groupOfSymbol(row) : this.#groupOf(fn, notes);
    for (const note of notes) group.notes.add(note);
    if (of !== null) group.functions.add(of);
    this.#put(group, { symbol: row, of, copy, isInlined: false, address: symbols.address(row) });
  }

  finish(): SelectedFunction[] {
    return [...this.#groups.values()].map((group) => ({
      name: group.names.size === 1 ? ([...group.names][0] ?? '') : group.open,
      functions: [...group.functions],
      copies: [...group.copies.values()].sort(
        (a, b) =>
          Number(a.isInlined) - Number(b.isInlined) || (a.address < b.address ? -1 : a.address > b.address ? 1 : 0),
      ),
      isGeneric: this.#isGeneric(group),
      notes: [...group.notes],
    }));
  }

  #function(id: number): DebugFunction {
    const known = this.#functions.get(id) ?? this.#sources.debug.function(id);
    this.#functions.set(id, known);
    return known;
  }

  #addCopy(fn: DebugFunction, id: number, notes: readonly string[]): void {
    const { debug } = this.#sources;
    const copy = debug.copy(id);
    const isInlined = copy.kind === 'inlined';
    const symbol = isInlined ? null : this.#symbolOf(fn.id, copy);
    const group = fn.isPartial && symbol !== null ? this.#groupOfSymbol(symbol) : this.#groupOf(fn, notes);
    group.functions.add(fn.id);
    const start = symbol === null ? copy.address : this.#sources.symbols.address(symbol);
    this.#put(group, { symbol, of: fn.id, copy: id, isInlined, address: start });
  }

  /** Two DIEs or two symbols may tell of the same code. */
  #put(group: Group, ref: CopyRef): void {
    const key = ref.isInlined ? `i${ref.copy}` : `${ref.address}`;
    const known = group.copies.get(key);
    if (known === undefined || (known.copy === null && ref.copy !== null)) group.copies.set(key, ref);
  }

  /** The symbol of a copy, at the lowest of its addresses or where another of its parts begins. */
  #symbolOf(id: number, { ranges }: DebugCopy): number | null {
    const { symbols, debug } = this.#sources;
    const isOwn = (row: number): boolean =>
      isFunction(this.#sources, row) && !isColdPart(symbols.raw(row)) && symbolDebug(symbols, row, debug).of === id;
    for (const { start } of ranges) {
      const row = symbols.at(start).find(isOwn);
      if (row !== undefined) return row;
    }
    return null;
  }

  #groupOf(fn: DebugFunction, notes: readonly string[]): Group {
    const name = debugPath(this.#sources.debug, fn.id);
    const isCxx = schemeOf(fn.linkageName) === 'itanium';
    const open = isCxx ? name : openPath(name);
    // Functions of C that only their file sees are different ones in different files.
    const isLocal = fn.linkageName === null && !fn.isPartial && !name.includes('::') && fn.source !== null;
    const group = this.#group(isLocal ? `${open}\0${fn.source?.file}` : open, open);
    group.names.add(name);
    for (const note of notes) group.notes.add(note);
    group.functions.add(fn.id);
    return group;
  }

  #groupOfSymbol(row: number): Group {
    const { symbols } = this.#sources;
    const name = symbols.name(row);
    const scheme = symbols.scheme(row);
    const open = scheme === 'rust-v0' || scheme === 'rust-legacy' ? openPath(name) : name;
    const group = this.#group(open, open);
    group.names.add(name);
    return group;
  }

  #group(key: string, open: string): Group {
    const known = this.#groups.get(key);
    if (known) return known;
    const group: Group = { names: new Set(), open, functions: new Set(), copies: new Map(), notes: new Set() };
    this.#groups.set(key, group);
    return group;
  }

  #isGeneric(group: Group): boolean {
    const { debug } = this.#sources;
    const functions = [...group.functions];
    if (functions.length > 0) return functions.some((id) => hasArguments(debug.dwarfPath(id)));
    // Without debug info only names that hold arguments tell.
    return [...group.names].some((name) => openPath(name) !== name && !name.startsWith('<'));
  }
}
