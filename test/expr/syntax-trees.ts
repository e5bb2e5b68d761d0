import fc from 'fast-check';
import { widths } from '../../src/expr/number.ts';
import type { Expression, Name, Pattern } from '../../src/expr/syntax.ts';
import type { Literal, Width } from '../../src/expr/token.ts';

/** Trees that any text may be of; where they are in it is left at 0. */
const span = { at: 0, end: 0 };

const word = fc.constantFrom(
  'a',
  'b',
  'is',
  'self',
  'r',
  'b',
  'x1',
  '_y',
  'été',
  '名',
  'Some',
  'true',
  'ref',
  'mut',
  'e5',
);
const bindable = word.filter((name) => name !== 'true');
const nameOf = (text: string): Name => ({ text, ...span });
const digits = fc.nat(12).map(String);
const path = fc.array(word, { minLength: 2, maxLength: 3 });
const width = fc.option(
  fc.constantFrom(...(['u8', 'i32', 'u64', 'i128'] as const)).map((name) => widths.get(name) as Width),
);
const unicode = fc.integer({ min: 0, max: 0x10ffff }).filter((point) => point < 0xd800 || point > 0xdfff);

const number = (least: bigint): fc.Arbitrary<Literal> =>
  fc.oneof(
    fc.record({ kind: fc.constant('integer' as const), value: fc.bigInt({ min: least, max: 127n }), width }),
    fc.record({
      kind: fc.constant('integer' as const),
      value: fc.bigInt({ min: 0n, max: 1n << 130n }),
      width: fc.constant(null),
    }),
    fc.record({
      kind: fc.constant('float' as const),
      value: fc
        .double({ noNaN: true, noDefaultInfinity: true, min: least < 0n ? -1e308 : 0 })
        .filter((value) => least < 0n || !Object.is(value, -0)),
      size: fc.constantFrom(null, 8 as const),
    }),
    fc.record({
      kind: fc.constant('float' as const),
      value: fc.float({ noNaN: true, noDefaultInfinity: true, min: 0 }).filter((value) => !Object.is(value, -0)),
      size: fc.constant(4 as const),
    }),
  );

const plain: fc.Arbitrary<Literal> = fc.oneof(
  fc.record({ kind: fc.constant('bool' as const), value: fc.boolean() }),
  fc.record({ kind: fc.constant('char' as const), value: unicode }),
  fc.record({
    kind: fc.constant('text' as const),
    value: fc.array(unicode, { maxLength: 5 }).map((points) => String.fromCodePoint(...points)),
  }),
  fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 5 }) }),
  fc.record({ kind: fc.constant('duration' as const), nanoseconds: fc.bigInt({ min: 0n, max: 1n << 64n }) }),
);

const bound = fc.oneof(
  fc.oneof(number(-128n), plain).map((literal) => ({ kind: 'literal' as const, literal, ...span })),
  path.filter(([first]) => first !== 'true').map((segments) => ({ kind: 'path' as const, segments, ...span })),
);

const { pattern } = fc.letrec<{ pattern: Pattern; single: Pattern; items: Pattern[] }>((tie) => ({
  items: fc.array(tie('pattern'), { maxLength: 3 }),
  single: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Pattern>({ kind: 'wildcard', ...span }, { kind: 'rest', ...span }),
    fc.oneof(number(-128n), plain).map((literal): Pattern => ({ kind: 'literal', literal, ...span })),
    fc
      .record({ low: fc.option(bound), high: fc.option(bound), isInclusive: fc.boolean() })
      .filter(({ low, high }) => low !== null || high !== null)
      .map(
        (range): Pattern => ({
          kind: 'range',
          ...range,
          isInclusive: range.isInclusive && range.high !== null,
          ...span,
        }),
      ),
    fc
      .record({ name: bindable, pattern: fc.option(tie('single')) })
      .map((name): Pattern => ({ kind: 'name', ...name, ...span })),
    path.filter(([first]) => first !== 'true').map((segments): Pattern => ({ kind: 'path', segments, ...span })),
    tie('items').map((items): Pattern => ({ kind: 'tuple', items, ...span })),
    fc
      .record({
        segments: fc.oneof(
          path,
          bindable.map((one) => [one]),
        ),
        items: tie('items'),
      })
      .map((struct): Pattern => ({ kind: 'tuple-struct', ...struct, ...span })),
    fc
      .record({
        segments: fc.oneof(
          path,
          bindable.map((one) => [one]),
        ),
        fields: fc.array(fc.record({ name: fc.oneof(word, digits).map(nameOf), pattern: tie('pattern') }), {
          maxLength: 2,
        }),
        hasRest: fc.boolean(),
      })
      .map((struct): Pattern => ({ kind: 'struct', ...struct, ...span })),
    tie('single').map((of): Pattern => ({ kind: 'reference', of, ...span })),
  ),
  pattern: fc.oneof(
    { weight: 3, arbitrary: tie('single') },
    {
      weight: 1,
      arbitrary: fc
        .array(tie('single'), { minLength: 2, maxLength: 3 })
        .map((alternatives): Pattern => ({ kind: 'or', alternatives, ...span })),
    },
  ),
}));

const operator = fc.constantFrom(
  '||',
  '&&',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '|',
  '^',
  '&',
  '<<',
  '>>',
  '+',
  '-',
  '*',
  '/',
  '%',
);

export const expressions = fc.letrec<{ expression: Expression; items: Expression[] }>((tie) => ({
  items: fc.array(tie('expression'), { maxLength: 3 }),
  expression: fc.oneof(
    { maxDepth: 6 },
    fc.oneof(number(0n), plain).map((literal): Expression => ({ kind: 'literal', literal, ...span })),
    word.map((name): Expression => ({ kind: 'name', name, ...span })),
    path.map((segments): Expression => ({ kind: 'path', segments, ...span })),
    fc
      .record({ of: tie('expression'), name: fc.oneof(word, digits).map(nameOf) })
      .map((field): Expression => ({ kind: 'field', ...field, ...span })),
    fc
      .record({ of: tie('expression'), method: word.map(nameOf), given: tie('items') })
      .map((call): Expression => ({ kind: 'call', ...call, ...span })),
    fc
      .record({ of: tie('expression'), index: tie('expression') })
      .map((index): Expression => ({ kind: 'index', ...index, ...span })),
    fc
      .record({ operator: fc.constantFrom('!' as const, '-' as const), of: tie('expression') })
      .map((unary): Expression => ({ kind: 'unary', ...unary, ...span })),
    fc
      .record({ operator, left: tie('expression'), right: tie('expression') })
      .map((binary): Expression => ({ kind: 'binary', ...binary, sign: span, ...span })),
    fc.record({ of: tie('expression'), pattern }).map((is): Expression => ({ kind: 'is', ...is, ...span })),
    tie('items')
      .filter(({ length }) => length !== 1)
      .map((items): Expression => ({ kind: 'tuple', items, ...span })),
    tie('expression').map((item): Expression => ({ kind: 'tuple', items: [item], ...span })),
  ),
})).expression;

/** A tree without where it is in the text. */
export const withoutSpans = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(withoutSpans);
  if (typeof node !== 'object' || node === null || ArrayBuffer.isView(node)) return node;
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, value]) =>
      key === 'at' || key === 'end' || key === 'sign' ? [] : [[key, withoutSpans(value)]],
    ),
  );
};
