import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { faultAt } from '../../src/base/fault.ts';

const linesOf = (text: string, at: number, length: number): readonly string[] =>
  faultAt(text, at, length, 'wrong').reason?.split('\n') ?? [];

test.each([
  ['ascii', 'a == bb', 'bb', 5, 2],
  ['wide characters before it', '名前 == bb', 'bb', 8, 2],
  ['wide characters in it', 'a == 名前', '名前', 5, 4],
  ['a combining mark before it', 'e\u0301 == bb', 'bb', 5, 2],
  ['an emoji before it', '"🎉" == bb', 'bb', 8, 2],
  ['an escape before it takes the room of what is shown', '\x1b == bb', 'bb', 8, 2],
  ['an invisible character before it', '\u200b == bb', 'bb', 12, 2],
])('carets stand below the fault: %s', (_, text, fault, column, width) => {
  const [shown = '', carets = ''] = linesOf(text, text.indexOf(fault), fault.length);
  expect(carets).toBe(' '.repeat(column) + '^'.repeat(width));
  expect(shown).not.toMatch(/[\x1b\u200b]/);
});

test('of a long text only what is near is shown', () => {
  const text = `${'x + '.repeat(100)}bad${' + y'.repeat(100)}`;
  const [shown = '', carets = ''] = linesOf(text, text.indexOf('bad'), 3);
  expect(stringWidth(shown)).toBeLessThanOrEqual(122);
  expect(shown.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('bad');
});

test('a fault in the middle of a grapheme points at its beginning', () => {
  expect(linesOf('ae\u0301b', 2, 1)[1]).toBe(' ^');
});
