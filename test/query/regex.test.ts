import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import { parsePattern } from '../../src/query/pattern.ts';
import { parseRegex } from '../../src/query/regex.ts';

test.each([
  ['/hello/', 'helloworld::hello', true],
  ['/^hello$/', 'helloworld::hello', false],
  ['/::(push|pop)$/', 'alloc::vec::Vec<T,A>::pop', true],
  ['/::(push|pop)$/', 'alloc::vec::Vec<T,A>::pops', false],
  ['/HELLO/i', 'helloworld', true],
  ['/\\bvec\\b/', 'alloc::vec::Vec', true],
  ['/\\bve\\b/', 'alloc::vec::Vec', false],
  ['/{{closure}}$/', 'a::{{closure}}', true],
  ['/closure#\\d{2,}/', 'a::{closure#7}', false],
  ['/closure#\\d{2,}/', 'a::{closure#17}', true],
  ['/a/b/', 'xa/b', true],
  ['//', 'anything', true],
  ['/^.$/', '\u{1f600}', true],
  ['/[^a-y]é?$/i', 'Zé', true],
])('%s on %s: %s', (regex, name, expected) => {
  expect(parseRegex(regex)(name)).toBe(expected);
});

test.each([
  ['/a(b/', 3],
  ['/a)b/', 3],
  ['/a[b/', 3],
  ['/*a/', 2],
  ['/a**/', 4],
  ['/a{3,1}/', 3],
  ['/[z-a]/', 3],
  ['/(?=a)/', 2],
  ['/(a)\\1/', 5],
  ['/\\p{L}/', 2],
  ['/a\\/', 3],
])('%s is refused at character %i', (regex, at) => {
  expect(() => parseRegex(regex)).toThrow(new RegExp(`^not a regular expression: .*at character ${at}$`));
});

test.each(['/', '/abc', '/abc/x', '/a{999999}/', '/(a{50}){50}/', `/${'('.repeat(500)}/`, `/${'a?'.repeat(5000)}/`])(
  '%s is refused',
  (regex) => {
    expect(() => parseRegex(regex)).toThrow(RsymError);
  },
);

const atom = fc.constantFrom(
  'a',
  'b',
  'c',
  '.',
  '\\w',
  '\\W',
  '[ab]',
  '[^a]',
  '[a-c:]',
  '^',
  '$',
  '\\b',
  '\\B',
  ':',
  '',
  '\\d',
  'é',
);
const { regex } = fc.letrec<{ regex: string; sequence: string; repeated: string }>((tie) => ({
  regex: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|')),
  sequence: fc.array(tie('repeated'), { maxLength: 4 }).map((parts) => parts.join('')),
  repeated: fc
    .tuple(
      fc.oneof(
        { maxDepth: 3 },
        atom,
        tie('regex').map((inner) => `(?:${inner})`),
        tie('regex').map((inner) => `(${inner})`),
      ),
      fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '{0}', '{2,}', '*?', '+?'),
    )
    .map(([one, quantifier]) => (/^(?:\^|\$|\\b|\\B|)$/i.test(one) ? one : one + quantifier)),
}));

test("answers as the language's own expressions do", () => {
  let compared = 0;
  fc.assert(
    fc.property(
      regex,
      fc.constantFrom('', 'i'),
      fc.array(
        fc.array(fc.constantFrom(...'abcABC:_ é1\n'), { maxLength: 9 }).map((chars) => chars.join('')),
        { maxLength: 20 },
      ),
      (source, flags, names) => {
        fc.pre(source.length <= 50);
        const oracle = new RegExp(source, `u${flags}`);
        const ours = parseRegex(`/${source}/${flags}`);
        for (const name of names) {
          compared++;
          expect([source, name, ours(name)]).toEqual([source, name, oracle.test(name)]);
        }
      },
    ),
    { numRuns: 3000 },
  );
  expect(compared).toBeGreaterThan(10_000);
});

test('takes time linear in the name where backtracking would not end', () => {
  const name = `${'a'.repeat(50_000)}!`;
  for (const evil of ['/^(a+)+$/', '/^(a|aa)+$/', '/(a*)*b/', '/^(a?){50}a{50}$/', '/.*.*.*.*.*=/', '/(x+x+)+y/'])
    expect(parseRegex(evil)(name)).toBe(false);
});

test('any text gives a result or says what is wrong', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 40 }), (source, name) => {
      try {
        parseRegex(`/${source}/`)(name);
      } catch (error) {
        if (!(error instanceof RsymError && error.code === 'usage')) throw error;
      }
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ['/hello_world/', 'hello_world', 'hello_world'],
  ['/^core::fmt.*Displ/', 'Displ', 'Displ'],
  ['/hellos*/', null, null],
  ['/hello?::x/', 'x', null],
  ['/(hello)?/', null, null],
  ['/a|hello/', null, null],
  ['/hello/i', null, null],
  ['/impl/', 'impl', null],
])('%s needs the text %s in a name and %s in its symbol', (regex, literal, rawLiteral) => {
  expect(parsePattern(regex)).toMatchObject({ literal, rawLiteral });
});
