import { expect, test } from 'vitest';
import { x86_64 } from '../../src/abi/argument-registers.ts';
import { lowerC } from '../../src/abi/c-convention.ts';
import { cLayout } from '../../src/abi/c-layout.ts';
import type { TypeId } from '../../src/elf/type-model.ts';
import { FakeTypes } from '../support/fake-types.ts';
import { piecesText } from '../support/piece-text.ts';

type Make = (types: FakeTypes) => TypeId;
const lower = (args: readonly Make[], result: Make | null, keepsWideWhole = true) => {
  const types = new FakeTypes();
  const layouts = args.map((make) => cLayout(types, make(types)));
  const lowered = lowerC(layouts, cLayout(types, result?.(types) ?? null), keepsWideWhole, x86_64);
  return {
    args: lowered.args.map(({ mode, pieces }) => `${mode} ${piecesText(pieces)}`.trim()),
    result: `${lowered.result.mode} ${piecesText(lowered.result.pieces)}`.trim(),
  };
};
const long: Make = (t) => t.i(64);
const longs = (count: number): Make[] => Array.from({ length: count }, () => long);
const struct =
  (size: number, align: number, ...fields: readonly (readonly [Make, number])[]): Make =>
  (t) =>
    t.struct(
      'struct s',
      size,
      align,
      fields.map(([make, offset]) => [make(t), offset] as const),
    );
const [u8, u32, f32, f64]: Make[] = [(t) => t.u(8), (t) => t.u(32), (t) => t.f(32), (t) => t.f(64)];
const longDouble: Make = (t) => t.base('long double', 16, 'float');

// System V x86-64, 3.2.3: each eight bytes have a class; integers win over floats in the same eight; more than sixteen
// bytes, and what is not aligned, lie in memory.
test.each<[string, Make, string, string]>([
  ['int', u32 as Make, 'direct rdi:4', 'direct rax:4'],
  ['double', f64 as Make, 'direct xmm0:8', 'direct xmm0:8'],
  ['char *', (t) => t.pointer(null), 'direct rdi:8', 'direct rax:8'],
  ['enum', (t) => t.enumeration(t.u(32), 4), 'direct rdi:4', 'direct rax:4'],
  ['__int128', (t) => t.i(128), 'direct rdi:8 rsi@8:8', 'direct rax:8 rdx@8:8'],
  ['{int, float}', struct(8, 4, [u32 as Make, 0], [f32 as Make, 4]), 'cast rdi:8', 'cast rax:8'],
  ['{float, float}', struct(8, 4, [f32 as Make, 0], [f32 as Make, 4]), 'cast xmm0:8', 'cast xmm0:8'],
  [
    '{float, float, float}',
    struct(12, 4, [f32 as Make, 0], [f32 as Make, 4], [f32 as Make, 8]),
    'cast xmm0:8 xmm1@8:4',
    'cast xmm0:8 xmm1@8:4',
  ],
  ['{double, int}', struct(16, 8, [f64 as Make, 0], [u32 as Make, 8]), 'cast xmm0:8 rdi@8:8', 'cast xmm0:8 rax@8:8'],
  ['{long, double}', struct(16, 8, [long, 0], [f64 as Make, 8]), 'cast rdi:8 xmm0@8:8', 'cast rax:8 xmm0@8:8'],
  ['{long, char}', struct(16, 8, [long, 0], [u8 as Make, 8]), 'cast rdi:8 rsi@8:8', 'cast rax:8 rdx@8:8'],
  ['{char[3]}', struct(3, 1, [(t) => t.array(t.u(8), 3, 3), 0]), 'cast rdi:3', 'cast rax:3'],
  ['{long, long, long}', struct(24, 8, [long, 0], [long, 8], [long, 16]), 'stack rsp+8:24', 'sret [rax+0]:24'],
  ['{char, int} packed', struct(5, 1, [u8 as Make, 0], [u32 as Make, 1]), 'stack rsp+8:5', 'sret [rax+0]:5'],
  ['{double} of Rust', struct(8, 8, [f64 as Make, 0]), 'cast xmm0:8', 'cast xmm0:8'],
  ['{}', struct(0, 1), 'none', 'none'],
  ['union {double; long}', (t) => t.union('union u', 8, 8, t.f(64), t.i(64)), 'cast rdi:8', 'cast rax:8'],
  ['union {double; float}', (t) => t.union('union u', 8, 8, t.f(64), t.f(32)), 'cast xmm0:8', 'cast xmm0:8'],
  ['__m128', (t) => t.array(t.f(32), 4, 16, 16, true), 'direct xmm0:16', 'direct xmm0:16'],
  ['long double', longDouble, 'stack rsp+8:16', 'direct -:16'],
  ['{long double}', struct(16, 16, [longDouble, 0]), 'stack rsp+8:16', 'direct -:16'],
  [
    'double _Complex',
    (t) => t.base('complex double', 16, 'complex'),
    'direct xmm0:8 xmm1@8:8',
    'direct xmm0:8 xmm1@8:8',
  ],
  ['float _Complex', (t) => t.base('complex float', 8, 'complex'), 'direct xmm0:8', 'direct xmm0:8'],
  ['a declared struct', (t) => t.struct('struct s', null, 1, []), 'unknown', 'unknown'],
])('%s', (_, make, argument, result) => {
  expect(lower([make], null).args).toEqual([argument]);
  expect(lower([], make).result).toBe(result);
});

test('an aggregate for which there are too few registers lies on the stack whole, and others take them', () => {
  const two = struct(16, 8, [long, 0], [long, 8]);
  expect(lower([...longs(5), two, long, long], null).args.slice(5)).toEqual([
    'stack rsp+8:16',
    'direct r9:8',
    'direct rsp+24:8',
  ]);
});

test('floats are counted on their own', () => {
  const mixed = struct(16, 8, [f64 as Make, 0], [long, 8]);
  expect(lower([...longs(6), mixed, f64 as Make], null).args.slice(6)).toEqual(['stack rsp+8:16', 'direct xmm0:8']);
});

test('what is aligned to 16 bytes is so on the stack', () => {
  const aligned = struct(32, 16, [long, 0], [long, 16]);
  expect(lower([...longs(7), aligned], null).args.slice(6)).toEqual(['direct rsp+8:8', 'stack rsp+24:32']);
});

test('a result in memory takes the first register', () => {
  expect(lower([long], struct(24, 8, [long, 0], [long, 8], [long, 16])).args).toEqual(['direct rsi:8']);
});

test('a 128-bit integer with one register left: whole on the stack, or split as LLVM before 20 did', () => {
  const wide: Make = (t) => t.i(128);
  expect(lower([...longs(5), wide, long], null).args.slice(5)).toEqual(['direct rsp+8:16', 'direct r9:8']);
  expect(lower([...longs(5), wide, long], null, false).args.slice(5)).toEqual([
    'direct r9:8 rsp+8@8:8',
    'direct rsp+16:8',
  ]);
});

test('a struct that contains itself is no endless walk', () => {
  const types = new FakeTypes();
  const node = types.struct('struct s', 8, 8, []);
  types.redirect(node, node);
  expect(cLayout(types, node).passed).toBe('unknown');
});
