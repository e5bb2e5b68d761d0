import type { Effects, MemoryOperand } from './effects.ts';
import type { FlowInstruction } from './flow.ts';
import { type Frames, type StackOffset, somewhere, unknown } from './frames.ts';
import { idOf } from './register-id.ts';

/** `width`: of the widest read from the slot's begin on or inside it, in bits. */
export type SlotUse = { readonly use: 'read' | 'addressed' | 'written'; readonly width: number };

/** Slots of arguments on the stack that are followed, 8 bytes each. */
const slotCount = 30;
/** A bit for each. */
export const allSlots = 2 ** slotCount - 1;

const rsp = idOf('rsp');
const rbp = idOf('rbp');

/** Bits of the slots that a memory operand touches. */
export const slotsAt = (offset: StackOffset, memory: MemoryOperand | undefined): number => {
  if (memory === undefined || !Number.isFinite(offset)) return 0;
  let bits = 0;
  for (let slot = 0; slot < slotCount; slot++) {
    const begin = 8 + 8 * slot;
    if (offset < begin + 8 && offset + Math.max(memory.size, 1) > begin) bits |= 1 << slot;
  }
  return bits;
};

/** Collects what instructions do with arguments on the stack. */
export class StackUse {
  readonly slots = new Map<number, SlotUse>();
  known = true;
  passed = false;

  record(clean: number, { effects, isStackProbe }: FlowInstruction, i: number, frames: Frames): void {
    if (isStackProbe) return;
    const { memory, action } = effects;
    if (action?.kind === 'lea' || (action?.kind === 'copy' && action.from === rsp)) this.address(action, i, frames);
    if (memory === undefined) return;
    const offset = frames.memory[i] ?? unknown;
    const isLost = memory.base === rsp ? !Number.isFinite(offset) : offset === somewhere;
    const isIndexed = memory.index !== null && offset >= 8;
    if (isLost || isIndexed || offset + memory.size > 8 + 8 * slotCount) this.known = false;
    const bits = slotsAt(offset, memory);
    for (let slot = 0; slot < slotCount; slot++) {
      if ((bits & (1 << slot)) === 0) continue;
      const begin = 8 + 8 * slot;
      const isRead = memory.access !== 'write' && (clean & (1 << slot)) !== 0;
      const width = 8 * Math.min(8, offset + memory.size - begin);
      this.note(begin, isRead ? 'read' : 'written', isRead ? width : 0);
    }
  }

  private address(action: NonNullable<Effects['action']>, i: number, frames: Frames): void {
    if (action.kind !== 'lea') return;
    const base = action.base === rsp ? frames.rsp[i] : action.base === rbp ? frames.rbp[i] : undefined;
    const offset = (base ?? unknown) + action.displacement;
    if (offset < 8 || Number.isNaN(offset) || action.to === rsp) return;
    // How far the object reaches is not known.
    this.known = false;
    if (Number.isFinite(offset)) this.note(offset - (offset % 8), 'addressed', 0);
  }

  private note(begin: number, use: SlotUse['use'], width: number): void {
    const known = this.slots.get(begin);
    const stronger = known === undefined || strength[use] > strength[known.use] ? use : known.use;
    this.slots.set(begin, { use: stronger, width: Math.max(width, known?.width ?? 0) });
  }
}

const strength = { written: 0, addressed: 1, read: 2 } as const;
