import { type Action, actionOf } from './action.ts';
import {
  type Instruction,
  InstructionInfoFactory,
  MemorySizeExt,
  Mnemonic,
  OpAccess,
  OpKind,
  Register,
} from './iced.ts';
import { ignoredRegister, mergedRegister } from './idioms.ts';
import { partOf, type RegisterId } from './register-id.ts';

/**
 * How an instruction reads a register.
 *
 *   value    what it does depends on the low `width` bits
 *   address  as base or index of memory that it reads or writes
 *   merge    only the part above what it computes passes through (scalar conversions to a vector register)
 */
export type RegisterRead = {
  readonly id: RegisterId;
  readonly width: number;
  readonly role: 'value' | 'address' | 'merge';
};

/** `width` in bits, from bit 0; 32-bit writes clear the upper half and count as 64. `certain`: under no condition. */
export type RegisterWrite = {
  readonly id: RegisterId;
  readonly width: number;
  /** As the instruction is written: 32 for `mov eax, 1`. */
  readonly named: number;
  readonly certain: boolean;
};

/** An explicit memory operand; `size` in bytes, 0 where it varies. */
export type MemoryOperand = {
  readonly base: RegisterId | null;
  readonly index: RegisterId | null;
  readonly scale: number;
  readonly displacement: number;
  readonly size: number;
  readonly access: 'read' | 'write' | 'both';
  /** It is relative to a segment (thread-local data), so not where the registers alone say. */
  readonly elsewhere: boolean;
};

export type Effects = {
  readonly reads: readonly RegisterRead[];
  readonly writes: readonly RegisterWrite[];
  readonly memory: MemoryOperand | undefined;
  /** It writes memory that `memory` doesn't tell: a string instruction. What `push` and `call` write isn't meant. */
  readonly writesElsewhere: boolean;
  /** It depends on a flag as the instructions before left it. */
  readonly readsFlags: boolean;
  readonly writesFlags: boolean;
  readonly action: Action | undefined;
};

const infos = new InstructionInfoFactory();

const readAccess: ReadonlySet<OpAccess> = new Set([
  OpAccess.Read,
  OpAccess.CondRead,
  OpAccess.ReadWrite,
  OpAccess.ReadCondWrite,
]);
const writeAccess: ReadonlySet<OpAccess> = new Set([
  OpAccess.Write,
  OpAccess.CondWrite,
  OpAccess.ReadWrite,
  OpAccess.ReadCondWrite,
]);
const stringOperands: ReadonlySet<OpKind> = new Set([
  OpKind.MemoryESDI,
  OpKind.MemoryESEDI,
  OpKind.MemoryESRDI,
  OpKind.MemorySegDI,
  OpKind.MemorySegEDI,
  OpKind.MemorySegRDI,
]);
const none: Effects = {
  reads: [],
  writes: [],
  memory: undefined,
  writesElsewhere: false,
  readsFlags: false,
  writesFlags: false,
  action: undefined,
};

/** What an instruction reads and writes; a callee or the kernel behind a call is not seen. */
export const effectsOf = (instruction: Instruction): Effects => {
  if (instruction.mnemonic === Mnemonic.Nop || instruction.isInvalid) return none;
  const info = infos.info(instruction);
  const used = info.usedRegisters();
  const access = [info.op0Access, info.op1Access, info.op2Access, info.op3Access, info.op4Access];
  let memory: MemoryOperand | undefined;
  let writesElsewhere = false;
  for (let i = 0; i < instruction.opCount; i++) {
    const kind = instruction.opKind(i);
    if (kind === OpKind.Memory) memory = explicitMemory(instruction, access[i] ?? OpAccess.None);
    else if (stringOperands.has(kind) && writeAccess.has(access[i] ?? OpAccess.None)) writesElsewhere = true;
  }
  const addresses = memory === undefined ? [] : [memory.base, memory.index].filter((id) => id !== null);
  const reads: RegisterRead[] = addresses.map((id) => ({ id, width: 64, role: 'address' }));
  const writes: RegisterWrite[] = [];
  const size = 8 * MemorySizeExt.size(instruction.memorySize);
  const merged = mergedRegister(instruction);
  const ignored = ignoredRegister(instruction);
  for (const each of used) {
    const part = partOf(each.register);
    const how: OpAccess = each.access;
    each.free();
    if (part === undefined) continue;
    const { id, shift } = part;
    if (readAccess.has(how)) {
      const position = addresses.indexOf(id);
      if (position >= 0 && how === OpAccess.Read && part.width === 64) addresses.splice(position, 1);
      else if (id !== ignored) {
        const width = part.width >= 128 && size > 0 ? Math.min(part.width, size) : part.width + shift;
        reads.push({ id, width, role: id === merged ? 'merge' : 'value' });
      }
    }
    if (writeAccess.has(how)) {
      const certain = how === OpAccess.Write || how === OpAccess.ReadWrite;
      // A conditional move gives one of two values: it reads both and always writes.
      const chooses = !certain && isConditionalMove(instruction);
      const named = namedWidth(instruction, id, part.width);
      writes.push({ id, width: part.width + shift, named, certain: certain || chooses });
      if (chooses) reads.push({ id, width: part.width, role: 'value' });
    }
  }
  info.free();
  const readsFlags = instruction.rflagsRead !== 0;
  const writesFlags = instruction.rflagsModified !== 0;
  return { reads, writes, memory, writesElsewhere, readsFlags, writesFlags, action: actionOf(instruction, memory) };
};

const explicitMemory = (instruction: Instruction, access: OpAccess): MemoryOperand | undefined => {
  const reads = readAccess.has(access);
  if (!reads && !writeAccess.has(access)) return undefined;
  const { memoryBase, memoryIndex, segmentPrefix } = instruction;
  const base = partOf(memoryBase);
  const index = partOf(memoryIndex);
  const narrow = [base, index].some((part) => part !== undefined && part.width < 64);
  const isPlain = memoryBase !== Register.EIP && !narrow && (index === undefined || index.width === 64);
  return {
    base: base?.id ?? null,
    index: index?.id ?? null,
    scale: instruction.memoryIndexScale,
    displacement: Number(BigInt.asIntN(64, instruction.memoryDisplacement)),
    size: MemorySizeExt.size(instruction.memorySize),
    access: !reads ? 'write' : writeAccess.has(access) ? 'both' : 'read',
    elsewhere: !isPlain || segmentPrefix === Register.FS || segmentPrefix === Register.GS,
  };
};

/** Of the register operand if it is one, else (and in vector registers) the size of the value computed. */
const namedWidth = (instruction: Instruction, id: RegisterId, width: number): number => {
  if (width >= 128) return scalarWidth(instruction.mnemonic) ?? width;
  const isFirst = instruction.opCount > 0 && instruction.op0Kind === OpKind.Register;
  const first = isFirst ? partOf(instruction.op0Register) : undefined;
  if (first?.id === id) return first.width;
  const size = 8 * MemorySizeExt.size(instruction.memorySize);
  return size > 0 ? Math.min(size, width) : width;
};

/** Of the one number that an instruction computes in a vector register; undefined if it computes several. */
const scalarWidth = (mnemonic: Mnemonic): number | undefined => {
  const name = Mnemonic[mnemonic] ?? '';
  if (name === 'Movd' || name === 'Vmovd') return 32;
  if (name === 'Movq' || name === 'Vmovq') return 64;
  if (/^V?P/.test(name)) return undefined;
  return name.endsWith('sd') ? 64 : name.endsWith('ss') ? 32 : undefined;
};

const isConditionalMove = (instruction: Instruction): boolean =>
  instruction.mnemonic >= Mnemonic.Cmova && instruction.mnemonic <= Mnemonic.Cmovs;
