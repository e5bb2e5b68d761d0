import type { Effects } from './effects.ts';
import type { Flow, FlowInstruction } from './flow.ts';
import { type Frames, isFromEntry, somewhere, unknown } from './frames.ts';
import type { Register } from './operand.ts';
import { clobbered, firstVector, idOf, nameOf, type RegisterId, registerCount } from './register-id.ts';
import { solve } from './solve.ts';

/**
 * What holds the same as a register.
 *
 *   frame     `offset` bytes from the stack pointer at the function's first instruction
 *   memory    at a register plus `offset`, or at `offset` as linked where `base` is null
 *   constant  the same at every hit: zero
 */
export type HeldPlace =
  | { readonly kind: 'frame'; readonly offset: number }
  | { readonly kind: 'register'; readonly reg: Register }
  | { readonly kind: 'memory'; readonly base: Register | null; readonly offset: number }
  | { readonly kind: 'constant'; readonly value: bigint };

/** The low `bits` of a register are there. */
export type Held = { readonly place: HeldPlace; readonly bits: number };

/**
 * How a register got what it holds; `loaded`: from memory that no one register leads to; `mixed`: it depends on the way
 * that control came.
 */
export type HeldWay = 'entry' | 'call' | 'computed' | 'moved' | 'loaded' | 'mixed';

/** All places that hold the same as a register, by its id. */
export type HeldPlaces = { readonly held: readonly (readonly Held[])[]; readonly ways: readonly HeldWay[] };

type State = { readonly held: (readonly Held[])[]; readonly ways: HeldWay[] };

const rsp = idOf('rsp');
const none: readonly Held[] = [];
/** What came from one place is seldom in many. */
const mostPlaces = 8;

/** Follows which memory and which general registers hold the same as each register, through a whole function. */
export const heldPlaces = (
  flow: Flow,
  frames: Frames,
): ((visit: (state: HeldPlaces, instruction: FlowInstruction, i: number) => void) => void) =>
  solve<State>(flow, {
    entry: { held: Array(registerCount).fill(none), ways: Array(registerCount).fill('entry') },
    copy: ({ held, ways }) => ({ held: held.slice(), ways: ways.slice() }),
    join,
    run: (state, instruction, i) => run(state, instruction, frames, i),
    doubtsCalls: true,
  });

const samePlace = (a: HeldPlace, b: HeldPlace): boolean => {
  switch (a.kind) {
    case 'frame':
      return b.kind === 'frame' && a.offset === b.offset;
    case 'register':
      return b.kind === 'register' && a.reg === b.reg;
    case 'memory':
      return b.kind === 'memory' && a.base === b.base && a.offset === b.offset;
    case 'constant':
      return b.kind === 'constant' && a.value === b.value;
  }
};

const join = (into: State, from: State): boolean => {
  let changed = false;
  for (let id = 0; id < registerCount; id++) {
    const known = into.held[id] ?? none;
    const other = from.held[id] ?? none;
    const kept = known === other ? known : common(known, other);
    const way = into.ways[id] === from.ways[id] ? into.ways[id] : 'mixed';
    changed ||= way !== into.ways[id] || kept.length < known.length;
    changed ||= kept.some(({ bits }, i) => bits !== known[i]?.bits);
    into.held[id] = kept;
    into.ways[id] = way ?? 'mixed';
  }
  return changed;
};

const common = (known: readonly Held[], other: readonly Held[]): readonly Held[] =>
  known.flatMap(({ place, bits }) => {
    const same = other.find((one) => samePlace(one.place, place));
    return same === undefined ? [] : [{ place, bits: Math.min(bits, same.bits) }];
  });

const run = (state: State, { step, effects, isStackProbe }: FlowInstruction, frames: Frames, i: number): void => {
  const { held, ways } = state;
  if (step?.kind === 'return') return;
  if (step?.kind === 'call' || step?.kind === 'indirect-call' || step?.kind === 'system-call') {
    // What callees keep is not followed over the call; nobody reads results from there.
    held.fill(none);
    if (!isStackProbe) for (const id of clobbered) ways[id] = 'call';
    return;
  }
  const { action } = effects;
  const place = placeOf(effects, frames.memory[i] ?? unknown);
  const brought = broughtBy(state, effects, place);
  keep(state, survivors(effects, frames, i));
  for (const { id } of effects.writes) {
    held[id] = none;
    ways[id] = 'computed';
  }
  const written = new Set(effects.writes.map(({ id }) => nameOf(id)));
  if (written.size > 0) {
    keep(state, ({ place: one }) => {
      if (one.kind === 'register') return !written.has(one.reg);
      return one.kind !== 'memory' || one.base === null || !written.has(one.base);
    });
  }
  if (action?.kind === 'store' && place !== undefined) add(state, action.from, { place, bits: action.width });
  if (action?.kind === 'push' && action.from !== null && action.from !== rsp) {
    const offset = (frames.rsp[i] ?? unknown) - action.size;
    if (Number.isFinite(offset)) add(state, action.from, { place: { kind: 'frame', offset }, bits: 64 });
  }
  if (brought === undefined) {
    if (action?.kind === 'load') ways[action.to] = 'loaded';
    return;
  }
  ways[brought.to] = brought.from.length > 0 || action?.kind !== 'copy' ? 'moved' : (ways[action.from] ?? 'mixed');
  held[brought.to] = brought.from
    .filter(({ place: one }) => one.kind !== 'memory' || one.base === null || !written.has(one.base))
    .filter(({ place: one }) => one.kind !== 'register' || !written.has(one.reg))
    .slice(0, mostPlaces);
  if (action?.kind === 'copy' && action.to < firstVector && action.from !== action.to)
    add(state, action.from, { place: { kind: 'register', reg: nameOf(action.to) as Register }, bits: action.width });
};

const add = ({ held }: State, id: RegisterId, one: Held): void => {
  const known = held[id] ?? none;
  if (known.length < mostPlaces && !known.some(({ place }) => samePlace(place, one.place))) held[id] = [...known, one];
};

const keep = ({ held }: State, survives: ((one: Held) => boolean) | null): void => {
  if (survives === null) return;
  for (const [id, list] of held.entries()) {
    if (list.length > 0 && !list.every(survives)) held[id] = list.filter(survives);
  }
};

/** The memory operand as a place; undefined where it depends on more than one register or it isn't known what it is. */
const placeOf = ({ memory }: Effects, offset: number): HeldPlace | undefined => {
  if (memory === undefined || memory.index !== null || memory.elsewhere) return undefined;
  if (memory.base === null) return { kind: 'memory', base: null, offset: memory.displacement };
  if (Number.isFinite(offset)) return { kind: 'frame', offset };
  if (offset === somewhere || memory.base === rsp) return undefined;
  return { kind: 'memory', base: nameOf(memory.base) as Register, offset: memory.displacement };
};

/** The register that gets a value unchanged from elsewhere, and where that is. */
const broughtBy = (
  { held }: State,
  { action }: Effects,
  place: HeldPlace | undefined,
): { readonly to: RegisterId; readonly from: readonly Held[] } | undefined => {
  if (action?.kind === 'clear') return { to: action.to, from: [{ place: { kind: 'constant', value: 0n }, bits: 128 }] };
  if (action?.kind === 'load') {
    if (place === undefined) return undefined;
    const { to, width } = action;
    const others = registersOf(held, place).map(({ place: one, bits }) => ({
      place: one,
      bits: Math.min(bits, width),
    }));
    return { to, from: [{ place, bits: width }, ...others] };
  }
  if (action?.kind !== 'copy') return undefined;
  const { to, from, width } = action;
  const itself: Held[] =
    from < firstVector && from !== rsp
      ? [{ place: { kind: 'register', reg: nameOf(from) as Register }, bits: width }]
      : [];
  const shared = (held[from] ?? none).map(({ place: one, bits }) => ({ place: one, bits: Math.min(bits, width) }));
  return { to, from: [...itself, ...shared] };
};

/** The general registers that hold the same as a place. */
const registersOf = (held: State['held'], place: HeldPlace): Held[] =>
  held.slice(0, firstVector).flatMap((list, id) => {
    const same = list.find((one) => samePlace(one.place, place));
    return same === undefined ? [] : [{ place: { kind: 'register', reg: nameOf(id) as Register }, bits: same.bits }];
  });

/** Which places are as before when an instruction has written memory; null: all. */
const survivors = (effects: Effects, frames: Frames, i: number): ((one: Held) => boolean) | null => {
  const { memory, action, writesElsewhere } = effects;
  const isMemory = ({ place }: Held): boolean => place.kind === 'frame' || place.kind === 'memory';
  if (writesElsewhere) return (one) => !isMemory(one);
  const writes = memory !== undefined && memory.access !== 'read';
  if (!writes && action?.kind !== 'push') return null;
  const pushed = action?.kind === 'push' ? (frames.rsp[i] ?? unknown) - action.size : undefined;
  const from = pushed ?? frames.memory[i] ?? unknown;
  const size = action?.kind === 'push' ? action.size : (memory?.size ?? 0);
  const isExact = Number.isFinite(from) && size > 0 && (pushed !== undefined || memory?.index === null);
  // Objects of the frame below the first whose address is taken are reached only by name.
  const reachable = Math.min(0, frames.lowestTaken);
  if (isExact) {
    return ({ place, bits }) => {
      if (place.kind === 'memory') return place.base === null || from + size <= reachable;
      if (place.kind !== 'frame') return true;
      if (isFromEntry(place.offset) !== isFromEntry(from)) return false;
      return place.offset + bits / 8 <= from || place.offset >= from + size;
    };
  }
  const isByName = pushed !== undefined || memory?.base === rsp || from === somewhere || Number.isFinite(from);
  if (isByName) return (one) => one.place.kind !== 'frame' && (one.place.kind !== 'memory' || one.place.base === null);
  const isFixed = memory?.base === null && memory.index === null && !memory.elsewhere;
  return ({ place, bits }) => {
    if (place.kind === 'frame') return isFixed || place.offset + bits / 8 <= reachable;
    if (place.kind !== 'memory') return true;
    if (!isFixed || place.base !== null) return false;
    return place.offset + bits / 8 <= memory.displacement || place.offset >= memory.displacement + size;
  };
};
