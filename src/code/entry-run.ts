import { type Flow, type FlowInstruction, follows } from './flow.ts';
import { type Frames, isFromEntry } from './frames.ts';

/** An instruction by its index; the stack pointer there is that at entry plus `rspDelta` (0 or less), in bytes. */
export type EntryStep = { readonly i: number; readonly rspDelta: number };

/**
 * The instructions of the straight code at a function's begin, as far as a probe there is hit once for each call and
 * finds the memory that the caller may know as it was at entry.
 */
export const entryRun = (flow: Flow, frames: Frames): readonly EntryStep[] => {
  // Any of these may come back into the straight code, which then isn't run once for each call.
  if (flow.targets.has(flow.entry) || flow.instructions.some((each) => each.isOpen)) return [];
  const exits = new Set(flow.exits.map((exit) => exit.address));
  const steps: EntryStep[] = [];
  for (let i = flow.entry; ; i++) {
    const each = flow.instructions[i];
    if (each === undefined || (i > flow.entry && !follows(flow, i))) return steps;
    const rspDelta = frames.rsp[i] ?? Number.NaN;
    if (!isFromEntry(rspDelta) || rspDelta > 0 || exits.has(each.at)) return steps;
    steps.push({ i, rspDelta });
    if (each.step !== undefined && each.step.kind !== 'nop') return steps;
    if (!writesOwnFrame(each, frames, i)) return steps;
  }
};

/** Whether memory that the caller may know is as it was, the arguments on the stack among it. */
export const writesOwnFrame = ({ effects }: FlowInstruction, frames: Frames, i: number): boolean => {
  if (effects.writesElsewhere) return false;
  const { memory } = effects;
  if (memory === undefined || memory.access === 'read') return true;
  const offset = frames.memory[i] ?? Number.NaN;
  return memory.index === null && memory.size > 0 && offset + memory.size <= 0;
};
