import type { DebugInfo } from '../elf/debug-model.ts';
import type { DebugCopy } from '../elf/function-model.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import { debugPath } from './debug-match.ts';
import type { Caller } from './select-model.ts';
import { symbolDebug } from './symbol-debug.ts';

/** A chain of inlining is as deep as the compiler's patience; a damaged file's could go on. */
const mostCallers = 256;

/** What a copy is inlined into, the nearest first. */
export const callersOf = (debug: DebugInfo, symbols: SymbolTable | null, copy: number): Caller[] => {
  const callers: Caller[] = [];
  let at = debug.copy(copy).caller;
  while (at !== null && callers.length < mostCallers) {
    const caller = debug.copy(at);
    callers.push({
      name: nameOf(debug, symbols, caller),
      address: caller.address,
      callSite: caller.callSite,
    });
    at = caller.caller;
  }
  return callers;
};

/** Line tables know the last part of a path; of code out of line a symbol knows the rest. */
const nameOf = (debug: DebugInfo, symbols: SymbolTable | null, copy: DebugCopy): string => {
  const path = debugPath(debug, copy.function);
  if (symbols === null || copy.kind === 'inlined' || path.includes('::')) return path;
  const row = symbols.at(copy.address).find((at) => symbolDebug(symbols, at, debug).copy === copy.id);
  return row === undefined ? path : symbols.name(row);
};
