import { type ArgumentUse, Findings, type Use } from './argument-findings.ts';
import type { RegisterWrite } from './effects.ts';
import type { Flow, FlowInstruction } from './flow.ts';
import { type Frames, framesOf, unknown } from './frames.ts';
import { mayStayInside } from './open-jump.ts';
import { clobbered, idOf, type RegisterId, registerCount } from './register-id.ts';
import { solve } from './solve.ts';
import { allSlots, type SlotUse, StackUse, slotsAt } from './stack-use.ts';

export type { ArgumentUse, SlotUse, Use };

export const argumentRegisters = [
  'rdi',
  'rsi',
  'rdx',
  'rcx',
  'r8',
  'r9',
  'rax',
  'xmm0',
  'xmm1',
  'xmm2',
  'xmm3',
  'xmm4',
  'xmm5',
  'xmm6',
  'xmm7',
] as const;
/** Registers that arguments come in; `rax` of variadic C functions, as `al`. */
export type ArgumentRegister = (typeof argumentRegisters)[number];

/**
 * What a function does with what it gets. `stack`: by the slot's offset from the stack pointer at entry (8, 16, …).
 * A slot that isn't listed is touched by no instruction, if `stackKnown`; else nothing is known of it. `stackPassed`:
 * the function may be left by a jump to another one, which has the same slots.
 */
export type ArgumentUses = {
  readonly registers: Readonly<Record<ArgumentRegister, ArgumentUse>>;
  readonly stack: ReadonlyMap<number, SlotUse>;
  readonly stackKnown: boolean;
  readonly stackPassed: boolean;
};

/** Bits stand for arguments, in the order of `argumentRegisters`. */
type State = {
  /** Arguments that a register may hold, on a way without a call. */
  readonly may: Int32Array;
  /** Arguments of which only the upper part may be left in a register. */
  readonly rest: Int32Array;
  /** How many low bits of the argument a register holds at most. */
  readonly width: Int32Array;
  /** The bit of the one argument that a register holds on all ways. */
  readonly must: Int32Array;
  /** Stack slots that may be as at entry. */
  slots: number;
};

const sources = argumentRegisters.map(idOf);
const callArguments: readonly RegisterId[] = [...sources, idOf('r10')];
const kernelArguments = (['rax', 'rdi', 'rsi', 'rdx', 'r10', 'r8', 'r9'] as const).map(idOf);
const results = (['rax', 'rdx', 'xmm0', 'xmm1'] as const).map(idOf);

/** How each argument register, and each stack slot that arguments can come in, is used on all ways through a function. */
export const argumentUse = (flow: Flow, frames: Frames = framesOf(flow)): ArgumentUses => {
  const isCertain = !mayStayInside(flow, frames);
  const walk = solve<State>(flow, {
    entry: entryState(),
    copy: ({ may, rest, width, must, slots }) => ({
      may: may.slice(),
      rest: rest.slice(),
      width: width.slice(),
      must: must.slice(),
      slots,
    }),
    join,
    run: (state, instruction, i) => run(state, instruction, frames.memory[i] ?? unknown),
    doubtsCalls: true,
  });
  const findings = new Findings(sources);
  const stack = new StackUse();
  walk((state, instruction, i) => {
    const known = isCertain ? state : { ...state, must: new Int32Array(registerCount) };
    const isLeaving = leaves(flow, instruction);
    record(findings, known, instruction, isLeaving, frames.memory[i] ?? unknown);
    stack.record(state.slots, instruction, i, frames);
    if (isLeaving) stack.passed = true;
  });
  const registers = Object.fromEntries(argumentRegisters.map((name, bit) => [name, findings.of(bit)]));
  return {
    registers: registers as Record<ArgumentRegister, ArgumentUse>,
    stack: stack.slots,
    stackKnown: stack.known,
    stackPassed: stack.passed,
  };
};

const entryState = (): State => {
  const state: State = {
    may: new Int32Array(registerCount),
    rest: new Int32Array(registerCount),
    width: new Int32Array(registerCount).fill(512),
    must: new Int32Array(registerCount),
    slots: allSlots,
  };
  for (const [bit, id] of sources.entries()) state.may[id] = state.must[id] = 1 << bit;
  return state;
};

const join = (into: State, from: State): boolean => {
  let changed = (into.slots | from.slots) !== into.slots;
  into.slots |= from.slots;
  for (let id = 0; id < registerCount; id++) {
    const may = into.may[id]! | from.may[id]!;
    const rest = into.rest[id]! | from.rest[id]!;
    const width = Math.max(into.width[id]!, from.width[id]!);
    const must = into.must[id] === from.must[id] ? into.must[id]! : 0;
    changed ||= may !== into.may[id] || rest !== into.rest[id] || width !== into.width[id] || must !== into.must[id];
    into.may[id] = may;
    into.rest[id] = rest;
    into.width[id] = width;
    into.must[id] = must;
  }
  return changed;
};

const run = (state: State, { step, effects, isStackProbe }: FlowInstruction, memory: number): void => {
  if (isStackProbe) return;
  if (step?.kind === 'call' || step?.kind === 'indirect-call') {
    // What callees preserve may differ behind a call that doesn't return: what may be held there is not followed.
    state.may.fill(0);
    state.rest.fill(0);
    for (const id of clobbered) state.must[id] = 0;
    return;
  }
  const { action } = effects;
  const held = action?.kind === 'copy' ? holding(state, action.from) : undefined;
  for (const write of effects.writes) overwrite(state, write);
  if (step?.kind === 'system-call') overwrite(state, { id: idOf('rax'), width: 64, named: 64, certain: true });
  if (action?.kind === 'copy' && held !== undefined) {
    state.may[action.to] = held.may;
    state.rest[action.to] = (action.rest === 'kept' ? state.rest[action.to]! : 0) | held.rest;
    state.must[action.to] = held.must;
    state.width[action.to] = Math.min(action.width, held.width);
  }
  if (effects.memory !== undefined && effects.memory.access !== 'read') state.slots &= ~slotsAt(memory, effects.memory);
};

const holding = (state: State, id: RegisterId) => ({
  may: state.may[id]!,
  rest: state.rest[id]!,
  must: state.must[id]!,
  width: state.width[id]!,
});

const overwrite = (state: State, { id, width, certain }: RegisterWrite): void => {
  state.must[id] = 0;
  if (!certain) return;
  state.rest[id] = width < 32 ? state.rest[id]! | state.may[id]! : 0;
  state.may[id] = 0;
};

const leaves = (flow: Flow, { step, next }: FlowInstruction): boolean => {
  if (step?.kind === 'indirect-jump') return next.length === 0;
  return (step?.kind === 'jump' || step?.kind === 'branch') && !flow.indexOf.has(step.target);
};

const record = (
  findings: Findings,
  state: State,
  { step, effects, isStackProbe, at }: FlowInstruction,
  isLeaving: boolean,
  target: number,
): void => {
  const heldBy = (id: RegisterId): number => state.may[id]! | state.must[id]!;
  const widthOf = (id: RegisterId, width: number): number => Math.min(width, state.width[id]!);
  if (isStackProbe) return;
  const { action, memory } = effects;
  const isOwnStack = memory !== undefined && !Number.isNaN(target);
  for (const { id, width, role } of effects.reads) {
    const held = heldBy(id);
    if (role === 'merge' || state.rest[id] !== 0) findings.doubt(state.rest[id]! | (role === 'merge' ? held : 0));
    if (held === 0 || role === 'merge') continue;
    if (role === 'address' && memory !== undefined) findings.access(held, id, memory, at);
    else if (action?.kind === 'push') findings.doubt(held);
    else if (action?.kind === 'store' && isOwnStack) findings.store(held, widthOf(id, width));
    else if (action?.kind === 'copy' && action.to !== action.from) findings.copy(held, widthOf(id, action.width));
    else findings.read(held, widthOf(id, width));
  }
  for (const id of isLeaving ? callArguments : passedBy(step)) findings.pass(heldBy(id) | state.rest[id]!);
};

const passedBy = (step: FlowInstruction['step']): readonly RegisterId[] => {
  switch (step?.kind) {
    case 'call':
    case 'indirect-call':
      return callArguments;
    case 'system-call':
      return kernelArguments;
    case 'return':
      return results;
    default:
      return [];
  }
};
