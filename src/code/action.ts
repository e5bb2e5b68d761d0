import type { MemoryOperand } from './effects.ts';
import { type Instruction, MemorySizeExt, Mnemonic, OpKind, Register } from './iced.ts';
import { firstVector, partOf, type RegisterId } from './register-id.ts';

/**
 * What an instruction does, where following values needs to know it exactly; widths in bits. `rest` says what becomes of the bits of
 * `to` above: cleared or left as they were. Memory is the instruction's memory operand.
 */
export type Action =
  | {
      readonly kind: 'copy';
      readonly to: RegisterId;
      readonly from: RegisterId;
      readonly width: number;
      readonly rest: Rest;
    }
  | { readonly kind: 'load'; readonly to: RegisterId; readonly width: number; readonly rest: Rest }
  | { readonly kind: 'store'; readonly from: RegisterId; readonly width: number }
  | { readonly kind: 'store-constant'; readonly value: bigint; readonly width: number }
  | { readonly kind: 'push'; readonly from: RegisterId | null; readonly size: number }
  | { readonly kind: 'pop'; readonly to: RegisterId | null; readonly size: number }
  | {
      readonly kind: 'lea';
      readonly to: RegisterId;
      readonly base: RegisterId;
      readonly isIndexed: boolean;
      readonly displacement: number;
    }
  | { readonly kind: 'constant'; readonly to: RegisterId; readonly value: bigint }
  /** All of a vector register is zero. */
  | { readonly kind: 'clear'; readonly to: RegisterId }
  | { readonly kind: 'add'; readonly to: RegisterId; readonly amount: number }
  | { readonly kind: 'subtract'; readonly to: RegisterId; readonly from: RegisterId }
  | { readonly kind: 'and'; readonly to: RegisterId; readonly mask: bigint; readonly width: number }
  | { readonly kind: 'compare'; readonly left: RegisterId; readonly right: RegisterId }
  | { readonly kind: 'leave' };
type Rest = 'zero' | 'kept';

const wholeMoves: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Movaps,
  Mnemonic.Movapd,
  Mnemonic.Movups,
  Mnemonic.Movupd,
  Mnemonic.Movdqa,
  Mnemonic.Movdqu,
  Mnemonic.Vmovaps,
  Mnemonic.Vmovapd,
  Mnemonic.Vmovups,
  Mnemonic.Vmovupd,
  Mnemonic.Vmovdqa,
  Mnemonic.Vmovdqu,
]);
const lowMoves: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Movss,
  Mnemonic.Movsd,
  Mnemonic.Movd,
  Mnemonic.Movq,
  Mnemonic.Vmovss,
  Mnemonic.Vmovsd,
  Mnemonic.Vmovd,
  Mnemonic.Vmovq,
]);
const halfStores: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Movlps,
  Mnemonic.Movlpd,
  Mnemonic.Vmovlps,
  Mnemonic.Vmovlpd,
]);

const clears: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Xorps,
  Mnemonic.Xorpd,
  Mnemonic.Pxor,
  Mnemonic.Vxorps,
  Mnemonic.Vxorpd,
  Mnemonic.Vpxor,
]);

const isImmediate = (instruction: Instruction): boolean =>
  instruction.op1Kind >= OpKind.Immediate8 && instruction.op1Kind <= OpKind.Immediate32to64;

/** The action of a decoded instruction; undefined for all others. */
export const actionOf = (instruction: Instruction, memory: MemoryOperand | undefined): Action | undefined => {
  const { mnemonic, opCount } = instruction;
  if (mnemonic === Mnemonic.Leave) return { kind: 'leave' };
  if (opCount === 0) return undefined;
  const first = instruction.op0Kind === OpKind.Register ? partOf(instruction.op0Register) : undefined;
  const size = Math.abs(instruction.stackPointerIncrement);
  if (mnemonic === Mnemonic.Push) return { kind: 'push', from: first?.width === 64 ? first.id : null, size };
  if (mnemonic === Mnemonic.Pop) return { kind: 'pop', to: first?.width === 64 ? first.id : null, size };
  if (opCount === 1) {
    if (first?.width !== 64) return undefined;
    if (mnemonic === Mnemonic.Inc) return { kind: 'add', to: first.id, amount: 1 };
    return mnemonic === Mnemonic.Dec ? { kind: 'add', to: first.id, amount: -1 } : undefined;
  }
  if (clears.has(mnemonic)) return clear(instruction);
  if (opCount !== 2) return undefined;
  if (lowMoves.has(mnemonic) || wholeMoves.has(mnemonic) || halfStores.has(mnemonic)) {
    return vectorMove(instruction, memory);
  }
  return first === undefined ? store(instruction, memory) : toRegister(instruction, first, memory);
};

/** Of a register with itself. */
const clear = (instruction: Instruction): Action | undefined => {
  const { opCount, op0Register, op1Register } = instruction;
  const to = partOf(op0Register);
  const [left, right, rightKind] =
    opCount === 3
      ? [op1Register, instruction.op2Register, instruction.op2Kind]
      : [op0Register, op1Register, instruction.op1Kind];
  if (opCount > 3 || to === undefined || to.id < firstVector) return undefined;
  return rightKind === OpKind.Register && left === right ? { kind: 'clear', to: to.id } : undefined;
};

const store = (instruction: Instruction, memory: MemoryOperand | undefined): Action | undefined => {
  if (instruction.mnemonic !== Mnemonic.Mov || memory?.access !== 'write') return undefined;
  if (isImmediate(instruction)) {
    const width = 8 * memory.size;
    return { kind: 'store-constant', value: BigInt.asUintN(width, instruction.immediate(1)), width };
  }
  const from = instruction.op1Kind === OpKind.Register ? partOf(instruction.op1Register) : undefined;
  return from === undefined || from.shift > 0 ? undefined : { kind: 'store', from: from.id, width: from.width };
};

type Part = NonNullable<ReturnType<typeof partOf>>;

const toRegister = (instruction: Instruction, first: Part, memory: MemoryOperand | undefined): Action | undefined => {
  const { mnemonic } = instruction;
  const to = first.id;
  if (first.shift > 0 || first.width > 64) return undefined;
  const second = instruction.op1Kind === OpKind.Register ? partOf(instruction.op1Register) : undefined;
  const rest: Rest = first.width >= 32 ? 'zero' : 'kept';
  if (isImmediate(instruction)) return withConstant(instruction, first);
  switch (mnemonic) {
    case Mnemonic.Mov:
      if (memory !== undefined) return { kind: 'load', to, width: first.width, rest };
      if (second === undefined || second.shift > 0) return undefined;
      return { kind: 'copy', to, from: second.id, width: second.width, rest };
    case Mnemonic.Movzx: {
      if (memory !== undefined) return { kind: 'load', to, width: 8 * memory.size, rest };
      if (second === undefined || second.shift > 0 || rest === 'kept') return undefined;
      return { kind: 'copy', to, from: second.id, width: second.width, rest };
    }
    case Mnemonic.Lea: {
      const base = partOf(instruction.memoryBase);
      if (first.width !== 64 || base?.width !== 64) return undefined;
      const displacement = Number(BigInt.asIntN(64, instruction.memoryDisplacement));
      return { kind: 'lea', to, base: base.id, isIndexed: instruction.memoryIndex !== Register.None, displacement };
    }
    case Mnemonic.Sub:
      return first.width === 64 && second?.width === 64 ? { kind: 'subtract', to, from: second.id } : undefined;
    case Mnemonic.Cmp:
      return first.width === 64 && second?.width === 64 ? { kind: 'compare', left: to, right: second.id } : undefined;
  }
  return undefined;
};

const withConstant = (instruction: Instruction, { id: to, width }: Part): Action | undefined => {
  const value = BigInt.asIntN(64, instruction.immediate(1));
  switch (instruction.mnemonic) {
    case Mnemonic.Mov:
      return width < 32 ? undefined : { kind: 'constant', to, value: BigInt.asUintN(width, value) };
    case Mnemonic.And:
      return { kind: 'and', to, mask: BigInt.asUintN(width, value), width };
    case Mnemonic.Add:
      return width === 64 ? { kind: 'add', to, amount: Number(value) } : undefined;
    case Mnemonic.Sub:
      return width === 64 ? { kind: 'add', to, amount: -Number(value) } : undefined;
  }
  return undefined;
};

const vectorMove = (instruction: Instruction, memory: MemoryOperand | undefined): Action | undefined => {
  const to = instruction.op0Kind === OpKind.Register ? partOf(instruction.op0Register) : undefined;
  const from = instruction.op1Kind === OpKind.Register ? partOf(instruction.op1Register) : undefined;
  const size = 8 * MemorySizeExt.size(instruction.memorySize);
  if (to === undefined) {
    return from !== undefined && memory?.access === 'write' && size > 0
      ? { kind: 'store', from: from.id, width: size }
      : undefined;
  }
  if (halfStores.has(instruction.mnemonic)) return undefined;
  if (memory !== undefined) return size > 0 ? { kind: 'load', to: to.id, width: size, rest: 'zero' } : undefined;
  if (from === undefined) return undefined;
  if (wholeMoves.has(instruction.mnemonic)) {
    return { kind: 'copy', to: to.id, from: from.id, width: Math.min(to.width, from.width), rest: 'zero' };
  }
  const keeps = instruction.mnemonic === Mnemonic.Movss || instruction.mnemonic === Mnemonic.Movsd;
  const isCross = to.id < firstVector || from.id < firstVector;
  const width = size > 0 ? Math.min(size, to.width, from.width) : Math.min(to.width, from.width, isCross ? 64 : 128);
  return { kind: 'copy', to: to.id, from: from.id, width, rest: keeps ? 'kept' : 'zero' };
};
