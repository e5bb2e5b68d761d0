import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth } from '../../src/report/terminal-width.ts';
import { truncate, wrap } from '../../src/tui/parts/wrap.ts';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

test('wraps between characters and marks what is cut', () => {
  expect(wrap('abcdefgh', 3, 9)).toEqual(['abc', 'def', 'gh']);
  expect(wrap('abcdefgh', 3, 2)).toEqual(['abc', 'de…']);
  expect(wrap('日本語', 4, 9)).toEqual(['日本', '語']);
  expect(wrap('', 3, 9)).toEqual(['']);
  expect(truncate('abcdef', 4)).toBe('abc…');
  expect(truncate('日本語', 4)).toBe('日…');
});

test('nothing is wider than asked, nothing is lost where there is room', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 40 }), (text, columns) => {
      const widest = Math.max(columns, ...Array.from(segmenter.segment(text), ({ segment }) => displayWidth(segment)));
      for (const line of wrap(text, columns, 3)) expect(displayWidth(line)).toBeLessThanOrEqual(widest);
      expect(wrap(text, columns, 1000).join('')).toBe(text);
      expect(displayWidth(truncate(text, columns))).toBeLessThanOrEqual(columns);
    }),
  );
});

test('a huge text costs no more than what is shown of it', () => {
  const lines = wrap('x'.repeat(50_000_000), 80, 3);
  expect(lines.length).toBe(3);
  expect(lines[2]?.endsWith('…')).toBe(true);
});
