import type { Address } from '../base/units.ts';
import { type Flow, follows } from '../code/flow.ts';
import { type Frames, isFromEntry } from '../code/frames.ts';
import { isInLoop } from '../code/loops.ts';
import { type PendingStore, type StorePlace, storesBehind } from '../code/pending-stores.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import type { DebugCopy } from '../elf/function-model.ts';
import type { StaleMemory } from './stale-memory.ts';

/** Instructions that are looked at, before and behind. */
const mostSteps = 24;

/** Where to probe instead, and what the copy's own code has stored by then. */
export type SettledEntry = { readonly at: Address; readonly own: readonly PendingStore[] };

/**
 * An optimiser mixes a copy's first instructions with the last ones of the call before. The address behind the stores of
 * these, in the same straight code, where memory is as it was when the copy was called; null: nothing is stored so late, or
 * nothing shows that it is of an earlier call.
 *
 *     call …          of skip(), inlined
 *     sub r12, rdx    of peek(), inlined: where it would be probed
 *     mov [r14], r12  of skip(): it has begun before, and isn't what calls peek(), so all of it comes before
 *     je …            of peek(): here
 */
export const settledEntry = (
  debug: DebugInfo,
  copy: DebugCopy,
  at: Address,
  flow: Flow | null,
  frames: Frames | null,
  isProbeable: (at: Address) => boolean,
): SettledEntry | null => {
  const isInside = (one: Address): boolean => copy.ranges.some(({ start, end }) => one >= start && one < end);
  // In a loop the other call's next round is not told from this one.
  if (flow === null || frames === null || isInLoop(flow, at)) return null;
  const around = callersOf(debug, copy);
  let begun: ReadonlySet<number> | null = null;
  let settled: SettledEntry | null = null;
  let isPassed = false;
  const own: PendingStore[] = [];
  let steps = 0;
  for (const { at: here, store } of storesBehind(flow, frames, at, isInside)) {
    if (steps++ > mostSteps) break;
    if (isPassed && isInside(here) && isProbeable(here)) {
      settled = { at: here, own: [...own] };
      isPassed = false;
    }
    if (store === null) continue;
    if (store.isOwn) {
      // What the copy stores into the frame is told apart from what it is given.
      if (store.slot === null) break;
      own.push(store);
      continue;
    }
    begun ??= begunBefore(debug, flow, at, around);
    if (!copiesAt(debug, here).some((id) => begun?.has(id))) break;
    isPassed = true;
  }
  return settled;
};

const copiesAt = (debug: DebugInfo, at: Address): number[] =>
  debug.frames(at).flatMap(({ copy }) => (copy === null ? [] : [copy.id]));

/** The copy and all that it is inlined into. */
const callersOf = (debug: DebugInfo, copy: DebugCopy): Set<number> => {
  const ids = new Set<number>();
  for (let one = copy; !ids.has(one.id); one = debug.copy(one.caller)) {
    ids.add(one.id);
    if (one.caller === null) break;
  }
  return ids;
};

/** Other copies that have called a function in the straight code that leads to an address: nothing moves over a call. */
const begunBefore = (debug: DebugInfo, flow: Flow, at: Address, around: ReadonlySet<number>): Set<number> => {
  const begun = new Set<number>();
  let i = flow.indexOf.get(at) ?? -1;
  for (let steps = 0; steps < mostSteps && follows(flow, i); steps++) {
    i--;
    const each = flow.instructions[i];
    if (each?.next.length !== 1) break;
    if (each.step?.kind !== 'call' && each.step?.kind !== 'indirect-call') continue;
    for (const id of copiesAt(debug, each.at)) if (!around.has(id)) begun.add(id);
  }
  return begun;
};

/** What the copy has stored in the frame by then isn't what it was given. */
export const withOwn = (stale: StaleMemory, { own }: SettledEntry, rsp = Number.NaN): StaleMemory => {
  const slots = own.flatMap(({ slot }) => slot ?? []);
  if (slots.length === 0) return stale;
  if (!isFromEntry(rsp)) return { ...stale, isSlotStale: () => true, behindPointers: lost };
  const places = slots.map(
    ({ offset, size }): StorePlace => ({ base: 'rsp', index: null, scale: 1, displacement: offset - rsp, size }),
  );
  return {
    ...stale,
    places: [...stale.places, ...places],
    // A frame that is found by rbp is rare in code that is optimised.
    isSlotStale: (base, offset, size) =>
      base === 'rbp' ||
      stale.isSlotStale(base, offset, size) ||
      places.some(
        ({ displacement, size: stored }) =>
          displacement < Number(offset) + size && displacement + stored > Number(offset),
      ),
  };
};

const lost = 'what is behind it may have been changed where it is probed';
