import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editDistance } from '../../src/base/edit-distance.ts';
import { RsymError } from '../../src/base/errors.ts';
import { splitPath, splitTop } from '../../src/base/path.ts';
import { nearest } from '../../src/query/nearest.ts';
import { parsePattern } from '../../src/query/pattern.ts';
import { describeNeeding, shared } from '../support/need.ts';

test.each([
  ['a::b::c', ['a', 'b', 'c']],
  ['<a::B<c::D> as e::F>::g', ['<a::B<c::D> as e::F>', 'g']],
  ['a::<impl b::C for d::E>::f', ['a', '<impl b::C for d::E>', 'f']],
  ['a::b::<c::D>', ['a', 'b', '<c::D>']],
  ['<fn(a::B) -> c::D>::e', ['<fn(a::B) -> c::D>', 'e']],
  ["a::<'<'>::b", ['a', "<'<'>", 'b']],
  ["a::<&'a b::C>::d", ['a', "<&'a b::C>", 'd']],
  ['a::<"x>::y">::b', ['a', '<"x>::y">', 'b']],
  ['a::operator<::b', ['a', 'operator<', 'b']],
  ['a::operator->::b', ['a', 'operator->', 'b']],
  ['a::f(b::C, d<e::F>)::g', ['a', 'f(b::C, d<e::F>)', 'g']],
  ['a::(anonymous namespace)::b', ['a', '(anonymous namespace)', 'b']],
  ['a::{closure#0}::b', ['a', '{closure#0}', 'b']],
  ['f((a < b)::c)::d', ['f((a < b)::c)', 'd']],
  ['>::a', ['>', 'a']],
  ['<a::b', ['<a::b']],
  ['', ['']],
])('%s is split outside brackets', (path, expected) => {
  expect(splitPath(path)).toEqual(expected);
});

test('splitting loses nothing, on any text', () => {
  const text = fc.array(fc.constantFrom(...'<>()[]{}\'"\\-= a', '::', 'operator', '->'), { maxLength: 60 });
  fc.assert(
    fc.property(text, (parts) => {
      const whole = parts.join('');
      expect(splitPath(whole).join('::')).toBe(whole);
      expect(splitTop(whole, ',').join(',')).toBe(whole);
    }),
    { numRuns: 3000 },
  );
});

describe('any pattern on any name', () => {
  const sign = fc.constantFrom(
    ...'<>()[]{}\'"*_/\\.@#:, a',
    '::',
    '**',
    ' as ',
    'impl ',
    ' for ',
    'dyn ',
    '&',
    '0x',
    '_R',
    'fn',
    '->',
    'é',
    '{{closure}}',
  );
  const any = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(sign, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  const matched = (pattern: string, name: string): string | null => {
    try {
      return parsePattern(pattern).match(name, name, null);
    } catch (error) {
      if (error instanceof RsymError && error.code === 'usage') return 'usage';
      throw error;
    }
  };

  test('gives an answer or says what is wrong', () => {
    fc.assert(
      fc.property(any, any, (pattern, name) => void matched(pattern, name)),
      { numRuns: 20_000 },
    );
  });

  test.each(['<', '(', '>)', '**::', '*', '*a', 'a::', '_::', '<_', 'a<', '&', '::', "'", '"', ' as '])(
    '%j repeated',
    (part) => {
      const long = part.repeat(Math.floor(20_000 / part.length));
      for (const [pattern, name] of [
        [long, long],
        ['*x', long],
        [long, 'a::b'],
        [`<${long}>::f`, `<${long} >::f`],
        ['f', `${long}::f`],
      ] as const)
        matched(pattern, name);
    },
  );
});

test('an address is compared as a number', () => {
  const pattern = parsePattern('0x00_1F');
  expect(pattern).toMatchObject({ kind: 'address', address: 0x1fn });
  expect([
    pattern.matches('f', 'f', 0x1fn),
    pattern.matches('0x1f', '0x1f', 0x20n),
    pattern.matches('f', 'f', null),
  ]).toEqual([true, false, false]);
  expect(() => parsePattern('0x11112222333344445')).toThrow(RsymError);
});

test.each([
  ['_RNvCs1_5hello4main', '_RNvCs1_5hello4main', 'exact'],
  ['_RNvCs1_5hello4main', '_RNvCs1_5hello4main.llvm.123', 'suffix'],
  ['_RNvCs1_5hello4main', '_RNvCs1_5hello4mainx', null],
  ['_ZN1a1bE', '_ZN1a1bE@@V1', 'exact'],
])('symbol %s on %s: %s', (pattern, raw, expected) => {
  expect(parsePattern(pattern).match('hello::main', raw, null)).toBe(expected);
});

describe('nearest names', () => {
  const names = [
    'helloworld::hello',
    'helloworld::main',
    'core::fmt::Display::fmt',
    '<a::B as core::fmt::Debug>::fmt',
    'helloworld::gen::<u8>',
    'x::hello_again',
  ];
  test.each([
    ['helloworld::helo', 'helloworld::hello'],
    ['hlelo', 'helloworld::hello'],
    ['HELLO', 'helloworld::hello'],
    ['helloworld::Main', 'helloworld::main'],
    ['core::fmt::Display::ftm', 'core::fmt::Display::fmt'],
    ['hello_agian', 'x::hello_again'],
    ['gem', 'helloworld::gen::<u8>'],
    ['again', 'x::hello_again'],
  ])('%s: %s comes first', (text, expected) => {
    expect(nearest(text, names, 3)[0]).toBe(expected);
  });

  test('none that resembles nothing, no more than asked for, none twice', () => {
    expect(nearest('zzzzzzzz', names, 3)).toEqual([]);
    expect(nearest('hello', [...names, ...names], 1)).toEqual(['helloworld::hello']);
    expect(nearest('fmt', [...names, ...names], 9).filter((name) => name === 'core::fmt::Display::fmt')).toHaveLength(
      1,
    );
    expect(nearest('', names, 3)).toEqual([]);
  });

  test('edit distance equals its definition', () => {
    const word = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 }).map((chars) => chars.join(''));
    /** Optimal string alignment, by the recursion that defines it. */
    const defined = (a: string, b: string): number => {
      if (a === '' || b === '') return a.length + b.length;
      const [restA, restB] = [a.slice(1), b.slice(1)];
      const costs = [defined(restA, b) + 1, defined(a, restB) + 1, defined(restA, restB) + (a[0] === b[0] ? 0 : 1)];
      if (a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0])
        costs.push(defined(a.slice(2), b.slice(2)) + 1);
      return Math.min(...costs);
    };
    fc.assert(
      fc.property(word, word, fc.nat(6), (a, b, limit) => {
        const true_ = defined(a, b);
        expect(editDistance(a, b, limit) > limit).toBe(true_ > limit);
        if (true_ <= limit) expect(editDistance(a, b, limit)).toBe(true_);
      }),
      { numRuns: 300 },
    );
  });
});

describeNeeding(['shared'], 'on names of real programs', () => {
  const rows = ['rust.real-v0-15k.alt.tsv', 'rust.real-legacy-5k.alt.tsv', 'cxx.real-consensus-20k.tsv'].flatMap(
    (file) =>
      readFileSync(join(shared, 'vectors', file), 'utf8')
        .split('\n')
        .map((line) => line.split('\t'))
        .filter((fields): fields is [string, string] => fields[0] !== '' && fields[1] !== undefined),
  );
  const some = rows.filter((_, i) => i % 2 === 0);

  test('a name is a pattern that matches it exactly, and its last plain segment matches too', () => {
    const wrong: string[] = [];
    for (const [raw, name] of some) {
      const pattern = parsePattern(name);
      if (pattern.match(name, 'another', null) !== 'exact') wrong.push(name);
      // Not only because the texts are equal: with another beginning it is a suffix.
      if (/^[a-z_]\w*::/.test(name) && !parsePattern(`**::${name.replace(/^\w+::/, '')}`).matches(name, raw, null))
        wrong.push(`**: ${name}`);
      const last = /::([A-Za-z]\w*)(?:::<.*>)?$/.exec(name)?.[1];
      if (last !== undefined && !/^(?:typeinfo|vtable)/.test(name) && !parsePattern(last).matches(name, raw, null))
        wrong.push(`${last}: ${name}`);
    }
    expect(wrong).toEqual([]);
    expect(some.length).toBeGreaterThan(1500);
  });

  test('what must occur in every match does occur', () => {
    const wrong: string[] = [];
    let matches = 0;
    for (const [, from] of some.filter((_, i) => i % 20 === 0)) {
      const parts = splitPath(from).filter((part) => !part.startsWith('<'));
      for (const text of new Set([
        from,
        parts.slice(-1).join('::'),
        parts.slice(-2).join('::'),
        parts
          .slice(-2)
          .map((part) => `${part.slice(0, 4)}*`)
          .join('::'),
        `/${(parts.at(-1) ?? '').slice(0, 5).replace(/\W/g, '.')}.*/`,
      ])) {
        if (text === '') continue;
        const pattern = parsePattern(text);
        for (const [raw, name] of some) {
          if (!pattern.matches(name, raw, null)) continue;
          matches++;
          if (pattern.literal !== null && !name.includes(pattern.literal)) wrong.push(`${text}: ${name}`);
          if (pattern.rawLiteral !== null && !raw.includes(pattern.rawLiteral)) wrong.push(`${text}: ${raw}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(matches).toBeGreaterThan(400);
  });
});
