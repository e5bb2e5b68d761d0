import { describe } from 'vitest';
import type { ValueShape } from '../../src/abi/shape.ts';
import { block, bool, cases, field, i32, memory, named, option, str, u8, u32, u64 } from './shown-values.ts';

describe('std::io::Error', () => {
  const kinds = {
    kind: 'c-enum',
    size: 1,
    signed: false,
    variants: [
      { name: 'NotFound', value: 0n },
      { name: 'InvalidInput', value: 20n },
      { name: 'Other', value: 40n },
    ],
  } as const;
  const message = named('SimpleMessage', 24, field('kind', 16, kinds), field('message', 0, str));
  const custom = named(
    'Custom',
    24,
    field('kind', 16, kinds),
    field('error', 0, { kind: 'dyn', size: 16, data: 0, vtable: 8, add: 0, counts: null, trait: 'Error', known: [] }),
  );
  if (message.kind !== 'struct' || custom.kind !== 'struct') throw new Error('not structs');
  const error: ValueShape = { kind: 'io-error', size: 8, kinds, message, custom };
  const bare: ValueShape = { kind: 'io-error', size: 8, kinds: null, message: null, custom: null };
  const word = (upper: number, tag: bigint): Uint8Array => memory((BigInt(upper) << 32n) | tag);
  cases('', [
    [
      bare,
      word(13, 2n),
      { Os: { code: 13, kind: { PermissionDenied: null }, message: 'Permission denied' } },
      'Os { code: 13, kind: PermissionDenied, message: "Permission denied" }',
    ],
    [
      error,
      word(5, 2n),
      { Os: { code: 5, kind: { Uncategorized: null }, message: 'Input/output error' } },
      'Os { code: 5, kind: Uncategorized, message: "Input/output error" }',
    ],
    [error, word(20, 3n), { Kind: { InvalidInput: null } }, 'Kind(InvalidInput)'],
    [bare, word(20, 3n), { Kind: { $missing: 'unknown' } }, 'Kind(<unknown 0x14>)'],
    [error, word(21, 3n), { $bytes: '0300000015000000' }, '<invalid io::Error 0x1500000003>'],
    [error, word(20 + 256, 3n), { $bytes: '0300000014010000' }, '<invalid io::Error 0x11400000003>'],
    [error, memory(0n), { $bytes: '0000000000000000' }, '<invalid io::Error 0x0>'],
    [error, word(20, 7n), { $bytes: '0700000014000000' }, '<invalid io::Error 0x1400000007>'],
    [
      error,
      memory(0x1000n),
      { Error: { kind: { InvalidInput: null }, message: 'bad' } },
      'Error { kind: InvalidInput, message: "bad" }',
      { blocks: [block(0x1000n, 0x2000n, 3n, [20]), block(0x2000n, 'bad')] },
    ],
    [
      error,
      memory(0x1001n),
      { Custom: { kind: { Other: null }, error: 'text' } },
      'Custom { kind: Other, error: "text" }',
      {
        blocks: [block(0x1000n, 0x3000n, 0x9000n, [40]), block(0x2000n, 'text'), block(0x3000n, 0x2000n, 4n)],
        concrete: () => str,
      },
    ],
    [error, memory(0x1001n), { Custom: { $missing: 'depth' } }, 'Custom(<depth 0x1000>)'],
    [bare, memory(0x1000n), { Error: { $missing: 'depth' } }, 'Error(<depth 0x1000>)'],
  ]);
});

describe('durations and ranges', () => {
  const duration: ValueShape = { kind: 'duration', size: 16, seconds: 0, nanoseconds: 8 };
  const inclusive: ValueShape = {
    kind: 'range',
    size: 12,
    start: field('start', 0, i32),
    end: field('end', 4, i32),
    inclusive: true,
    exhausted: 8,
  };
  const five = memory([1, 0, 0, 0, 5, 0, 0, 0]);
  cases('', [
    [duration, memory(1n, 500_000_000n), { secs: '1', nanos: 500_000_000 }, '1.5s'],
    [duration, memory(2n, 1n), { secs: '2', nanos: 1 }, '2.000000001s'],
    [duration, memory(0n, 100_000_000n), { secs: '0', nanos: 100_000_000 }, '100ms'],
    [duration, memory(0n, 1500n), { secs: '0', nanos: 1500 }, '1.5µs'],
    [duration, memory(0n, 3n), { secs: '0', nanos: 3 }, '3ns'],
    [duration, memory(0n, 0n), { secs: '0', nanos: 0 }, '0ns'],
    [duration, memory(0n, 1_000_000_000n), { $bytes: '00ca9a3b' }, '<invalid nanoseconds 1000000000>'],
    [inclusive, memory([...five, 0]), { start: 1, end: 5, exhausted: false }, '1..=5'],
    [inclusive, memory([...five, 1]), { start: 1, end: 5, exhausted: true }, '1..=5 (exhausted)'],
    [
      { kind: 'range', size: 4, start: null, end: field('end', 0, i32), inclusive: false, exhausted: null },
      five,
      { end: 1 },
      '..1',
    ],
    [
      { kind: 'range', size: 4, start: field('start', 0, i32), end: null, inclusive: false, exhausted: null },
      five,
      { start: 1 },
      '1..',
    ],
  ]);
});

describe('addresses of the network', () => {
  const v4: ValueShape = { kind: 'ipv4', size: 4 };
  const v6: ValueShape = { kind: 'ipv6', size: 16 };
  const six = (...groups: number[]): number[] => groups.flatMap((group) => [group >> 8, group & 0xff]);
  const v6Row = (groups: number[], text: string) => [v6, memory(six(...groups)), text, text] as const;
  const socket = (ip: ValueShape, size: number, scope: number | null): ValueShape => ({
    kind: 'socket-address',
    size,
    ip: { offset: 0, shape: ip },
    port: ip.size,
    scope,
    flow: null,
  });
  const local = six(0, 0, 0, 0, 0, 0, 0, 1);
  cases('', [
    [v4, memory([127, 0, 0, 1]), '127.0.0.1', '127.0.0.1'],
    v6Row([0, 0, 0, 0, 0, 0, 0, 0], '::'),
    v6Row([0, 0, 0, 0, 0, 0, 0, 1], '::1'),
    v6Row([1, 0, 0, 2, 0, 0, 0, 3], '1:0:0:2::3'),
    v6Row([1, 0, 0, 2, 3, 0, 0, 4], '1::2:3:0:0:4'),
    v6Row([1, 0, 2, 3, 4, 5, 6, 7], '1:0:2:3:4:5:6:7'),
    v6Row([0, 0, 0, 0, 0, 0xffff, 0x0102, 0x0304], '::ffff:1.2.3.4'),
    v6Row([0, 0, 0, 0, 0, 0, 0x0102, 0x0304], '::102:304'),
    [socket(v4, 6, null), memory([127, 0, 0, 1, 80, 0]), '127.0.0.1:80', '127.0.0.1:80'],
    [socket(v6, 28, 20), memory([...local, 80, 0, 0, 0, 0, 0, 0, 0]), '[::1]:80', '[::1]:80'],
    [socket(v6, 28, 20), memory([...local, 80, 0, 0, 0, 3, 0, 0, 0]), '[::1%3]:80', '[::1%3]:80'],
    [
      socket(v4, 6, null),
      memory([127, 0, 0, 1, 80, 0]),
      { $missing: 'gone' },
      '<gone>',
      { missing: [{ start: 0, end: 1, why: 'gone' }] },
    ],
  ]);
});

describe('cells and locks', () => {
  const cell: ValueShape = { kind: 'ref-cell', size: 16, borrow: 0, value: field('value', 8, u32) };
  const lock = (name: 'Mutex' | 'RwLock', futex: number | null = 0): ValueShape => ({
    kind: 'lock',
    size: 16,
    name,
    futex,
    poison: 4,
    value: field('data', 8, u32),
  });
  const state = (futex: number, poison: number): Uint8Array => memory(BigInt(futex) | (BigInt(poison) << 32n), 5n);
  const once: ValueShape = { kind: 'once', size: 8, name: 'OnceCell', value: option(u8, 1, 0, 9n) };
  cases('', [
    [cell, memory(0n, 5n), { value: 5 }, 'RefCell { value: 5 }'],
    [cell, memory(2n, 5n), { value: 5 }, 'RefCell { value: 5 }'],
    [cell, memory(-1n, 5n), { value: 5, borrowed: 'mutable' }, 'RefCell { value: <borrowed> }'],
    [lock('Mutex'), state(0, 0), { data: 5, poisoned: false, locked: false }, 'Mutex { data: 5, poisoned: false, .. }'],
    [
      lock('Mutex'),
      state(2, 1),
      { data: 5, poisoned: true, locked: true },
      'Mutex { data: <locked>, poisoned: true, .. }',
    ],
    [lock('Mutex', null), state(2, 0), { data: 5, poisoned: false }, 'Mutex { data: 5, poisoned: false, .. }'],
    [
      lock('RwLock'),
      state(2, 0),
      { data: 5, poisoned: false, locked: false },
      'RwLock { data: 5, poisoned: false, .. }',
    ],
    [
      lock('RwLock'),
      state(0x7fff_ffff, 0),
      { data: 5, poisoned: false, locked: true },
      'RwLock { data: <locked>, poisoned: false, .. }',
    ],
    [once, memory([9]), { None: null }, 'OnceCell(<uninit>)'],
    [once, memory([4]), { Some: 4 }, 'OnceCell(4)'],
    [
      { kind: 'once', size: 8, name: 'OnceLock', value: u64 },
      memory(4n),
      { $missing: 'unknown' },
      'OnceLock(<unknown>)',
    ],
    [named('S', 1, field('b', 0, bool)), memory([1]), { b: true }, 'S { b: true }'],
  ]);
});
