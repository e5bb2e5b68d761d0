import type { CalledFunction } from '../abi/hypothesis.ts';
import type { BoundResult } from '../abi/inlined-places.ts';
import type { Piece } from '../abi/place.ts';
import type { Address } from '../base/units.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import type { AddressRange, DebugCopy } from '../elf/function-model.ts';
import { lastSegment } from '../elf/rust-name.ts';
import { typeName } from './type-name.ts';

/** Rows of the line table that are looked at. */
const mostRows = 1_024;

/**
 * Another call of the same line that is inlined into the same caller, between a copy's first instruction and an address behind
 * it, and gives back such a value too: a variable of that line may hold that one's (`let y = f(x).max(9)`).
 */
export const rivalCall = (
  debug: DebugInfo,
  copy: DebugCopy,
  behind: Address,
  givesSuch: (row: number) => boolean,
): DebugCopy | null => {
  const own = copy.callSite;
  const [start = copy.address] = copy.ranges.map((range) => range.start).sort((a, b) => (a < b ? -1 : 1));
  const around: AddressRange[] = behind > start ? [{ start, end: behind }] : copy.ranges.slice();
  const seen = new Set<number>([copy.id]);
  let rows = 0;
  for (const range of around)
    for (const row of debug.lines(range)) {
      if (rows++ >= mostRows) return null;
      for (const { copy: other } of debug.frames(row.address)) {
        if (other === null || other.caller !== copy.caller || seen.has(other.id)) continue;
        seen.add(other.id);
        const isSameLine =
          other.callSite !== null && other.callSite.line === own?.line && other.callSite.file === own.file;
        if (isSameLine && givesSuch(other.function)) return other;
      }
    }
  return null;
};

export type BindingDoubt = {
  readonly debug: DebugInfo;
  readonly copy: DebugCopy;
  readonly found: BoundResult;
  readonly fn: CalledFunction;
};

/**
 * Why the variable of a call's line may hold something else than what the call gives back; null: nothing shows that.
 * `broughtAt`: the instruction that brought a piece of the variable to its place last.
 */
export const boundElsewhere = (
  { debug, copy, found, fn }: BindingDoubt,
  broughtAt: (piece: Piece) => Address | null,
): string | null => {
  const type = typeName(fn.types, fn.returns, fn.language);
  const rival = rivalCall(debug, copy, found.at, (row) => {
    const returns = fn.types.signature(debug.function(row))?.returns ?? null;
    return returns !== null && typeName(fn.types, returns, fn.language) === type;
  });
  if (rival !== null)
    return `the variable of its line may hold what ${lastSegment(debug.path(rival.function))} gives back`;
  // A larger expression begins elsewhere: `!f(x)`, `x.f() - 1`.
  const isComputed = found.pieces.some((piece) => {
    const at = broughtAt(piece);
    const [frame] = at === null ? [] : debug.frames(at);
    const { line, column } = frame?.position ?? { line: 0, column: 0 };
    const isCallers = frame?.copy?.id === copy.caller && line === copy.callSite?.line;
    return isCallers && column !== 0 && column !== copy.callSite?.column;
  });
  return isComputed ? 'the variable of its line may hold what is computed from it' : null;
};
