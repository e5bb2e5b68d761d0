import type { Operation } from '../elf/variable-model.ts';
import type { Register } from './model.ts';
import type { Piece } from './place.ts';

/** General registers by DWARF's numbers for x86-64, 0 to 15. */
const registers: readonly Register[] = [
  'rax',
  'rdx',
  'rcx',
  'rbx',
  'rsi',
  'rdi',
  'rbp',
  'rsp',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
];
const firstVector = 17;
const lastVector = 32;

/** Index of the xmm register that a number means; null for others. */
export const dwarfVector = (number: number): number | null =>
  number >= firstVector && number <= lastVector ? number - firstVector : null;

export const dwarfRegister = (number: number): Register | null => registers[number] ?? null;

/** Whether an expression says the next bits of the register that the piece before is in: that shifted by its size. */
export const continues = ({ location, size }: Piece, operations: readonly Operation[]): boolean => {
  const [first, shift, shr, value] = operations;
  return (
    operations.length === 4 &&
    location.kind === 'register' &&
    location.add === 0n &&
    first?.op === 'register-offset' &&
    first.offset === 0n &&
    dwarfRegister(first.register) === location.reg &&
    shift?.op === 'constant' &&
    shift.value === BigInt(8 * size) &&
    shr?.op === 'shr' &&
    value?.op === 'stack-value'
  );
};

/** The register of which an expression takes the low bits, as many as the value has or more: `reg & 0xffffffff`. */
export const maskedRegister = (
  operations: readonly Operation[],
  size: number,
  hasWholeBools: boolean,
): Register | null => {
  const [first, ...others] = operations;
  if (
    first?.op !== 'register-offset' ||
    first.offset !== 0n ||
    others.length < 3 ||
    others.at(-1)?.op !== 'stack-value'
  )
    return null;
  for (let i = 0; i + 1 < others.length; i += 2) {
    const [mask, and] = [others[i], others[i + 1]];
    if (mask?.op !== 'constant' || and?.op !== 'and') return null;
    const bits = mask.value.toString(2).length;
    const isLow = mask.value === (1n << BigInt(bits)) - 1n;
    const isBool = bits === 1 && size === 1 && hasWholeBools;
    if (!isLow || (bits < 8 * size && !isBool)) return null;
  }
  return dwarfRegister(first.register);
};
