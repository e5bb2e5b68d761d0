import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import type { Scope } from '../../src/expr/context.ts';
import { evaluate } from '../../src/expr/evaluate.ts';
import { parseFilter, parseGrouping } from '../../src/expr/filter.ts';
import { evaluateKey } from '../../src/expr/key.ts';
import { renderError } from '../../src/report/error.ts';
import { makePalette } from '../../src/report/terminal-colour.ts';
import { expectGolden } from '../support/golden.ts';
import { Bytes, recordedCall } from './recorded-call.ts';
import { int, scope } from './sample-scope.ts';

const debug = false;
const palette = makePalette(false);

const errorOf = (parse: (text: string, scope: Scope) => unknown, text: string): string => {
  try {
    parse(text, scope);
  } catch (error) {
    return renderError(error, { palette, debug });
  }
  return `${text} is right\n`;
};

const filters = [
  // What can't be read.
  '',
  '  ',
  'n >',
  '(n > 1',
  'n > 1)',
  'n = 1',
  'n == 1 == 2',
  'a < b < c',
  '1 +',
  'n ? 1',
  "letter == 'ab'",
  "letter == ''",
  'name == "abc',
  'name == "\\q"',
  "name == 'abc'",
  'n == 0x',
  'n == 0b12',
  'n == 12q',
  'n == 300u8',
  'n == 128i8',
  'duration > 1.5ns',
  'n == 1e400',
  'n is',
  'n is 5..1',
  'n is [1]',
  'n is 1..x',
  'p is Point { x',
  '&n == 1',
  'len(name) > 5',
  'n and ok',
  'n is -"x"',
  'b"é" == data',
  'név == 1 && 名 > ',
  '\x1b[2J == 1',
  '\u202ename == "x" && foo',
  `${'ok && '.repeat(40)}okk`,
  'n == 1 ~ 2',
  // Names.
  'nmae == "x"',
  'N == 1',
  'arg.nmae == 1',
  'arg.99 == 1',
  'call.durration > 1ms',
  'pid == 1',
  'p.z == 1',
  'p.x.y == 1',
  'pair.2 == 1',
  'name.len == 5',
  'name.length() == 5',
  'name.starts_with("a", "b")',
  'name.starts_with(1)',
  'n.len() == 1',
  'shape.radius > 1',
  'shape.0 > 1',
  'n.is_some()',
  'shape.is_some()',
  'ret.is_some()',
  'opt is Some(n) || n > 1',
  '!(opt is Some(k)) && k > 1',
  'Foo::Bar == 1',
  'arg == 1',
  // Types.
  'n',
  'name',
  'timeout',
  'ret.variant',
  'opt',
  'p',
  'p == 1',
  'n == "x"',
  'n == 1.5',
  'ratio == n',
  'n == ok',
  'ok > ok',
  "name == 'x'",
  'name == 5',
  'letter == 5',
  'duration > 1000',
  'duration == "x"',
  'timeout * timeout > 1s',
  'n + ok',
  'n + 1.5 > 2',
  'ratio & 1 == 1',
  '!name',
  '-name',
  '!(n + len) == 1',
  '-!1 == n',
  '1 / 0 == n',
  '1 << 500 == n',
  'opt == None && opt == Some',
  'opt == opt',
  'opt > None',
  'mode == Mode::Raed',
  'mode == 1',
  'shape == Shape::Rect',
  'ret == Err',
  'ret.variant == "Er"',
  'ret.variant == "err"',
  'ret.variant > "Err"',
  'ret.variant == name',
  'map == 1',
  'ip == "127.0.0.1"',
  'lock == 1',
  'lock > 1',
  'cell == 1',
  'object == 1',
  'span == 1',
  'login.password == "x"',
  'deep == 1',
  'deep.x == 1',
  'deep is Some(_)',
  'deep.is_some()',
  'deep[0] == 1',
  'deep is (1, 2)',
  '(n, 1) == (1, n)',
  'data[name] == 1',
  'grid[3] == 1',
  'words[-1] == 1',
  'name[0] == 1',
  'words == "x"',
  'map.contains("x")',
  'data.contains(1)',
  '() == 1',
  // Patterns.
  'opt is Sone(_)',
  'opt is Some',
  'opt is Some(_, _)',
  'opt is None(_)',
  'opt is Some { x }',
  'n is Some(_)',
  'n is FOO',
  'shape is Circle(_)',
  'shape is Circle { }',
  'shape is Circle { radius: 5, radus }',
  'p is Piont { .. }',
  'p is (1, 2)',
  'pair is (a, b, c)',
  'pair is (.., 1, ..)',
  'pair is (a, a)',
  'pair is (a, _) | (_, b)',
  'n is ..',
  'opt is Some("x")',
  'name is "a".."b"',
  'n is 1..=u32::MAZ',
  'shape is Circle { radius: x } | Rect(_, x) | Empty',
  'ret is Ok(x) | Err(x)',
  'shape is Circle { radius, radius, .. }',
  'n is x @ x',
  'mode is Mode::Delete',
  'n is Foo::Bar',
];

const groupings = [
  'n +',
  'nmae',
  '()',
  '(n, opt)',
  'opt',
  'shape',
  'p',
  'map',
  'ip',
  '(n, (name, login.password))',
  'lock',
  'words',
  'ret',
];

test('what is wrong, where, why, and what to write instead', () => {
  const all = [
    ...filters.map((text) => errorOf(parseFilter, text)),
    '--by\n',
    ...groupings.map((text) => errorOf(parseGrouping, text)),
  ];
  expectGolden('expr/errors', all.join('\n'));
});

const pieces = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(...scope.args.map(({ name }) => name), 'ret', 'duration', 'tid', 'comm', 'arg', 'call'),
  },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      '==',
      '!=',
      '<',
      '>',
      '&&',
      '||',
      '!',
      '+',
      '-',
      '*',
      '/',
      '%',
      '&',
      '|',
      '^',
      '<<',
      '>>',
      'is',
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '(',
      ')',
      '[',
      ']',
      ',',
      '.',
      '..',
      '@',
      '.len()',
      '.variant',
      '.0',
      '.x',
      '.is_some()',
      '.starts_with("a")',
      '.data',
      '.value',
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '1',
      '0',
      '-1',
      '!1',
      '1.5',
      '10ms',
      '"a"',
      "'a'",
      'b"a"',
      'true',
      '255u8',
      'u64::MAX',
      '_',
      '1..=5',
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'Some(k)',
      'None',
      'Ok(_)',
      'Err(Mode::Read)',
      'Point { x, .. }',
      'Rect(k, _)',
      '(a, b)',
      'k',
      'Circle { radius: k }',
    ),
  },
);

// Words that point into memory, are small, or huge: damage is seldom pure noise.
const someWord = fc.oneof(
  fc.nat(64).map((at) => 0x1000n + BigInt(at)),
  fc.bigInt({ min: 0n, max: 9n }),
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
);
const someBytes = fc.array(someWord, { maxLength: 6 }).map((words) => new Uint8Array(new BigUint64Array(words).buffer));
const gap = fc.record({
  start: fc.nat(40),
  end: fc.nat(48),
  why: fc.constantFrom('gone' as const, 'redacted' as const),
});

test('any expression is typed or refused, and any bytes give an outcome', () => {
  let right = 0;
  fc.assert(
    fc.property(
      fc.array(pieces, { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      fc.array(someBytes, { minLength: 4, maxLength: 4 }),
      fc.array(gap, { maxLength: 2 }),
      (parts, isFilter, bytes, missing) => {
        const text = parts.join(' ');
        const memory = new Bytes();
        memory.add(bytes[0] ?? new Uint8Array(0), missing);
        const captured = (index: number) => ({ bytes: bytes[index % bytes.length] ?? ('gone' as const), missing });
        const { environment } = recordedCall({
          args: scope.args.map(({ name, shape }, index) => ({ name, shape, ...captured(index) })),
          ret: { shape: scope.ret?.shape ?? int(4, true), ...captured(1) },
          memory,
        });
        try {
          if (isFilter) evaluate(parseFilter(text, scope), environment);
          else evaluateKey(parseGrouping(text, scope), environment);
          right++;
        } catch (error) {
          expect(error).toBeInstanceOf(RsymError);
          expect(error).toMatchObject({ code: 'usage' });
        }
      },
    ),
    { numRuns: 15_000 },
  );
  expect(right).toBeGreaterThan(150);
});

test('the deepest one that is typed is evaluated', () => {
  const deep = parseFilter(`n is a${`&& a${'+1'.repeat(30)} is a `.repeat(48)}&& a == 1440`, scope);
  const { environment } = recordedCall({
    args: [{ name: 'n', shape: int(4, true), bytes: Uint8Array.of(0, 0, 0, 0) }],
  });
  expect(evaluate(deep, environment)).toBe(true);
});

test.each([
  [
    'names that stand for more and more',
    `n + n is a${Array.from({ length: 60 }, (_, i) => ` && a + a is a && a != ${i}`).join('')}`,
  ],
  [
    'pairs of them that are compared',
    `(n + n, n + n) is (a, b)${' && (a + a, b + b) is (a, b)'.repeat(60)} && (a, b) is (z, _) | (_, z)`,
  ],
  ['elements of elements', `words[0] is a${' && words[a + a] is a'.repeat(60)}`],
  ['a chain of names', `n is a${`&& a${'+1'.repeat(30)} is a `.repeat(100)}`],
])('what would never end is refused: %s', (_, text) => {
  expect(() => parseFilter(text, scope)).toThrow('too large');
});
