import { describe, expect, test } from 'vitest';
import type { ValueShape } from '../../src/abi/shape.ts';
import { counted, dyn } from './sample-shapes.ts';
import {
  block,
  bool,
  cases,
  cstr,
  decode,
  field,
  hole,
  i32,
  memory,
  named,
  option,
  path,
  reference,
  type Setting,
  slice,
  str,
  tuple,
  u8,
  u32,
  u64,
  unit,
} from './shown-values.ts';

describe('scalars', () => {
  cases('', [
    [u8, memory([255]), 255, '255'],
    [{ kind: 'int', size: 1, signed: true }, memory([255]), -1, '-1'],
    [{ kind: 'int', size: 2, signed: true }, memory([0, 0x80]), -32768, '-32768'],
    [u32, memory([255, 255, 255, 255]), 4294967295, '4294967295'],
    [i32, memory([255, 255, 255, 255]), -1, '-1'],
    [u64, memory(-1n), '18446744073709551615', '18446744073709551615'],
    [{ kind: 'int', size: 8, signed: true }, memory(-(1n << 63n)), '-9223372036854775808', '-9223372036854775808'],
    [{ kind: 'int', size: 8, signed: true }, memory(-5n), '-5', '-5'],
    [{ kind: 'int', size: 16, signed: true }, memory(-2n, -1n), '-2', '-2'],
    [{ kind: 'int', size: 16, signed: false }, memory(0n, 1n), '18446744073709551616', '18446744073709551616'],
    [{ kind: 'float', size: 8 }, memory(0x3ff8_0000_0000_0000n), 1.5, '1.5'],
    [{ kind: 'float', size: 4 }, memory([0xcd, 0xcc, 0xcc, 0x3d]), 0.1, '0.1'],
    [{ kind: 'float', size: 4 }, memory([0, 0, 0x80, 0xff]), '-inf', '-inf'],
    [{ kind: 'float', size: 2 }, memory([0x66, 0x2e]), 0.1, '0.1'],
    [{ kind: 'float', size: 2 }, memory([1, 0x80]), -6e-8, '-6e-8'],
    [{ kind: 'float', size: 2 }, memory([0, 0x7e]), 'NaN', 'NaN'],
    [
      { kind: 'float', size: 16 },
      memory(1n, 2n),
      { $bytes: '01000000000000000200000000000000' },
      '<f128 0x20000000000000001>',
    ],
    [bool, memory([1]), true, 'true'],
    [bool, memory([2]), { $bytes: '02' }, '<invalid bool 0x2>'],
    [{ kind: 'char', size: 4 }, memory([0x0a, 0, 0, 0]), '\n', "'\\n'"],
    [{ kind: 'char', size: 4 }, memory([0, 0xd8, 0, 0]), { $bytes: '00d80000' }, '<invalid char 0xd800>'],
    [{ kind: 'address', size: 16 }, memory(0xabcn, 7n), '0xabc', '0xabc'],
    [unit, memory(), [], '()'],
    [{ kind: 'never', size: 0 }, memory(), { $missing: 'gone' }, '<gone>'],
    [{ kind: 'fixed', size: 8, text: '(Weak)' }, memory(), '(Weak)', '(Weak)'],
    [{ kind: 'cut', size: 8, why: 'redacted' }, memory(1n), { $missing: 'redacted' }, '<redacted>'],
    [{ kind: 'opaque', size: 2, name: 'Union' }, memory([1, 0xff]), { $bytes: '01ff' }, '<Union 01ff>'],
    [u64, memory([1, 2]), { $missing: 'truncated' }, '<truncated>'],
  ]);
});

describe('aggregates', () => {
  cases('', [
    [tuple('', 8, field('__0', 0, i32), field('__1', 4, bool)), memory([7, 0, 0, 0, 1]), [7, true], '(7, true)'],
    [tuple('', 4, field('__0', 0, i32)), memory([7, 0, 0, 0]), [7], '(7,)'],
    [tuple('Metres', 4, field('__0', 0, i32)), memory([7, 0, 0, 0]), [7], 'Metres(7)'],
    [named('P', 8, field('x', 4, i32), field('y', 0, i32)), memory(5n), { x: 0, y: 5 }, 'P { x: 0, y: 5 }'],
    [named('E', 0), memory(), {}, 'E'],
    [{ kind: 'struct', size: 0, name: 'U', form: 'unit', fields: [] }, memory(), [], 'U'],
    [named('\u202eX', 1, field('$a', 0, u8)), memory([3]), { '\\$a': 3 }, '\\u{202e}X { $a: 3 }'],
    [{ kind: 'array', size: 3, element: u8, count: 3 }, memory([1, 2, 3]), [1, 2, 3], '[1, 2, 3]'],
    [
      { kind: 'array', size: 6, element: u8, count: 6 },
      memory([1, 2, 3, 4, 5, 6]),
      { $items: [1, 2, 3, 4], $len: '6' },
      '[1, 2, 3, 4, … 6 in all]',
    ],
    [{ kind: 'array', size: 0, element: unit, count: 2 }, memory(), [[], []], '[(), ()]'],
  ]);

  test('a field named __proto__ is a field like any other', () => {
    const { value } = decode(named('P', 1, field('__proto__', 0, u8)), memory([3]));
    expect(JSON.stringify(value)).toBe('{"__proto__":3}');
  });

  cases('', [
    [
      tuple('', 16, field('', 0, u64), field('', 8, i32)),
      memory(1n, 2n),
      ['1', { $missing: 'gone' }],
      '(1, <gone>)',
      { missing: [{ start: 8, end: 16, why: 'gone' }] },
    ],
    [
      // Only padding is missing.
      tuple('', 16, field('', 0, u64), field('', 8, i32)),
      memory(1n, 2n),
      ['1', 2],
      '(1, 2)',
      { missing: [{ start: 12, end: 16, why: 'gone' }] },
    ],
    [
      tuple('', 16, field('', 0, u64), field('', 8, i32)),
      memory(),
      { $missing: 'redacted' },
      '<redacted>',
      {
        missing: [
          { start: 0, end: 8, why: 'redacted' },
          { start: 8, end: 16, why: 'redacted' },
        ],
      },
    ],
    [
      { kind: 'array', size: 3, element: u8, count: 3 },
      memory([1, 2, 3]),
      [1, { $missing: 'unreadable' }, 3],
      '[1, <unreadable>, 3]',
      { missing: [{ start: 1, end: 2, why: 'unreadable' }] },
    ],
    [
      option(u64, 16, 8, 0n),
      memory(1n, 2n),
      { $missing: 'gone' },
      '<gone>',
      { missing: [{ start: 8, end: 9, why: 'gone' }] },
    ],
    [
      option(u64, 16, 8, 0n),
      memory(1n, 2n),
      { Some: { $missing: 'gone' } },
      'Some(<gone>)',
      { missing: [{ start: 0, end: 8, why: 'gone' }] },
    ],
  ]);
});

describe('enums', () => {
  const shape: ValueShape = {
    kind: 'enum',
    size: 16,
    tag: { offset: 0, size: 1 },
    variants: [
      { name: 'Unit', form: 'unit', fields: [], values: [{ low: 0n, high: 0n }] },
      { name: 'Two', form: 'tuple', fields: [field('', 1, u8), field('', 2, u8)], values: [{ low: 1n, high: 1n }] },
      { name: 'Named', form: 'named', fields: [field('a', 1, u8)], values: [{ low: 250n, high: 255n }] },
      { name: 'Empty', form: 'tuple', fields: [], values: [{ low: 2n, high: 2n }] },
    ],
  };
  const cEnum: ValueShape = {
    kind: 'c-enum',
    size: 1,
    signed: true,
    variants: [
      { name: 'A', value: 0n },
      { name: 'Less', value: -1n },
    ],
  };
  cases('', [
    [shape, memory([0], 1n, 1n), { Unit: null }, 'Unit'],
    [shape, memory([1, 2, 3], 1n, 1n), { Two: [2, 3] }, 'Two(2, 3)'],
    [shape, memory([255, 2, 3], 1n, 1n), { Named: { a: 2 } }, 'Named { a: 2 }'],
    [shape, memory([2, 2, 3], 1n, 1n), { Empty: [] }, 'Empty'],
    [shape, memory([7], 1n, 1n), { $bytes: '07' }, '<invalid tag 0x7>'],
    [option(bool, 1, 0, 2n), memory([2]), { None: null }, 'None'],
    [option(bool, 1, 0, 2n), memory([1]), { Some: true }, 'Some(true)'],
    [option(bool, 1, 0, 2n), memory([3]), { Some: { $bytes: '03' } }, 'Some(<invalid bool 0x3>)'],
    [{ ...option(bool, 1, 0, 2n), isTransparent: true }, memory([1]), true, 'true'],
    [{ kind: 'enum', size: 0, tag: null, variants: [] }, memory(), { $missing: 'gone' }, '<gone>'],
    [cEnum, memory([255]), { Less: null }, 'Less'],
    [cEnum, memory([1]), { $bytes: '01' }, '<invalid enum 0x1>'],
  ]);
});

describe('text', () => {
  const at = (...parts: Parameters<typeof memory>): Setting => ({ blocks: [block(0x1000n, ...parts), hole(0x2000n)] });
  cases('', [
    [str, memory(0x1000n, 5n), 'a"b\nc', '"a\\"b\\nc"', at('a"b\nc')],
    [str, memory(8n, 0n), '', '""'],
    [str, memory(0n, 0n), null, 'NULL'],
    [str, memory(0x1000n, 500n), { $items: 'abc', $len: '500' }, '"abc"… (500 bytes)', at('abc')],
    [str, memory(0x1000n, 9n), { $items: 'a', $len: '9' }, '"a"… (9 bytes)', at('a', [0xe2, 0x82])],
    [str, memory(0x1000n, 2n), { $bytes: '61ff' }, 'b"a\\xff"', at('a', [0xff])],
    [str, memory(0x2000n, 2n), { $missing: 'unreadable' }, '<unreadable 0x2000>', at('')],
    [str, memory(0x3000n, 2n), { $missing: 'truncated' }, '<truncated 0x3000>', at('')],
    [str, memory(0x3000n, 2n), { $missing: 'truncated' }, '<truncated 0x3000>', { ...at(''), isFull: true }],
    [
      str,
      memory(0x1000n, 1n << 63n),
      { $bytes: '00100000000000000000000000000080' },
      '<invalid length 0x8000000000000000>',
    ],
    [path, memory(0x1000n, 3n), { $bytes: '61ff27' }, '"a\\xFF\'"', at('a', [0xff], "'")],
    [cstr, memory(0x1000n, 5n), "a'é", '"a\\\'é"', at("a'é", [0])],
    [cstr, memory(0x1000n, 1n), '', '""', at([0])],
    [cstr, memory(0x1000n, 3n), { $bytes: '01ff' }, '"\\x01\\xff"', at([1, 255, 0])],
    [cstr, memory(0x1000n, 0n), { $bytes: `0010${'00'.repeat(14)}` }, '<invalid length 0x0>'],
    [{ kind: 'c-string', size: 8 }, memory(0x1000n), 'ab', '"ab"', at('ab', [0], 'c')],
    [{ kind: 'c-string', size: 8 }, memory(0x1000n), { $items: 'ab', $len: null }, '"ab"…', at('ab')],
    [{ kind: 'c-string', size: 8 }, memory(0n), null, 'NULL'],
  ]);
});

describe('behind pointers', () => {
  const rc = counted(u64);
  cases('', [
    [reference(u64), memory(0x1000n), '7', '7', { blocks: [block(0x1000n, 7n)] }],
    [reference(u64), memory(0n), null, 'NULL'],
    [reference(u64), memory(0x10n), { $missing: 'truncated' }, '<truncated 0x10>'],
    [reference(u64), memory(0x10n), { $missing: 'unreadable' }, '<unreadable 0x10>', { blocks: [hole(0x10n)] }],
    [reference(unit), memory(1n), [], '()'],
    [reference({ kind: 'cut', size: 4, why: 'depth' }), memory(1n), { $missing: 'depth' }, '<depth 0x1>'],
    [slice(u8), memory(0x1000n, 2n), [1, 2], '[1, 2]', { blocks: [block(0x1000n, [1, 2, 3])] }],
    [
      slice(i32),
      memory(0x1000n, 9n),
      { $items: [1], $len: '9' },
      '[1, … 9 in all]',
      { blocks: [block(0x1000n, [1, 0, 0, 0, 2])] },
    ],
    [slice(unit), memory(1n, 2n), [[], []], '[(), ()]'],
    [slice(u8), memory(0x1000n, 2n), { $items: [], $len: '2' }, '[2 at 0x1000]'],
    [slice(u8), memory(0x1000n, 2n), { $items: [], $len: '2' }, '[… 2 in all]', { isFull: true }],
    [
      slice(u64),
      memory(0x1000n, 1n << 60n),
      { $bytes: '00100000000000000000000000000010' },
      '<invalid length 0x1000000000000000>',
    ],
  ]);

  test('the counts of an Rc, with its path', () => {
    const blocks = [block(0x1000n, 2n, 3n, 7n), block(0x2000n, 1n, -1n, 8n)];
    expect(decode(rc, memory(0x1000n), { blocks })).toEqual({
      value: '7',
      text: '7',
      counts: [{ path: '', strong: '2', weak: '2' }],
    });
    const outer = named('S', 16, field('a', 0, { kind: 'array', size: 16, element: rc, count: 2 }));
    expect(decode(outer, memory(0x1000n, 0x2000n), { blocks }).counts).toEqual([
      { path: '.a[0]', strong: '2', weak: '2' },
      { path: '.a[1]', strong: '1', weak: '0' },
    ]);
  });

  const object = dyn({ trait: 'T' });
  const concrete = (vtable: bigint): ValueShape | null => (vtable === 0x9000n ? u64 : null);
  const aligned = [block(0x1000n, 1n, 1n, 5n, 6n, 7n)];
  cases('', [
    [object, memory(0x1000n, 0x9000n), '1', '1', { concrete, blocks: aligned }],
    [object, memory(0x1000n, 0x9008n), { $missing: 'depth' }, '<dyn T at 0x1000>', { concrete, blocks: aligned }],
    [
      { ...object, add: null },
      memory(0x1000n, 0x9000n),
      '5',
      '5',
      { concrete, blocks: [...aligned, block(0x9000n, 0n, 8n, 8n)] },
    ],
    [
      { ...object, add: null },
      memory(0x1000n, 0x9000n),
      '7',
      '7',
      { concrete, blocks: [...aligned, block(0x9000n, 0n, 8n, 32n)] },
    ],
    [
      { ...object, add: null },
      memory(0x1000n, 0x9000n),
      { $missing: 'depth' },
      '<dyn T at 0x1000>',
      { concrete, blocks: aligned },
    ],
  ]);

  test('a type that is its own end does not go on for ever', () => {
    const own = (): ValueShape => ({ ...object, trait: 'Own' });
    const { text } = decode(object, memory(0x1000n, 0x9000n), {
      concrete: own,
      blocks: [block(0x1000n, 0x1000n, 0x9000n)],
    });
    expect(text).toBe('<depth>');
  });
});
