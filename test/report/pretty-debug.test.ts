import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prettyDebug } from '../../src/report/pretty-debug.ts';

test('what fits stays on its line', () => {
  expect(prettyDebug('Some(Point { x: 1, y: 2 })', 40, 10)).toEqual(['Some(Point { x: 1, y: 2 })']);
  expect(prettyDebug('', 40, 10)).toEqual(['']);
});

test('what does not is broken at its brackets, the outermost first', () => {
  expect(prettyDebug('Request { path: "/a, b{", headers: [("a", 1), ("b", 2)], body: None }', 30, 20)).toEqual([
    'Request {',
    '    path: "/a, b{",',
    '    headers: [',
    '        ("a", 1),',
    '        ("b", 2),',
    '    ],',
    '    body: None,',
    '}',
  ]);
});

test('texts and characters are never broken, nor are quotes that end nowhere', () => {
  const text = '("a long text, with (brackets], and \\" quotes", \',\')';
  expect(prettyDebug(text, 20, 20)).toEqual([
    '(',
    '    "a long text, with (brackets], and \\" quotes",',
    "    ',',",
    ')',
  ]);
  expect(prettyDebug("it's (1)", 4, 20)).toEqual(["it's (", '    1,', ')']);
});

test('a text that was cut off', () => {
  expect(prettyDebug('[1, 2, 3', 4, 20)).toEqual(['[', '    1,', '    2,', '    3,']);
});

test('no more lines than wanted', () => {
  expect(prettyDebug('[1, 2, 3, 4]', 4, 3)).toEqual(['[', '    1,', '    2,', '…']);
});

test('nothing of the text is lost', () => {
  const bare = (text: string): string => text.replace(/[\s,]/g, '');
  fc.assert(
    fc.property(fc.stringMatching(/^[a-c1{}()[\]," ]*$/), fc.integer({ min: 1, max: 40 }), (text, columns) => {
      expect(bare(prettyDebug(text, columns, 10_000).join(''))).toBe(bare(text));
    }),
  );
});
