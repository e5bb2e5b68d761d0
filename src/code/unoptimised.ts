import type { EntryState } from './entry-state.ts';
import type { Flow } from './flow.ts';
import { type Frames, framesOf } from './frames.ts';

const argumentRegister = /^(?:rdi|rsi|rdx|rcx|r8|r9|xmm[0-7])$/;

/**
 * Whether code shows that no optimiser has seen it: an argument is stored to a slot of the frame that nothing reads and
 * whose address nothing takes, or a slot is loaded into a register that the next instruction overwrites. Every
 * optimisation level drops both. False: there is no such sign.
 */
export const isUnoptimised = (flow: Flow, entry: EntryState, frames: Frames = framesOf(flow)): boolean =>
  hasDeadStore(flow, entry, frames) || hasDeadLoad(flow, frames);

const hasDeadStore = (flow: Flow, { spills }: EntryState, frames: Frames): boolean => {
  const stores = spills.filter(
    ({ source, slot, size }) =>
      source.kind === 'register' &&
      argumentRegister.test(source.reg) &&
      slot.base === 'entry' &&
      slot.offset < 0 &&
      slot.offset + size <= frames.lowestTaken,
  );
  return stores.some(({ slot, size }) =>
    flow.instructions.every(({ effects: { memory, action } }, i) => {
      if (memory === undefined || memory.access === 'write' || action?.kind === 'lea') return true;
      const at = frames.memory[i] ?? Number.NaN;
      // An index may lead anywhere in the frame.
      if (memory.index !== null && !Number.isNaN(at)) return false;
      return Number.isNaN(at) || at >= slot.offset + size || at + Math.max(1, memory.size) <= slot.offset;
    }),
  );
};

const hasDeadLoad = (flow: Flow, frames: Frames): boolean =>
  flow.instructions.some(({ effects, next, step }, i) => {
    const { action } = effects;
    if (step !== undefined || action?.kind !== 'load' || Number.isNaN(frames.memory[i] ?? Number.NaN)) return false;
    const [following, ...others] = next;
    const after = following === undefined || others.length > 0 ? undefined : flow.instructions[following];
    if (after === undefined || after.step !== undefined) return false;
    const { reads, writes } = after.effects;
    return (
      !reads.some(({ id }) => id === action.to) &&
      writes.some(({ id, width, certain }) => id === action.to && certain && width >= 32)
    );
  });
