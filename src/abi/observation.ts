import type { Address } from '../base/units.ts';
import type { EntryState, Spill, StackAddress } from '../code/entry-state.ts';
import type { AnyRegister } from '../code/register-id.ts';
import type { DebugVariable, VariableLocation } from '../elf/variable-model.ts';
import { addressOf, type Base, constantOf, locationsAt, piecesOf } from './dwarf-location.ts';
import type { Location, Piece } from './place.ts';

/**
 * A place at a function's first instruction that debug info, alone or with the code, tells: `dwarf` by a location that
 * holds there, `store` by a location that holds later and the instruction that puts a register's value there.
 */
export type Observation = Piece & {
  readonly by: 'dwarf' | 'store';
  /** The instruction that stores it. */
  readonly stored?: Address;
  /** Bytes in the caller's frame, more than a word: LLVM also tells the slot of their address so. */
  readonly isVague?: true;
};

/** What debug info tells of a parameter, its places at entry apart. */
export type Observed = {
  readonly at: readonly Observation[];
  /** It has a location somewhere in the function that is neither a constant nor its value at entry. */
  readonly isLive: boolean;
  /** The same of bytes of it; null: of all of them alike. */
  readonly livePieces: readonly { readonly valueOffset: number; readonly size: number }[] | null;
  /** That location is in one piece. */
  readonly isWhole: boolean;
  /** All of it is in the function's own frame all the time: what is passed by address stays where the caller has it. */
  readonly isInFrame: boolean;
  /** Several places are told for it at entry. */
  readonly isTorn?: true;
};

export type EntryFrame = {
  readonly start: Address;
  readonly code: EntryState;
  /** Where the line table says that the frame is set up; null: nowhere in the straight code. */
  readonly prologueEnd: Address | null;
  /** Of the function: a register, or null where it is something else. */
  readonly frameBase: readonly VariableLocation[];
};

/** The parameter's places at entry, by its locations. `size`: of its type, bytes. */
export const observe = (variable: DebugVariable, size: number, frame: EntryFrame): Observed => {
  const constant = constantOf(variable, size);
  const isLive = variable.locations.some(({ operations }) =>
    operations.some(
      ({ op }) =>
        op !== 'entry-value' && op !== 'stack-value' && op !== 'piece' && op !== 'constant' && op !== 'implicit-value',
    ),
  );
  const isWhole = variable.locations.every(({ operations }) => operations.every(({ op }) => op !== 'piece'));
  const facts = {
    isLive,
    livePieces: isWhole ? null : livePiecesOf(variable, size),
    isWhole,
    isInFrame: isInFrame(variable, size, frame),
  };
  if (constant !== null) return { at: [{ ...constant, by: 'dwarf' }], ...facts };
  const [here, ...others] = locationsAt(variable.locations, frame.start);
  // Several places of a list at one address: whichever is meant, it isn't told.
  if (others.length > 0) return { at: [], ...facts, isTorn: true };
  if (here !== undefined) return { at: atEntry(here, size, frame), ...facts };
  const [first] = variable.locations
    .filter(({ range }) => range !== null && range.start > frame.start && frame.code.frames.has(range.start))
    .sort((a, b) => Number((a.range?.start ?? 0n) - (b.range?.start ?? 0n)));
  return { at: first === undefined ? [] : later(first, size, frame), ...facts };
};

/** Locations that are looked at. */
const mostLocations = 64;

const livePiecesOf = ({ locations }: DebugVariable, size: number): Observed['livePieces'] =>
  locations.slice(0, mostLocations).flatMap(({ operations }) =>
    piecesOf(operations, size, {
      frameBase: { reg: 'rsp', offset: 0n },
      frameAddress: { reg: 'rsp', offset: 0n },
    }).filter(({ location }) => location.kind !== 'gone' && location.kind !== 'constant'),
  );

const isInFrame = ({ locations }: DebugVariable, size: number, frame: EntryFrame): boolean => {
  const [only, ...others] = locations;
  if (only === undefined || others.length > 0 || only.range !== null) return false;
  const [piece, ...more] = piecesOf(only.operations, size, { ...none, frameBase: baseOf(frame) });
  const own = steady(frame);
  if (piece === undefined || more.length > 0 || own === undefined) return false;
  const { location } = piece;
  if (location.kind !== 'stack' && (location.kind !== 'memory' || location.base !== 'rbp')) return false;
  const base = location.kind === 'stack' ? own.rsp : own.rbp;
  if (base === null || (location.kind === 'memory' && location.followed.length > 0)) return false;
  return base.base === 'aligned' || base.offset + Number(location.offset) < 0;
};

const none = { frameBase: null, frameAddress: null, hasWholeBools: true };

/** Of a location that holds at entry; one for the whole scope holds there only if it doesn't use the frame. */
const atEntry = (location: VariableLocation, size: number, frame: EntryFrame): Observation[] => {
  const context = { ...none, frameBase: baseOf(frame) };
  return piecesOf(location.operations, size, context).flatMap((piece): Observation[] => {
    if (piece.location.kind === 'gone') return [];
    if (!usesFrame(piece.location))
      return location.range === null ? throughout(piece, frame) : [{ ...piece, by: 'dwarf' }];
    const at = location.range === null ? steady(frame) : frame.code.frames.get(frame.start);
    return at === undefined ? [] : framed(piece, at, frame.code.spills);
  });
};

const argumentRegister = /^(?:rdi|rsi|rdx|rcx|r8|r9|xmm[0-7])$/;

/**
 * A register that is told for the whole function may be one that the prologue copied the argument to: unoptimised code
 * does so with addresses.
 */
const throughout = (piece: Piece, frame: EntryFrame): Observation[] => {
  const { location } = piece;
  const reg =
    location.kind === 'memory'
      ? location.base
      : location.kind === 'register' || location.kind === 'vector'
        ? location.reg
        : null;
  if (reg === null || argumentRegister.test(reg)) return [{ ...piece, by: 'dwarf' }];
  for (const [at, sources] of frame.code.sources) {
    const source = sources.get(reg as AnyRegister);
    if (source === undefined || (source.kind === 'register' && source.reg === reg)) continue;
    const from = sourceOf(location, at, frame.code);
    return from === null ? [] : [{ ...piece, location: from, by: 'store' }];
  }
  return [];
};

/** Of a location that begins within the straight code: registers that still hold what they held at entry. */
const later = (location: VariableLocation, size: number, frame: EntryFrame): Observation[] => {
  const at = location.range?.start;
  if (at === undefined) return [];
  const context = { ...none, frameBase: baseOf(frame) };
  const state = frame.code.frames.get(at);
  return piecesOf(location.operations, size, context).flatMap((piece): Observation[] => {
    // What the slot holds by then may have been written over.
    if (usesFrame(piece.location)) return state === undefined ? [] : framed(piece, state, heldAt(frame.code, at));
    const source = sourceOf(piece.location, at, frame.code);
    return source === null ? [] : [{ ...piece, location: source, by: 'store' }];
  });
};

/** Stores before an address that nothing has written over by then. */
const heldAt = ({ spills }: EntryState, at: Address): readonly Spill[] =>
  spills.filter((one) => one.at < at && (one.overwritten === null || one.overwritten >= at));

/** The same place in terms of what registers held at entry; null where they hold something else by then. */
const sourceOf = (location: Location, at: Address, code: EntryState): Location | null => {
  if (location.kind === 'constant') return location;
  if (location.kind !== 'register' && location.kind !== 'vector' && location.kind !== 'memory') return null;
  const reg = location.kind === 'memory' ? location.base : location.reg;
  const source = reg === null ? undefined : code.sources.get(at)?.get(reg as AnyRegister);
  if (source === undefined) return null;
  if (source.kind === 'stack') {
    const offset = BigInt(source.offset);
    if (location.kind === 'memory')
      return { kind: 'memory', base: 'rsp', offset, followed: [location.offset, ...location.followed] };
    return location.kind === 'register' && location.add === 0n ? { kind: 'stack', offset } : null;
  }
  const from = source.reg;
  if (isVector(from)) return location.kind === 'memory' ? null : { kind: 'vector', reg: from };
  if (location.kind === 'vector') return null;
  return location.kind === 'memory' ? { ...location, base: from } : { ...location, reg: from };
};

const isVector = (reg: string): reg is `xmm${number}` => reg.startsWith('xmm');

const usesFrame = (location: Location): boolean =>
  location.kind === 'stack' || (location.kind === 'memory' && (location.base === 'rsp' || location.base === 'rbp'));

/** The frame base while the body runs. The frame address is the stack pointer before the call: 8 bytes above that at entry. */
const baseOf = (frame: EntryFrame): Base | null => {
  const [told, ...others] = frame.frameBase;
  if (told === undefined || others.length > 0) return null;
  const rsp = steady(frame)?.rsp;
  const frameAddress: Base | null = rsp?.base === 'entry' ? { reg: 'rsp', offset: BigInt(8 - rsp.offset) } : null;
  return addressOf(told.operations, { frameBase: null, frameAddress });
};

type Frame = ReturnType<EntryState['frames']['get']> & object;

/** The frame as it is while the function's body runs. */
const steady = ({ code, prologueEnd }: EntryFrame): Frame | undefined => {
  const told = prologueEnd === null ? undefined : code.frames.get(prologueEnd);
  if (told !== undefined) return told;
  let lowest: Frame | undefined;
  for (const frame of code.frames.values()) {
    if (frame.rsp === null) continue;
    const isAligned = frame.rsp.base === 'aligned' && lowest?.rsp?.base === 'entry';
    if (
      lowest?.rsp == null ||
      isAligned ||
      (frame.rsp.base === lowest.rsp.base && frame.rsp.offset < lowest.rsp.offset)
    )
      lowest = frame;
  }
  return lowest;
};

/** A place in the frame: an argument that the caller put on the stack, or a slot that the code has stored to. */
const framed = (piece: Piece, frame: Frame, spills: readonly Spill[]): Observation[] => {
  const { location } = piece;
  if (location.kind !== 'stack' && location.kind !== 'memory') return [];
  const base = location.kind === 'stack' || location.base === 'rsp' ? frame.rsp : frame.rbp;
  if (base === null) return [];
  const slot: StackAddress = { base: base.base, offset: base.offset + Number(location.offset) };
  const followed = location.kind === 'memory' ? location.followed : [];
  const isIncoming = slot.base === 'entry' && slot.offset >= 8;
  if (isIncoming) {
    const offset = BigInt(slot.offset);
    const at: Location =
      followed.length === 0 ? { kind: 'stack', offset } : { kind: 'memory', base: 'rsp', offset, followed };
    const isVague = followed.length === 0 && piece.size > 8;
    return [{ ...piece, location: at, by: 'dwarf', ...(isVague ? { isVague } : {}) }];
  }
  if (followed.length > 0) {
    const [spill, ...others] = storesIn(spills, slot, 8).filter((one) => one.slot.offset === slot.offset);
    if (spill === undefined || others.length > 0 || spill.size !== 8) return [];
    const [first = 0n, ...rest] = followed;
    const pointed = held(spill);
    if (pointed.kind === 'register')
      return [
        { ...piece, location: { kind: 'memory', base: pointed.reg, offset: first, followed: rest }, by: 'store' },
      ];
    if (pointed.kind === 'stack')
      return [{ ...piece, location: { kind: 'memory', base: 'rsp', offset: pointed.offset, followed }, by: 'store' }];
    return [];
  }
  return storesIn(spills, slot, piece.size).map((spill): Observation => {
    const into = spill.slot.offset - slot.offset;
    return {
      location: held(spill),
      valueOffset: piece.valueOffset + into,
      size: Math.min(spill.size, piece.size - into),
      by: 'store',
      stored: spill.at,
    };
  });
};

const held = ({ source }: Spill): Location =>
  source.kind === 'stack'
    ? { kind: 'stack', offset: BigInt(source.offset) }
    : isVector(source.reg)
      ? { kind: 'vector', reg: source.reg }
      : { kind: 'register', reg: source.reg, add: 0n };

/** Stores of entry values into a slot: each byte of it is stored to once, else nothing is known. */
const storesIn = (spills: readonly Spill[], slot: StackAddress, size: number): Spill[] => {
  const all = spills.filter(
    (one) => one.slot.base === slot.base && one.slot.offset >= slot.offset && one.slot.offset < slot.offset + size,
  );
  // A push that makes room for the slot is no store to it.
  const inside = all.filter(
    ({ pushed, overwritten }) =>
      !pushed || !all.some((other) => other.at === overwritten && !other.pushed && !other.conditional),
  );
  const overlap = inside.some((one) =>
    inside.some(
      (other) =>
        other !== one && other.slot.offset >= one.slot.offset && other.slot.offset < one.slot.offset + one.size,
    ),
  );
  return overlap ? [] : inside.filter((one) => !one.conditional);
};

/**
 * A function's own type takes no room, though debug info shows it as a pointer: what is stored where it seems to be is
 * another argument's, or a part of one.
 */
export const withoutItems = (observed: readonly Observed[], isFunction: readonly boolean[]): readonly Observed[] => {
  const others = new Set(observed.flatMap(({ at }, i) => (isFunction[i] ? [] : at.map(({ stored }) => stored))));
  return observed.map((one, i) => {
    if (!isFunction[i]) return one;
    const isOwn = one.at.every(
      ({ valueOffset, size, stored }) =>
        valueOffset === 0 && size === 8 && (stored === undefined || !others.has(stored)),
    );
    return isOwn ? one : { at: [], isLive: false, livePieces: null, isWhole: true, isInFrame: false };
  });
};
