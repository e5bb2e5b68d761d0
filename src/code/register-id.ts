import { Register as Iced } from './iced.ts';
import { holderOf, lowPart, type Register, registers } from './operand.ts';

export type VectorRegister = `xmm${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15}`;
export type AnyRegister = Register | VectorRegister;

/**
 * A register as an index into tables: 0 to 15 the general registers in the order of their encoding, 16 to 31 `xmm0` to
 * `xmm15`. Parts of a register (`edi`, `ah`) and its widenings (`ymm0`) have its id.
 */
export type RegisterId = number;

export const registerCount = 32;
export const firstVector = 16;

export const vectorRegisters = Array.from({ length: 16 }, (_, i) => `xmm${i}`) as readonly VectorRegister[];

const names: readonly AnyRegister[] = [...registers, ...vectorRegisters];
const ids: ReadonlyMap<string, RegisterId> = new Map(names.map((name, id) => [name, id]));

export const nameOf = (id: RegisterId): AnyRegister => names[id] ?? 'rax';
export const idOf = (name: AnyRegister): RegisterId => ids.get(name) ?? -1;

/** Ids of registers that a callee may change (x86-64 System V): all vector registers among them. */
export const clobbered: readonly RegisterId[] = names.flatMap((name, id) =>
  ['rbx', 'rsp', 'rbp', 'r12', 'r13', 'r14', 'r15'].includes(name) ? [] : [id],
);

/** A register operand: which register, how many of its bits, and from which bit on. */
export type RegisterPart = { readonly id: RegisterId; readonly width: number; readonly shift: number };

/** Undefined for registers that no value of a program is passed in (segments, x87, masks, `xmm16` and up). */
export const partOf = (register: Iced): RegisterPart | undefined => {
  const low = lowPart(register);
  if (low !== undefined) return { id: idOf(low.register), width: low.width, shift: 0 };
  const holder = holderOf(register);
  if (holder !== undefined) return { id: idOf(holder), width: 8, shift: 8 };
  for (const [first, width] of vectorBanks) {
    if (register >= first && register < first + 16) return { id: firstVector + register - first, width, shift: 0 };
  }
  return undefined;
};

const vectorBanks = [
  [Iced.XMM0, 128],
  [Iced.YMM0, 256],
  [Iced.ZMM0, 512],
] as const;
