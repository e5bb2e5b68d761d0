import { RsymError } from '../../base/errors.ts';
import { type AluOp, HELPERS, type Instruction, type JumpOp, type Reg, type Size } from './asm.ts';

/**
 * An instruction is 8 bytes:  opcode | src:4 dst:4 | offset (16) | immediate (32)
 * The 64-bit loads take two slots, the second with the upper half of the immediate.
 *
 *   opcode of alu and jumps:   op:4 | source:1 (0 immediate, 1 register) | class:3
 *   opcode of loads, stores:   mode:3 | size:2 | class:3
 */
const CLASS = { ldx: 1, st: 2, stx: 3, jmp: 5, alu64: 7 } as const;
const MODE_MEM = 0x60;
const MODE_ATOMIC = 0xc0;
const LD_IMM64 = 0x18;
const SOURCE_REGISTER = 8;
const FETCH_ADD = 0x01;
const COMPARE_EXCHANGE = 0xf1;
/** Values of the source register field of a 64-bit load that make it a reference (linux/bpf.h, BPF_PSEUDO_*). */
const PSEUDO = { map: 1, mapValue: 2, function: 4 } as const;
const ALU: Record<AluOp, number> = {
  add: 0x00,
  sub: 0x10,
  mul: 0x20,
  div: 0x30,
  mod: 0x90,
  or: 0x40,
  and: 0x50,
  lsh: 0x60,
  rsh: 0x70,
  xor: 0xa0,
  mov: 0xb0,
  arsh: 0xc0,
};
const JUMP: Record<JumpOp, number> = {
  eq: 0x10,
  gt: 0x20,
  ge: 0x30,
  set: 0x40,
  ne: 0x50,
  sgt: 0x60,
  sge: 0x70,
  lt: 0xa0,
  le: 0xb0,
  slt: 0xc0,
  sle: 0xd0,
};
const SIZE: Record<Size, number> = { 4: 0x00, 2: 0x08, 1: 0x10, 8: 0x18 };

const number = (reg: Reg): number => Number(reg.slice(1));

/** How many 8-byte slots an instruction takes. */
const slots = (instruction: Instruction): number => {
  switch (instruction.form) {
    case 'label':
      return 0;
    case 'load-64':
    case 'load-map':
    case 'load-value':
    case 'load-function':
      return 2;
    default:
      return 1;
  }
};

/** The slot at which each label stands. */
export const labelSlots = (code: readonly Instruction[]): ReadonlyMap<string, number> => {
  const labels = new Map<string, number>();
  let slot = 0;
  for (const instruction of code) {
    if (instruction.form === 'label') {
      if (labels.has(instruction.name)) throw new RsymError('internal', `label ${instruction.name} stands twice`);
      labels.set(instruction.name, slot);
    }
    slot += slots(instruction);
  }
  return labels;
};

/** Bytes for the kernel; `maps` gives the descriptor of each map that the code names. */
export const assemble = (code: readonly Instruction[], maps: (name: string) => number): Buffer => {
  const labels = labelSlots(code);
  const bytes = Buffer.alloc(code.reduce((sum, i) => sum + slots(i), 0) * 8);
  let slot = 0;
  const target = (to: string): number => {
    const at = labels.get(to);
    if (at === undefined) throw new RsymError('internal', `no label ${to}`);
    return at;
  };
  const distance = (to: string): number => {
    const slots = target(to) - slot - 1;
    if (slots === (slots << 16) >> 16) return slots;
    throw new RsymError('unsupported', 'cannot capture so much of one call', {
      reason: 'a jump of the tracing program would be longer than the kernel can encode',
      hints: ['give a signature with fewer arguments'],
    });
  };
  const emit = (opcode: number, dst: number, src: number, offset: number, immediate: number): void => {
    bytes.writeUInt8(opcode, slot * 8);
    bytes.writeUInt8((src << 4) | dst, slot * 8 + 1);
    bytes.writeInt16LE(offset, slot * 8 + 2);
    bytes.writeInt32LE(immediate | 0, slot * 8 + 4);
    slot++;
  };
  for (const i of code) {
    switch (i.form) {
      case 'label':
        break;
      case 'alu':
        if (typeof i.src === 'number') emit(CLASS.alu64 | ALU[i.op], number(i.dst), 0, 0, i.src);
        else emit(CLASS.alu64 | ALU[i.op] | SOURCE_REGISTER, number(i.dst), number(i.src), 0, 0);
        break;
      case 'load':
        emit(CLASS.ldx | MODE_MEM | SIZE[i.size], number(i.dst), number(i.base), i.offset, 0);
        break;
      case 'store':
        if (typeof i.src === 'number') emit(CLASS.st | MODE_MEM | SIZE[i.size], number(i.base), 0, i.offset, i.src);
        else emit(CLASS.stx | MODE_MEM | SIZE[i.size], number(i.base), number(i.src), i.offset, 0);
        break;
      case 'fetch-add':
        emit(CLASS.stx | MODE_ATOMIC | SIZE[8], number(i.base), number(i.src), i.offset, FETCH_ADD);
        break;
      case 'compare-exchange':
        emit(CLASS.stx | MODE_ATOMIC | SIZE[8], number(i.base), number(i.src), i.offset, COMPARE_EXCHANGE);
        break;
      case 'load-64':
        emit(LD_IMM64, number(i.dst), 0, 0, Number(i.value & 0xffff_ffffn));
        emit(0, 0, 0, 0, Number((i.value >> 32n) & 0xffff_ffffn));
        break;
      case 'load-map':
        emit(LD_IMM64, number(i.dst), PSEUDO.map, 0, maps(i.map));
        emit(0, 0, 0, 0, 0);
        break;
      case 'load-value':
        emit(LD_IMM64, number(i.dst), PSEUDO.mapValue, 0, maps(i.map));
        emit(0, 0, 0, 0, i.offset);
        break;
      case 'load-function':
        emit(LD_IMM64, number(i.dst), PSEUDO.function, 0, target(i.to) - slot - 1);
        emit(0, 0, 0, 0, 0);
        break;
      case 'jump':
        emit(CLASS.jmp, 0, 0, distance(i.to), 0);
        break;
      case 'branch':
        if (typeof i.src === 'number') emit(CLASS.jmp | JUMP[i.op], number(i.dst), 0, distance(i.to), i.src);
        else emit(CLASS.jmp | JUMP[i.op] | SOURCE_REGISTER, number(i.dst), number(i.src), distance(i.to), 0);
        break;
      case 'call':
        emit(CLASS.jmp | 0x80, 0, 0, 0, HELPERS[i.helper]);
        break;
      case 'exit':
        emit(CLASS.jmp | 0x90, 0, 0, 0, 0);
        break;
    }
  }
  return bytes;
};

const SYMBOL: Record<AluOp, string> = {
  add: '+=',
  sub: '-=',
  mul: '*=',
  div: '/=',
  mod: '%=',
  or: '|=',
  and: '&=',
  lsh: '<<=',
  rsh: '>>=',
  xor: '^=',
  mov: '=',
  arsh: 's>>=',
};
const signed = (value: number): string => (value < 0 ? `- ${-value}` : `+ ${value}`);

const line = (i: Instruction): string => {
  switch (i.form) {
    case 'label':
      return `${i.name}:`;
    case 'alu':
      return `  ${i.dst} ${SYMBOL[i.op]} ${i.src}`;
    case 'load':
      return `  ${i.dst} = u${i.size * 8}[${i.base} ${signed(i.offset)}]`;
    case 'store':
      return `  u${i.size * 8}[${i.base} ${signed(i.offset)}] = ${i.src}`;
    case 'fetch-add':
      return `  ${i.src} = fetch_add u64[${i.base} ${signed(i.offset)}], ${i.src}`;
    case 'compare-exchange':
      return `  r0 = compare_exchange u64[${i.base} ${signed(i.offset)}], r0, ${i.src}`;
    case 'load-64':
      return `  ${i.dst} = 0x${i.value.toString(16)} ll`;
    case 'load-map':
      return `  ${i.dst} = map ${i.map}`;
    case 'load-value':
      return `  ${i.dst} = &${i.map}[${i.offset}]`;
    case 'load-function':
      return `  ${i.dst} = function ${i.to}`;
    case 'jump':
      return `  goto ${i.to}`;
    case 'branch':
      return `  if ${i.dst} ${i.op} ${i.src} goto ${i.to}`;
    case 'call':
      return `  call ${i.helper}`;
    case 'exit':
      return '  exit';
  }
};

/** One line per instruction, as golden tests and `--debug` show programs. */
export const listing = (code: readonly Instruction[]): string => code.map(line).join('\n');
