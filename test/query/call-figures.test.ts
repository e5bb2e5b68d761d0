import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CallFigures, rememberedSeconds } from '../../src/query/call-figures.ts';
import { bucketOf } from '../../src/trace/aggregate/histogram.ts';
import { call } from '../tui/states.ts';

test('calls by function, most calls first; one that is never called too', () => {
  const figures = new CallFigures(['a', 'b', 'idle']);
  for (const name of ['a', 'b', 'b']) figures.add(call(1, { function: name }));
  expect(figures.functions.map(({ name, calls }) => [name, calls])).toEqual([
    ['b', 2],
    ['a', 1],
    ['idle', 0],
  ]);
  expect(figures.calls).toBe(3);
});

test('the rate is that of the last whole second; seconds without calls count, too', () => {
  const figures = new CallFigures();
  figures.add(call(1));
  expect(figures.rate).toBe(1);
  figures.passed(1);
  figures.add(call(2));
  figures.add(call(3));
  expect(figures.rate).toBe(1);
  figures.passed(2);
  expect(figures.rate).toBe(2);
  figures.passed(2);
  figures.passed(5);
  expect(figures.functions[0]?.history).toEqual([1, 2, 0, 0, 0]);
  figures.passed(1_000_000);
  expect(figures.functions[0]?.history).toEqual(Array(rememberedSeconds).fill(0));
});

test('calls without a duration are not timed; panics are told', () => {
  const figures = new CallFigures();
  figures.add(call(1, { duration: 1000n }));
  figures.add(call(2, { duration: null, outcome: 'unwound' }));
  expect(figures.functions[0]).toMatchObject({ calls: 2, timed: 1, unwound: 1 });
  expect(figures.functions[0]?.latency).toMatchObject({ calls: 1n, longest: 1000n, sum: 1000n });
});

test('a call that something else ended is not timed, though it is known when it was over', () => {
  const figures = new CallFigures();
  for (const outcome of ['returned', 'tail-call'] as const) figures.add(call(1, { duration: 10n, outcome }));
  for (const outcome of ['unwound', 'left', 'exited', 'running'] as const)
    figures.add(call(2, { duration: 5000n, outcome }));
  expect(figures.functions[0]).toMatchObject({ calls: 6, timed: 2, unwound: 1, left: 1 });
  expect(figures.functions[0]?.latency).toMatchObject({ calls: 2n, longest: 10n, sum: 20n });
});

test('durations fall into the buckets of `rsym latency`', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }), (duration) => {
      const figures = new CallFigures();
      figures.add(call(1, { duration }));
      const [bucket] = figures.functions[0]?.latency.buckets ?? [];
      expect(bucketOf(bucket?.low ?? -1n)).toBe(bucketOf(duration));
    }),
  );
  for (let power = 3n; power < 53n; power++)
    for (const duration of [2n ** power - 1n, 2n ** power, 2n ** power + 1n]) {
      const figures = new CallFigures();
      figures.add(call(1, { duration }));
      const [bucket] = figures.functions[0]?.latency.buckets ?? [];
      expect(bucketOf(bucket?.low ?? -1n)).toBe(bucketOf(duration));
    }
});
