import { describe, expect, test } from 'vitest';
import { x86_64 } from '../../src/abi/argument-registers.ts';
import { compilerOf, rustRules } from '../../src/abi/compiler.ts';
import { lowerRust } from '../../src/abi/rust-convention.ts';
import { type Layout, pairOf, type Representation, type Scalar } from '../../src/abi/scalar.ts';
import { piecesText } from '../support/piece-text.ts';

const scalar = (kind: Scalar['kind'], size: number, align = size): Scalar => ({ kind, size, align, isSigned: false });
const one = (of: Scalar): Layout => ({
  size: of.size,
  align: of.align,
  representation: { kind: 'scalar', scalar: of },
});
const two = (first: Scalar, second: Scalar): Layout => {
  const { secondOffset, ...sized } = pairOf(first, second);
  return { ...sized, representation: { kind: 'pair', first, second, secondOffset } };
};
const other = (kind: 'none' | 'memory' | 'vector', size: number): Layout => {
  const representation: Representation = { kind };
  return { size, align: 8, representation };
};
const [u8, u32, u64, pointer] = [
  scalar('integer', 1),
  scalar('integer', 4),
  scalar('integer', 8),
  scalar('pointer', 8),
];
const [f32, f64] = [scalar('float', 4), scalar('float', 8)];
/** Aligned to 16 bytes since 1.77. */
const wide = (version: number): Scalar => scalar('integer', 16, version >= 77 ? 16 : 8);

const lower = (args: readonly (Layout | null)[], result: Layout | null, version: number | null = 95) =>
  lowerRust(args, result, rustRules({ rustc: version }), x86_64);
const nothing = other('none', 0);
const argsOf = (args: readonly (Layout | null)[], result: Layout = nothing, version = 95): string[] =>
  lower(args, result, version).args.map(({ mode, pieces }) => `${mode} ${piecesText(pieces)}`.trim());
const resultOf = (result: Layout, version = 95): string => {
  const { mode, pieces } = lower([], result, version).result;
  return `${mode} ${piecesText(pieces)}`.trim();
};
const integers = (count: number): Layout[] => Array.from({ length: count }, () => one(u64));

describe('arguments', () => {
  test('scalars take registers of their class in turn, then the stack above the return address', () => {
    const args = argsOf([...integers(5), one(f64), one(u8), one(f32), one(u32), one(u8)]);
    expect(args.slice(5)).toEqual([
      'direct xmm0:8',
      'direct r9:1',
      'direct xmm1:4',
      'direct rsp+8:4',
      'direct rsp+16:1',
    ]);
  });

  test('the ninth float lies on the stack', () => {
    expect(argsOf([...Array.from({ length: 9 }, () => one(f64)), one(u64)]).slice(7)).toEqual([
      'direct xmm7:8',
      'direct rsp+8:8',
      'direct rdi:8',
    ]);
  });

  test('the halves of a pair are placed one by one, at their offsets in the value', () => {
    expect(argsOf([...integers(5), two(pointer, u64), two(u32, u8)]).slice(5)).toEqual([
      'pair r9:8 rsp+8@8:8',
      'pair rsp+16:4 rsp+24@4:1',
    ]);
    expect(argsOf([two(u64, f64), two(f32, f32)])).toEqual(['pair rdi:8 xmm0@8:8', 'pair xmm1:4 xmm2@4:4']);
  });

  test('small aggregates are an integer of their size, even of floats; others are behind an address', () => {
    expect(argsOf([other('memory', 3), other('memory', 8), other('memory', 9), other('vector', 16)])).toEqual([
      'cast rdi:3',
      'cast rsi:8',
      'indirect [rdx+0]:9',
      'indirect [rcx+0]:16',
    ]);
    expect(argsOf([...integers(6), other('memory', 24)])[6]).toBe('indirect [rsp+8]+0]:24');
  });

  test('what has no size takes no place', () => {
    expect(argsOf([nothing, one(u8)])).toEqual(['none', 'direct rdi:1']);
  });

  test('a result in memory takes the first register', () => {
    expect(argsOf([one(u64)], other('memory', 24))).toEqual(['direct rsi:8']);
    expect(argsOf([one(u64)], other('memory', 8))).toEqual(['direct rdi:8']);
  });

  test('behind a type that is not known nothing is; no result type, no arguments', () => {
    const { args, result } = lower([one(u64), null, one(u8)], one(u8));
    expect(args.map(({ mode }) => mode)).toEqual(['direct', 'unknown', 'unknown']);
    expect(result.mode).toBe('direct');
    expect(lower([one(u64)], null).args[0]?.mode).toBe('unknown');
  });
});

describe('128-bit integers', () => {
  test('take two registers where there are two', () => {
    expect(argsOf([one(u64), one(wide(95)), one(u64)])).toEqual([
      'direct rdi:8',
      'direct rsi:8 rdx@8:8',
      'direct rcx:8',
    ]);
  });

  // LLVM 14 to 16 split one between r9 and the stack; 19 puts it on the stack and leaves r9; 22 gives r9 to who comes next.
  test.each([
    [63, ['direct r9:8 rsp+8@8:8', 'direct rsp+16:8']],
    [72, ['direct r9:8 rsp+8@8:8', 'direct rsp+16:8']],
    [82, ['direct rsp+8:16', 'direct rsp+24:8']],
    [95, ['direct rsp+8:16', 'direct r9:8']],
    [97, ['direct rsp+8:16', 'direct r9:8']],
  ])('behind five integers, by 1.%s', (version, expected) => {
    expect(argsOf([...integers(5), one(wide(version)), one(u64)], nothing, version).slice(5)).toEqual(expected);
  });

  test('on the stack it is aligned to 16 bytes from the first argument there', () => {
    const args = argsOf([...integers(6), one(u8), one(wide(95)), one(u8)]);
    expect(args.slice(6)).toEqual(['direct rsp+8:1', 'direct rsp+24:16', 'direct rsp+40:1']);
  });
});

describe('results', () => {
  test.each<[string, Layout, string]>([
    ['()', nothing, 'none'],
    ['u8', one(u8), 'direct rax:1'],
    ['f32', one(f32), 'direct xmm0:4'],
    ['u128', one(wide(95)), 'direct rax:8 rdx@8:8'],
    ['&str', two(pointer, u64), 'pair rax:8 rdx@8:8'],
    ['Option<u32>', two(u32, u32), 'pair rax:4 rdx@4:4'],
    ['(u64, f64)', two(u64, f64), 'pair rax:8 xmm0@8:8'],
    ['(f64, u8)', two(f64, u8), 'pair xmm0:8 rax@8:1'],
    ['(f64, f64)', two(f64, f64), 'pair xmm0:8 xmm1@8:8'],
    ['(u8, u8, u8)', other('memory', 3), 'cast rax:3'],
    ['[u64; 1]', other('memory', 8), 'cast rax:8'],
    ['[u32; 3]', other('memory', 12), 'sret [rax+0]:12'],
    ['String', other('memory', 24), 'sret [rax+0]:24'],
    ['(u128, u8)', two(wide(95), u8), 'sret [rax+0]:32'],
    ['a vector', other('vector', 16), 'sret [rax+0]:16'],
  ])('%s', (_, result, expected) => expect(resultOf(result)).toBe(expected));
});

// What changed: aggregates of 9 to 16 bytes as an integer in 1.48 (results; arguments from 1.50 on) until 1.60; results
// of more than two words in three registers until 1.83.
describe('versions', () => {
  const twelve = other('memory', 12);
  test.each([
    [47, 'indirect [rdi+0]:12', 'sret [rax+0]:12'],
    [48, 'indirect [rdi+0]:12', 'cast rax:8 rdx@8:4'],
    [51, 'cast rdi:8 rsi@8:4', 'cast rax:8 rdx@8:4'],
    [60, 'cast rdi:8 rsi@8:4', 'cast rax:8 rdx@8:4'],
    [61, 'indirect [rdi+0]:12', 'sret [rax+0]:12'],
    [63, 'indirect [rdi+0]:12', 'sret [rax+0]:12'],
    [97, 'indirect [rdi+0]:12', 'sret [rax+0]:12'],
  ])('1.%s: twelve bytes of aggregate', (version, argument, result) => {
    expect(argsOf([twelve], nothing, version)).toEqual([argument]);
    expect(resultOf(twelve, version)).toBe(result);
  });

  test.each([
    [63, 'pair rax:8 rdx@8:8 rcx@16:1'],
    [76, 'pair rax:8 rdx@8:8 rcx@16:1'],
    [83, 'pair rax:8 rdx@8:8 rcx@16:1'],
    [84, 'sret [rax+0]:32'],
    [96, 'sret [rax+0]:32'],
  ])('1.%s: (u128, u8) is returned', (version, expected) => {
    expect(resultOf(two(wide(version), u8), version)).toBe(expected);
  });

  test('four words were never returned in registers', () => {
    expect(resultOf(two(wide(63), wide(63)), 63)).toMatch(/^sret/);
  });

  test('an unknown version is the newest', () => {
    expect(rustRules({ rustc: null })).toEqual(rustRules({ rustc: 97 }));
  });

  test('marks of changed functions came with LLVM 15', () => {
    expect([63, 64, 65, 95].map((rustc) => rustRules({ rustc }).marksChanges)).toEqual([false, false, true, true]);
  });

  test.each([
    ['clang LLVM (rustc version 1.95.0 (59807616e 2026-04-14))', 95],
    ['clang LLVM (rustc version 1.63.0)', 63],
    ['clang LLVM (rustc version 1.97.0-nightly (4b0c9d76a 2026-05-18))', 97],
    ['GNU C17 12.2.0 -O2', null],
    ['', null],
    [null, null],
    ['rustc version 1.99999.0', null],
  ])('%s is 1.%s', (producer, rustc) => {
    expect(compilerOf(producer)).toEqual({ rustc });
  });
});
