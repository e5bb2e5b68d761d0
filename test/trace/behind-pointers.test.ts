import { describe, expect, test } from 'vitest';
import type { ValueShape } from '../../src/abi/shape.ts';
import { expectUnread, secret, show, text } from './behind.ts';
import { counted, redacted } from './sample-shapes.ts';
import { behind, field, i32, memory, named, option, reference, str, tuple, u32, u64 } from './shown-values.ts';

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
