import { describe, expect, test } from 'vitest';
import { address } from '../../src/base/units.ts';
import type { SymbolTable } from '../../src/elf/symbols.ts';
import { handedOn } from '../../src/query/handed-on.ts';
import type { Relocations } from '../../src/query/relocations.ts';

const all = ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9'];
const symbols = (name: string, raw = name) =>
  ({
    at: (place: bigint) => (place === 0x2000n ? [0] : []),
    name: () => name,
    raw: () => raw,
  }) as unknown as SymbolTable;
const relocations = (name: string | null) =>
  ({ importAt: (slot: bigint) => (slot === 0x3000n ? name : null) }) as unknown as Relocations;

describe('a tail jump hands on', () => {
  test.each([
    ['free', ['rdi']],
    ['cfree', ['rdi']],
    ['_Unwind_Resume', ['rdi']],
    ['__rust_dealloc', ['rdi', 'rsi', 'rdx']],
    ['alloc::alloc::__rust_dealloc', ['rdi', 'rsi', 'rdx']],
    ['memcpy', ['rdi', 'rsi', 'rdx']],
    ['core::ptr::drop_in_place::<alloc::string::String>', ['rdi', 'rsi']],
    ['core::ptr::drop_glue::<app::T>', ['rdi', 'rsi']],
    ['app::free', all],
    ['freeze', all],
    ['memcpy_or_not', all],
    ['app::f', all],
  ])('to %s: %j', (name, expected) => {
    expect(handedOn({ target: address(0x2000n) }, symbols(name), relocations(null))).toEqual(expected);
    const operand = { kind: 'absolute', address: address(0x3000n) } as const;
    expect(handedOn({ operand }, symbols('?'), relocations(name))).toEqual(expected);
  });

  test('to code whose name is the raw one only', () => {
    expect(handedOn({ target: address(0x2000n) }, symbols('x', '__rdl_dealloc'), relocations(null))).toHaveLength(3);
  });

  test('to nobody knows whom: all there is', () => {
    expect(handedOn({ target: address(0x9000n) }, symbols('free'), relocations(null))).toEqual(all);
    expect(handedOn({}, symbols('free'), relocations('free'))).toEqual(all);
    const operand = { kind: 'register', reg: 'rax' } as const;
    expect(handedOn({ operand }, symbols('free'), relocations('free'))).toEqual(all);
    const unnamed = { kind: 'absolute', address: address(0x3000n) } as const;
    expect(handedOn({ operand: unnamed }, symbols('free'), relocations(null))).toEqual(all);
  });
});
