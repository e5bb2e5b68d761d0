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
  /** Paths of others with the same code. */
  readonly aliases: readonly number[];
};

export type WideSelection = {
  readonly paths: PathTable;
  readonly functions: readonly WideFunction[];
  /** Functions whose code another one of them has, under whose name it is counted. */
  readonly merged: number;
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

const noAliases: readonly number[] = [];

/** One function for each path, generic arguments left open, as users name them. */
const grouped = (symbols: SymbolTable, rows: Uint32Array): WideSelection => {
  symbols.prepare(rows);
  const paths = new PathTable(rows.length);
  const functions: (WideFunction & { rows: number[]; isInstance: boolean[]; aliases: readonly number[] })[] = [];
  /** By path: the function's number; missing for those whose code another has. */
  const numbers: number[] = [];
  let owner = -1;
  let begin = -1;
  let merged = 0;
  // In this order functions' bytes that lie together are looked at together, and those with the same code follow each other.
  for (const row of symbols.sort(rows, 'address')) {
    const isRust = symbols.isRust(row);
    const own = symbols.nameBytes(row);
    const path = isRust ? paths.addOpen(own) : paths.add(own);
    const at = Number(symbols.address(row));
    if (at === begin) {
      if (owner !== path) {
        const group = functions[numbers[owner]!]!;
        if (!group.aliases.includes(path)) group.aliases = [...group.aliases, path];
        merged++;
      }
      continue;
    }
    owner = path;
    begin = at;
    const isInstance = own.length !== paths.sizeOf(path);
    const known = numbers[path];
    if (known === undefined) {
      numbers[path] = functions.length;
      functions.push({ path, rows: [row], isInstance: [isInstance], aliases: noAliases });
    } else {
      functions[known]!.rows.push(row);
      functions[known]!.isInstance.push(isInstance);
    }
  }
  return { paths, functions, merged, parts: coldParts(symbols) };
};
