import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import { parseExpression } from '../../src/expr/parser.ts';
import { printExpression } from '../../src/expr/print.ts';
import { expressions, withoutSpans } from './syntax-trees.ts';

/** With parentheses around everything, as a Rust programmer would add them. */
test.each([
  ['a + b * c', 'a + b * c'],
  ['(a + b) * c', '(a + b) * c'],
  ['a - b - c', 'a - b - c'],
  ['a - (b - c)', 'a - (b - c)'],
  ['a | b ^ c & d << e + f * -g', 'a | b ^ c & d << e + f * -g'],
  ['((((a) | (b))) ^ c)', '(a | b) ^ c'],
  ['a || b && c == d', 'a || b && c == d'],
  ['(a || b) && c', '(a || b) && c'],
  ['(a == b) == c', '(a == b) == c'],
  ['a & 1 == 0', 'a & 1 == 0'],
  ['!a.b[0].c(d)', '!a.b[0].c(d)'],
  ['(!a).b', '(!a).b'],
  ['-a.0.1', '-a.0.1'],
  ['x is Some(n) && n > 1', 'x is Some(n) && n > 1'],
  ['!(x is None)', '!(x is None)'],
  ['x is 1 | 2 || y', 'x is 1 | 2 || y'],
  ['(x is 1) | y', '(x is 1) | y'],
  ['a + 1 is 5..', 'a + 1 is 5..'],
  ['x is Foo::Bar(1 | 2, ..)', 'x is Foo::Bar(1 | 2, ..)'],
  ['p is Point { x, y: 1..=5, .. }', 'p is Point { x: x, y: 1..=5, .. }'],
  ['p is P { }', 'p is P {  }'],
  ['x is n @ 1..=5', 'x is n @ 1..=5'],
  ['x is &&(a, _)', 'x is &&(a, _)'],
  ['x is Some(ref mut n)', 'x is Some(n)'],
  ['x is | 1 | 2', 'x is 1 | 2'],
  ['x is -5..=-1', 'x is -5..=-1'],
  ["x is 'a'..='z'", "x is 'a'..='z'"],
  ['x is ..5 && y', 'x is ..5 && y'],
  ['x is (..)', 'x is (..)'],
  ['(a,)', '(a,)'],
  ['(a, b,)', '(a, b)'],
  ['()', '()'],
  ['r#is is r#true', 'r#is is r#true'],
  ['a.is', 'a.is'],
  ['u32::MAX', 'u32::MAX'],
])('%s', (text, printed) => {
  expect(printExpression(parseExpression(text))).toBe(printed);
});

describe('literals', () => {
  test.each([
    ['1_000', '1000'],
    ['0xff_u8', '255u8'],
    ['0xFFusize', '255u64'],
    ['0o17', '15'],
    ['0b1010_1010i16', '170i16'],
    ['1.5', '1.5'],
    ['1.', '1.0'],
    ['1e3', '1000.0'],
    ['1.5e-3f32', '0.001500000013038516f32'],
    ['1f64', '1.0f64'],
    ['10ms', '10ms'],
    ['1.5us', '1500ns'],
    ['1.5µs', '1500ns'],
    ['1.5μs', '1500ns'],
    ['2s', '2s'],
    ['1m', '60s'],
    ['0.25ms', '250us'],
    ['1_000ns', '1us'],
    ["'x'", "'x'"],
    ["'\\''", "'\\''"],
    ["'\\u{1_F600}'", "'😀'"],
    ["'\\x41'", "'A'"],
    ["b'A'", '65u8'],
    ["b'\\xff'", '255u8'],
    ['"a\\"b\\n\\u{202e}"', '"a\\"b\\n\\u{202e}"'],
    ['"a\\\n    b"', '"ab"'],
    ['b"\\xff\\0A"', 'b"\\xff\\0A"'],
    ['r"a\\b"', '"a\\\\b"'],
    ['r#"a"b"#', '"a\\"b"'],
    ['br"\\x"', 'b"\\\\x"'],
  ])('%s', (text, printed) => {
    expect(printExpression(parseExpression(text))).toBe(printed);
  });
});

test('what is printed is read as the same tree', () => {
  fc.assert(
    fc.property(expressions, (expression) => {
      const text = printExpression(expression);
      fc.pre(text.length < 8_000);
      expect(withoutSpans(parseExpression(text))).toEqual(withoutSpans(expression));
    }),
    { numRuns: 2_000 },
  );
});

test('a part is where the tree says it is', () => {
  const whole = '(ab + c.d ) * e is Some( x )';
  const expression = parseExpression(whole);
  const parts: string[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('kind' in node && 'at' in node && 'end' in node) parts.push(whole.slice(Number(node.at), Number(node.end)));
    for (const part of Object.values(node)) walk(part);
  };
  walk(expression);
  expect(parts).toEqual([whole, '(ab + c.d ) * e', '(ab + c.d )', 'ab', 'c.d', 'c', 'e', 'Some( x )', 'x']);
});

const pieces = fc.oneof(
  fc.constantFrom(
    ...'( ) [ ] { } , . .. ..= :: @ & && | || ! - + * / % ^ << >> == != < <= > >= is _ a Some x 1 1.5 10ms "s" r#'.split(
      ' ',
    ),
  ),
  fc.constantFrom("'", '"', '\\', 'b"', "b'", 'r#"', '0x', '1e', ' ', 'é', '\u202e', '\ud800', '\0', '=', '?', '~'),
  fc.string({ unit: 'binary', maxLength: 3 }),
);

test('any text gives a tree or says what is wrong with it', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), fc.constantFrom('', ' '), (parts, between) => {
      const text = parts.join(between);
      try {
        const tree = parseExpression(text);
        expect(withoutSpans(parseExpression(printExpression(tree)))).toEqual(withoutSpans(tree));
      } catch (error) {
        expect(error).toBeInstanceOf(RsymError);
        expect(error).toMatchObject({ code: 'usage' });
      }
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ['parentheses', '('.repeat(4_000)],
  ['parentheses that are closed', `${'('.repeat(500)}a${')'.repeat(500)}`],
  ['negations', `${'!'.repeat(4_000)}a`],
  ['references', `a is ${'&'.repeat(4_000)}a`],
  ['sums', `a${'+a'.repeat(4_000)}`],
  ['fields', `a${'.a'.repeat(4_000)}`],
  ['elements', `a${'['.repeat(4_000)}`],
  ['patterns', `a is ${'S('.repeat(2_000)}`],
  ['bindings', `a is ${'a@'.repeat(2_000)}_`],
  ['length', 'a'.repeat(10_000)],
  ['digits', '1'.repeat(5_000)],
])('too much is refused: %s', (_, text) => {
  expect(() => parseExpression(text)).toThrow(RsymError);
});
