import { type Address, address } from '../base/units.ts';
import { type Instruction, Mnemonic, OpKind } from './iced.ts';
import { decodeRun, stepOf } from './step.ts';

/** Code as mapped at `start`. */
export type CodeBytes = { readonly start: Address; readonly bytes: Uint8Array };

/**
 * Instructions that name a function: `taken` compute its address (so it may be called from anywhere), `calls` call it, `jumps` jump to
 * it, under a condition or not; in address order. Pointers in data are not looked for.
 */
export type References = {
  readonly taken: readonly Address[];
  readonly calls: readonly Address[];
  readonly jumps: readonly Address[];
};

/**
 * `absolute`: the code is linked at fixed addresses, so an immediate may be one. `startBefore`: the start of the
 * function that an address is in. With it, what is no instruction when that function is decoded is left out; without
 * it, or where it knows none, bytes inside other instructions may be taken for a reference.
 */
export type ReferenceOptions = {
  readonly absolute?: boolean;
  readonly startBefore?: (at: Address) => Address | undefined;
};

type Kind = keyof References;
type Candidate = { readonly at: number; readonly target: number; readonly kind: Kind };

/** Finds what refers to any of `targets`, in one pass over the code. */
export const findReferences = (
  code: readonly CodeBytes[],
  targets: Iterable<Address>,
  options: ReferenceOptions = {},
): ReadonlyMap<Address, References> => {
  const found = new Map<number, Record<Kind, Address[]>>();
  for (const target of targets) found.set(Number(target), { taken: [], calls: [], jumps: [] });
  for (const block of code) {
    const candidates = candidatesIn(block, found, options.absolute === true);
    const known = options.startBefore === undefined ? candidates : verified(block, candidates, options.startBefore);
    for (const { at, target, kind } of known) found.get(target)?.[kind].push(address(BigInt(at)));
  }
  return new Map([...found].map(([target, references]) => [address(BigInt(target)), references]));
};

// What a first opcode byte may begin: 1 call, 2 jump, 3 two-byte opcode, 4 lea, 5 mov of an immediate, 6 push of one,
// 7 store of one.
const leads = new Uint8Array(256);
leads[0xe8] = 1;
leads[0xe9] = 2;
leads[0x0f] = 3;
leads[0x8d] = 4;
leads.fill(5, 0xb8, 0xc0);
leads[0x68] = 6;
leads[0xc7] = 7;

const candidatesIn = (
  { start, bytes }: CodeBytes,
  targets: ReadonlyMap<number, unknown>,
  absolute: boolean,
): Candidate[] => {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const target of targets.keys()) {
    lowest = Math.min(lowest, target);
    highest = Math.max(highest, target);
  }
  const first = Number(start);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const candidates: Candidate[] = [];
  /** A reference by the four bytes at `at`, of an instruction whose opcode is at `opcode`. */
  const relative = (opcode: number, at: number, kind: Kind): void => {
    if (at + 4 > bytes.length) return;
    const target = first + at + 4 + view.getInt32(at, true);
    if (target >= lowest && target <= highest && targets.has(target))
      candidates.push({ at: first + opcode, target, kind });
  };
  const immediate = (opcode: number, at: number, size: 4 | 8): void => {
    if (!absolute || at < 0 || at + size > bytes.length) return;
    const target = size === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
    if (target >= lowest && target <= highest && targets.has(target)) {
      candidates.push({ at: first + opcode, target, kind: 'taken' });
    }
  };
  for (let i = 0; i < bytes.length; i++) {
    switch (leads[bytes[i]!]) {
      case 0:
        continue;
      case 1:
        relative(i, i + 1, 'calls');
        continue;
      case 2:
        relative(i, i + 1, 'jumps');
        continue;
      case 3:
        if (bytes[i + 1]! >> 4 === 8) relative(i, i + 2, 'jumps');
        continue;
      case 4: {
        // ModRM with mod 0 and r/m 5: relative to the next instruction; a REX.W prefix for 64 bits.
        const isWide = i > 0 && (bytes[i - 1]! & 0xf8) === 0x48;
        if (isWide && (bytes[i + 1]! & 0xc7) === 5) relative(i - 1, i + 2, 'taken');
        continue;
      }
      case 5:
        immediate(i, i + 1, 4);
        if (i > 0 && (bytes[i - 1]! & 0xf8) === 0x48) immediate(i - 1, i + 1, 8);
        continue;
      case 6:
        immediate(i, i + 1, 4);
        continue;
      default:
        stores(bytes, i, immediate);
    }
  }
  return candidates;
};

/** `mov r/m, imm32`: the immediate lies behind the operand's bytes. */
const stores = (bytes: Uint8Array, i: number, immediate: (opcode: number, at: number, size: 4) => void): void => {
  const modrm = bytes[i + 1] ?? 0;
  if ((modrm & 0x38) !== 0) return;
  const mod = modrm >> 6;
  const hasSib = mod !== 3 && (modrm & 7) === 4;
  const isBare = mod === 0 && ((modrm & 7) === 5 || (hasSib && ((bytes[i + 2] ?? 0) & 7) === 5));
  const displacement = mod === 1 ? 1 : mod === 2 || isBare ? 4 : 0;
  immediate(i, i + 2 + (hasSib ? 1 : 0) + displacement, 4);
};

/** Those candidates that are an instruction of that kind when the function around them is decoded from its start. */
const verified = (
  { start, bytes }: CodeBytes,
  candidates: readonly Candidate[],
  startBefore: (at: Address) => Address | undefined,
): Candidate[] => {
  const kept: Candidate[] = [];
  const sorted = [...candidates].sort((a, b) => a.at - b.at);
  for (let i = 0; i < sorted.length; ) {
    const from = startBefore(address(BigInt(sorted[i]!.at)));
    if (from === undefined || from < start || from > BigInt(sorted[i]!.at)) {
      kept.push(sorted[i++]!);
      continue;
    }
    const group: Candidate[] = [];
    while (i < sorted.length && startBefore(address(BigInt(sorted[i]!.at))) === from) group.push(sorted[i++]!);
    const last = group.at(-1)!.at;
    const base = Number(start);
    let next = 0;
    decodeRun(bytes, start, Number(from - start), (position, instruction) => {
      const begin = base + position;
      const end = begin + instruction.length;
      for (; next < group.length && group[next]!.at < end; next++) {
        const { at, target, kind } = group[next]!;
        // Prefixes may come before the opcode byte that was found.
        const isOne = at >= begin && at < begin + 4 && namesTarget(instruction, target, kind);
        if (isOne) kept.push({ at: begin, target, kind });
      }
      return begin <= last && next < group.length;
    });
  }
  return kept;
};

const namesTarget = (instruction: Instruction, target: number, kind: Kind): boolean => {
  const step = stepOf(instruction);
  if (kind === 'calls') return step?.kind === 'call' && Number(step.target) === target;
  if (kind === 'jumps') return (step?.kind === 'jump' || step?.kind === 'branch') && Number(step.target) === target;
  if (step !== undefined) return false;
  if (instruction.isIpRelMemoryOperand && instruction.mnemonic === Mnemonic.Lea) {
    return Number(instruction.ipRelMemoryAddress) === target;
  }
  for (let i = 0; i < instruction.opCount; i++) {
    const operand = instruction.opKind(i);
    const isImmediate = operand >= OpKind.Immediate8 && operand <= OpKind.Immediate32to64;
    if (isImmediate && Number(BigInt.asUintN(64, instruction.immediate(i))) === target) return true;
  }
  return false;
};
