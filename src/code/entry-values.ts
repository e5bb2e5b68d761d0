import type { Address } from '../base/units.ts';
import type { Action } from './action.ts';
import type { Effects, MemoryOperand } from './effects.ts';
import { type Register, registers } from './operand.ts';
import { type AnyRegister, firstVector, idOf, nameOf, type RegisterId, registerCount } from './register-id.ts';

/**
 * A place in the stack. `offset` counts bytes: from the stack pointer at the function's first instruction (`entry`; 0 is the
 * return address, 8 the first argument on the stack), or from the stack pointer as the alignment of a frame left it
 * (`aligned`), which is somewhere below.
 */
export type StackAddress = { readonly base: 'entry' | 'aligned'; readonly offset: number };

/** What a function was given: a register, or the stack from `offset` on (8, 16, …). */
export type EntrySource =
  | { readonly kind: 'register'; readonly reg: AnyRegister }
  | { readonly kind: 'stack'; readonly offset: number };

/**
 * The low `size` bytes of an entry value, stored in the frame. `operand`: as the instruction says it (of a `push`: as it is
 * behind it; `pushed`: compilers also push registers just to move the stack pointer). `narrowed`: only so many low bits are of the entry value, the others are zero (null: all are of it).
 * `conditional`: the store is behind a branch, on the way that doesn't jump.
 */
export type Spill = {
  readonly source: EntrySource;
  readonly size: number;
  readonly slot: StackAddress;
  readonly operand: { readonly base: Register; readonly displacement: number };
  readonly pushed: boolean;
  readonly at: Address;
  readonly narrowed: number | null;
  readonly conditional: boolean;
  /** The next instruction that writes to any of its bytes; null: none was seen. */
  readonly overwritten: Address | null;
};

/** Where the stack pointer and rbp point; null: not into the stack, or it is not known where. */
export type Frame = { readonly rsp: StackAddress | null; readonly rbp: StackAddress | null };

type Value =
  | { readonly kind: 'pointer'; readonly to: StackAddress }
  /** The low `bits` are of the entry value, those above up to `known` are zero. */
  | { readonly kind: 'entry'; readonly source: EntrySource; readonly bits: number; readonly known: number };

const rsp = idOf('rsp');
const rbp = idOf('rbp');

/** Registers and frame while the first instructions of a function run. */
export class EntryValues {
  readonly spills: (Omit<Spill, 'overwritten'> & { overwritten: Address | null })[] = [];
  private now: Address | null = null;
  private readonly registers: (Value | undefined)[];
  /** Entry values in the frame, and how many bytes of each. */
  private slots: { readonly at: StackAddress; readonly size: number; readonly value: Value }[] = [];
  /** Parts of the arguments on the stack that are not as at entry any more. */
  private readonly overwritten: { readonly from: number; readonly to: number }[] = [];
  private isBehindBranch = false;

  constructor() {
    this.registers = Array.from({ length: registerCount }, (_, id): Value => {
      const bits = id < firstVector ? 64 : 512;
      return { kind: 'entry', source: { kind: 'register', reg: nameOf(id) }, bits, known: bits };
    });
    this.registers[rsp] = { kind: 'pointer', to: { base: 'entry', offset: 0 } };
  }

  frame(): Frame {
    return { rsp: this.pointer(rsp), rbp: this.pointer(rbp) };
  }

  /** The entry values that registers hold with no bit lost. */
  sources(): ReadonlyMap<AnyRegister, EntrySource> {
    const held = new Map<AnyRegister, EntrySource>();
    for (const [id, value] of this.registers.entries())
      if (value?.kind === 'entry' && value.bits >= 64) held.set(nameOf(id), value.source);
    return held;
  }

  /** The general registers that hold the low bits of what a register held at entry, with zeros up to the next byte. */
  holders(of: AnyRegister, bits: number): Register[] {
    return registers.filter((_, id) => {
      const value = this.registers[id];
      if (value?.kind !== 'entry' || value.bits < bits || value.known < 8 * Math.ceil(bits / 8)) return false;
      return value.source.kind === 'register' && value.source.reg === of;
    });
  }

  /** From here on it takes a branch that doesn't jump. */
  passBranch(): void {
    this.isBehindBranch = true;
  }

  /** Sets the stack pointer to what a register points to; answers false if that isn't a place in the stack. */
  lowerStack(to: RegisterId): boolean {
    const limit = this.registers[to];
    if (limit?.kind === 'pointer') this.registers[rsp] = limit;
    return limit?.kind === 'pointer';
  }

  run(effects: Effects, at: Address): void {
    const { action, memory, writes } = effects;
    this.now = at;
    const result = this.resultOf(action, memory);
    const top = this.pointer(rsp);
    const target = memory === undefined ? null : this.target(memory);
    if (memory !== undefined && memory.access !== 'read') this.forget(target, memory);
    if (effects.writesElsewhere) this.forgetAll();
    if (action?.kind === 'store' && memory !== undefined && target !== null) {
      this.store(this.registers[action.from], target, action.width, memory, at);
    }
    const pushed = action?.kind === 'push' && action.from !== null ? this.registers[action.from] : undefined;
    const popped = action?.kind === 'pop' && top !== null ? this.read(top, 8) : undefined;
    for (const { id } of writes) this.registers[id] = undefined;
    if (action?.kind === 'push' && top !== null) {
      const to = shifted(top, -action.size);
      this.registers[rsp] = { kind: 'pointer', to };
      this.forget(to, undefined, action.size);
      if (pushed !== undefined) this.store(pushed, to, 64, undefined, at);
    }
    if (action?.kind === 'pop' && top !== null) {
      this.registers[rsp] = { kind: 'pointer', to: shifted(top, action.size) };
      if (action.to !== null) this.registers[action.to] = popped;
    }
    if (result !== undefined) this.registers[result[0]] = result[1];
  }

  private pointer(id: RegisterId): StackAddress | null {
    const value = this.registers[id];
    return value?.kind === 'pointer' ? value.to : null;
  }

  private target(memory: MemoryOperand): StackAddress | null {
    if (memory.base === null || memory.index !== null || memory.elsewhere) return null;
    const base = this.pointer(memory.base);
    return base && shifted(base, memory.displacement);
  }

  /** The register that an instruction writes, where its new value is known. */
  private resultOf(
    action: Action | undefined,
    memory: MemoryOperand | undefined,
  ): readonly [RegisterId, Value | undefined] | undefined {
    switch (action?.kind) {
      case 'copy': {
        return [action.to, lowPart(this.registers[action.from], action.width, knownOf(action))];
      }
      case 'load': {
        const target = memory === undefined ? null : this.target(memory);
        if (target === null) return undefined;
        return [action.to, lowPart(this.read(target, action.width / 8), action.width, knownOf(action))];
      }
      case 'lea':
        return action.isIndexed ? undefined : [action.to, this.moved(action.base, action.displacement)];
      case 'add':
        return [action.to, this.moved(action.to, action.amount)];
      case 'and':
        return [action.to, this.masked(this.registers[action.to], action.mask, action.width, action.to === rsp)];
      case 'leave': {
        const frame = this.pointer(rbp);
        return [rsp, frame === null ? undefined : { kind: 'pointer', to: shifted(frame, 8) }];
      }
      default:
        return undefined;
    }
  }

  private moved(id: RegisterId, amount: number): Value | undefined {
    const to = this.pointer(id);
    return to === null ? undefined : { kind: 'pointer', to: shifted(to, amount) };
  }

  private masked(value: Value | undefined, mask: bigint, width: number, isStack: boolean): Value | undefined {
    if (value?.kind === 'pointer') {
      if (!isStack || value.to.base !== 'entry') return undefined;
      return { kind: 'pointer', to: { base: 'aligned', offset: 0 } };
    }
    const bits = mask.toString(2).length;
    const isLow = mask > 0n && mask === (1n << BigInt(bits)) - 1n;
    if (value === undefined || !isLow || bits > value.known) return undefined;
    return { ...value, bits: Math.min(value.bits, bits), known: width >= 32 ? 64 : width };
  }

  private store(
    value: Value | undefined,
    slot: StackAddress,
    width: number,
    memory: MemoryOperand | undefined,
    at: Address,
  ): void {
    if (value === undefined) return;
    const size = width / 8;
    this.slots.push({ at: slot, size, value });
    if (value.kind !== 'entry' || value.known < width) return;
    const base = nameOf(memory?.base ?? rsp) as Register;
    this.spills.push({
      source: value.source,
      size,
      slot,
      operand: { base, displacement: memory?.displacement ?? 0 },
      pushed: memory === undefined,
      at,
      narrowed: value.bits < width ? value.bits : null,
      conditional: this.isBehindBranch,
      overwritten: null,
    });
  }

  private read(at: StackAddress, size: number): Value | undefined {
    const held = this.slots.find((slot) => slot.at.base === at.base && slot.at.offset === at.offset);
    if (held !== undefined) return size <= held.size ? held.value : undefined;
    const isArgument = at.base === 'entry' && at.offset >= 8;
    const isGone = this.overwritten.some(({ from, to }) => at.offset < to && at.offset + size > from);
    if (!isArgument || isGone) return undefined;
    const bits = 8 * size;
    return { kind: 'entry', source: { kind: 'stack', offset: at.offset }, bits, known: bits };
  }

  /** What lay where is written now is gone; if it isn't known where that is, all is. `size` 0: not known. */
  private forget(at: StackAddress | null, memory: MemoryOperand | undefined, size = memory?.size ?? 0): void {
    if (at === null) {
      // The caller's pointers don't point into the frame, nor does anything that isn't on the stack.
      const base = memory?.base ?? null;
      if (base !== null && this.registers[base]?.kind !== 'entry') this.forgetAll();
      return;
    }
    const end = size === 0 ? Number.POSITIVE_INFINITY : at.offset + size;
    const isKept = (slot: StackAddress, bytes: number): boolean =>
      slot.base === at.base && (slot.offset >= end || slot.offset + bytes <= at.offset);
    this.slots = this.slots.filter((slot) => isKept(slot.at, slot.size));
    for (const spill of this.spills) if (!isKept(spill.slot, spill.size)) spill.overwritten ??= this.now;
    if (at.base === 'aligned' || end > 8)
      this.overwritten.push({ from: at.base === 'aligned' ? 8 : at.offset, to: end });
  }

  private forgetAll(): void {
    this.slots = [];
    for (const spill of this.spills) spill.overwritten ??= this.now;
    this.overwritten.push({ from: 8, to: Number.POSITIVE_INFINITY });
  }
}

const knownOf = ({ to, width, rest }: Action & { readonly kind: 'copy' | 'load' }): number =>
  rest === 'kept' ? width : to < firstVector ? 64 : 512;

const shifted = ({ base, offset }: StackAddress, by: number): StackAddress => ({ base, offset: offset + by });

/** The low `width` bits of a value, with `known - width` bits of zeros above. */
const lowPart = (value: Value | undefined, width: number, known: number): Value | undefined => {
  if (value === undefined) return undefined;
  if (value.kind === 'pointer') return width === 64 ? value : undefined;
  if (value.known < width) return undefined;
  return { ...value, bits: Math.min(value.bits, width), known };
};
