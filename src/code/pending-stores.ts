import type { Address } from '../base/units.ts';
import { type Flow, type FlowInstruction, follows } from './flow.ts';
import { type Frames, isFromEntry } from './frames.ts';
import { type AnyRegister, idOf, nameOf, type RegisterId } from './register-id.ts';

/** Where a store goes, by what registers hold at the address that it is looked for from. `base` null: as linked. */
export type StorePlace = {
  readonly base: AnyRegister | null;
  readonly index: AnyRegister | null;
  readonly scale: number;
  readonly displacement: number;
  readonly size: number;
};

/**
 * A store that is still to be made. `slot`: its bytes from the stack pointer at entry, if it goes to the frame; `place` null:
 * where it goes isn't known before.
 */
export type PendingStore = {
  readonly at: Address;
  readonly slot: { readonly offset: number; readonly size: number } | null;
  readonly place: StorePlace | null;
  /** On every way what it stores, or where, was computed by the part. */
  readonly isMade: boolean;
  /** The part makes it itself. */
  readonly isOwn: boolean;
};

/** Instructions looked at on all ways together, each for what the registers hold. */
const mostStates = 3_000;

/**
 * The stores behind an address, up to the next call or the function's end, with those of the part
 * `isInside`. An optimiser may have moved them there from before the part, and left out earlier ones to the same place: memory
 * need not be what it is in the source. Null: there is too much code to tell.
 */
export const pendingStores = (
  flow: Flow,
  frames: Frames,
  at: Address,
  isInside: (at: Address) => boolean,
): readonly PendingStore[] | null => {
  const start = flow.indexOf.get(at);
  if (start === undefined) return null;
  const found = new Map<Address, PendingStore>();
  const loaded: StorePlace[] = [];
  const seen = new Set<string>();
  /** A bit for each register: `made`, whose value the part computed; `changed`, that isn't what it was at the address. */
  const waiting = [{ i: start, made: 0, changed: 0 }];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    const key = `${state.i} ${state.made} ${state.changed}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const each = flow.instructions[state.i];
    if (each === undefined || seen.size > mostStates || each.isOpen) return null;
    if (isBarrier(each)) continue;
    const isOwn = isInside(each.at);
    if (writesMemory(each)) {
      const before = found.get(each.at);
      const made = isMade(each, state.made) && before?.isMade !== false;
      const isRead = isOwn && each.effects.memory?.access === 'both';
      if (!isRead)
        found.set(each.at, { ...storeOf(each, frames, state.i, start, before, state.changed), isMade: made, isOwn });
    } else if (isOwn && each.effects.memory !== undefined) {
      const { place } = storeOf(each, frames, state.i, start, undefined, state.changed);
      // What was stored by then says nothing of what was there.
      const isNew =
        place !== null &&
        ![...found.values()].some((store) => store.place !== null && overlapsPlace(store.place, place));
      if (isNew) loaded.push(place);
    }
    const made = madeAfter(each, state.made, isOwn);
    let { changed } = state;
    for (const { id } of each.effects.writes) changed |= bit(id);
    // Back at the address or above it another round begins, in which what comes before the part is done.
    for (const i of each.next) if (!isBackward(flow, state.i, i, at)) waiting.push({ i, made, changed });
  }
  // What the part reads before it writes was in memory.
  return [...found.values()].filter(
    ({ isOwn, place }) => !isOwn || place === null || !loaded.some((one) => coversPlace(one, place)),
  );
};

export const overlapsPlace = (a: StorePlace, b: StorePlace): boolean =>
  a.base === b.base &&
  a.index === b.index &&
  a.scale === b.scale &&
  a.displacement < b.displacement + b.size &&
  b.displacement < a.displacement + a.size;

export const coversPlace = (a: StorePlace, b: StorePlace): boolean =>
  a.base === b.base &&
  a.index === b.index &&
  a.scale === b.scale &&
  a.displacement <= b.displacement &&
  a.displacement + a.size >= b.displacement + b.size;

const isBackward = (flow: Flow, from: number, to: number, at: Address): boolean => {
  const [here, there] = [flow.instructions[from]?.at ?? 0n, flow.instructions[to]?.at ?? 0n];
  return there <= at && here >= at;
};

/**
 * Whether code behind an address, in this round of a loop, reads an object of the frame or takes its address; `offset` from the
 * stack pointer at entry. What nobody reads any more needn't have been stored.
 */
export const isUsedLater = (flow: Flow, frames: Frames, at: Address, offset: number, size: number): boolean => {
  const start = flow.indexOf.get(at);
  if (start === undefined) return false;
  const seen = new Set<number>();
  const waiting = [start];
  for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
    const each = flow.instructions[i];
    if (seen.has(i) || each === undefined) continue;
    seen.add(i);
    if (usesFrame(each, frames, i, offset, size)) return true;
    for (const next of each.next) if (!isBackward(flow, i, next, at)) waiting.push(next);
  }
  return false;
};

const usesFrame = ({ effects }: FlowInstruction, frames: Frames, i: number, offset: number, size: number): boolean => {
  const { memory, action } = effects;
  if (action?.kind === 'lea') {
    const from = baseOf(frames, i, action.base) + action.displacement;
    return from >= offset && from < offset + size;
  }
  if (memory === undefined || memory.access === 'write') return false;
  const from = frames.memory[i] ?? Number.NaN;
  return from < offset + size && (memory.index !== null || from + memory.size > offset);
};

const baseOf = (frames: Frames, i: number, base: RegisterId): number => {
  if (base === rsp) return frames.rsp[i] ?? Number.NaN;
  return base === rbp ? (frames.rbp[i] ?? Number.NaN) : Number.NaN;
};

const rsp = idOf('rsp');
const rbp = idOf('rbp');

/** Before a call, everything is stored that the other function may look at. */
const isBarrier = ({ step, isStackProbe }: FlowInstruction): boolean =>
  (step?.kind === 'call' || step?.kind === 'indirect-call' || step?.kind === 'system-call') && !isStackProbe;

export const writesMemory = ({ effects: { memory, writesElsewhere } }: FlowInstruction): boolean =>
  writesElsewhere || (memory !== undefined && memory.access !== 'read');

const bit = (id: RegisterId): number => 1 << id;

/** Whether what it stores, or where, was computed by the part. */
const isMade = ({ effects }: FlowInstruction, made: number): boolean =>
  effects.reads.some(({ id, role }) => role !== 'merge' && (made & bit(id)) !== 0);

const madeAfter = (each: FlowInstruction, made: number, isOwn: boolean): number => {
  const derives = isOwn || isMade(each, made);
  let after = made;
  for (const { id } of each.effects.writes) after = derives ? after | bit(id) : after & ~bit(id);
  return after;
};

/** `before`: what the same store was found to be on another way. */
const storeOf = (
  { at, effects: { memory, writesElsewhere } }: FlowInstruction,
  frames: Frames,
  i: number,
  start: number,
  before: PendingStore | undefined,
  changed: number,
): Omit<PendingStore, 'isMade' | 'isOwn'> => {
  if (writesElsewhere || memory === undefined || memory.size === 0 || memory.elsewhere)
    return { at, slot: null, place: null };
  const { base, index, scale, displacement, size } = memory;
  const offset = frames.memory[i] ?? Number.NaN;
  const from = frames.rsp[start] ?? Number.NaN;
  if (index === null && isFromEntry(offset) && isFromEntry(from)) {
    const place = { base: 'rsp', index: null, scale: 1, displacement: offset - from, size } as const;
    return { at, slot: { offset, size }, place };
  }
  const isKept = [base, index].every((id) => id === null || (changed & bit(id)) === 0);
  if (!isKept || (before !== undefined && before.place === null)) return { at, slot: null, place: null };
  const named = (id: RegisterId | null): AnyRegister | null => (id === null ? null : nameOf(id));
  return { at, slot: null, place: { base: named(base), index: named(index), scale, displacement, size } };
};

/** Where an instruction's memory operand is, by what registers hold at `start`; `changed`: those that don't hold it any more. */
export const storePlaceOf = (
  each: FlowInstruction,
  frames: Frames,
  i: number,
  start: number,
  changed: number,
): StorePlace | null => storeOf(each, frames, i, start, undefined, changed).place;

/** The instructions of the straight code that begins at an address, each with what it stores: nothing else leads there. */
export function* storesBehind(
  flow: Flow,
  frames: Frames,
  at: Address,
  isInside: (at: Address) => boolean,
): Generator<{ readonly at: Address; readonly store: PendingStore | null }> {
  const start = flow.indexOf.get(at);
  let made = 0;
  for (let i = start; i !== undefined && start !== undefined; ) {
    const each = flow.instructions[i];
    if (each === undefined) return;
    const isOwn = isInside(each.at);
    const store = writesMemory(each)
      ? { ...storeOf(each, frames, i, i, undefined, 0), isMade: isMade(each, made), isOwn }
      : null;
    yield { at: each.at, store };
    const [next, ...others]: readonly number[] = each.next;
    if (isBarrier(each) || next === undefined || others.length > 0 || !follows(flow, next)) return;
    made = madeAfter(each, made, isOwn);
    i = next;
  }
}
