import { parseSpec } from '../abi/signature.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import { possibleFor } from './list-match.ts';
import { coldParts, partRows } from './locate.ts';
import { PathTable } from './path-table.ts';
import { type Pattern, parsePattern } from './pattern.ts';

/** With more symbols than this, functions are taken as the symbol table has them, and debug info isn't asked. */
export const mostLooked = 2_000;

/** A function as the symbol table tells of it: rows of code of its own. */
export type WideFunction = {
  /** Its number in {@link WideSelection.paths}. */
  readonly path: number;
  readonly rows: readonly number[];
  /** Whether a row's name has generic arguments that the path leaves open. */
  readonly isInstance: readonly boolean[];
  /** Paths of others with the same code; null: there are none. */
  readonly aliases: ReadonlySet<number> | null;
};

export type WideSelection = {
  readonly paths: PathTable;
  readonly functions: readonly WideFunction[];
  /** Functions of which another one has some code, under whose name it is counted. */
  readonly folded: number;
  /** Rows of the parts that were moved away, by the raw name of their functions. */
  readonly parts: ReadonlyMap<string, readonly number[]>;
};

/** The functions that texts name, if these are so many symbols that each must cost next to nothing; else null. */
export const selectWide = (symbols: SymbolTable, texts: readonly string[]): WideSelection | null => {
  const rows = matchingRows(symbols, texts);
  return rows === null ? null : grouped(symbols, rows);
};

const matchingRows = (symbols: SymbolTable, texts: readonly string[]): Uint32Array | null => {
  const [only = ''] = texts;
  if (texts.length === 1) {
    const rows = matching(symbols, parsePattern(parseSpec(only).pattern));
    return rows.length > mostLooked ? rows : null;
  }
  const found = new Set<number>();
  for (const text of texts) {
    const pattern = parsePattern(parseSpec(text).pattern);
    const rows = matching(symbols, pattern);
    // What one text names nothing of is told where every one is looked up.
    if (rows.length === 0) return null;
    for (const row of rows) found.add(row);
  }
  return found.size > mostLooked ? Uint32Array.from(found) : null;
};

const matching = (symbols: SymbolTable, pattern: Pattern): Uint32Array => {
  const all = symbols.functions();
  const cold = new Set(partRows(symbols));
  const possible = possibleFor(symbols, all, pattern);
  const rows = cold.size === 0 ? possible : possible.filter((row) => !cold.has(row));
  if (pattern.everything !== null) return rows;
  symbols.prepare(rows);
  const exact: number[] = [];
  const loose: number[] = [];
  for (const row of rows) {
    const match = pattern.match(symbols.name(row), symbols.raw(row), symbols.address(row));
    if (match !== null) (match === 'exact' ? exact : loose).push(row);
  }
  return Uint32Array.from(exact.length > 0 ? exact : loose);
};

/** One function for each path, generic arguments left open, as users name them. */
const grouped = (symbols: SymbolTable, rows: Uint32Array): WideSelection => {
  symbols.prepare(rows);
  const paths = new PathTable(rows.length);
  const functions: (WideFunction & { rows: number[]; isInstance: boolean[]; aliases: Set<number> | null })[] = [];
  /** By path: the function's number; missing for those whose code another has. */
  const numbers: number[] = [];
  const folded = new Set<number>();
  // In this order functions' bytes that lie together are looked at together, and those with the same code follow each other.
  const sorted = symbols.sort(rows, 'address');
  for (let i = 0; i < sorted.length; ) {
    const at = symbols.address(sorted[i]!);
    let end = i + 1;
    while (end < sorted.length && symbols.address(sorted[end]!) === at) end++;
    let owner: (typeof functions)[number] | null = null;
    for (const row of end === i + 1 ? [sorted[i]!] : ifuncsOr(symbols, sorted.subarray(i, end))) {
      const isRust = symbols.isRust(row);
      const name = symbols.nameBytes(row);
      const { length } = name;
      const path = isRust ? paths.addOpen(name) : paths.add(name);
      if (owner !== null) {
        if (owner.path === path) continue;
        owner.aliases ??= new Set();
        owner.aliases.add(path);
        folded.add(path);
        continue;
      }
      numbers[path] ??= functions.push({ path, rows: [], isInstance: [], aliases: null }) - 1;
      owner = functions[numbers[path]]!;
      owner.rows.push(row);
      owner.isInstance.push(length !== paths.sizeOf(path));
    }
    i = end;
  }
  return { paths, functions, folded: folded.size, parts: coldParts(symbols) };
};

/** Of rows at one address the IFUNCs, if there are any: the function that chooses what they are is not them. */
const ifuncsOr = (symbols: SymbolTable, rows: Uint32Array): Uint32Array => {
  const ifuncs = rows.filter((row) => symbols.kind(row) === 'ifunc');
  return ifuncs.length > 0 ? ifuncs : rows;
};
