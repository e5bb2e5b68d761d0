import { describe, expect, test } from 'vitest';
import type { TypeId } from '../../src/elf/type-model.ts';
import type { FakeTypes } from '../support/fake-types.ts';
import { layoutOf } from '../support/layout-text.ts';

const option = (t: FakeTypes, size: number, align: number, tag: TypeId, payload: TypeId, at: number): TypeId =>
  t.enum('core::option::Option<T>', size, align, [tag, 0], [[0], [1, [payload, at]]]);

describe('enums', () => {
  test.each<[string, string, (t: FakeTypes) => TypeId]>([
    ['Option<u32>', 'int4 int4@4', (t) => option(t, 8, 4, t.u(32), t.u(32), 4)],
    ['Option<u8>', 'int1 int1@1', (t) => option(t, 2, 1, t.u(8), t.u(8), 1)],
    ['Option<f64>', 'int8 float8@8', (t) => option(t, 16, 8, t.u(64), t.f(64), 8)],
    ['Option<u128>', 'int16 int16@16', (t) => option(t, 32, 16, t.u(128), t.u(128), 16)],
    ['Option<(u32, u32)>', 'memory', (t) => option(t, 12, 4, t.u(32), t.tuple(8, 4, [t.u(32), 0], [t.u(32), 4]), 4)],
    // The payload's niche: the variant without a value of its own is the one that holds data.
    [
      'Option<&T>',
      'ptr8',
      (t) => t.enum('core::option::Option<&T>', 8, 8, [t.u(64), 0], [[0], [null, [t.pointer(null), 0]]]),
    ],
    [
      'Option<char>',
      'int4',
      (t) =>
        t.enum('core::option::Option<char>', 4, 4, [t.u(32), 0], [[0x110000], [null, [t.base('char', 4, 'char'), 0]]]),
    ],
    [
      'Option<&str>',
      'ptr8 int8@8',
      (t) =>
        t.enum(
          'core::option::Option<&str>',
          16,
          8,
          [t.u(64), 0],
          [[0], [null, [t.tuple(16, 8, [t.pointer(null), 0], [t.u(64), 8]), 0]]],
        ),
    ],
    [
      'a niche beside another variant with data',
      'memory',
      (t) =>
        t.enum(
          'app::E',
          16,
          8,
          [t.u(64), 0],
          [
            [0, [t.u(64), 8]],
            [null, [t.tuple(16, 8, [t.pointer(null), 0], [t.u(64), 8]), 0]],
          ],
        ),
    ],
    ['Result<(), ()>', 'int1', (t) => t.enum('core::result::Result<(), ()>', 1, 1, [t.u(8), 0], [[0], [1]])],
    [
      'Result<u64, f64>',
      'memory',
      (t) =>
        t.enum(
          'core::result::Result<u64, f64>',
          16,
          8,
          [t.u(64), 0],
          [
            [0, [t.u(64), 8]],
            [1, [t.f(64), 8]],
          ],
        ),
    ],
    [
      'payloads of two sizes',
      'memory',
      (t) =>
        t.enum(
          'app::E',
          8,
          4,
          [t.u(8), 0],
          [
            [0, [t.u(32), 4]],
            [1, [t.u(8), 1]],
          ],
        ),
    ],
    [
      'payloads at two offsets',
      'memory',
      (t) =>
        t.enum(
          'app::E',
          8,
          4,
          [t.u(32), 0],
          [
            [0, [t.u(16), 4]],
            [1, [t.u(16), 6]],
          ],
        ),
    ],
    [
      'two fields in a variant',
      'memory',
      (t) => t.enum('app::E', 12, 4, [t.u(32), 0], [[0], [1, [t.u(32), 4], [t.u(32), 8]]]),
    ],
    [
      'one inhabited variant',
      'int4',
      (t) => t.enum('core::result::Result<u32, !>', 4, 4, null, [[null, [t.u(32), 0]]]),
    ],
    ['a tag behind the payload', 'memory', (t) => t.enum('app::E', 8, 4, [t.u(32), 4], [[0], [1, [t.u(32), 0]]])],
  ])('%s: %s', (_, expected, make) => {
    expect(layoutOf(make)).toBe(expected);
  });

  // Payloads that differ in sign, or are integer and pointer: pairs since 1.79.
  test.each([
    [63, 'memory'],
    [78, 'memory'],
    [79, 'int8 int8@8'],
    [null, 'int8 int8@8'],
  ])('Result<u64, i64> by 1.%s: %s', (version, expected) => {
    const make = (t: FakeTypes): TypeId =>
      t.enum(
        'core::result::Result<u64, i64>',
        16,
        8,
        [t.u(64), 0],
        [
          [0, [t.u(64), 8]],
          [1, [t.i(64), 8]],
        ],
      );
    expect(layoutOf(make, version)).toBe(expected);
  });

  test('a pointer stands for an integer of its size, whichever comes first', () => {
    for (const flip of [false, true]) {
      const make = (t: FakeTypes): TypeId => {
        const payloads = [t.u(64), t.pointer(null)] as const;
        const [a, b] = flip ? [payloads[1], payloads[0]] : payloads;
        return t.enum(
          'core::result::Result<usize, E>',
          16,
          8,
          [t.u(64), 0],
          [
            [0, [a, 8]],
            [1, [b, 8]],
          ],
        );
      };
      expect(layoutOf(make)).toBe('int8 ptr8@8');
      expect(layoutOf(make, 78)).toBe('memory');
    }
  });
});
