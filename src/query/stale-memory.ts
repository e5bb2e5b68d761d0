import { type Address, hex } from '../base/units.ts';
import type { Flow } from '../code/flow.ts';
import { type Frames, isFromEntry } from '../code/frames.ts';
import { isInLoop } from '../code/loops.ts';
import { isUsedLater, type PendingStore, pendingStores, type StorePlace } from '../code/pending-stores.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import type { DebugCopy } from '../elf/function-model.ts';

/** What may not have been stored yet where an inlined copy is probed. */
export type StaleMemory = {
  /** Why no memory that is reached through pointers is believed; null: all is but for `places`. */
  readonly behindPointers: string | null;
  /** Memory that isn't believed, by what registers hold where the copy is probed. */
  readonly places: readonly StorePlace[];
  /** Whether bytes of the frame, from the operand's base at the probed address, are stored to later. */
  /** Whether an object of the frame that a pointer leads to is used later: else it needn't have been stored. */
  readonly isAlive: (base: 'rsp' | 'rbp', offset: bigint, size: number) => boolean;
  readonly isSlotStale: (base: 'rsp' | 'rbp', offset: bigint, size: number) => boolean;
};

/** Each is looked at at every hit. */
const mostPlaces = 24;

/**
 * Looks for stores that an optimiser may have moved behind the first instruction of an inlined copy from before its call:
 * `at` is where the copy is probed.
 */
export const staleMemory = (
  debug: DebugInfo,
  copy: DebugCopy,
  at: Address,
  flow: Flow | null,
  frames: Frames | null,
): StaleMemory => {
  const all = (why: string): StaleMemory => ({
    behindPointers: why,
    places: [],
    isAlive: () => false,
    isSlotStale: () => true,
  });
  if (flow === null || frames === null)
    return all('the code around the copy is too long to tell what is stored before it');
  const isInside = (one: Address): boolean => copy.ranges.some(({ start, end }) => one >= start && one < end);
  const stores = pendingStores(flow, frames, at, isInside);
  if (stores === null) return all('the code around the copy branches too much to tell what is stored before it');
  const loops = stores.length > 0 && isInLoop(flow, at);
  const pending = stores.filter((store) => {
    if (store.isOwn) return false;
    const order = orderOf(debug, copy, store);
    if (order === 'before') return true;
    return !store.isMade && (order !== 'behind' || loops);
  });
  const lost = pending.find(({ place }) => place === null);
  // A store that is overwritten before anybody reads it is left out, so whatever is stored next makes what is there doubtful.
  const places = stores.flatMap(({ slot, place }) =>
    // What has no address that anybody took isn't reached through pointers.
    place === null || (slot !== null && slot.offset + slot.size <= frames.lowestTaken) ? [] : [place],
  );
  const i = flow.indexOf.get(at) ?? -1;
  const why = (store: PendingStore): string =>
    `what is behind it may not be stored yet where it is probed: the code stores at ${hex(store.at)}`;
  const [first] = pending;
  return {
    behindPointers:
      lost !== undefined ? why(lost) : places.length > mostPlaces && first !== undefined ? why(first) : null,
    places: places.slice(0, mostPlaces),
    isAlive: (base, offset, size) => {
      const from = (base === 'rsp' ? frames.rsp[i] : frames.rbp[i]) ?? Number.NaN;
      return !isFromEntry(from) || isUsedLater(flow, frames, at, from + Number(offset), size);
    },
    isSlotStale: (base, offset, size) => {
      const from = (base === 'rsp' ? frames.rsp[i] : frames.rbp[i]) ?? Number.NaN;
      if (!isFromEntry(from)) return pending.some(({ slot }) => slot !== null);
      const start = from + Number(offset);
      return [...pending, ...stores.filter(({ isOwn }) => isOwn)].some(
        ({ slot }) => slot !== null && slot.offset < start + size && slot.offset + slot.size > start,
      );
    },
  };
};

/** Where the source has a store, seen from the call, by the lines of the innermost function that both are in. */
const orderOf = (debug: DebugInfo, copy: DebugCopy, { at }: PendingStore): 'before' | 'behind' | 'unknown' => {
  const lines = new Map<number, number>();
  for (const { copy: own, position } of debug.frames(at)) {
    if (own !== null && position !== null && position.line > 0) lines.set(own.id, position.line);
  }
  let inner = copy;
  for (let depth = 0; inner.caller !== null && depth < 1000; depth++) {
    const line = lines.get(inner.caller);
    if (line !== undefined) {
      const call = inner.callSite?.line ?? 0;
      return call === 0 || line === call ? 'unknown' : line < call ? 'before' : 'behind';
    }
    inner = debug.copy(inner.caller);
  }
  return 'unknown';
};
