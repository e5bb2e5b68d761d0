import type { Effects } from './effects.ts';
import { idOf } from './register-id.ts';
import type { Step } from './step.ts';

type Instruction = { readonly step: Step | undefined; readonly effects: Effects };

const rax = idOf('rax');
const rsp = idOf('rsp');

/** Smaller frames need no probe: they can't skip a guard page. */
const page = 4096n;

/**
 * The size of the frame if the instruction at `i` is the call in `mov eax, N; call probe; sub rsp, rax`, else
 * undefined. The routine touches the N bytes below the stack pointer; all registers but r11 are as before.
 */
export const probedFrame = (instructions: readonly (Instruction | undefined)[], i: number): number | undefined => {
  if (instructions[i]?.step?.kind !== 'call') return undefined;
  const before = instructions[i - 1]?.effects.action;
  const behind = instructions[i + 1]?.effects.action;
  if (before?.kind !== 'constant' || before.to !== rax || before.value < page) return undefined;
  const isFrame = behind?.kind === 'subtract' && behind.to === rsp && behind.from === rax;
  return isFrame ? Number(before.value) : undefined;
};

/** The effects of the instruction at `i`, the `sub rsp, rax` behind a stack probe with its amount. */
export const effectsAt = (instructions: readonly (Instruction | undefined)[], i: number): Effects | undefined => {
  const effects = instructions[i]?.effects;
  const frame = probedFrame(instructions, i - 1);
  return effects && frame !== undefined ? { ...effects, action: { kind: 'add', to: rsp, amount: -frame } } : effects;
};

/** Whether the instruction at `i` touches the last page by which the frame just grew; what it writes is no value. */
export const touchesPage = (instructions: readonly (Instruction | undefined)[], i: number): boolean => {
  const { action, memory, writes } = instructions[i]?.effects ?? {};
  const before = instructions[i - 1]?.effects.action;
  const grows = before?.kind === 'add' && before.to === rsp && before.amount <= -Number(page);
  const touches = memory?.base === rsp && memory.index === null && memory.displacement === 0 && writes?.length === 0;
  return grows && touches && action?.kind !== 'store';
};
