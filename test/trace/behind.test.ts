import { describe, expect, test } from 'vitest';
import type { ValueShape } from '../../src/abi/shape.ts';
import { type Entered, type Memory, type Setting, spilt } from './captured.ts';
import { behindCounts, counted, dyn, hashTable, list, oldRing, redacted, ring, tree } from './sample-shapes.ts';
import {
  behind,
  field,
  i32,
  memory,
  named,
  option,
  reference,
  slice,
  str,
  tuple,
  u8,
  u32,
  u64,
  unit,
} from './shown-values.ts';

/** Values on the stack with memory behind them: through a program and its record to text. */
const show = (shape: ValueShape, own: Uint8Array, ...rest: Memory): Entered => spilt(shape, own, { memory: rest });
const text = (shape: ValueShape, own: Uint8Array, ...rest: Memory): string => show(shape, own, ...rest).texts[0] ?? '';
const limited = (setting: Setting['limits'], shape: ValueShape, own: Uint8Array, ...rest: Memory): Entered =>
  spilt(shape, own, { limits: setting ?? {}, memory: rest });
/** No read of the program touches these bytes. */
const expectUnread = ({ reads, capture }: Entered, ...ranges: readonly (readonly [bigint, bigint])[]): void => {
  for (const [from, to] of ranges) for (const [start, end] of reads) expect(start < to && end > from).toBe(false);
  for (const { bytes } of capture.slots) expect(Buffer.from(bytes).includes('hunter2!')).toBe(false);
};
const secret = Buffer.from('hunter2!').readBigUInt64LE();

describe('a pointer', () => {
  test('is followed as far as its shape goes', () => {
    const inner = named('Point', 8, field('x', 0, i32), field('y', 4, i32));
    const chain = reference(reference(reference(inner)));
    expect(
      text(chain, memory(0x1000n), [0x1000n, 0x2000n], [0x2000n, 0x3000n], [0x3000n, [1, 0, 0, 0, 255, 255, 255, 255]]),
    ).toBe('Point { x: 1, y: -1 }');
  });

  test('of null is not followed, one to memory that is not there says so, and what stands beside it is shown', () => {
    const pair = tuple('', 16, field('0', 0, reference(u64)), field('1', 8, reference(u64)));
    const shown = show(pair, memory(0n, 0x1000n), [0x1000n, 7n]);
    expect(shown.texts).toEqual(['(NULL, 7)']);
    expect(shown.reads.filter(([start]) => start < 0x1000n)).toEqual([]);
    expect(text(pair, memory(0x9000n, 0x1000n), [0x1000n, 7n])).toBe('(<unreadable 0x9000>, 7)');
    // Half of it is there.
    expect(text(pair, memory(0x2000n, 0x1000n), [0x1000n, 7n], [0x2000n, [1, 2]])).toBe('(<unreadable 0x2000>, 7)');
  });

  test('with counts: these are read with the value, even where that is not known', () => {
    const { capture, texts } = show(counted(u64), memory(0x1000n), [0x1000n, 2n, 3n, 42n]);
    expect(texts).toEqual(['42']);
    expect(Buffer.from(capture.memory.from(0x1000n) as Uint8Array)).toEqual(Buffer.from(memory(2n, 3n, 42n)));
    const cut = show(counted({ kind: 'cut', size: 8, why: 'depth' }), memory(0x1000n), [0x1000n, 2n, 3n, 42n]);
    expect(cut.capture.memory.from(0x1000n)).toHaveLength(16);
  });

  test('to a value with redacted parts: these are never read', () => {
    const login = named(
      'Login',
      40,
      field('user', 0, str),
      field('password', 16, redacted(16)),
      field('pin', 33, redacted(3)),
      field('id', 36, u32),
    );
    const shown = show(
      reference(login),
      memory(0x1000n),
      [0x1000n, 0x2000n, 3n, secret, secret, [0, 1, 2, 3, 9, 0, 0, 0]],
      [0x2000n, 'bob'],
    );
    expect(shown.texts).toEqual(['Login { user: "bob", password: <redacted>, pin: <redacted>, id: 9 }']);
    expectUnread(shown, [0x1010n, 0x1020n], [0x1021n, 0x1024n]);
    // The block is one though its parts are read one by one.
    expect(shown.capture.memory.from(0x1000n)).toHaveLength(40);
  });

  test('to a redacted value alone reads nothing', () => {
    const shown = show(reference(redacted(8)), memory(0x1000n), [0x1000n, secret]);
    expect(shown.texts).toEqual(['<redacted 0x1000>']);
    expectUnread(shown, [0x1000n, 0x1008n]);
  });
});

describe('an enum', () => {
  const maybe = option(reference(u64), 16, 0, 0n);
  const either: ValueShape = {
    kind: 'enum',
    size: 16,
    tag: { offset: 0, size: 1 },
    variants: [
      { name: 'No', form: 'unit', fields: [], values: [{ low: 0n, high: 0n }] },
      {
        name: 'Text',
        form: 'tuple',
        fields: [field('0', 8, { kind: 'c-string', size: 8 })],
        values: [{ low: 1n, high: 1n }],
      },
      { name: 'Number', form: 'tuple', fields: [field('0', 8, reference(u64))], values: [{ low: 2n, high: 9n }] },
      { name: 'Raw', form: 'tuple', fields: [field('0', 8, u64)], values: null },
    ],
  };

  test('of which one variant is redacted: what lies there is not shown in another either', () => {
    const variants: ValueShape = {
      kind: 'enum',
      size: 24,
      tag: { offset: 0, size: 8 },
      variants: [
        { name: 'Key', form: 'tuple', fields: [field('0', 8, redacted(8))], values: [{ low: 0n, high: 0n }] },
        { name: 'Pair', form: 'tuple', fields: [field('0', 8, u64), field('1', 16, u64)], values: null },
      ],
    };
    const niche = option(tuple('Key', 8, field('0', 0, redacted(8))), 8, 0, 0n);
    const both = tuple('', 16, field('0', 0, reference(variants)), field('1', 8, reference(niche)));
    const shown = show(both, memory(0x1000n, 0x2000n), [0x1000n, 1n, secret, 3n], [0x2000n, secret]);
    expect(shown.texts).toEqual(['(Pair(<redacted>, 3), <redacted>)']);
    expectUnread(shown, [0x1008n, 0x1010n], [0x2000n, 0x2008n]);
    expect(show(variants, memory(1n, secret, 3n)).texts).toEqual(['Pair(<redacted>, 3)']);
  });

  test('in a niche: what is behind the value is read only where there is one', () => {
    const niche = option({ kind: 'text', size: 24, behind: behind(8), length: 16, of: 'utf8' }, 24, 0, 1n << 63n);
    expect(text(niche, memory(5n, 0x1000n, 5n), [0x1000n, 'hello'])).toBe('Some("hello")');
    const none = show(niche, memory(1n << 63n, 0x1000n, 5n), [0x1000n, 'hello']);
    expect(none.texts).toEqual(['None']);
    expectUnread(none, [0x1000n, 0x1005n]);
    expect(text(maybe, memory(0n, 0n))).toBe('None');
  });

  test.each([
    [0n, 'No', false],
    [1n, 'Text("hi")', true],
    [2n, 'Number(26984)', true],
    [9n, 'Number(26984)', true],
    [10n, 'Raw(4096)', false],
  ])('with tag %i is %s', (tag, shown, isRead) => {
    const made = show(either, memory(tag, 0x1000n), [0x1000n, 'hi\0\0\0\0\0\0']);
    expect(made.texts).toEqual([shown]);
    expect(made.reads.some(([start]) => start === 0x1000n)).toBe(isRead);
  });
});

describe('a sequence', () => {
  test('of numbers, of nothing, of more than is asked for', () => {
    expect(text(slice(u8), memory(0x1000n, 3n), [0x1000n, [1, 2, 3, 4]])).toBe('[1, 2, 3]');
    expect(text(slice(u8), memory(1n, 0n))).toBe('[]');
    expect(text(slice(unit), memory(1n, 2n))).toBe('[(), ()]');
    const { texts, reads } = limited({ items: 2 }, slice(u32), memory(0x1000n, 3n), [
      0x1000n,
      [1, 0, 0, 0, 2, 0, 0, 0],
    ]);
    expect(texts).toEqual(['[1, 2, … 3 in all]']);
    expect(reads.filter(([start]) => start === 0x1000n)).toEqual([[0x1000n, 0x1008n]]);
  });

  test('of a length that memory does not have is not there', () => {
    expect(text(slice(u64), memory(0x1000n, 3n), [0x1000n, 1n, 2n])).toBe('<unreadable 0x1000>');
    expect(text(slice(u64), memory(0x1000n, 1n << 61n), [0x1000n, 1n])).toBe('<invalid length 0x2000000000000000>');
  });

  test('of texts: each of the first is read, as long as it is', () => {
    const texts = Array.from({ length: 20 }, (_, i): Memory[number] => [0x2000n + BigInt(16 * i), `text ${i}`]);
    const words = texts.flatMap(([at, own]) => [at, BigInt(String(own).length)] as const);
    const made = text(slice(str), memory(0x1000n, 20n), [0x1000n, ...words], ...texts);
    expect(made).toMatch(/^\["text 0", "text 1", .*"text 15", <\w+ 0x2100>/);
    expect(text(slice(str), memory(0x1000n, 2n), [0x1000n, ...words.slice(0, 4)], ...texts)).toBe(
      '["text 0", "text 1"]',
    );
  });

  test('with redacted parts is read element by element, around them', () => {
    const login = named('L', 24, field('id', 0, u64), field('key', 8, redacted(8)), field('name', 16, reference(u8)));
    const shown = show(
      slice(login),
      memory(0x1000n, 2n),
      [0x1000n, 1n, secret, 0x2000n, 2n, secret, 0x2001n],
      [0x2000n, [7, 8]],
    );
    expect(shown.texts).toEqual(['[L { id: 1, key: <redacted>, name: 7 }, L { id: 2, key: <redacted>, name: 8 }]']);
    expectUnread(shown, [0x1008n, 0x1010n], [0x1020n, 0x1028n]);
  });

  test('of sequences of sequences goes on as long as there is room', () => {
    const deep = slice(slice(slice(u8)));
    expect(
      text(
        deep,
        memory(0x1000n, 1n),
        [0x1000n, 0x2000n, 2n],
        [0x2000n, 0x3000n, 1n, 0x3001n, 2n],
        [0x3000n, [1, 2, 3]],
      ),
    ).toBe('[[[1], [2, 3]]]');
  });

  test('takes no steps that what stands beside it needs', () => {
    const beside = tuple('', 32, field('__0', 0, slice(str)), field('__1', 16, str));
    const words = memory(0x1000n, 2n, 0x3000n, 4n);
    const rest = [
      [0x1000n, 0x2000n, 3n, 0x2003n, 3n],
      [0x2000n, 'onetwo'],
      [0x3000n, 'last'],
    ] as const satisfies Memory;
    expect(limited({ steps: 6 }, beside, words, ...rest).texts).toEqual(['(["one", "two"], "last")']);
    // Of two steps each has one: that of the sequence is for its elements.
    expect(limited({ steps: 2 }, beside, words, ...rest).texts[0]).toMatch(/, "last"\)$/);
  });

  test('behind counters: Rc<[u8]>', () => {
    const rc: ValueShape = { ...slice(u8), behind: behindCounts } as ValueShape;
    const { texts, reads } = show(rc, memory(0x1000n, 2n), [0x1000n, 1n, 1n, [5, 6]]);
    expect(texts).toEqual(['[5, 6]']);
    expect(reads.at(-1)).toEqual([0x1000n, 0x1012n]);
  });
});

describe('a ring', () => {
  const elements: Memory[number] = [0x1000n, [1, 2, 3, 4]];

  test.each([
    [0n, 3n, '[1, 2, 3]', 1],
    [3n, 3n, '[4, 1, 2]', 2],
    [2n, 2n, '[3, 4]', 1],
    [1n, 4n, '[2, 3, 4, 1]', 2],
    [0n, 0n, '[]', 0],
  ])('from %i of length %i is %s', (head, length, shown, blocks) => {
    const { texts, reads } = show(ring(u8), memory(4n, 0x1000n, head, length), elements);
    expect(texts).toEqual([shown]);
    expect(reads.filter(([start]) => start >= 0x1000n && start < 0x1010n)).toHaveLength(blocks);
  });

  test.each([
    [0n, 3n, '[1, 2, 3]'],
    [3n, 2n, '[4, 1, 2]'],
    [1n, 1n, '[]'],
  ])('of before Rust 1.67, from %i to %i, is %s', (head, tail, shown) => {
    expect(text(oldRing(u8), memory(4n, 0x1000n, head, tail), elements)).toBe(shown);
  });

  test('of texts, wrapped around, reads both halves’ texts', () => {
    const words = [0x2002n, 1n, 0x2000n, 2n] as const;
    expect(text(ring(str), memory(2n, 0x1000n, 1n, 2n), [0x1000n, ...words], [0x2000n, 'abc'])).toBe('["ab", "c"]');
  });

  test('of damaged words misleads nobody', () => {
    const far = (1n << 64n) - 1n;
    for (const words of [
      [far, 0x1000n, far, far],
      [0n, 0x1000n, 5n, 5n],
      [4n, 0x1000n, 9n, 3n],
      [4n, 0n, 3n, 3n],
    ])
      expect(show(ring(u8), memory(...words), elements).texts[0]).toMatch(/^<|NULL|\[/);
  });
});

describe('a hash table', () => {
  const pair = tuple('', 16, field('0', 0, u64), field('1', 8, u64));
  const empty = 0xff;

  test('shows what its control bytes say is there', () => {
    const control: Memory[number] = [0x2000n, [0x11, empty, 0x80, 0x7f, ...Array(16).fill(empty)]];
    const buckets: Memory[number] = [0x2000n - 64n, 7n, 8n, 5n, 6n, 3n, 4n, 1n, 2n];
    const { texts, reads } = show(hashTable(pair), memory(0x2000n, 3n, 0n, 2n), control, buckets);
    expect(texts).toEqual(['{1: 2, 7: 8}']);
    expect(reads.slice(-2)).toEqual([
      [0x1ff0n, 0x2000n],
      [0x1fc0n, 0x1fd0n],
    ]);
  });

  test('of texts reads these, of nothing is empty, and one that is not there says so', () => {
    const texts = tuple('', 32, field('0', 0, str), field('1', 16, str));
    const control: Memory[number] = [0x2000n, [0x11, empty, empty, empty]];
    const bucket: Memory[number] = [0x1fe0n, 0x3000n, 3n, 0x3003n, 5n];
    expect(text(hashTable(texts), memory(0x2000n, 3n, 0n, 1n), control, bucket, [0x3000n, 'onetwo!!'])).toBe(
      '{"one": "two!!"}',
    );
    expect(text(hashTable(pair), memory(0x2000n, 3n, 0n, 0n), [0x2000n, [empty, empty, empty, empty]])).toBe('{}');
    expect(text(hashTable(pair), memory(0x2000n, 3n, 0n, 1n))).toMatch(/unreadable 0x2000/);
    expect(text(hashTable(u8, false), memory(0x2000n, 3n, 0n, 1n), [0x2000n - 1n, [9]], control)).toBe('{9}');
  });

  test('with redacted keys reads around them', () => {
    const login = tuple('', 16, field('0', 0, redacted(8)), field('1', 8, u64));
    const shown = show(hashTable(login), memory(0x2000n, 0n, 0n, 1n), [0x2000n, [1]], [0x1ff0n, secret, 5n]);
    expect(shown.texts).toEqual(['{<redacted>: 5}']);
    expectUnread(shown, [0x1ff0n, 0x1ff8n]);
  });

  test('of elements larger than a block, with redacted parts behind its end', () => {
    const bytes = (size: number): ValueShape => ({ kind: 'opaque', size, name: 'T' });
    const large = tuple(
      '',
      1_200,
      field('0', 0, u64),
      field('1', 8, bytes(1_032)),
      field('2', 1_040, redacted(8)),
      field('3', 1_056, redacted(8)),
    );
    const shown = show(
      hashTable(large, false),
      memory(0x2000n, 0n, 0n, 1n),
      [0x2000n, [1]],
      [0x2000n - 1_200n, Buffer.alloc(1_200).toJSON().data],
    );
    expectUnread(shown, [0x2000n - 160n, 0x2000n - 152n]);
  });

  test('of more buckets than are looked at is shown in part', () => {
    const control: Memory[number] = [0x8000n, Array(144).fill(0x11)];
    const buckets: Memory[number] = [0x8000n - 128n, Array.from({ length: 128 }, (_, i) => i)];
    const shown = text(hashTable(u8, false), memory(0x8000n, 127n, 0n, 128n), control, buckets);
    expect(shown).toMatch(/^\{127, 126, .*, 64, … 128 in all\}$/);
  });
});

describe('a B-tree', () => {
  // Of u64 to u32: parent, keys, values, the number of the parent's edge, the length.
  const leaf = { size: 144, keys: 8, values: 96, length: 142, capacity: 11 };
  const map = (key: ValueShape = u64, value: ValueShape = u32): ValueShape => tree(leaf, key, value);
  const node = (keys: readonly bigint[], edges: readonly bigint[] = []): number[] => {
    const bytes = Buffer.alloc(144 + 8 * edges.length);
    keys.forEach((key, i) => {
      bytes.writeBigUInt64LE(key, 8 + 8 * i);
      bytes.writeUInt32LE(Number(key) * 10, 96 + 4 * i);
    });
    bytes.writeUInt16LE(keys.length, 142);
    edges.forEach((edge, i) => {
      bytes.writeBigUInt64LE(edge, 144 + 8 * i);
    });
    return [...bytes, ...Buffer.alloc(edges.length === 0 ? 0 : 96 - 8 * edges.length)];
  };

  test('of one leaf', () => {
    expect(text(map(), memory(0x1000n, 0n, 2n), [0x1000n, node([1n, 2n])])).toBe('{1: 10, 2: 20}');
    expect(text(map(), memory(0n, 0n, 0n))).toBe('{}');
    expect(text(map(), memory(0x1000n, 0n, 2n))).toMatch(/unreadable 0x1000/);
  });

  test('of a root and its leaves', () => {
    const nodes: Memory = [
      [0x1000n, node([3n, 6n], [0x2000n, 0x3000n, 0x4000n])],
      [0x2000n, node([1n, 2n])],
      [0x3000n, node([4n, 5n])],
      [0x4000n, node([7n])],
    ];
    expect(text(map(), memory(0x1000n, 1n, 7n), ...nodes)).toBe('{1: 10, 2: 20, 3: 30, 4: 40, 5: 50, 6: 60, 7: 70}');
    // A leaf that isn't there is left out.
    const without = nodes.filter(([at]) => at !== 0x3000n);
    expect(text(map(), memory(0x1000n, 1n, 7n), ...without)).toBe('{1: 10, 2: 20, 3: 30, 6: 60, 7: 70, … 7 in all}');
  });

  test('of height 2: down to the smallest keys', () => {
    const nodes: Memory = [
      [0x1000n, node([9n], [0x2000n, 0x5000n])],
      [0x2000n, node([3n], [0x3000n, 0x4000n])],
      [0x3000n, node([1n, 2n])],
      [0x4000n, node([4n, 5n])],
    ];
    expect(text(map(), memory(0x1000n, 2n, 12n), ...nodes)).toMatch(
      /^\{1: 10, 2: 20, 3: 30, 4: 40, 5: 50, 9: 90.* 12 in all\}$/,
    );
  });

  test('higher than any in memory, or of lengths that no node has, misleads nobody', () => {
    const root: Memory[number] = [0x1000n, node([1n], [0x1000n, 0x1000n])];
    for (const height of [5n, 6n, 26n, 27n, 1n << 40n])
      expect(text(map(), memory(0x1000n, height, 3n), root)).toMatch(/^[{<]/);
    const bad = node([1n]);
    bad[142] = 200;
    expect(text(map(), memory(0x1000n, 0n, 3n), [0x1000n, bad])).toMatch(/^[{<]/);
  });

  test('of keys with memory behind them, and with redacted values', () => {
    const keys = node([0x5000n, 0x5001n]);
    const shown = show(map(reference(u8), redacted(4)), memory(0x1000n, 0n, 2n), [0x1000n, keys], [0x5000n, [3, 4]]);
    expect(shown.texts).toEqual(['{3: <redacted>, 4: <redacted>}']);
    expectUnread(shown, [0x1060n, 0x108cn]);
  });
});

describe('a linked list', () => {
  test('is walked along, up to its end, a node that is missing, or a ring’s limit', () => {
    const nodes: Memory = [
      [0x1000n, 0x2000n, 0n, 1n],
      [0x2000n, 0n, 0x1000n, 2n],
    ];
    expect(text(list(u64), memory(0x1000n, 0x2000n, 2n), ...nodes)).toBe('[1, 2]');
    expect(text(list(u64), memory(0x1000n, 0x2000n, 2n), ...nodes.slice(0, 1))).toBe('[1, … 2 in all]');
    expect(text(list(u64), memory(0n, 0n, 0n))).toBe('[]');
    const { texts, reads } = show(list(u64), memory(0x1000n, 0x1000n, 1_000n), [0x1000n, 0x1000n, 0n, 1n]);
    expect(texts[0]).toMatch(/^\[1, 1, .*1000 in all\]$/);
    expect(reads.length).toBeLessThan(30);
  });

  test('of boxes, with redacted parts', () => {
    const pair = tuple('', 8, field('0', 0, u8), field('1', 1, redacted(7)));
    const shown = show(list(pair), memory(0x1000n, 0x1000n, 1n), [0x1000n, 0n, 0n, secret]);
    expect(shown.texts).toEqual([`[(${Buffer.from('h')[0]}, <redacted>)]`]);
    expectUnread(shown, [0x1011n, 0x1018n]);
    expect(text(list(reference(u64)), memory(0x1000n, 0x1000n, 1n), [0x1000n, 0n, 0n, 0x2000n], [0x2000n, 5n])).toBe(
      '[5]',
    );
  });
});

describe('a trait object', () => {
  const linked = 0x40_0000n;
  const load = 0x5555_0000_0000n;
  const vtable = (at: bigint, size: bigint, align: bigint): Memory[number] => [load + at, 0x1234n, size, align];
  const cat = named('Cat', 16, field('name', 0, str));
  /** Concrete types by their vtables as linked; the program is loaded elsewhere. */
  const traced = (shape: ValueShape, own: Uint8Array, ...rest: Memory): Entered =>
    spilt(shape, own, {
      memory: rest,
      held: { rip: load + 0x10n },
      site: {
        entryAddress: linked + 0x10n,
        concrete: (at) => (at === linked + 0x8000n ? cat : at === linked + 0x8100n ? u64 : null),
      },
    });

  test('is looked into by its vtable; what its type points to only where that is known beforehand', () => {
    const own = memory(0x1000n, load + 0x8000n);
    const rest: Memory = [vtable(0x8000n, 16n, 8n), [0x1000n, 0x2000n, 3n], [0x2000n, 'Tom']];
    const known = [{ vtable: linked + 0x8000n, shape: cat }];
    expect(traced(dyn({ known }), own, ...rest).texts).toEqual(['Cat { name: "Tom" }']);
    expect(traced(dyn(), own, ...rest).texts[0]).toMatch(/^Cat \{ name: <\w+ 0x2000> \}$/);
    expect(traced(dyn({ known: [{ vtable: linked + 0x9000n, shape: cat }] }), own, ...rest).texts[0]).toMatch(
      /<\w+ 0x2000>/,
    );
    expect(traced(dyn(), memory(0x1000n, load + 0x8200n), vtable(0x8200n, 8n, 8n), [0x1000n, 1n]).texts).toEqual([
      '<dyn app::Animal at 0x1000>',
    ]);
  });

  test('of which no more is read than its type has', () => {
    const { texts, reads } = traced(dyn(), memory(0x1000n, load + 0x8100n), vtable(0x8100n, 8n, 8n), [
      0x1000n,
      9n,
      secret,
    ]);
    expect(texts).toEqual(['9']);
    expect(reads.filter(([start]) => start === 0x1000n)).toEqual([[0x1000n, 0x1008n]]);
  });

  test.each([
    [1n, 0x1010n],
    [8n, 0x1010n],
    [16n, 0x1010n],
    [32n, 0x1020n],
    [128n, 0x1080n],
  ])('in an Rc, aligned to %i, begins behind its counters', (align, at) => {
    const rc = dyn({ add: null, counts: { strong: 0, weak: 8 } });
    const { texts, capture } = traced(
      rc,
      memory(0x1000n, load + 0x8100n),
      vtable(0x8100n, 8n, align),
      [0x1000n, 1n, 2n],
      [at, 77n],
    );
    expect(texts).toEqual(['77']);
    expect(Buffer.from(capture.memory.from(0x1000n) as Uint8Array).subarray(0, 16)).toEqual(
      Buffer.from(memory(1n, 2n)),
    );
  });

  test('of null, with no vtable, or with one that is damaged misleads nobody', () => {
    const known = [{ vtable: linked + 0x8000n, shape: cat }];
    expect(traced(dyn(), memory(0n, load + 0x8000n), vtable(0x8000n, 16n, 8n)).texts).toEqual(['NULL']);
    expect(traced(dyn(), memory(0x1000n, 0n)).texts[0]).toMatch(/^</);
    expect(traced(dyn(), memory(0x1000n, load + 0x8100n)).texts[0]).toMatch(/^</);
    // The memory says of the known type's vtable that it is smaller than it is.
    const short = traced(
      dyn({ known }),
      memory(0x1000n, load + 0x8000n),
      vtable(0x8000n, 1n, 8n),
      [0x1000n, 0x2000n, 3n],
      [0x2000n, 'Tom'],
    );
    expect(short.texts).toEqual(['Cat { name: "Tom" }']);
    const odd = traced(dyn({ add: null, known }), memory(0x1000n, load + 0x8000n), vtable(0x8000n, 16n, 0n), [
      0x1000n,
      1n,
      2n,
      3n,
      4n,
    ]);
    expect(odd.texts[0]).toMatch(/^</);
  });

  test('of a type with redacted parts: these are never read', () => {
    const login = named('Login', 16, field('id', 0, u64), field('password', 8, redacted(8)));
    const known = [{ vtable: linked + 0x8000n, shape: login }];
    const shown = spilt(dyn({ known }), memory(0x1000n, load + 0x8000n), {
      held: { rip: load + 0x10n },
      site: { entryAddress: linked + 0x10n, concrete: () => login },
      memory: [vtable(0x8000n, 16n, 8n), [0x1000n, 1n, secret]],
    });
    expect(shown.texts).toEqual(['Login { id: 1, password: <redacted> }']);
    expectUnread(shown, [0x1008n, 0x1010n]);
  });

  test('of a type that is not known beforehand is not read where anything is redacted', () => {
    const own = memory(0x1000n, load + 0x8100n);
    const rest: Memory = [vtable(0x8100n, 8n, 8n), [0x1000n, secret]];
    const known = [{ vtable: linked + 0x8000n, shape: cat }];
    const site = { entryAddress: linked + 0x10n, concrete: () => u64 };
    const held = { rip: load + 0x10n };
    const shown = spilt(dyn({ known }), own, { held, site, memory: rest, limits: { isRedacting: true } });
    expectUnread(shown, [0x1000n, 0x1008n]);
    expect(shown.texts[0]).toMatch(/^<\w+ 0x1000>$/);
    const cats: Memory = [vtable(0x8000n, 16n, 8n), [0x1000n, 0x2000n, 3n], [0x2000n, 'Tom']];
    const tom = spilt(dyn({ known }), memory(0x1000n, load + 0x8000n), {
      held,
      site: { ...site, concrete: () => cat },
      memory: cats,
      limits: { isRedacting: true },
    });
    expect(tom.texts).toEqual(['Cat { name: "Tom" }']);
  });
});

describe('an io::Error of one word', () => {
  const kinds: ValueShape = {
    kind: 'c-enum',
    size: 1,
    signed: false,
    variants: [
      { name: 'NotFound', value: 0n },
      { name: 'Other', value: 1n },
    ],
  };
  const simple = named('SimpleMessage', 24, field('kind', 16, kinds), field('message', 0, str));
  const custom = named('Custom', 24, field('kind', 16, kinds), field('error', 0, reference(u64)));
  const error: ValueShape = { kind: 'io-error', size: 8, kinds, message: simple as never, custom: custom as never };

  test.each([
    [(2n << 32n) | 2n, /^Os \{ code: 2, kind: NotFound/, 0],
    [(1n << 32n) | 3n, /^Kind\(Other\)$/, 0],
    [0x1000n, /^Error \{ kind: Other, message: "abc" \}$/, 2],
    [0x1001n, /^Custom \{ kind: Other, error: 6513249 \}$/, 2],
  ])('%i is %s', (word, shown, blocks) => {
    const { texts, reads } = show(
      error,
      memory(word),
      [0x1000n, 0x2000n, 3n, [1, 0, 0, 0, 0, 0, 0, 0]],
      [0x2000n, 'abc\0\0\0\0\0'],
    );
    expect(texts[0]).toMatch(shown);
    expect(reads.filter(([start]) => start === 0x1000n || start === 0x2000n)).toHaveLength(blocks);
  });
});

describe('values in cells', () => {
  test('are followed inside a lock, a RefCell, a OnceCell and a range', () => {
    const inner = field('0', 8, reference(u64));
    const shapes: [ValueShape, Uint8Array][] = [
      [{ kind: 'ref-cell', size: 16, borrow: 0, value: inner }, memory(0n, 0x1000n)],
      [{ kind: 'lock', size: 16, name: 'Mutex', futex: 0, poison: 4, value: inner }, memory(0n, 0x1000n)],
      [
        {
          kind: 'range',
          size: 16,
          start: field('start', 0, reference(u64)),
          end: inner,
          inclusive: false,
          exhausted: null,
        },
        memory(0x1000n, 0x1000n),
      ],
      [{ kind: 'once', size: 16, name: 'OnceCell', value: option(reference(u64), 8, 0, 0n) }, memory(0x1000n, 0n)],
      [{ kind: 'array', size: 16, element: reference(u64), count: 2 }, memory(0x1000n, 0x1000n)],
    ];
    for (const [shape, own] of shapes) expect(text(shape, own, [0x1000n, 42n])).toContain('42');
  });
});

describe('memory that is not believed yet', () => {
  const at = { index: null, scale: 1, displacement: 0n } as const;
  const own = tuple('', 16, field('0', 0, reference(u64)), field('1', 8, reference(u64)));
  const words = memory(0x1000n, 0x2000n);
  const rest: Memory = [
    [0x1000n, 1n],
    [0x2000n, 2n],
  ];
  const shown = (site: Setting['site'], held: Setting['held'] = {}): readonly string[] =>
    spilt(own, words, { memory: rest, held, site: site ?? {} }).texts;

  test('is found by registers, at an index, and at a fixed place', () => {
    expect(shown({ stale: [{ ...at, base: 'rdi', size: 8 }] }, { rdi: 0x1000n })).toEqual(['(<gone>, 2)']);
    expect(shown({ stale: [{ ...at, base: 'rdi', size: 8 }] }, { rdi: 0x3000n })).toEqual(['(1, 2)']);
    const indexed = [{ base: 'rdi', index: 'rsi', scale: 8, displacement: -0x10n, size: 4 }] as const;
    expect(shown({ stale: indexed }, { rdi: 0x1000n, rsi: 0x202n })).toEqual(['(1, <gone>)']);
    const linked = [{ ...at, base: null, displacement: 0x40_2000n, size: 8 }];
    expect(shown({ stale: linked, entryAddress: 0x40_0010n }, { rip: 0x10n })).toEqual(['(1, <gone>)']);
  });

  test('of which only a part is asked for hides no more than its range', () => {
    expect(shown({ stale: [{ ...at, base: 'rdi', size: 1 }] }, { rdi: 0x1008n })).toEqual(['(1, 2)']);
    expect(shown({ stale: [{ ...at, base: 'rdi', size: 1 }] }, { rdi: 0x1007n })).toEqual(['(<gone>, 2)']);
  });
});

describe('a record without room', () => {
  test('says so: what was read is shown, the rest is truncated', () => {
    const four = tuple('', 32, ...[0, 1, 2, 3].map((i) => field(`${i}`, 8 * i, reference(u64))));
    const words = memory(0x1000n, 0x2000n, 0x3000n, 0x4000n);
    const all: Memory = [1n, 2n, 3n, 4n].map((i) => [i * 0x1000n, i]);
    const { texts, capture } = limited({ blocks: 2 * 24 }, four, words, ...all);
    expect(texts).toEqual(['(1, 2, <truncated 0x3000>, <truncated 0x4000>)']);
    expect(capture.memory.isFull).toBe(true);
    expect(limited({ blocks: 4 * 24 }, four, words, ...all).capture.memory.isFull).toBe(false);
  });

  test('for even one block reads none', () => {
    const { texts, capture } = limited({ blocks: 8 }, reference(u64), memory(0x1000n), [0x1000n, 1n]);
    expect(texts).toEqual(['<truncated 0x1000>']);
    expect(capture.memory.isFull).toBe(true);
  });

  test('what is planned stays within the steps that a program may have', () => {
    const many: ValueShape = { kind: 'array', size: 1_024, element: reference(u64), count: 128 };
    const words = memory(...Array.from({ length: 128 }, () => 0x1000n));
    const few = limited({ steps: 3 }, many, words, [0x1000n, 1n]);
    expect(few.reads.filter(([start]) => start === 0x1000n)).toHaveLength(3);
    expect(limited({ steps: 0 }, many, words, [0x1000n, 1n]).reads.filter(([start]) => start === 0x1000n)).toEqual([]);
  });
});
