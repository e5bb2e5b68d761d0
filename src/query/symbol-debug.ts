import type { DebugInfo } from '../elf/debug-model.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import { debugPath } from './debug-match.ts';
import { bareSymbol, clonedSymbol, lastName } from './function-path.ts';

/** What debug info knows of a symbol's function. `copy` is the code at the symbol's address. */
export type SymbolDebug = {
  readonly of: number | null;
  readonly copy: number | null;
  /** Debug info says that the code at its address is this function's. */
  readonly mergedWith: number | null;
};

/**
 * The function and copy that a symbol names, by its linkage name: where functions were folded into one, the DIE at the
 * address may be another's. By address only where DWARF gives no linkage name: C, `#[no_mangle]`, line tables.
 */
export const symbolDebug = (symbols: SymbolTable, row: number, debug: DebugInfo): SymbolDebug => {
  if (debug.functionCount === 0) return { of: null, copy: null, mergedWith: null };
  const raw = bareSymbol(symbols.raw(row));
  const here = copiesFrom(symbols, row, debug).map((copy) => ({ copy, of: debug.copy(copy).function }));
  const named = debug.byLinkageName(raw);
  const original = clonedSymbol(raw);
  const own =
    here.find(({ of }) => named.includes(of)) ??
    here.find(({ of }) => debug.linkageName(of) === original) ??
    here.find(({ of }) => debug.linkageName(of) === null && isSameName(symbols, row, original, debug.path(of))) ??
    // Constructors and destructors of C++ have several linkage names for one code, C's functions names within a library.
    here.find(({ of }) => debugPath(debug, of) === symbols.name(row));
  if (own) return { ...own, mergedWith: null };
  // A name that several units use for functions of their own (C's `static`) says nothing without the address.
  const [of = null] = named.length === 1 ? named : [];
  return { of, copy: null, mergedWith: here[0]?.of ?? null };
};

/** GCC may put a function's cold part below its entry: then that isn't the lowest of its addresses. */
const copiesFrom = (symbols: SymbolTable, row: number, debug: DebugInfo): readonly number[] => {
  const at = symbols.address(row);
  const found = debug.copiesAt(at);
  if (found.length > 0 || symbols.scheme(row).startsWith('rust')) return found;
  const outer = debug.frames(at).at(-1)?.copy;
  return outer?.ranges.some(({ start }) => start === at) ? [outer.id] : [];
};

const isSameName = (symbols: SymbolTable, row: number, raw: string, path: string): boolean => {
  const last = lastName(path);
  return last === raw || last === lastName(symbols.name(row));
};
