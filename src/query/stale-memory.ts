import { type Address, hex } from '../base/units.ts';
import type { Flow, FlowInstruction } from '../code/flow.ts';
import { type Frames, isFromEntry } from '../code/frames.ts';
import { isInLoop } from '../code/loops.ts';
import { isUsedLater, type PendingStore, pendingStores, type StorePlace } from '../code/pending-stores.ts';
import { type QuietWay, quietWay } from '../code/quiet-way.ts';
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
  isBlind: (call: FlowInstruction) => boolean,
): StaleMemory => {
  const all = (why: string): StaleMemory => ({
    behindPointers: why,
    places: [],
    isAlive: () => false,
    isSlotStale: () => true,
  });
  if (flow === null || frames === null)
    return all('the code around the copy is too long to tell what is stored before it');
  const i = flow.indexOf.get(at) ?? -1;
  const isInside = (one: Address): boolean => copy.ranges.some(({ start, end }) => one >= start && one < end);
  const stores = pendingStores(flow, frames, at, isInside);
  if (stores === null) {
    const found = all('the code around the copy branches too much to tell what is stored before it');
    const quiet = quietWay(flow, frames, at, isBlind);
    return quiet === null
      ? found
      : { ...found, ...within([...quiet.places, wholeFrame(frames, i)], found.behindPointers) };
  }
  const loops = stores.length > 0 && isInLoop(flow, at);
  const pending = stores.filter((store) => {
    if (store.isOwn) return false;
    const order = orderOf(debug, copy, store);
    if (order === 'before') return true;
    return !store.isMade && (order !== 'behind' || loops);
  });
  const believed = memoryBehind(stores, pending, quietWay(flow, frames, at, isBlind), frames, i);
  return {
    ...believed,
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

type Behind = Pick<StaleMemory, 'behindPointers' | 'places'>;

/**
 * Memory that isn't believed: all that is stored on some way, for a store that is overwritten before anybody reads it is left
 * out. Where that is too much, or goes where nobody can tell, what is stored on one quiet way: on the others an optimiser
 * may do nothing that this one would show.
 */
const memoryBehind = (
  stores: readonly PendingStore[],
  pending: readonly PendingStore[],
  quiet: QuietWay | null,
  frames: Frames,
  i: number,
): Behind => {
  const lost = pending.find(({ place }) => place === null);
  // What has no address that anybody took isn't reached through pointers.
  const told = stores.filter(({ slot }) => slot === null || slot.offset + slot.size > frames.lowestTaken);
  const places = told.flatMap(({ place }) => place ?? []);
  const isRefused = lost !== undefined || places.length > mostPlaces;
  const [first] = [lost, ...pending, ...stores].filter((store) => store !== undefined);
  const why =
    first === undefined
      ? null
      : `what is behind it may not be stored yet where it is probed: the code stores at ${hex(first.at)}`;
  if (quiet === null || (!isRefused && quiet.leaves))
    return { behindPointers: isRefused ? why : null, places: places.slice(0, mostPlaces) };
  const ofFrame = told.flatMap(({ slot, place }) => (slot === null ? [] : (place ?? [])));
  const frame = quiet.leaves || ofFrame.length > mostPlaces / 2 ? [wholeFrame(frames, i)] : ofFrame;
  return within([...quiet.places.filter(({ base }) => base !== 'rsp'), ...frame], why);
};

const within = (places: readonly StorePlace[], why: string | null): Behind => ({
  behindPointers: places.length > mostPlaces ? why : null,
  places: places.slice(0, mostPlaces),
});

/** What a function that calls nothing may have below the stack pointer. */
const redZone = 128;

/** The frame, with what is pushed for the next call. */
const wholeFrame = ({ rsp }: Frames, i: number): StorePlace => {
  const depth = rsp[i] ?? Number.NaN;
  const size = redZone + (isFromEntry(depth) ? -depth : farUp);
  return { base: 'rsp', index: null, scale: 1, displacement: -redZone, size };
};

/** An aligned frame's size isn't known. */
const farUp = 1 << 20;

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
