import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressOf, constantOf, locationsAt, piecesOf } from '../../src/abi/dwarf-location.ts';
import { address } from '../../src/base/units.ts';
import type { DebugVariable, Operation, VariableLocation } from '../../src/elf/variable-model.ts';
import { piecesText } from '../support/piece-text.ts';

const register = (number: number): Operation => ({ op: 'register', register: number });
const based = (number: number, offset: bigint): Operation => ({ op: 'register-offset', register: number, offset });
const frame = (offset: bigint): Operation => ({ op: 'frame-offset', offset });
const constant = (value: bigint): Operation => ({ op: 'constant', value });
const add = (value: bigint): Operation => ({ op: 'plus-constant', value });
const narrow = (size: number): Operation => ({ op: 'dereference', size });
const load: Operation = { op: 'dereference', size: 8 };
const value: Operation = { op: 'stack-value' };
const piece = (bytes: number, offset: bigint | null = null): Operation => ({
  op: 'piece',
  bits: BigInt(8 * bytes),
  offset,
});
const context = { frameBase: { reg: 'rsp', offset: 0n }, frameAddress: { reg: 'rsp', offset: 240n } } as const;
const unknownFrame = { frameBase: null, frameAddress: null };
const shown = (operations: readonly Operation[], size = 8): string => piecesText(piecesOf(operations, size, context));

// DWARF's numbers: 0 rax, 1 rdx, 2 rcx, 4 rsi, 5 rdi, 6 rbp, 7 rsp, 17 xmm0.
test.each<[string, readonly Operation[], number, string]>([
  ['reg5', [register(5)], 4, 'rdi:4'],
  ['reg17', [register(17)], 8, 'xmm0:8'],
  ['reg33, an x87 register', [register(33)], 8, '-:8'],
  ['reg5 of sixteen bytes: it holds eight', [register(5)], 16, 'rdi:8 -@8:8'],
  ['breg7 8', [based(7, 8n)], 4, 'rsp+8:4'],
  ['breg6 -24', [based(6, -24n)], 8, '[rbp+-24]:8'],
  ['fbreg 96', [frame(96n)], 8, 'rsp+96:8'],
  ['call_frame_cfa, consts -16, plus', [{ op: 'frame-address' }, constant(-16n), { op: 'plus' }], 8, 'rsp+224:8'],
  ['the same the other way round', [constant(-16n), { op: 'frame-address' }, { op: 'plus' }], 8, 'rsp+224:8'],
  ['addr', [{ op: 'address', address: address(0x4000n) }], 8, '[fixed+16384]:8'],
  ['breg5 0: a copy behind an address', [based(5, 0n)], 24, '[rdi+0]:24'],
  ['fbreg 8, deref', [frame(8n), load], 24, '[rsp+8]+0]:24'],
  ['fbreg 8, deref, plus_uconst 16', [frame(8n), load, add(16n)], 8, '[rsp+8]+16]:8'],
  ['fbreg 8, deref, plus_uconst 16, deref', [frame(8n), load, add(16n), load], 8, '[rsp+8]+16]+0]:8'],
  ['fbreg 8, deref_size 4, stack_value', [frame(8n), narrow(4), value], 8, 'rsp+8:4 =00000000@4:4'],
  ['fbreg 8, deref_size 4, stack_value of two bytes', [frame(8n), narrow(4), value], 2, 'rsp+8:2'],
  ['fbreg 8, deref_size 4, plus_uconst 1, stack_value', [frame(8n), narrow(4), add(1n), value], 8, '-:8'],
  ['fbreg 8, deref_size 4, stack_value of sixteen bytes', [frame(8n), narrow(4), value], 16, '-:16'],
  ['lit3, stack_value', [constant(3n), value], 4, '=03000000:4'],
  ['consts -1, stack_value of sixteen bytes', [constant(-1n), value], 16, `=${'ff'.repeat(16)}:16`],
  ['breg4 1, stack_value: a register and one', [based(4, 1n), value], 4, 'rsi+1:4'],
  ['breg4 0, stack_value', [based(4, 0n), value], 4, 'rsi:4'],
  ['fbreg 8, deref, stack_value: what is there', [frame(8n), load, value], 8, 'rsp+8:8'],
  ['fbreg 8, deref, plus_uconst 1, stack_value', [frame(8n), load, add(1n), value], 8, '-:8'],
  ['implicit_value', [{ op: 'implicit-value', bytes: Uint8Array.of(1, 2, 3, 4) }], 4, '=01020304:4'],
  ['nothing: optimised out', [], 8, '-:8'],
  ['reg5, piece 8, reg4, piece 8', [register(5), piece(8), register(4), piece(8)], 16, 'rdi:8 rsi@8:8'],
  ['piece 8, reg5, piece 8', [piece(8), register(5), piece(8)], 16, '-:8 rdi@8:8'],
  ['reg5, piece 8: the rest is gone', [register(5), piece(8)], 16, 'rdi:8 -@8:8'],
  ['piece 8, lit2, stack_value, piece 8', [piece(8), constant(2n), value, piece(8)], 16, '-:8 =0200000000000000@8:8'],
  ['fbreg 8, piece 4 from the fifth byte', [frame(8n), piece(4, 32n)], 4, 'rsp+12:4'],
  ['a register from its second byte', [register(5), piece(1, 8n)], 1, '-:1'],
  ['behind a vector register', [based(17, 0n)], 8, '-:8'],
  ['the value at entry', [{ op: 'entry-value', operations: [register(5)] }, value], 8, '-:8'],
  ['a product', [based(5, 0n), constant(3n), { op: 'mul' }, value], 8, '-:8'],
  ['two registers added', [based(5, 0n), based(4, 0n), { op: 'plus' }, value], 8, '-:8'],
  ['four bytes loaded', [based(5, 0n), { op: 'dereference', size: 4 }], 8, '-:8'],
  ['DW_OP_convert', [based(5, 0n), { op: 'other', name: 'DW_OP_convert' }, value], 8, '-:8'],
  ['stack_value of nothing', [value], 8, '-:8'],
  ['plus of nothing', [{ op: 'plus' }], 8, '-:8'],
  ['deref of nothing', [load], 8, '-:8'],
  ['what follows stack_value', [constant(1n), value, add(1n)], 8, '-:8'],
])('%s', (_, operations, size, expected) => {
  expect(shown(operations, size)).toBe(expected);
});

test('a frame that is not known is no place', () => {
  expect(piecesText(piecesOf([frame(8n)], 8, unknownFrame))).toBe('-:8');
  expect(piecesText(piecesOf([{ op: 'frame-address' }], 8, unknownFrame))).toBe('-:8');
});

describe('frame bases', () => {
  test.each<[string, readonly Operation[], object | null]>([
    ['reg7', [register(7)], { reg: 'rsp', offset: 0n }],
    ['breg6 16', [based(6, 16n)], { reg: 'rbp', offset: 16n }],
    // How LLVM tells it of functions that push arguments (optimised for size).
    [
      'call_frame_cfa, consts -240, plus',
      [{ op: 'frame-address' }, constant(-240n), { op: 'plus' }],
      { reg: 'rsp', offset: 0n },
    ],
    ['a register that no probe reads', [register(17)], null],
    ['what is in memory', [based(7, 8n), load], null],
    ['a number', [constant(8n)], null],
    ['nothing', [], null],
  ])('%s', (_, operations, expected) => {
    expect(addressOf(operations, context)).toEqual(expected);
  });
});

describe('lists', () => {
  const at = (start: bigint, end: bigint, number: number): VariableLocation => ({
    range: { start: address(start), end: address(end) },
    operations: [register(number)],
  });
  const always: VariableLocation = { range: null, operations: [frame(8n)] };

  test('ranges begin with their first address and end before their last', () => {
    const list = [at(0x10n, 0x20n, 5), at(0x20n, 0x30n, 4)];
    const numbers = [0xfn, 0x10n, 0x1fn, 0x20n, 0x30n].map((pc) => locationsAt(list, address(pc)).length);
    expect(numbers).toEqual([0, 1, 1, 1, 0]);
    expect(locationsAt(list, address(0x20n))).toEqual([list[1]]);
  });

  test('what has no range holds where no range does', () => {
    const list = [always, at(0x10n, 0x20n, 5)];
    expect(locationsAt(list, address(0x10n))).toEqual([list[1]]);
    expect(locationsAt(list, address(0x20n))).toEqual([always]);
  });
});

describe('constants', () => {
  const variable = (bytes: readonly number[] | null): DebugVariable =>
    ({ constant: bytes === null ? null : Uint8Array.from(bytes) }) as DebugVariable;
  const text = (bytes: readonly number[], size: number): string | null => {
    const found = constantOf(variable(bytes), size);
    return found === null ? null : piecesText([found]);
  };

  test('are cut to the size of the type, and extended by their sign', () => {
    expect(constantOf(variable(null), 8)).toBe(null);
    expect(text([7, 0, 0, 0, 0, 0, 0, 0], 4)).toBe('=07000000:4');
    expect(text(Array(8).fill(0xff), 16)).toBe(`=${'ff'.repeat(16)}:16`);
    expect(text([1, 2], 2)).toBe('=0102:2');
  });
});

describe('any expression', () => {
  const small = fc.integer({ min: -1, max: 40 });
  const big = fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n });
  const operation: fc.Arbitrary<Operation> = fc.oneof(
    small.map(register),
    fc.tuple(small, big).map(([number, offset]) => based(number, offset)),
    big.map(frame),
    fc.constant<Operation>({ op: 'frame-address' }),
    big.map(constant),
    big.map(add),
    fc.constantFrom<Operation>({ op: 'plus' }, { op: 'minus' }, { op: 'and' }, { op: 'shr' }, load, value),
    fc.uint8Array({ maxLength: 20 }).map((bytes): Operation => ({ op: 'implicit-value', bytes })),
    fc
      .tuple(fc.integer({ min: 0, max: 20 }), fc.option(fc.bigInt({ min: 0n, max: 64n })))
      .map(([n, at]) => piece(n, at)),
    fc.constant<Operation>({ op: 'entry-value', operations: [register(5)] }),
    fc.constant<Operation>({ op: 'other', name: 'DW_OP_xderef' }),
  );

  test('gives pieces that cover the value once, in order', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (operations, size) => {
        const pieces = piecesOf(operations, size, context);
        let end = 0;
        for (const one of pieces) {
          expect(one.valueOffset).toBe(end);
          end += one.size;
        }
        expect(end).toBeGreaterThanOrEqual(size);
      }),
      { numRuns: 5000 },
    );
  });

  test('gives no register more bytes than it has, and every constant all its bytes', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (operations, size) => {
        for (const { location, size: bytes } of piecesOf(operations, size, context)) {
          if (location.kind === 'register') expect(bytes).toBeLessThanOrEqual(8);
          if (location.kind === 'constant') expect(location.bytes.length).toBeGreaterThanOrEqual(bytes);
        }
      }),
      { numRuns: 5000 },
    );
  });

  test('follows no endless chain of loads', () => {
    const pieces = piecesOf(
      Array.from({ length: 100_000 }, () => load),
      8,
      context,
    );
    expect(pieces).toHaveLength(1);
    const [deep] = piecesOf([based(5, 0n), ...Array.from({ length: 1000 }, () => load), value], 8, context);
    const followed = deep?.location.kind === 'memory' ? deep.location.followed.length : 0;
    expect(followed).toBeLessThanOrEqual(16);
  });
});
