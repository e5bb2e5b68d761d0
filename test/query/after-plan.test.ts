import { describe, expect, test } from 'vitest';
import type { CallPlan, ValuePlan } from '../../src/abi/model.ts';
import type { Location } from '../../src/abi/place.ts';
import type { ValueShape } from '../../src/abi/shape.ts';
import { afterPlans, parseAfter } from '../../src/query/after-plan.ts';

const inside = (reg: 'rdi' | 'rsi' | 'rax'): Location => ({ kind: 'register', reg, add: 0n });
const u64: ValueShape = { kind: 'int', size: 8, signed: false };
const bytes: ValueShape = {
  kind: 'sequence',
  size: 16,
  behind: { data: 0, add: 0, counts: null },
  length: 8,
  element: { kind: 'int', size: 1, signed: false },
};

const value = (name: string, type: string, shape: ValueShape, ...locations: readonly Location[]): ValuePlan => ({
  name,
  type,
  shape,
  pieces: locations.map((location, i) => ({ location, valueOffset: i * 8, size: 8 })),
  evidence: 'dwarf',
  note: null,
  candidates: [],
});

const planOf = (...args: readonly ValuePlan[]): CallPlan => ({
  args,
  ret: { ...value('', 'usize', u64, inside('rax')), mode: 'direct' },
});
const asked = (text: string, plan: CallPlan) => afterPlans([parseAfter(text)], plan, []);

describe('what is read again at the return', () => {
  const length: Location = { kind: 'constant', bytes: Uint8Array.of(6, 1, 0, 0, 0, 0, 0, 0) };
  const buf = value('buf', '&mut [u8]', bytes, inside('rdi'), length);

  test('half of an argument is a register, the other half is always the same', () => {
    const { after, saved, lacks } = asked('buf', planOf(buf));
    expect(after.map(({ words }) => words)).toEqual([[0, { constant: 0x106n }]]);
    expect({ saved, lacks }).toEqual({ saved: ['rdi'], lacks: [] });
  });

  test('a length that is an argument may be a number as well', () => {
    const { after } = asked('buf:len', planOf(buf, value('len', 'usize', u64, length)));
    expect(after.map(({ words }) => words)).toEqual([[0, { constant: 0x106n }]]);
  });

  test.each([
    [
      'redacted',
      value('buf', '&mut [u8]', { kind: 'cut', size: 16, why: 'redacted' }, inside('rdi')),
      'it is redacted',
    ],
    [
      'on the stack',
      value('buf', '&mut [u8]', bytes, { kind: 'stack', offset: 8n }),
      'buf is not in a register when the call begins',
    ],
    ['nowhere', value('buf', '&mut [u8]', bytes), 'where buf is when the call begins is not known'],
  ])('%s: it is said why not', (_, arg, reason) => {
    for (const text of ['buf', 'buf:8'])
      expect(asked(text, planOf(arg))).toEqual({
        after: [],
        saved: [],
        lacks: [`--after ${text}: buf is not read again: ${reason}`],
      });
  });
});
