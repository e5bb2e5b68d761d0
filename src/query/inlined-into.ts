import { crateOf } from '../elf/crate.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import type { AddressRange, DebugCopy, DebugFunction, SourcePosition } from '../elf/function-model.ts';
import { debugPath } from './debug-match.ts';
import { schemeOf } from './function-path.ts';

/** A function that is inlined into a piece of code, and where it is called first. */
export type InlinedThere = { readonly name: string; readonly callSite: SourcePosition | null; readonly times: number };

/** Rows of the line table that are looked at, for each copy. */
const mostRows = 4096;

/**
 * Which functions of the same crate (of C: of the same file) are inlined into a copy, in the order of their code. Found
 * where the line table has rows: code without any belongs to nobody's source.
 */
export const inlinedThere = (
  debug: DebugInfo,
  into: DebugFunction,
  ranges: readonly AddressRange[],
): InlinedThere[] => {
  const found = new Map<number, { callSite: SourcePosition | null; copies: Set<number> }>();
  const isOwn = ownPredicate(debug, into);
  const known = new Map<number, boolean>();
  let rows = 0;
  for (const range of ranges)
    for (const row of debug.lines(range)) {
      if (rows++ >= mostRows) break;
      for (const { copy } of debug.frames(row.address)) {
        if (copy?.kind !== 'inlined') continue;
        const isShown = known.get(copy.function) ?? isOwn(copy);
        known.set(copy.function, isShown);
        if (!isShown) continue;
        const first = found.get(copy.function);
        if (first === undefined) found.set(copy.function, { callSite: copy.callSite, copies: new Set([copy.id]) });
        else first.copies.add(copy.id);
      }
    }
  return [...found].map(([id, { callSite, copies }]) => ({ name: debugPath(debug, id), callSite, times: copies.size }));
};

const ownPredicate = (debug: DebugInfo, into: DebugFunction): ((copy: DebugCopy) => boolean) => {
  const crate = crateName(into);
  if (crate !== null) return ({ function: id }) => crateName(debug.function(id)) === crate;
  const file = into.source?.file;
  return ({ function: id }) => file !== undefined && debug.function(id).source?.file === file;
};

const crateName = ({ linkageName, path }: DebugFunction): string | null =>
  linkageName === null ? null : crateOf(schemeOf(linkageName), linkageName, path);
