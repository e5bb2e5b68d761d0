import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computed } from '../../src/expr/calculation.ts';
import { parseFilter, parseGrouping } from '../../src/expr/filter.ts';
import type { IntOperation, ValueRange } from '../../src/expr/tree.ts';
import { exit, flatten, jump, jumpIf, label, mov } from '../../src/trace/bpf/asm.ts';
import { listing } from '../../src/trace/bpf/assemble.ts';
import { keyLayout, readKey } from '../../src/trace/bpf/expression/key-layout.ts';
import { earlyParts, lowerCondition } from '../../src/trace/bpf/expression/lower.ts';
import { formatOf, resultRange, union } from '../../src/trace/bpf/expression/range.ts';
import { tidied } from '../../src/trace/bpf/expression/reachable.ts';
import { Unlowerable } from '../../src/trace/bpf/expression/unlowerable.ts';
import { scope } from '../expr/sample-scope.ts';
import { probeOf } from './lowered-call.ts';
import { inMemory } from './traced-machine.ts';

const number = fc
  .oneof(fc.bigInt({ min: -9n, max: 9n }), fc.bigInt({ min: -(1n << 127n), max: (1n << 128n) - 1n }))
  .chain((value) => fc.constantFrom(value, value >> 64n, value >> 100n));

const spanOf = (values: readonly bigint[]): ValueRange =>
  values.map((value) => ({ low: value, high: value })).reduce(union);

test('every result is in the range that is computed for it, and has room in its format', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<IntOperation>('+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>'),
      fc.array(number, { minLength: 2, maxLength: 4 }),
      fc.array(number, { minLength: 2, maxLength: 4 }),
      (operation, lefts, rights) => {
        const range = resultRange(operation, spanOf(lefts), spanOf(rights));
        for (const [a, b] of lefts.flatMap((one) => rights.map((other) => [one, other] as const))) {
          const result = computed(operation, a, b, false);
          if (typeof result !== 'bigint') continue;
          expect(result >= range.low && result <= range.high, `${a} ${operation} ${b}`).toBe(true);
          const { words, signed } = formatOf({ low: result, high: result });
          const kept = signed ? BigInt.asIntN(64 * words, result) : BigInt.asUintN(64 * words, result);
          expect(kept).toBe(result);
        }
      },
    ),
    { numRuns: 3_000 },
  );
});

test('what is never reached is left out, and where the program goes on is always reached', () => {
  const code = flatten([
    [jumpIf('eq', 'r0', 1, 'yes'), jump('no'), label('yes'), mov('r0', 1), jump('end'), mov('r0', 2)],
    [label('unused'), exit(), label('end')],
  ]);
  expect(listing(tidied(code, 'after', ['no', 'unknown']))).toBe(
    ['  r0 = 0', '  if r0 ne 0 goto unknown', '  if r0 ne 1 goto no', 'yes:', '  r0 = 1', 'end:', 'after:'].join('\n'),
  );
  const leaving = tidied(flatten([jump('no')]), 'after', ['no']);
  expect(listing(leaving)).toBe(['  r0 = 0', '  if r0 ne 0 goto after', '  goto no', 'after:'].join('\n'));
});

describe('keys in memory', () => {
  const written = (grouping: string, words: readonly bigint[], maxText = 5) => {
    const layout = keyLayout(parseGrouping(grouping, scope), maxText);
    const bytes = Buffer.alloc(layout.size);
    expect(layout.size).toBe(8 * words.length);
    for (const [i, one] of words.entries()) bytes.writeBigUInt64LE(BigInt.asUintN(64, one), 8 * i);
    return readKey(layout, bytes);
  };
  test('are read as they are laid out', () => {
    expect(written('n', [0n, -3n])).toEqual({ kind: 'int', value: -3n });
    expect(written('len', [0n, -3n])).toEqual({ kind: 'int', value: (1n << 64n) - 3n });
    expect(written('len * len', [0n, -3n, 1n])).toEqual({ kind: 'int', value: (1n << 65n) - 3n });
    expect(written('n - len', [0n, -3n, -1n])).toEqual({ kind: 'int', value: -3n });
    expect(written('mode', [0n, 2n])).toEqual({ kind: 'variant', name: 'Append' });
    expect(written('(letter, ok)', [0n, 0x1f600n, 1n])).toEqual({
      kind: 'tuple',
      items: [
        { kind: 'char', value: '😀' },
        { kind: 'bool', value: true },
      ],
    });
    const text = { kind: 'text', bytes: Uint8Array.from(Buffer.from('abcde')), text: 'abcde' };
    expect(written('name', [0n, 5n, 0n, 0x65_64_63_62_61n])).toEqual(text);
    expect(written('name', [0n, 5n, 1n, 0x65_64_63_62_61n])).toEqual({ ...text, isCut: true });
    expect(written('name', [6n, 0n, 0n, 0n])).toEqual({ undecided: 'null' });
  });
});

describe('what is kept of a call for its end', () => {
  const areaOf = (condition: string) => earlyParts([parseFilter(condition, scope)], 16);
  const kindsOf = (condition: string) => areaOf(condition).parts.map(({ node }) => node.kind);
  test('the largest parts that need an argument and no result', () => {
    expect(kindsOf('duration > 1ms && call.pid > 1')).toEqual([]);
    expect(kindsOf('ret is Err(_) || (ok && n > 1)')).toEqual(['and']);
    expect(kindsOf('ret is Ok(x) && x + len * 2 > 5')).toEqual(['arithmetic']);
    expect(kindsOf('n > 1 && ok')).toEqual([]);
    expect(areaOf('ret is Ok(x) && x + len > 5')).toMatchObject({ size: 16, parts: [{ at: 0 }] });
  });
  test('not what takes both in one step', () => {
    expect(() => areaOf('ret is Ok(x) && words[x] == 1')).toThrow(Unlowerable);
  });
});

test('the same expression gives the same instructions', () => {
  const pieces = scope.args.map(() => [inMemory('rdi', 0n, 64)]);
  const [first, second] = [0, 1].map(() =>
    listing(
      flatten(
        lowerCondition(parseFilter('name == "a" && n > 1', scope), probeOf(pieces), {
          isFalse: 'no',
          isUndecided: 'unknown',
        }),
      ),
    ),
  );
  expect(first).toBe(second);
});
