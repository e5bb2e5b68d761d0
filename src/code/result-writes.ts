import type { Address } from '../base/units.ts';
import type { Flow, FlowInstruction } from './flow.ts';
import { type Frames, framesOf, somewhere, unknown } from './frames.ts';
import { mayStayInside } from './open-jump.ts';
import { clobbered, idOf, registerCount } from './register-id.ts';
import { solve } from './solve.ts';

const resultRegisters = ['rax', 'rdx', 'xmm0', 'xmm1'] as const;
/** Registers that results are given back in. */
export type ResultRegister = (typeof resultRegisters)[number];

/**
 * Where the content of a register comes from:
 *
 *   written    an instruction behind the last call; what it wrote may still be that address, read back from the frame
 *   call       a callee left it
 *   entry-rdi  a copy of what rdi held at entry, as of functions that give back the address of their result
 *   untouched  it is as at entry: no result
 *   unknown    jumps with unknown targets may lead anywhere
 */
export type ResultWay = 'written' | 'call' | 'entry-rdi' | 'untouched' | 'unknown';

/**
 * `ways`: all that is possible; `state`: the only one, or `mixed`. `width`: so many low bits are written on each way
 * on which anything is, 0 where nothing is.
 */
export type ResultState = {
  readonly state: ResultWay | 'mixed';
  readonly width: number;
  readonly ways: readonly ResultWay[];
};
export type Results = Readonly<Record<ResultRegister, ResultState>>;

/**
 * By the address of each `ret`, and over all of them (null where there is none). `otherExits`: there are jumps out of
 * the function, and nothing is said of what comes back from there.
 */
export type ResultWrites = {
  readonly returns: ReadonlyMap<Address, Results>;
  readonly all: Results | null;
  readonly otherExits: boolean;
};

const ways: readonly ResultWay[] = ['written', 'call', 'entry-rdi', 'untouched', 'unknown'];
const written = 1;
const call = 2;
const entryRdi = 4;
const untouched = 8;

/** Wider than any register: where nothing is written, no width bounds that of other ways. */
const unbounded = 1 << 15;

type State = {
  /** Bits of `ways`, for each register. */
  readonly ways: Int32Array;
  /** The least number of bits written, over all ways on which any are. */
  readonly width: Int32Array;
  /** Places in the frame that hold what rdi held at entry. */
  readonly slots: Set<number>;
};

const results = resultRegisters.map(idOf);
const rdi = idOf('rdi');
const rsp = idOf('rsp');

/** What the result registers hold at each return of a function. */
export const resultWrites = (flow: Flow, frames: Frames = framesOf(flow)): ResultWrites => {
  const returns = new Map<Address, Results>();
  const isLost = mayStayInside(flow, frames);
  const walk = solve<State>(flow, {
    entry: entryState(),
    copy: ({ ways, width, slots }) => ({ ways: ways.slice(), width: width.slice(), slots: new Set(slots) }),
    join,
    run: (state, instruction, i) => run(state, instruction, frames.memory[i] ?? unknown, frames.lowestTaken),
    doubtsCalls: true,
  });
  const all: State = { ways: new Int32Array(registerCount), width: blankWidth(), slots: new Set() };
  walk((state, { step, at }) => {
    if (step?.kind !== 'return') return;
    returns.set(at, describe(state, isLost));
    join(all, state);
  });
  const otherExits = flow.exits.some((exit) => exit.kind !== 'return');
  return { returns, all: returns.size === 0 ? null : describe(all, isLost), otherExits };
};

const blankWidth = (): Int32Array => new Int32Array(registerCount).fill(unbounded);

const entryState = (): State => {
  const state: State = { ways: new Int32Array(registerCount).fill(untouched), width: blankWidth(), slots: new Set() };
  state.ways[rdi] = entryRdi;
  return state;
};

const join = (into: State, from: State): boolean => {
  let changed = false;
  for (let id = 0; id < registerCount; id++) {
    const joined = into.ways[id]! | from.ways[id]!;
    const width = Math.min(into.width[id]!, from.width[id]!);
    changed ||= joined !== into.ways[id] || width !== into.width[id];
    into.ways[id] = joined;
    into.width[id] = width;
  }
  for (const slot of into.slots) {
    if (from.slots.has(slot)) continue;
    into.slots.delete(slot);
    changed = true;
  }
  return changed;
};

const isRdi = (state: State, id: number): boolean => state.ways[id] === entryRdi;

const run = (state: State, instruction: FlowInstruction, memory: number, lowestTaken: number): void => {
  const { step, effects, isStackProbe } = instruction;
  if (isStackProbe) return;
  if (step?.kind === 'call' || step?.kind === 'indirect-call') {
    for (const id of clobbered) set(state, id, call, unbounded);
    return;
  }
  const { action } = effects;
  if (effects.memory !== undefined && effects.memory.access !== 'read') {
    const isLost = Number.isNaN(memory) && effects.memory.base === rsp;
    forget(state.slots, isLost ? somewhere : memory, effects.memory.index === null ? effects.memory.size : somewhere);
    const keeps = action?.kind === 'store' && action.width === 64 && isRdi(state, action.from);
    if (keeps && memory < Math.min(0, lowestTaken)) state.slots.add(memory);
  }
  const copied = copiedWays(state, action, memory);
  for (const { id, width, named, certain } of effects.writes) {
    const before = state.ways[id]!;
    const isWhole = width >= 32;
    if (!certain) set(state, id, before | written, Math.min(state.width[id]!, named));
    else if (isWhole || before !== written) set(state, id, written, named);
    else set(state, id, written, Math.max(state.width[id]!, named));
  }
  if (step?.kind === 'system-call') set(state, idOf('rax'), written, 64);
  if (copied !== undefined) set(state, copied.to, copied.ways, copied.ways === entryRdi ? unbounded : 64);
};

/** The register that gets all of another, or of a place in the frame, if that is or may be what rdi held at entry. */
const copiedWays = (
  state: State,
  action: FlowInstruction['effects']['action'],
  memory: number,
): { readonly to: number; readonly ways: number } | undefined => {
  if (action?.kind === 'load' && action.width === 64 && state.slots.has(memory)) {
    return { to: action.to, ways: entryRdi };
  }
  const from = action?.kind === 'copy' && action.width === 64 ? state.ways[action.from]! : 0;
  if (action?.kind !== 'copy' || (from & entryRdi) === 0) return undefined;
  return { to: action.to, ways: from === entryRdi ? entryRdi : entryRdi | written };
};

const set = (state: State, id: number, bits: number, width: number): void => {
  state.ways[id] = bits;
  state.width[id] = width;
};

/** A write to the frame ends what was held there; one whose place isn't known ends it everywhere. */
const forget = (slots: Set<number>, begin: number, size: number): void => {
  if (Number.isNaN(begin)) return;
  for (const slot of slots) {
    if (begin === somewhere || size === 0 || (slot < begin + size && slot + 8 > begin)) slots.delete(slot);
  }
};

const describe = (state: State, isLost: boolean): Results => {
  const of = (id: number): ResultState => {
    const found = ways.filter((way, bit) => (way === 'unknown' ? isLost : (state.ways[id]! & (1 << bit)) !== 0));
    const only = found.length === 1 ? found[0] : undefined;
    const width = state.width[id]!;
    return { state: only ?? (isLost ? 'unknown' : 'mixed'), width: width === unbounded ? 0 : width, ways: found };
  };
  return Object.fromEntries(resultRegisters.map((name, i) => [name, of(results[i]!)])) as Results;
};
