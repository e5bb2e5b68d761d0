import { expect, test } from 'vitest';
import { captureLimits } from '../../src/trace/capture-limits.ts';
import { entryLayout } from '../../src/trace/layout.ts';
import { str } from './shown-values.ts';
import { argument, probeSite, register, result } from './traced-machine.ts';

const sizeOf = (string: number, texts: number): number => {
  const args = Array.from({ length: texts }, (_, i) => argument(`a${i}`, str, [register('rdi'), register('rsi', 8)]));
  return entryLayout(probeSite({ plan: { args, ret: result } }), captureLimits(string)).size;
};

test('a few of the longest texts fit in a record, and no record is too large to be written', () => {
  for (const string of [1, 200, 1_000, 4_096]) {
    for (const texts of [1, 3]) expect(sizeOf(string, texts)).toBeGreaterThanOrEqual(texts * (string + 16));
    expect(sizeOf(string, 30)).toBeLessThan(32_000);
  }
});

test('a record is no larger than what may be read', () => {
  expect(sizeOf(200, 1)).toBeLessThan(400);
  expect(sizeOf(200, 100)).toBeLessThan(4_096 + 100 * 24 + 200);
});

test('that something is redacted is a limit too', () => {
  expect(captureLimits(200)).not.toHaveProperty('isRedacting');
  expect(captureLimits(200, true)).toMatchObject({ isRedacting: true });
});
