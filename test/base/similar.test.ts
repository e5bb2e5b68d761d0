import { expect, test } from 'vitest';
import { similar } from '../../src/base/similar.ts';

const names = ['ls', 'demangle', 'trace', 'tui', 'doctor', 'demo'];

test('one edit, a swap, another case: found; a different word: not', () => {
  expect(similar('tarce', names)).toEqual(['trace']);
  expect(similar('demangel', names)).toEqual(['demangle']);
  expect(similar('DOCTR', names)).toEqual(['doctor']);
  expect(similar('lss', names)).toEqual(['ls']);
  expect(similar('symbols', names)).toEqual([]);
});

test('nearest first, then by name, and no more than the limit', () => {
  expect(similar('hello', ['hallo', 'help', 'hello', 'hella', 'hello_world'])).toEqual(['hello', 'hallo', 'hella']);
  expect(similar('hello', ['hallo', 'hello', 'hella'], 1)).toEqual(['hello']);
});

test('very long names are compared by their first part', () => {
  const long = 'x'.repeat(100_000);
  expect(similar(`y${long}`, [long])).toEqual([long]);
});
