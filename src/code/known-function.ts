import type { Address } from '../base/units.ts';
import type { Flow, FlowInstruction } from './flow.ts';
import { type Frames, isFromEntry } from './frames.ts';
import { type CallSort, isBarrier, writesMemory } from './pending-stores.ts';

export type KnownFunctionQuestion = {
  /** The function that begins at an address; null where its code can't be followed. */
  readonly flowAt: (at: Address) => Flow | null;
  readonly framesOf: (flow: Flow) => Frames;
  /** What the name of a called function says of it; null: nothing. */
  readonly byName: (call: FlowInstruction) => CallSort | null;
};

/** Functions and instructions that are looked at; with more of them nothing is known, for an optimiser neither, mostly. */
const mostFunctions = 12;
const mostInstructions = 3_000;

/**
 * What an optimiser may know of a function of the program: where neither it nor what it calls calls anything unknown (which
 * every panic does), it knows what memory is looked at, which may be none, and what is written. Else it is a `reader`.
 */
export const functionSort = (start: Address, { flowAt, framesOf, byName }: KnownFunctionQuestion): CallSort => {
  const seen = new Set<Address>();
  const waiting = [start];
  let instructions = 0;
  let writes = false;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const flow = flowAt(at);
    instructions += flow?.instructions.length ?? 0;
    if (flow === null || seen.size > mostFunctions || instructions > mostInstructions) return 'reader';
    const frames = framesOf(flow);
    for (const exit of flow.exits) {
      if (exit.kind === 'indirect-jump') return 'reader';
      if (exit.kind === 'tail-jump' && exit.target !== undefined) waiting.push(exit.target);
    }
    for (const [i, each] of flow.instructions.entries()) {
      if (each.isOpen) return 'reader';
      if (!isBarrier(each)) {
        writes ||= writesMemory(each) && !isFromEntry(frames.memory[i] ?? Number.NaN);
        continue;
      }
      const named = byName(each);
      if (named === 'reader' || (named === null && each.step?.kind !== 'call')) return 'reader';
      writes ||= named === 'writer';
      if (named === null && each.step?.kind === 'call') waiting.push(each.step.target);
    }
  }
  return writes ? 'writer' : 'other';
};
