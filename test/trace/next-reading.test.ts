import { expect, test } from 'vitest';
import { nextReading } from '../../src/trace/next-reading.ts';

test('readings stay on their beat, those missed are left out', () => {
  expect(nextReading(1_000, 1_000, 400)).toBe(1_000);
  expect(nextReading(1_000, 1_000, 1_000)).toBe(2_000);
  expect(nextReading(1_000, 1_000, 1_300)).toBe(2_000);
  expect(nextReading(1_000, 1_000, 5_700)).toBe(6_000);
  expect(nextReading(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 5_700)).toBe(Number.POSITIVE_INFINITY);
});

test('steps that are too short to be counted one by one are passed at once', () => {
  expect(nextReading(1e-12, 1e-12, 60_000)).toBeGreaterThanOrEqual(60_000);
});
