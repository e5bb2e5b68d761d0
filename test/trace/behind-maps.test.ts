import { describe, expect, test } from 'vitest';
import type { ValueShape } from '../../src/abi/shape.ts';
import { expectUnread, secret, show, text } from './behind.ts';
import type { Memory } from './captured.ts';
import { hashTable, list, redacted, tree } from './sample-shapes.ts';
import { field, memory, reference, str, tuple, u8, u32, u64 } from './shown-values.ts';

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
