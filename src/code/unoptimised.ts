import type { EntryState } from './entry-state.ts';
import type { Flow } from './flow.ts';
import { type Frames, framesOf } from './frames.ts';

const argumentRegister = /^(?:rdi|rsi|rdx|rcx|r8|r9|xmm[0-7])$/;

/**
 * How many signs code shows that no optimiser has seen it: an argument is stored to a slot of the frame that nothing reads and
 * whose address nothing takes, a slot is loaded into a register that the next instruction overwrites or stored to and
 * overwritten at once, or a jump only leads to another jump. Optimisers drop all of them, nearly always: one they may have
 * left, two they don't.
 */
export const unoptimisedSigns = (flow: Flow, entry: EntryState, frames: Frames = framesOf(flow)): number => {
  const signs = [
    hasJumpToJump(flow),
    hasOverwrite(flow, frames),
    hasDeadLoad(flow, frames),
    hasDeadStore(flow, entry, frames),
  ];
  return signs.filter((sign) => sign).length;
};

const hasJumpToJump = ({ instructions, indexOf }: Flow): boolean =>
  instructions.some(({ step, at }) => {
    if (step?.kind !== 'jump') return false;
    const target = indexOf.get(step.target);
    const next = target === undefined ? undefined : instructions[target];
    return next?.step?.kind === 'jump' && next.at !== at && indexOf.has(next.step.target);
  });

/** Two stores to the same bytes of the frame, one right behind the other. */
const hasOverwrite = (flow: Flow, frames: Frames): boolean =>
  flow.instructions.some((first, i) => {
    const [following, ...others] = first.next;
    const second = following === undefined || others.length > 0 ? undefined : flow.instructions[following];
    if (second === undefined || following === undefined || first.step !== undefined || second.step !== undefined)
      return false;
    const [a, b] = [first.effects.memory, second.effects.memory];
    if (a?.access !== 'write' || b?.access !== 'write' || a.index !== null || b.index !== null) return false;
    const [from, to] = [frames.memory[i] ?? Number.NaN, frames.memory[following] ?? Number.NaN];
    return from < 0 && from === to && a.size > 0 && a.size === b.size;
  });

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
