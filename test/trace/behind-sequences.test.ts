import { describe, expect, test } from 'vitest';
import type { ValueShape } from '../../src/abi/shape.ts';
import { expectUnread, limited, secret, show, text } from './behind.ts';
import type { Memory } from './captured.ts';
import { behindCounts, oldRing, redacted, ring } from './sample-shapes.ts';
import { field, memory, named, reference, slice, str, tuple, u8, u32, u64, unit } from './shown-values.ts';

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
