import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitWords } from '../../src/query/words.ts';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const single = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
const double = (word: string): string => `"${word.replace(/["\\]/g, '\\$&')}"`;
const escaped = (word: string): string => (word === '' ? "''" : Array.from(word, (char) => `\\${char}`).join(''));

test('words quoted in any of the three ways and joined by blanks come back', () => {
  const quote = fc.constantFrom(single, double, escaped);
  const blank = fc.constantFrom(' ', '\t', '  ', '\n');
  fc.assert(
    fc.property(fc.array(fc.tuple(text, quote, blank), { minLength: 1, maxLength: 6 }), (parts) => {
      const line = parts.map(([word, how, gap]) => gap + how(word)).join('');
      expect(splitWords(line)).toEqual(parts.map(([word]) => word));
      expect(splitWords(`${line} `)).toEqual(parts.map(([word]) => word));
    }),
  );
});

test('any line gives words or a usage error', () => {
  fc.assert(
    fc.property(text, (line) => {
      try {
        expect(splitWords(line).length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toMatchObject({ code: 'usage' });
      }
    }),
  );
});

describe('as in a shell, without expansion', () => {
  test.each([
    ['ls /', ['ls', '/']],
    ['  a   b ', ['a', 'b']],
    ['a"b c"\'d e\'f', ['ab cd ef']],
    ['a "" b', ['a', '', 'b']],
    ['"a\\n\\"b"', ['a\\n"b']],
    ["'a\\'", ['a\\']],
    ['a\\ b', ['a b']],
    ['$HOME *.c ~ `id` a;b|c>d', ['$HOME', '*.c', '~', '`id`', 'a;b|c>d']],
    ['no\u00a0break\u3000blank', ['no\u00a0break\u3000blank']],
  ])('%s', (line, words) => expect(splitWords(line)).toEqual(words));

  test.each([
    ["'a", /closing '/],
    ['a "b', /closing "/],
    ['a\\', /backslash/],
    ['', /empty/],
    [' \t', /empty/],
  ])('%j is refused', (line, message) => expect(() => splitWords(line)).toThrow(message));
});
