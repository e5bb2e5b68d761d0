import type { Address } from '../base/units.ts';
import { longestInstruction, readUpTo } from './bytes.ts';
import { probeCost } from './cost.ts';
import type { Flow, FlowInstruction } from './flow.ts';
import { type Frames, framesOf, isFromEntry } from './frames.ts';
import { type AnyRegister, idOf } from './register-id.ts';

/**
 * An instruction that a probe costs less on than on the function's first, and that sees the same: it runs once for each call of the
 * function. The stack pointer there is that at entry plus `rspDelta` (0 or less), in bytes.
 */
export type EntryPoint = { readonly address: Address; readonly rspDelta: number; readonly cost: 'emulated' };

/**
 * The first such instruction in the straight code at a function's begin where all of `needed` are as at entry, and no
 * memory but the function's own frame has been written. Null if there is none, or if a probe on the first instruction
 * is cheap already.
 */
export const cheaperEntry = (
  flow: Flow,
  needed: ReadonlySet<AnyRegister>,
  frames: Frames = framesOf(flow),
): EntryPoint | null => {
  const costAt = (at: Address) => probeCost(readUpTo(flow.code, at, longestInstruction) ?? new Uint8Array(0)).cost;
  if (costAt(flow.start) === 'emulated') return null;
  // Any of these may come back into the straight code, which then isn't run once for each call.
  if (flow.targets.has(flow.entry) || flow.instructions.some((each) => each.isOpen)) return null;
  const ids = new Set([...needed].map(idOf));
  const exits = new Set(flow.exits.map((exit) => exit.address));
  for (let i = flow.entry; ; i++) {
    const each = flow.instructions[i];
    if (each === undefined || (i > flow.entry && !follows(flow, i))) return null;
    const rspDelta = frames.rsp[i] ?? Number.NaN;
    if (!isFromEntry(rspDelta) || rspDelta > 0 || exits.has(each.at)) return null;
    if (i > flow.entry && costAt(each.at) === 'emulated') return { address: each.at, rspDelta, cost: 'emulated' };
    if (each.step !== undefined && each.step.kind !== 'nop') return null;
    if (each.effects.writes.some(({ id }) => ids.has(id) && id !== rsp)) return null;
    if (!writesOwnFrame(each, frames, i)) return null;
  }
};

const rsp = idOf('rsp');

/** Only the instruction just before leads to this one. */
const follows = (flow: Flow, i: number): boolean => {
  const before = flow.instructions[i - 1];
  const each = flow.instructions[i];
  if (before === undefined || each === undefined || flow.targets.has(i) || flow.isFunctionStart(each.at)) return false;
  return before.at + BigInt(before.length) === each.at;
};

/** Whether memory that the caller may know is as it was, the arguments on the stack among it. */
const writesOwnFrame = ({ effects }: FlowInstruction, frames: Frames, i: number): boolean => {
  if (effects.writesElsewhere) return false;
  const { memory } = effects;
  if (memory === undefined || memory.access === 'read') return true;
  const offset = frames.memory[i] ?? Number.NaN;
  return memory.index === null && memory.size > 0 && offset + memory.size <= 0;
};
