import { describe, expect, test } from 'vitest';
import { parseGrouping } from '../../../src/expr/filter.ts';
import { isUndecided } from '../../../src/expr/outcome.ts';
import { CallSums } from '../../../src/trace/aggregate/call-sums.ts';
import { bucketOf } from '../../../src/trace/aggregate/histogram.ts';
import { Bytes, recordedCall, word } from '../../expr/recorded-call.ts';
import { str, u32 } from '../shown-values.ts';
import { probeSite } from '../traced-machine.ts';

const memory = new Bytes();
const texts = new Map<string, bigint>();
const callWith = (n: number, s: string | 'unreadable') => {
  const address = s === 'unreadable' ? 0x10n : (texts.get(s) ?? memory.add(Buffer.from(s)));
  if (s !== 'unreadable') texts.set(s, address);
  return recordedCall({
    memory,
    args: [
      { name: 'n', shape: u32, bytes: Uint8Array.from(word(BigInt(n), 4)) },
      { name: 's', shape: str, bytes: Uint8Array.from([...word(address), ...word(BigInt(Buffer.byteLength(s)))]) },
    ],
  });
};
const { scope } = callWith(0, '');

const sumsBy = (
  by: string | null,
  options: { maxGroups?: number; maxText?: number; of?: 'calls' | 'durations' } = {},
) => {
  const site = by === null ? probeSite({}) : { ...probeSite({}), by: parseGrouping(by, scope) };
  return new CallSums({ sites: [site, site], of: 'calls', maxGroups: 100, maxText: 64, ...options });
};
const shown = (sums: CallSums): Record<string, number> =>
  Object.fromEntries(
    sums.groups.map(({ site, key, calls }) => {
      const own =
        key === null
          ? '-'
          : isUndecided(key)
            ? key.undecided
            : key.kind === 'text'
              ? `${key.text}${key.isCut ? '…' : ''}`
              : key.kind === 'int'
                ? `${key.value}`
                : key.kind;
      return [`${site} ${own}`, Number(calls)];
    }),
  );

describe('groups of calls', () => {
  test('by function and key; what is not known is a group of its own', () => {
    const sums = sumsBy('s');
    for (const s of ['a', 'b', 'a', 'unreadable', 'unreadable'] as const) sums.add(0, callWith(1, s).environment, null);
    sums.add(1, callWith(1, 'a').environment, null);
    expect(shown(sums)).toEqual({ '0 a': 2, '0 b': 1, '0 unreadable': 2, '1 a': 1 });
  });

  test('without a key by function alone', () => {
    const sums = sumsBy(null);
    for (const fn of [0, 1, 1]) sums.add(fn, callWith(1, 'a').environment, null);
    expect(shown(sums)).toEqual({ '0 -': 1, '1 -': 2 });
  });

  test('texts are told apart by their first bytes: one of just as many is another than a longer one', () => {
    const sums = sumsBy('s', { maxText: 3 });
    for (const s of ['abc', 'abcd', 'abcde', 'ab', 'abd']) sums.add(0, callWith(1, s).environment, null);
    expect(shown(sums)).toEqual({ '0 abc': 1, '0 abc…': 2, '0 ab': 1, '0 abd': 1 });
  });

  test('of more groups than there is room for, those that came first go on', () => {
    const sums = sumsBy('n', { maxGroups: 2 });
    for (const n of [1, 2, 3, 1, 4, 2, 2]) sums.add(0, callWith(n, 'a').environment, null);
    expect(shown(sums)).toEqual({ '0 1': 2, '0 2': 3 });
    expect(sums.lost).toBe(2n);
  });

  test('durations: their sum, the longest, and how many are in each bucket', () => {
    const sums = sumsBy(null, { of: 'durations' });
    const durations = [0n, 5n, 1_000n, 1_000n, 123_456_789n];
    for (const duration of durations) sums.add(0, callWith(1, 'a').environment, duration);
    const [group] = sums.groups;
    expect(group).toMatchObject({ calls: 5n, durations: { sum: 123_458_794n, longest: 123_456_789n } });
    const buckets = group?.durations?.buckets ?? [];
    for (const duration of durations)
      expect(buckets[bucketOf(duration)]).toBe(
        BigInt(durations.filter((d) => bucketOf(d) === bucketOf(duration)).length),
      );
    expect(buckets.reduce((sum, calls) => sum + calls, 0n)).toBe(5n);
  });

  test('a reading stays as it was', () => {
    const sums = sumsBy('n');
    sums.add(0, callWith(1, 'a').environment, null);
    const before = sums.groups;
    sums.add(0, callWith(1, 'a').environment, null);
    expect(before[0]?.calls).toBe(1n);
  });
});
