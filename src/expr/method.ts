import type { EnumShape, ValueShape } from '../abi/shape.ts';
import { integer } from './arithmetic.ts';
import type { Compared } from './comparison.ts';
import type { Context } from './context.ts';
import { quoted } from './fault.ts';
import { load } from './load.ts';
import { truth } from './logic.ts';
import { opened } from './opened.ts';
import { followed, wordNode } from './place.ts';
import { likely, listed } from './suggestion.ts';
import type { Name } from './syntax.ts';
import type { Span } from './token.ts';
import type { IntNode, TextNode } from './tree.ts';
import { describeValue, type Loaded, type Value } from './value.ts';
import { isVariant } from './variants.ts';

const usize = { size: 8, signed: false } as const;
const u32 = { size: 4, signed: false } as const;

/** Variants that methods ask for: the one wanted, and the other one of its type. */
const asked: Readonly<Record<string, readonly [string, string]>> = {
  is_some: ['Some', 'None'],
  is_none: ['None', 'Some'],
  is_ok: ['Ok', 'Err'],
  is_err: ['Err', 'Ok'],
};

const textTests = ['starts_with', 'ends_with', 'contains'] as const;
const powers = { ilog2: 'ilog2', next_power_of_two: 'next-power-of-two' } as const;
const methods = ['len', 'is_empty', ...textTests, ...Object.keys(asked), ...Object.keys(powers)];

type Call = { readonly of: Value; readonly method: Name; readonly given: readonly Compared[]; readonly span: Span };

/**
 * What a method gives. `span` is where the value it is asked of is written.
 *
 * @throws {RsymError} `usage` where the value hasn't such a method.
 */
export const methodOf = (context: Context, call: Call): Loaded => {
  const { method, given } = call;
  if (!methods.includes(method.text))
    throw context.fault(method, `there is no method ${quoted(method.text)}`, {
      why: `there are ${listed(methods)}`,
      hints: likely(method.text, methods).map((name) => `.${name}(${isTextTest(name) ? '"…"' : ''})`),
    });
  const wanted = isTextTest(method.text) ? 1 : 0;
  if (given.length !== wanted)
    throw context.fault(method, `${quoted(method.text)} is given ${wanted === 0 ? 'nothing' : 'one text'}`, {
      hints: [`.${method.text}(${wanted === 0 ? '' : '"…"'})`],
    });
  if (method.text === 'len') return { kind: 'int', node: lengthOf(context, call), width: usize, literal: null };
  if (method.text === 'is_empty') return { kind: 'bool', node: isZero(lengthOf(context, call)) };
  if (isPower(method.text)) return power(context, call, powers[method.text]);
  return isTextTest(method.text) ? textTest(context, call, method.text) : variantTest(context, call);
};

const isTextTest = (name: string): name is (typeof textTests)[number] => textTests.some((test) => test === name);
const isPower = (name: string): name is keyof typeof powers => name in powers;
const isZero = (left: IntNode) => ({ kind: 'compare-int', operation: '==', left, right: integer(0n) }) as const;

const unsuited = (context: Context, { of, method }: Call, why: string, hints: readonly string[] = []) => {
  const value = of.kind === 'placed' ? followed(of) : of;
  return context.fault(method, `${describeValue(value)} has no ${quoted(method.text)}`, { why, hints });
};

const lengthOf = (context: Context, call: Call): IntNode => {
  const { of, span } = call;
  const value = opened(context, of, span);
  const counted = value && lengthOffset(value.shape);
  if (value && counted !== null) return typeof counted === 'number' ? wordNode(value, counted) : integer(counted);
  const isOldRing = value?.shape.kind === 'ring';
  const text = value !== null && hasNoText(value.shape) ? null : load(context, of, span);
  if (text?.kind === 'text') return textLength(text.node);
  throw unsuited(
    context,
    call,
    isOldRing ? 'before Rust 1.67 a VecDeque had no length of its own' : 'texts and collections have',
  );
};

/** An enum of which the variant isn't shown may be text, as Cow. */
const isEnum = (shape: ValueShape): boolean => shape.kind === 'enum' && shape.isTransparent !== true;

/** Where a number of elements is; a bigint: always so many; null: the value hasn't one. */
const lengthOffset = (shape: ValueShape): number | bigint | null => {
  switch (shape.kind) {
    case 'array':
      return BigInt(shape.count);
    case 'sequence':
    case 'list':
    case 'b-tree':
    case 'ring':
      return shape.length;
    case 'hash-table':
      return shape.items;
    default:
      return null;
  }
};

const textLength = (text: TextNode): IntNode =>
  text.kind === 'bytes' ? integer(BigInt(text.bytes.length)) : { kind: 'length', of: text };

const textTest = (context: Context, call: Call, test: (typeof textTests)[number]): Loaded => {
  const [argument] = call.given;
  const of = call.of.kind === 'placed' && hasNoText(followed(call.of).shape) ? null : load(context, call.of, call.span);
  if (of?.kind !== 'text') throw unsuited(context, call, 'texts and slices of bytes have');
  const given = argument && load(context, argument.value, argument.span);
  if (given?.kind === 'text') return { kind: 'bool', node: { kind: 'test-text', test, of: of.node, part: given.node } };
  if (given?.kind === 'char' && given.node.kind === 'integer') {
    const bytes = new TextEncoder().encode(String.fromCodePoint(Number(given.node.value)));
    return { kind: 'bool', node: { kind: 'test-text', test, of: of.node, part: { kind: 'bytes', bytes } } };
  }
  throw context.fault(
    argument?.span ?? call.method,
    `${quoted(test)} is given text${given ? `, not ${describeValue(given)}` : ''}`,
  );
};

const hasNoText = (shape: ValueShape): boolean =>
  isEnum(shape) || !['text', 'c-string', 'sequence', 'array', 'enum', 'cut'].includes(shape.kind);

const variantTest = (context: Context, call: Call): Loaded => {
  const names = asked[call.method.text];
  const value = opened(context, call.of, call.span);
  const shape: EnumShape | null = value?.shape.kind === 'enum' ? value.shape : null;
  const found = names?.map((name) => shape?.variants.findIndex((variant) => variant.name === name) ?? -1) ?? [];
  const [wanted = -1, other = -1] = found;
  if (value === null || shape === null || (wanted < 0 && other < 0))
    throw unsuited(context, call, `it isn't ${names?.includes('Some') ? 'an Option' : 'a Result'}`, testsOf(shape));
  return { kind: 'bool', node: wanted < 0 ? truth(false) : isVariant(shape, value.place, wanted) };
};

/** What can be asked of an Option or a Result. */
const testsOf = (shape: EnumShape | null): string[] =>
  Object.entries(asked).flatMap(([name, [wanted]]) =>
    shape?.variants.some((variant) => variant.name === wanted) ? [`.${name}()`] : [],
  );

/** What Rust's integers have, exactly: a power of two above every number of the type is one too. */
const power = (context: Context, call: Call, kind: (typeof powers)[keyof typeof powers]): Loaded => {
  const of = load(context, call.of, call.span);
  if (of.kind !== 'int') throw unsuited(context, call, 'integers have');
  return { kind: 'int', node: { kind, of: of.node }, width: kind === 'ilog2' ? u32 : null, literal: null };
};
