import type { Effects } from './effects.ts';
import type { Flow, FlowInstruction } from './flow.ts';
import { clobbered, firstVector, idOf, type RegisterId } from './register-id.ts';
import { solve } from './solve.ts';

/**
 * Where a pointer points, in bytes from the stack pointer at the function's first instruction (0: the return address,
 * 8: the first argument on the stack, negative: the frame). Where the frame is aligned, its distance isn't known: offsets
 * then count from far below, each aligned frame's from a place of its own. `somewhere`: into the stack, it is not known
 * where. `unknown`: perhaps not into the stack.
 */
export type StackOffset = number;
export const somewhere = Number.POSITIVE_INFINITY;
export const unknown = Number.NaN;

/** Between the places that aligned frames count from; no frame is that large. */
const farBelow = 2 ** 36;

/** Whether an offset counts from the stack pointer at entry. */
export const isFromEntry = (offset: StackOffset): boolean => Math.abs(offset) < farBelow / 2;

const rsp = idOf('rsp');
const rbp = idOf('rbp');

type Pointers = Float64Array;

/** Stack pointers before each instruction, by its index. Instructions that are not reached have `unknown`. */
export type Frames = {
  readonly rsp: Float64Array;
  readonly rbp: Float64Array;
  /** Of the explicit memory operand; with an index, where its base and displacement point. */
  readonly memory: Float64Array;
  /** The lowest place whose address is taken: objects of the frame below it are reached only by name. */
  readonly lowestTaken: StackOffset;
};

/** Follows pointers into the stack through a whole function. */
export const framesOf = (flow: Flow): Frames => {
  const size = flow.instructions.length;
  const found = { rsp: blank(size), rbp: blank(size), memory: blank(size) };
  let lowestTaken = somewhere;
  const entry = blank(firstVector);
  entry[rsp] = 0;
  const walk = solve<Pointers>(flow, {
    entry,
    copy: (state) => state.slice(),
    join,
    run,
    refine: (state, from, to) => refine(flow, state, from, to),
    doubtsCalls: false,
  });
  walk((state, { effects }, i) => {
    found.rsp[i] = state[rsp] ?? unknown;
    found.rbp[i] = state[rbp] ?? unknown;
    found.memory[i] = pointedTo(state, effects);
    const taken = takenBy(state, effects);
    if (!Number.isNaN(taken)) lowestTaken = Math.min(lowestTaken, taken === somewhere ? -somewhere : taken);
  });
  return { ...found, lowestTaken };
};

const blank = (size: number): Float64Array => new Float64Array(size).fill(unknown);

const join = (into: Pointers, from: Pointers): boolean => {
  let changed = false;
  for (let id = 0; id < into.length; id++) {
    const a = into[id] ?? unknown;
    const b = from[id] ?? unknown;
    if (Number.isNaN(a) || a === b) continue;
    const joined = Number.isNaN(b) ? unknown : somewhere;
    if (joined === a) continue;
    into[id] = joined;
    changed = true;
  }
  return changed;
};

const pointedTo = (state: Pointers, { memory }: Effects): StackOffset => {
  if (memory?.base == null || memory.elsewhere) return unknown;
  return (state[memory.base] ?? unknown) + memory.displacement;
};

const run = (state: Pointers, { step, effects, isStackProbe }: FlowInstruction, i: number): void => {
  if (isStackProbe) return;
  if (step?.kind === 'call' || step?.kind === 'indirect-call') {
    for (const id of clobbered) if (id < firstVector) state[id] = unknown;
    return;
  }
  if (step?.kind === 'return') return;
  const next = assigned(state, effects, i);
  const top = state[rsp] ?? unknown;
  for (const { id } of effects.writes) if (id < firstVector) state[id] = unknown;
  const { action } = effects;
  if (action?.kind === 'push') state[rsp] = top - action.size;
  if (action?.kind === 'pop') state[rsp] = top + action.size;
  if (next !== undefined && next[0] < firstVector) state[next[0]] = next[1];
};

/** The register that gets a pointer into the stack, and where that points. */
const assigned = (state: Pointers, { action }: Effects, i: number): readonly [RegisterId, StackOffset] | undefined => {
  const of = (id: RegisterId): StackOffset => state[id] ?? unknown;
  switch (action?.kind) {
    case 'copy':
      return action.width === 64 ? [action.to, of(action.from)] : undefined;
    case 'lea':
      return [action.to, action.isIndexed ? within(of(action.base)) : of(action.base) + action.displacement];
    case 'add':
      return [action.to, of(action.to) + action.amount];
    case 'and':
      return [action.to, action.to === rsp && isFromEntry(of(rsp)) ? -farBelow * (i + 1) : within(of(action.to))];
    case 'subtract':
      return [action.to, within(of(action.to))];
    case 'leave':
      return [rsp, of(rbp) + 8];
    default:
      return undefined;
  }
};

const within = (offset: StackOffset): StackOffset => (Number.isNaN(offset) ? unknown : somewhere);

/** An address of the stack that comes into a register other than those that hold the frame; of an element, its array's. */
const takenBy = (state: Pointers, { action }: Effects): StackOffset => {
  if (action?.kind !== 'lea' && action?.kind !== 'copy') return unknown;
  if (action.to === rsp || action.to === rbp || action.to >= firstVector) return unknown;
  if (action.kind === 'lea') return (state[action.base] ?? unknown) + action.displacement;
  return action.width === 64 ? (state[action.from] ?? unknown) : unknown;
};

/** Behind `cmp rsp, r; jne` that isn't taken, `rsp` is `r`: so ends a loop that touches the pages of a large frame. */
const refine = (flow: Flow, state: Pointers, from: number, to: number): void => {
  const branch = flow.instructions[from];
  const compare = flow.instructions[from - 1]?.effects.action;
  if (branch?.step?.kind !== 'branch' || branch.step.condition !== 'ne' || compare?.kind !== 'compare') return;
  if (flow.targets.has(from) || flow.instructions[to]?.at !== branch.at + BigInt(branch.length)) return;
  if (compare.left === rsp && !Number.isNaN(state[compare.right] ?? unknown)) {
    state[rsp] = state[compare.right] ?? unknown;
  }
};
