import { describe, expect, test } from 'vitest';
import type { Key } from '../../../src/expr/key.ts';
import { undecided } from '../../../src/expr/outcome.ts';
import type { IntNode, KeyNode } from '../../../src/expr/tree.ts';
import { keyForm, shownKey } from '../../../src/trace/aggregate/shown-key.ts';

const text = (content: string, isCut = false): Key => {
  const bytes = Buffer.from(content);
  return { kind: 'text', bytes, text: content, ...(isCut ? { isCut } : {}) };
};
const bytes = (content: readonly number[], isCut = false): Key => ({
  kind: 'text',
  bytes: Uint8Array.from(content),
  text: null,
  ...(isCut ? { isCut } : {}),
});

describe('keys as Rust prints them, and as JSON', () => {
  test.each<[Key, string, unknown]>([
    [{ kind: 'int', value: -3n }, '-3', '-3'],
    [{ kind: 'duration', value: 1_500_000n }, '1.5ms', '1500000'],
    [{ kind: 'duration', value: 2_000_000_001n }, '2.000000001s', '2000000001'],
    [{ kind: 'float', value: Math.fround(0.1), size: 4 }, '0.1', 0.1],
    [{ kind: 'float', value: 2, size: 8 }, '2.0', 2],
    [{ kind: 'float', value: Number.NaN, size: 8 }, 'NaN', 'NaN'],
    [{ kind: 'float', value: Number.NEGATIVE_INFINITY, size: 8 }, '-inf', '-inf'],
    [{ kind: 'bool', value: true }, 'true', true],
    [{ kind: 'char', value: "'" }, "'\\''", "'"],
    [{ kind: 'variant', name: 'Ok' }, 'Ok', 'Ok'],
    [text('a"\n\u202e'), '"a\\"\\n\\u{202e}"', 'a"\n\u202e'],
    [bytes([0x61, 0xff]), 'b"a\\xff"', { $bytes: '61ff' }],
    [text('long', true), '"long"…', { $items: 'long' }],
    [bytes([0x61, 0xff], true), 'b"a\\xff"…', { $items: { $bytes: '61ff' } }],
    [{ kind: 'tuple', items: [{ kind: 'bool', value: false }] }, '(false,)', [false]],
    [{ kind: 'tuple', items: [{ kind: 'int', value: 1n }, text('x')] }, '(1, "x")', ['1', 'x']],
  ])('%#', (key, shown, value) => {
    expect(shownKey(key, [])).toEqual({ text: shown, value });
  });

  test('one that is not known, by its reason', () => {
    expect(shownKey(undecided('unreadable'), [])).toEqual({ text: '<unreadable>', value: { $missing: 'unreadable' } });
  });
});

test("a number's type says how JSON has it, never its size", () => {
  const load = (size: 1 | 2 | 4 | 8 | 16): IntNode => ({
    kind: 'load',
    place: { kind: 'own', root: { kind: 'result' }, offset: 0 },
    size,
    signed: true,
  });
  const int = (node: IntNode): KeyNode => ({ kind: 'int', node });
  const either = (...gives: IntNode[]): IntNode => ({
    kind: 'either',
    cases: gives.map((one) => ({ when: { kind: 'truth', value: true }, gives: one })),
  });
  const sum: IntNode = { kind: 'arithmetic', operation: '+', left: load(1), right: load(1), isUnsigned: false };
  const by: KeyNode = {
    kind: 'tuple',
    items: [
      int(load(4)),
      { kind: 'bool', node: { kind: 'truth', value: true } },
      { kind: 'tuple', items: [int(load(8)), int({ kind: 'call', fact: 'pid' })] },
      int(either(load(1), load(2))),
      int(either(load(1), load(16))),
      int(sum),
    ],
  };
  const key = (value: bigint): Key => ({ kind: 'int', value });
  const values: Key = {
    kind: 'tuple',
    items: [
      key(1n),
      { kind: 'bool', value: true },
      { kind: 'tuple', items: [key(2n), key(3n)] },
      key(4n),
      key(5n),
      key(6n),
    ],
  };
  expect(shownKey(values, keyForm(by)).value).toEqual([1, true, ['2', 3], 4, '5', '6']);
});
