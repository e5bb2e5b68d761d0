import { type AddressSpace, Region, u64 } from './bpf-memory.ts';

const MAX_STEPS = 50_000;
const s64 = (value: bigint): bigint => BigInt.asIntN(64, value);

/** What instructions reach beside registers. */
export type Host = {
  readonly memory: AddressSpace;
  /** The address of an array map's first value. */
  readonly onlyValue: (fd: bigint) => bigint;
  readonly call: (code: Buffer, helper: number, arg: (reg: number) => bigint) => bigint;
};

/** Runs a function of a program from slot `entry` to its `exit`; what it returns. */
export const interpret = (code: Buffer, entry: number, args: readonly bigint[], host: Host): bigint => {
  const stack = host.memory.add(new Region('the stack', Buffer.alloc(512), false));
  const registers: (bigint | undefined)[] = [undefined, ...args];
  registers[10] = stack + 512n;
  const get = (reg: number): bigint => {
    const value = registers[reg];
    if (value === undefined) throw new Error(`r${reg} is not initialised`);
    return value;
  };
  const set = (reg: number, value: bigint): void => {
    if (reg === 10) throw new Error('r10 is read-only');
    registers[reg] = u64(value);
  };
  let pc = entry;
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    if (pc < 0 || pc * 8 >= code.length) throw new Error(`slot ${pc} is outside the program`);
    const opcode = code.readUInt8(pc * 8);
    const dst = code.readUInt8(pc * 8 + 1) & 15;
    const src = code.readUInt8(pc * 8 + 1) >> 4;
    const offset = code.readInt16LE(pc * 8 + 2);
    const immediate = BigInt(code.readInt32LE(pc * 8 + 4));
    pc++;
    const operand = (): bigint => (opcode & 8 ? get(src) : u64(immediate));
    const size = [4, 2, 1, 8][(opcode >> 3) & 3] ?? 8;
    switch (opcode & 7) {
      case 0: {
        if (opcode !== 0x18) throw new Error(`opcode 0x${opcode.toString(16)}`);
        const high = BigInt(code.readInt32LE(pc * 8 + 4));
        pc++;
        if (src === 0) set(dst, BigInt.asUintN(32, immediate) | (high << 32n));
        else if (src === 1) set(dst, immediate);
        else if (src === 2) set(dst, host.onlyValue(immediate) + high);
        else if (src === 4) set(dst, BigInt(pc - 1) + immediate);
        else throw new Error(`64-bit load of kind ${src}`);
        break;
      }
      case 1: {
        const bytes = Buffer.alloc(8);
        host.memory.load(u64(get(src) + BigInt(offset)), size).copy(bytes);
        set(dst, bytes.readBigUInt64LE());
        break;
      }
      case 2:
      case 3: {
        const bytes = Buffer.alloc(8);
        const address = u64(get(dst) + BigInt(offset));
        if (opcode === 0xdb && immediate === 1n) {
          const old = host.memory.load(address, 8).readBigUInt64LE();
          bytes.writeBigUInt64LE(u64(old + get(src)));
          host.memory.store(address, bytes);
          set(src, old);
          break;
        }
        if (opcode === 0xdb && immediate === 0xf1n) {
          const old = host.memory.load(address, 8).readBigUInt64LE();
          bytes.writeBigUInt64LE(get(src));
          if (old === get(0)) host.memory.store(address, bytes);
          set(0, old);
          break;
        }
        if (opcode >> 5 !== 3) throw new Error(`opcode 0x${opcode.toString(16)}`);
        bytes.writeBigUInt64LE((opcode & 7) === 3 ? get(src) : u64(immediate));
        host.memory.store(address, bytes.subarray(0, size));
        break;
      }
      case 5: {
        if (opcode === 0x95) {
          host.memory.drop(stack);
          return get(0);
        }
        if (opcode === 0x85) {
          const result = host.call(code, Number(immediate), get);
          for (let reg = 1; reg <= 5; reg++) registers[reg] = undefined;
          registers[0] = u64(result);
          break;
        }
        if (opcode === 0x05 || compare(opcode >> 4, get(dst), operand())) pc += offset;
        break;
      }
      case 7:
        set(dst, opcode >> 4 === 0xb ? operand() : compute(opcode >> 4, get(dst), operand()));
        break;
      default:
        throw new Error(`opcode 0x${opcode.toString(16)}`);
    }
  }
  throw new Error('the program does not end');
};

const compute = (op: number, a: bigint, b: bigint): bigint => {
  const shift = b & 63n;
  switch (op) {
    case 0x0:
      return a + b;
    case 0x1:
      return a - b;
    case 0x2:
      return a * b;
    case 0x3:
      return b === 0n ? 0n : a / b;
    case 0x4:
      return a | b;
    case 0x5:
      return a & b;
    case 0x6:
      return a << shift;
    case 0x7:
      return a >> shift;
    case 0x9:
      return b === 0n ? a : a % b;
    case 0xa:
      return a ^ b;
    case 0xc:
      return s64(a) >> shift;
    default:
      throw new Error(`arithmetic ${op}`);
  }
};

const compare = (op: number, a: bigint, b: bigint): boolean => {
  switch (op) {
    case 0x1:
      return a === b;
    case 0x2:
      return a > b;
    case 0x3:
      return a >= b;
    case 0x4:
      return (a & b) !== 0n;
    case 0x5:
      return a !== b;
    case 0x6:
      return s64(a) > s64(b);
    case 0x7:
      return s64(a) >= s64(b);
    case 0xa:
      return a < b;
    case 0xb:
      return a <= b;
    case 0xc:
      return s64(a) < s64(b);
    case 0xd:
      return s64(a) <= s64(b);
    default:
      throw new Error(`comparison ${op}`);
  }
};
