import { type Address, address } from '../base/units.ts';
import { Register as Iced, type Instruction, OpKind } from './iced.ts';

/** The 64-bit general registers, in the order of their x86-64 encoding (0 to 15). */
export const registers = [
  'rax',
  'rcx',
  'rdx',
  'rbx',
  'rsp',
  'rbp',
  'rsi',
  'rdi',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
] as const;
export type Register = (typeof registers)[number];

/**
 * Where a jump reads its target, so that it can be computed from the registers at the hit, before the jump runs.
 *
 *   register  the target is the register's value
 *   memory    the target is the 8 bytes at `base + index * scale + displacement` (a null register counts as 0).
 *             Without a base the displacement is an address as linked (only in executables with fixed addresses).
 *   absolute  the target is the 8 bytes at `address`, as linked: add the load bias before reading
 */
export type JumpOperand =
  | { readonly kind: 'register'; readonly reg: Register }
  | {
      readonly kind: 'memory';
      readonly base: Register | null;
      readonly index: Register | null;
      readonly scale: 1 | 2 | 4 | 8;
      readonly displacement: bigint;
    }
  | { readonly kind: 'absolute'; readonly address: Address };

/** The name of a 64-bit general register, undefined for every other register. */
export const wideRegister = (register: Iced): Register | undefined =>
  register >= Iced.RAX && register <= Iced.R15 ? registers[register - Iced.RAX] : undefined;

/** The 64-bit register that a 32-bit or 64-bit general register is (the low half of). */
export const fullRegister = (register: Iced): Register | undefined =>
  register >= Iced.EAX && register <= Iced.R15D ? registers[register - Iced.EAX] : wideRegister(register);

/** The register that a general register is the low part of, and how many bits; the high bytes have none. */
export const lowPart = (
  register: Iced,
): { readonly register: Register; readonly width: 8 | 16 | 32 | 64 } | undefined => {
  const full = fullRegister(register);
  if (full !== undefined) return { register: full, width: register >= Iced.RAX ? 64 : 32 };
  if (register >= Iced.AX && register <= Iced.R15W) {
    const half = fullRegister(register - Iced.AX + Iced.EAX);
    return half && { register: half, width: 16 };
  }
  if (register < Iced.AL || register > Iced.R15L || (register >= Iced.AH && register <= Iced.BH)) return undefined;
  // AL CL DL BL, then AH CH DH BH, then SPL BPL SIL DIL R8L and so on.
  const order = register <= Iced.BL ? register - Iced.AL : register - Iced.SPL + 4;
  const half = fullRegister(order + Iced.EAX);
  return half && { register: half, width: 8 };
};

/** The 64-bit register that a general register is any part of. */
export const holderOf = (register: Iced): Register | undefined =>
  register >= Iced.AH && register <= Iced.BH
    ? fullRegister(register - Iced.AH + Iced.EAX)
    : lowPart(register)?.register;

/** A memory operand without segment override and with 64-bit addressing; undefined for every other. */
export const memoryOperand = (instruction: Instruction): JumpOperand | undefined => {
  if (instruction.segmentPrefix === Iced.FS || instruction.segmentPrefix === Iced.GS) return undefined;
  const { memoryBase, memoryIndex } = instruction;
  if (memoryBase === Iced.RIP) return { kind: 'absolute', address: address(instruction.memoryDisplacement) };
  const base = memoryBase === Iced.None ? null : wideRegister(memoryBase);
  const index = memoryIndex === Iced.None ? null : wideRegister(memoryIndex);
  if (base === undefined || index === undefined) return undefined;
  const displacement = BigInt.asIntN(64, instruction.memoryDisplacement);
  if (base === null && index === null) return { kind: 'absolute', address: address(BigInt.asUintN(64, displacement)) };
  return { kind: 'memory', base, index, scale: instruction.memoryIndexScale as 1 | 2 | 4 | 8, displacement };
};

/** The operand of a near indirect jump or call; undefined if its target isn't 8 bytes of a register or of memory. */
export const jumpOperand = (instruction: Instruction): JumpOperand | undefined => {
  if (instruction.op0Kind === OpKind.Register) {
    const reg = wideRegister(instruction.op0Register);
    return reg === undefined ? undefined : { kind: 'register', reg };
  }
  return instruction.op0Kind === OpKind.Memory ? memoryOperand(instruction) : undefined;
};
