/** DWARF expressions as llvm-dwarfdump writes them, without the names of registers. */
import type { Operation } from '../../src/elf/variable-model.ts';

const operations = ['plus', 'minus', 'and', 'or', 'xor', 'shl', 'shr', 'shra', 'mul', 'not', 'neg'];
const is64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/** One operation in a form of its own, from ours. */
const ours = (own: Operation): string => {
  switch (own.op) {
    case 'register':
      return `reg${own.register}`;
    case 'register-offset':
      return `breg${own.register} ${own.offset}`;
    case 'frame-offset':
      return `fbreg ${own.offset}`;
    case 'address':
      return `addr ${own.address}`;
    case 'constant':
      return `const ${own.value}`;
    case 'dereference':
      return `deref ${own.size}`;
    case 'plus-constant':
      return `plus ${own.value}`;
    case 'implicit-value':
      return `implicit ${Buffer.from(own.bytes).toString('hex')}`;
    case 'entry-value':
      return `entry(${operationsText(own.operations)})`;
    case 'piece':
      return `piece ${own.bits} ${own.offset}`;
    case 'other':
      return `other ${own.name}`;
    default:
      return own.op;
  }
};

export const operationsText = (own: readonly Operation[]): string => own.map(ours).join(', ');

/** Splits at commas that are in no parentheses. */
const split = (text: string): string[] => {
  const parts = [''];
  let depth = 0;
  for (const [at, letter] of [...text].entries()) {
    depth += letter === '(' ? 1 : letter === ')' ? -1 : 0;
    if (letter === ',' && depth === 0 && text[at + 1] === ' ') parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim());
};

/** The same of an operation of llvm-dwarfdump's. */
const theirs = (text: string): string => {
  // The number in the name is the register's; LLVM 22 names what it stands for behind it.
  const [, register] = /^DW_OP_reg(\d+)\b/.exec(text) ?? [];
  if (register !== undefined) return `reg${register}`;
  // Those beyond 31 by their names alone; vectors begin at 17.
  const [, vector] = /^DW_OP_regx XMM(\d+)$/.exec(text) ?? [];
  if (vector !== undefined) return `reg${17 + Number(vector)}`;
  const [, base, offset] = /^DW_OP_breg(\d+) \w*([+-]\d+)$/.exec(text) ?? [];
  if (base !== undefined) return `breg${base} ${BigInt(offset?.replace('+', '') ?? 0)}`;
  const [, nested] = /^DW_OP_(?:GNU_)?entry_value\((.*)\)$/s.exec(text) ?? [];
  if (nested !== undefined) return `entry(${theirsText(nested)})`;
  const [name = '', ...words] = text.replace(/^DW_OP_/, '').split(' ');
  const number = (word: string): bigint => {
    const [, sign, digits] = /^([+-]?)(0x[0-9a-f]+|\d+)$/.exec(word) ?? [];
    return digits === undefined ? 0n : BigInt(digits) * (sign === '-' ? -1n : 1n);
  };
  const numbers = words.map(number);
  const [first = 0n, second = 0n] = numbers;
  const [, literal] = /^lit(\d+)$/.exec(name) ?? [];
  if (literal !== undefined) return `const ${literal}`;
  if (/^const(\d?[us]|u|s)$/.test(name)) return `const ${is64(first)}`;
  if (operations.includes(name)) return name;
  switch (name) {
    case 'fbreg':
      return `fbreg ${first}`;
    case 'call_frame_cfa':
      return 'frame-address';
    case 'stack_value':
      return 'stack-value';
    case 'addr':
      return `addr ${first}`;
    case 'deref':
      return 'deref 8';
    case 'deref_size':
      return `deref ${first}`;
    case 'plus_uconst':
      return `plus ${first}`;
    case 'piece':
      return `piece ${first * 8n} null`;
    case 'bit_piece':
      return `piece ${first} ${second}`;
    case 'implicit_value':
      return `implicit ${words
        .slice(1)
        .map((word) => word.replace('0x', ''))
        .join('')}`;
    default:
      return `other DW_OP_${name}`;
  }
};

export const theirsText = (text: string): string => (text === '' ? '' : split(text).map(theirs).join(', '));
