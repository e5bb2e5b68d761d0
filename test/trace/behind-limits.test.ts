import { describe, expect, test } from 'vitest';
import type { ValueShape } from '../../src/abi/shape.ts';
import { limited } from './behind.ts';
import { type Memory, type Setting, spilt } from './captured.ts';
import { field, memory, reference, tuple, u64 } from './shown-values.ts';

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
