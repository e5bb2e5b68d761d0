import type { Condition, JumpTarget } from '../site.ts';
import { PT_REGS } from '../sys/uapi.ts';
import {
  add,
  alu,
  type Code,
  call,
  fetchAdd,
  flatten,
  jumpIf,
  load,
  load64,
  mov,
  type ProgramSpec,
  store,
} from './asm.ts';
import { operandOf, readTarget } from './jump-target.ts';
import { loadedPages } from './memory/loaded-pages.ts';
import { begin, end, FRAME, lookup, type WatchedProcesses } from './steps.ts';
import { onlyIfTaken } from './taken.ts';

/** A jump of a function to its own first instruction: no call, though the probe there is hit. */
export type BackJump = {
  readonly condition: Condition | null;
  /** Of an indirect jump: where it reads its target, and how far the first instruction is from the jump. */
  readonly target: { readonly operand: JumpTarget; readonly distance: bigint } | null;
};

/** Adds a number to the counter that the link's cookie names. */
const countBy = (change: 1 | -1): Code => [
  mov('r1', 'r6'),
  call('get_attach_cookie'),
  store(4, 'r10', FRAME.small, 'r0'),
  lookup('counters', FRAME.small),
  jumpIf('eq', 'r0', 0, 'out'),
  mov('r1', change),
  fetchAdd('r0', 0, 'r1'),
];

const program = (name: string, code: Code): ProgramSpec => ({
  name,
  type: 'kprobe',
  uprobeMulti: true,
  functions: [],
  code: flatten(code),
});

/** The program at a function's first instruction, the same for all functions. */
export const countProgram = (scope: WatchedProcesses): ProgramSpec =>
  program('rsym_count', [begin(scope), countBy(1), end]);

/**
 * The program at a jump to the function's own first instruction, one per form: takes back what the hit there will add. No
 * table of calls under way is needed.
 */
export const uncountProgram = ({ condition, target }: BackJump, scope: WatchedProcesses): ProgramSpec =>
  program('rsym_uncount', [
    begin(scope),
    condition === null ? [] : onlyIfTaken(condition),
    target === null ? [] : onlyIfTo(target),
    countBy(-1),
    end,
  ]);

/** Leaves the program unless an indirect jump goes to the instruction at this distance. */
const onlyIfTo = ({ operand, distance }: NonNullable<BackJump['target']>): Code => [
  readTarget(operandOf(operand), numbersOf(operand), loadedPages),
  load(8, 'r2', 'r6', PT_REGS.rip),
  load64('r3', BigInt.asUintN(64, distance)),
  add('r2', 'r3'),
  jumpIf('ne', 'r1', 'r2', 'out'),
];

const numbersOf = (operand: JumpTarget): Parameters<typeof readTarget>[1] => {
  const scale = operand.kind === 'memory' ? operand.scale : 1;
  const displacement =
    operand.kind === 'memory' ? operand.displacement : operand.kind === 'pointer' ? operand.distance : 0n;
  return {
    scale: [alu('lsh', 'r2', Math.log2(scale))],
    displacement: [load64('r1', BigInt.asUintN(64, displacement))],
  };
};
