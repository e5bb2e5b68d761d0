import type { Flow, FlowInstruction } from './flow.ts';
import { idOf } from './register-id.ts';

/** What is followed through a function: a state `S` that instructions change and that joins where ways meet. */
export type Analysis<S> = {
  readonly entry: S;
  readonly copy: (state: S) => S;
  /** Makes `into` hold for `from` too; answers whether that changed it. Repeated, it must come to an end. */
  readonly join: (into: S, from: S) => boolean;
  /** Changes `state` as the instruction does; a call by all that its callee may do. */
  readonly run: (state: S, instruction: FlowInstruction, i: number) => void;
  /** What is known in addition where control goes from one instruction to another. */
  readonly refine?: (state: S, from: number, to: number) => void;
  /**
   * Whether code that looks like a landing pad, behind a call, may be one: the callee may never return, and control
   * come there from any other call of the function. Then only what holds after all calls is taken for certain.
   */
  readonly doubtsCalls: boolean;
};

const isCall = (each: FlowInstruction): boolean =>
  !each.isStackProbe && (each.step?.kind === 'call' || each.step?.kind === 'indirect-call');

/** Follows all ways through a function until nothing changes; answers the walk over all instructions that it reached. */
export const solve = <S>(
  flow: Flow,
  { entry, copy, join, run, refine, doubtsCalls }: Analysis<S>,
): ((visit: (state: S, instruction: FlowInstruction, i: number) => void) => void) => {
  const { instructions } = flow;
  const doubted = doubtsCalls ? doubtedCalls(flow) : new Set<number>();
  const isLeader = leadersOf(flow, doubted);
  const states = new Map<number, S>();
  const pending: number[] = [];
  const waiting = new Set<number>();
  const queue = (i: number): void => {
    if (!waiting.has(i)) pending.push(i);
    waiting.add(i);
  };
  const flowTo = (i: number, state: S): void => {
    const known = states.get(i);
    if (known === undefined) states.set(i, copy(state));
    else if (!join(known, state)) return;
    queue(i);
  };
  // What holds wherever an exception or an open jump may lead.
  let anywhere: S | undefined;
  const fromAnywhere = new Set<number>(flow.orphans);
  const flowAnywhere = (state: S): void => {
    if (anywhere === undefined) anywhere = copy(state);
    else if (!join(anywhere, state)) return;
    for (const i of fromAnywhere) flowTo(i, anywhere);
  };

  /** Runs from a leader to the next; `see` gets the state before each instruction. */
  const walk = (from: number, see?: (state: S, instruction: FlowInstruction, i: number) => void): void => {
    const start = states.get(from);
    if (start === undefined) return;
    const state = copy(start);
    for (let i = from; ; ) {
      const each = instructions[i];
      if (each === undefined) return;
      see?.(state, each, i);
      run(state, each, i);
      const spreads = see === undefined;
      if (spreads && (each.isOpen || isCall(each))) flowAnywhere(state);
      if (doubted.has(i)) {
        for (const to of spreads ? each.next : []) {
          if (fromAnywhere.has(to)) continue;
          fromAnywhere.add(to);
          if (anywhere !== undefined) flowTo(to, anywhere);
        }
        return;
      }
      const only = each.next.length === 1 ? each.next[0] : undefined;
      if (only !== undefined && isLeader[only] === 0) {
        refine?.(state, i, only);
        i = only;
        continue;
      }
      for (const to of spreads ? each.next : []) {
        const branch = refine === undefined ? state : copy(state);
        refine?.(branch, i, to);
        flowTo(to, branch);
      }
      return;
    }
  };

  flowTo(flow.entry, entry);
  while (pending.length > 0) {
    const i = pending.pop()!;
    waiting.delete(i);
    walk(i);
  }
  return (visit) => {
    for (const i of [...states.keys()].sort((a, b) => a - b)) walk(i, visit);
  };
};

/** 1 for instructions that keep a state of their own: all but those that only the one just before them leads to. */
const leadersOf = (flow: Flow, doubted: ReadonlySet<number>): Uint8Array => {
  const leaders = new Uint8Array(flow.instructions.length);
  leaders[flow.entry] = 1;
  for (const i of flow.orphans) leaders[i] = 1;
  for (const i of flow.targets) leaders[i] = 1;
  for (const [i, each] of flow.instructions.entries()) {
    if (each.next.length > 1 || doubted.has(i)) for (const to of each.next) leaders[to] = 1;
  }
  return leaders;
};

const rax = idOf('rax');

/** A landing pad begins by putting the exception, which comes in rax, aside. */
const padBegin = 4;

/** Calls behind which a landing pad may lie: the whole of rax is moved there before anything else is done with it. */
const doubtedCalls = (flow: Flow): ReadonlySet<number> => {
  const doubted = new Set<number>();
  for (const [i, call] of flow.instructions.entries()) {
    if (!isCall(call)) continue;
    for (let at = i + 1; at <= i + padBegin; at++) {
      const { step, effects } = flow.instructions[at] ?? {};
      const { action, reads = [], writes = [] } = effects ?? {};
      const moves = action?.kind === 'copy' || action?.kind === 'store' || action?.kind === 'push';
      if (moves && action.from === rax) doubted.add(i);
      const touches = reads.some(({ id }) => id === rax) || writes.some(({ id }) => id === rax);
      if (step !== undefined || touches) break;
    }
  }
  return doubted;
};
