import type { DebugInfo } from '../elf/debug-model.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import { callersOf } from './callers.ts';
import { matchDebug } from './debug-match.ts';
import type { Pattern } from './pattern.ts';
import { positionText } from './source-text.ts';

/** What debug info says of a function that no symbol names: one line, not sanitised; null where it doesn't know one. */
export const withoutSymbol = (debug: DebugInfo, symbols: SymbolTable, pattern: Pattern): string | null => {
  const { exact, loose } = matchDebug(pattern, debug);
  const functions = (exact.length > 0 ? exact : loose).map((id) => debug.function(id));
  if (functions.length === 0) return null;
  const copies = functions.flatMap((fn) => fn.copies).map((id) => debug.copy(id));
  const [own] = copies.filter(({ kind }) => kind === 'out-of-line');
  if (own) return `its code is at 0x${own.address.toString(16)}, but no symbol names it`;
  const [first] = copies;
  if (first === undefined) return 'debug info knows it, but has no code of it: it was discarded as unused';
  const [caller] = callersOf(debug, symbols, first.id);
  const times = copies.length === 1 ? 'inlined once' : `inlined ${copies.length} times, first`;
  const site = first.callSite === null ? '' : ` at ${positionText(first.callSite)}`;
  return `${times} into ${caller?.name ?? 'another function'}${site}; it has no code of its own`;
};
