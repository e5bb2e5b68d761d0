import { describe, expect, test } from 'vitest';
import type { ValueShape } from '../../src/abi/shape.ts';
import { counted, hashTable, list, oldRing, ring, tree } from './sample-shapes.ts';
import { block, cases, decode, field, hole, i32, memory, str, tuple, u8, u32, u64, unit } from './shown-values.ts';

describe('VecDeque', () => {
  const bytes = ring(u8);
  const old = oldRing(u8);
  const blocks = [block(0x1000n, [1, 2, 3, 4])];
  cases('', [
    [bytes, memory(4n, 0x1000n, 0n, 3n), [1, 2, 3], '[1, 2, 3]', { blocks }],
    [bytes, memory(4n, 0x1000n, 3n, 3n), [4, 1, 2], '[4, 1, 2]', { blocks }],
    [
      bytes,
      memory(4n, 0x1000n, 3n, 4n),
      { $items: [4, 1, 2], $len: '4' },
      '[4, 1, 2, … 4 in all]',
      { blocks, items: 3 },
    ],
    [bytes, memory(0n, 1n, 0n, 0n), [], '[]'],
    [bytes, memory(4n, 0x1000n, 0n, 3n), { $items: [], $len: '3' }, '[3 at 0x1000]'],
    [
      bytes,
      memory(4n, 0x1000n, 0n, 3n),
      { $missing: 'unreadable' },
      '<unreadable 0x1000>',
      { blocks: [hole(0x1000n)] },
    ],
    // Only the second half was read, which isn't where it begins.
    [
      bytes,
      memory(4n, 0x1000n, 3n, 3n),
      { $items: [], $len: '3' },
      '[3 at 0x1003]',
      { blocks: [block(0x1000n, [1, 2])] },
    ],
    [
      bytes,
      memory(4n, 0x1000n, 0n, 5n),
      { $bytes: Buffer.from(memory(4n, 0x1000n, 0n, 5n)).toString('hex') },
      '<invalid length 0x5>',
      { blocks },
    ],
    [
      bytes,
      memory(4n, 0x1000n, 4n, 1n),
      { $bytes: Buffer.from(memory(4n, 0x1000n, 4n, 1n)).toString('hex') },
      '<invalid length 0x1>',
      { blocks },
    ],
    [ring(unit), memory(0n, 1n, 9n, 2n), [[], []], '[(), ()]'],
    [old, memory(4n, 0x1000n, 3n, 1n), [4, 1], '[4, 1]', { blocks }],
    [old, memory(4n, 0x1000n, 1n, 3n), [2, 3], '[2, 3]', { blocks }],
  ]);
});

describe('LinkedList', () => {
  const numbers: ValueShape = { ...list(u64), node: { size: 24, next: 8, element: 16 } };
  const blocks = [block(0x1000n, 0n, 0x2000n, 7n), block(0x2000n, 0x1000n, 0n, 8n)];
  cases('', [
    [numbers, memory(0x1000n, 0x2000n, 2n), ['7', '8'], '[7, 8]', { blocks }],
    [numbers, memory(0n, 0n, 0n), [], '[]'],
    [numbers, memory(0x1000n, 0x2000n, 3n), { $items: ['7', '8'], $len: '3' }, '[7, 8, … 3 in all]', { blocks }],
    [numbers, memory(0n, 0n, 3n), { $items: [], $len: '3' }, '[… 3 in all]'],
    [numbers, memory(0x3000n, 0n, 3n), { $items: [], $len: '3' }, '[3 at 0x3000]', { blocks }],
  ]);

  test('a ring of nodes ends with the number of elements that are shown', () => {
    const { text } = decode(numbers, memory(0x1000n, 0n, 1000n), {
      blocks: [block(0x1000n, 0n, 0x1000n, 7n)],
      items: 5,
    });
    expect(text).toBe('[7, 7, 7, 7, 7, … 1000 in all]');
  });
});

describe('HashMap and HashSet', () => {
  const set = hashTable(u8, false);
  const map = hashTable(tuple('', 8, field('__0', 0, i32), field('__1', 4, u8)));
  const control = (...bytes: number[]): number[] => [...bytes, ...Array.from({ length: 16 }, () => 0xff)];
  // Elements before the control bytes, the first one next to them.
  const blocks = [block(0xffcn, [4, 3, 2, 1]), block(0x1000n, control(0x11, 0xff, 0x22, 0x80))];
  const pairs = [block(0xff8n, [7, 0, 0, 0, 9, 0, 0, 0]), block(0x1000n, control(0x11, 0xff, 0xff, 0x80))];
  const head = (items: bigint, mask = 3n): Uint8Array => memory(0x1000n, mask, 0n, items);
  cases('', [
    [set, head(2n), [1, 3], '{1, 3}', { blocks }],
    [set, head(0n, 0n), [], '{}'],
    [map, head(1n), [[7, 9]], '{7: 9}', { blocks: pairs }],
    [map, head(0n, 0n), [], '{}'],
    [set, head(2n), { $items: [1], $len: '2' }, '{1, … 2 in all}', { blocks, items: 1 }],
    // More and fewer control bytes than it has elements.
    [set, head(1n), { $items: [1, 3], $len: '1' }, '{1, 3, … 1 in all}', { blocks }],
    [set, head(3n), { $items: [1, 3], $len: '3' }, '{1, 3, … 3 in all}', { blocks }],
    [
      set,
      head(2n),
      { $items: [1, 3], $len: '2' },
      '{1, 3, … 2 in all}',
      { blocks: [block(0xffcn, [4, 3, 2, 1]), block(0x1000n, control(0x11, 0x90, 0x22, 0x80))] },
    ],
    // One of the elements wasn't read.
    [
      set,
      head(2n),
      { $items: [3], $len: '2' },
      '{3, … 2 in all}',
      { blocks: [block(0xffdn, [3]), ...blocks.slice(1)] },
    ],
    [set, head(2n), { $items: [], $len: '2' }, '{2 at 0x1000}'],
    [set, head(2n), { $items: [], $len: '2' }, '{… 2 in all}', { isFull: true }],
    [set, head(2n), { $missing: 'unreadable' }, '<unreadable 0x1000>', { blocks: [hole(0x1000n)] }],
    [set, head(2n, 4n), { $bytes: Buffer.from(head(2n, 4n)).toString('hex') }, '<invalid length 0x2>', { blocks }],
    [set, head(5n), { $bytes: Buffer.from(head(5n)).toString('hex') }, '<invalid length 0x5>', { blocks }],
    [set, head(2n, -1n), { $bytes: Buffer.from(head(2n, -1n)).toString('hex') }, '<invalid length 0x2>', { blocks }],
  ]);
});

describe('BTreeMap and BTreeSet', () => {
  // Three keys of 32 bits, three values of 8, the number of elements, then (at 24) children.
  const map = tree({ size: 24, keys: 0, values: 12, length: 16, capacity: 3 }, u32, u8);
  const set: ValueShape = { ...map, isMap: false };
  const node = (address: bigint, keys: number[], ...children: bigint[]) => {
    const bytes = Buffer.alloc(24);
    for (const [i, key] of keys.entries()) {
      bytes.writeUInt32LE(key, 4 * i);
      bytes.writeUInt8(key + 100, 12 + i);
    }
    bytes.writeUInt16LE(keys.length, 16);
    return block(address, [...bytes], ...children);
  };
  const blocks = [
    node(0x1000n, [3, 6], 0x2000n, 0x3000n, 0x4000n),
    node(0x2000n, [1, 2]),
    node(0x3000n, [4, 5]),
    node(0x4000n, [7]),
  ];
  const [root, first] = blocks;
  if (root === undefined || first === undefined) throw new Error('no blocks');
  cases('', [
    [set, memory(0x1000n, 1n, 7n), [1, 2, 3, 4, 5, 6, 7], '{1, 2, 3, 4, 5, 6, 7}', { blocks, items: 9 }],
    [
      map,
      memory(0x2000n, 0n, 2n),
      [
        [1, 101],
        [2, 102],
      ],
      '{1: 101, 2: 102}',
      { blocks },
    ],
    [set, memory(0x1000n, 1n, 7n), { $items: [1, 2, 3], $len: '7' }, '{1, 2, 3, … 7 in all}', { blocks, items: 3 }],
    [set, memory(0n, 0n, 0n), [], '{}'],
    [
      set,
      memory(0x1000n, 1n, 7n),
      { $items: [1, 2, 3, 6], $len: '7' },
      '{1, 2, 3, 6, … 7 in all}',
      { blocks: [root, first] },
    ],
    [set, memory(0x1000n, 1n, 7n), { $items: [], $len: '7' }, '{7 at 0x1000}'],
    [set, memory(0n, 1n, 7n), { $bytes: Buffer.from(memory(0n, 1n, 7n)).toString('hex') }, '<invalid length 0x7>'],
    // A node with more elements than there is room for.
    [
      set,
      memory(0x2000n, 0n, 9n),
      { $items: [], $len: '9' },
      '{… 9 in all}',
      { blocks: [node(0x2000n, [1, 2]), block(0x2000n, [...Buffer.alloc(16), 9, 0, ...Buffer.alloc(60)])] },
    ],
  ]);

  test('a node that is its own child ends', () => {
    const ring = node(0x1000n, [], 0x1000n, 0x1000n, 0x1000n, 0x1000n);
    expect(decode(set, memory(0x1000n, 26n, 7n), { blocks: [ring] }).text).toBe('{… 7 in all}');
    const full = node(0x1000n, [1, 2, 3], 0x1000n, 0x1000n, 0x1000n, 0x1000n);
    const { text } = decode(set, memory(0x1000n, 26n, 1n << 40n), { blocks: [full], items: 1e9 });
    expect(text.length).toBeLessThan(100_000);
    expect(text).toMatch(/… 1099511627776 in all}$/);
  });
});

test('the paths of counts lead through maps', () => {
  const map = hashTable(tuple('', 24, field('__0', 0, str), field('__1', 16, counted(u64))));
  const blocks = [
    block(0x1000n - 24n, 0x3000n, 1n, 0x2000n, [0x11, 0xff, 0xff, 0xff]),
    block(0x2000n, 1n, 1n, 5n),
    block(0x3000n, 'k'),
  ];
  expect(decode(map, memory(0x1000n, 3n, 0n, 1n), { blocks })).toEqual({
    value: [['k', '5']],
    text: '{"k": 5}',
    counts: [{ path: '[0].1', strong: '1', weak: '0' }],
  });
});
