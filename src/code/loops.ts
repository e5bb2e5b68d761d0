import type { Address } from '../base/units.ts';
import { contains, type Range } from './bytes.ts';
import type { Flow, FlowInstruction } from './flow.ts';

/** Bytes between two pieces of one part that still belong to it: single instructions that the compiler merged. */
const smallGap = 16n;

/** Whether control can come from an instruction back to it. */
export const isInLoop = (flow: Flow, at: Address): boolean => comesBack(flow, at, () => true);

const readies: ReadonlySet<string | undefined> = new Set(['copy', 'load', 'store', 'constant', 'clear']);

/** It only gets values ready for the next round: no loop of the code around has nothing else. */
const isGlue = ({ step, effects }: FlowInstruction): boolean =>
  step === undefined ? readies.has(effects.action?.kind) : step.kind === 'jump' || step.kind === 'nop';

/** Whether control can come from an instruction of a part back to it without leaving the part. */
export const isInLoopOf = (flow: Flow, at: Address, ranges: readonly Range[]): boolean => {
  const sorted = [...ranges].sort((a, b) => (a.start < b.start ? -1 : 1));
  const joined: { start: Address; end: Address }[] = [];
  for (const { start, end } of sorted) {
    const last = joined.at(-1);
    if (last === undefined || start - last.end >= smallGap) joined.push({ start, end });
    else if (end > last.end) last.end = end;
  }
  return comesBack(flow, at, (each) => isGlue(each) || joined.some((range) => contains(range, each.at)));
};

const comesBack = (flow: Flow, at: Address, isInside: (each: FlowInstruction) => boolean): boolean => {
  const start = flow.indexOf.get(at);
  if (start === undefined) return true;
  const seen = new Set<number>();
  const waiting = [...(flow.instructions[start]?.next ?? [])];
  for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
    if (i === start) return true;
    const each = flow.instructions[i];
    if (seen.has(i) || each === undefined || !isInside(each)) continue;
    seen.add(i);
    waiting.push(...each.next);
  }
  return false;
};
