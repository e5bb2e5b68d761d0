import { floatOf, together } from './arithmetic.ts';
import type { Context } from './context.ts';
import { load } from './load.ts';
import { followed } from './place.ts';
import { printDuration } from './print.ts';
import type { CompareOperator } from './syntax.ts';
import type { Span } from './token.ts';
import type { BoolNode } from './tree.ts';
import { describeValue, type Loaded, type Placed, type Value } from './value.ts';
import { enumOf, nameIs, variantIndex } from './variant-name.ts';
import { isVariant } from './variants.ts';

export type Compared = { readonly value: Value; readonly span: Span };

/**
 * What `left operator right` is.
 *
 * @throws {RsymError} `usage` where the two can't be compared.
 */
export const comparison = (context: Context, operator: CompareOperator, left: Compared, right: Compared): BoolNode => {
  const whole = { at: left.span.at, end: right.span.end };
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (other.value.kind !== 'unit-variant' || one.value.kind !== 'placed') continue;
    const value = followed(one.value);
    if (enumOf(value) !== null) return unitVariant(context, operator, value, other.value, whole);
  }
  const [a, b] = [load(context, left.value, left.span), load(context, right.value, right.span)];
  return loadedComparison(context, operator, a, b, [left.span, right.span]);
};

const negatedIf = (isNegated: boolean, of: BoolNode): BoolNode => (isNegated ? { kind: 'not', of } : of);

const isEquality = (operator: CompareOperator): operator is '==' | '!=' => operator === '==' || operator === '!=';

const unitVariant = (
  context: Context,
  operator: CompareOperator,
  value: Placed,
  { segments, span }: Extract<Value, { kind: 'unit-variant' }>,
  whole: Span,
): BoolNode => {
  const shape = enumOf(value);
  if (shape === null || !isEquality(operator))
    throw context.fault(whole, `variants aren't compared by \`${operator}\``, { why: 'they are the same one or not' });
  const index = variantIndex(context, shape, segments, span);
  const variant = shape.variants[index];
  if (variant !== undefined && 'fields' in variant && variant.form !== 'unit')
    throw context.fault(span, 'this variant has fields', {
      why: 'only variants without fields are compared; others are matched',
      hints: [`is ${context.source(span)}${variant.form === 'tuple' ? '(..)' : ' { .. }'}`],
    });
  return negatedIf(operator === '!=', isVariant(shape, value.place, index));
};

const loadedComparison = (
  context: Context,
  operator: CompareOperator,
  a: Loaded,
  b: Loaded,
  spans: readonly [Span, Span],
): BoolNode => {
  if (a.kind === 'variant' || b.kind === 'variant') return variantName(context, operator, a, b, spans);
  if (a.kind === 'int' && b.kind === 'int') {
    const { left, right } = together(context, a, b, spans);
    return { kind: 'compare-int', operation: operator, left, right };
  }
  if (a.kind === 'float' || b.kind === 'float') {
    const [left, right] = [floatOf(a, b), floatOf(b, a)];
    if (left !== null && right !== null) return { kind: 'compare-float', operation: operator, left, right };
  }
  if (a.kind === 'bool' && b.kind === 'bool') {
    if (isEquality(operator)) return negatedIf(operator === '!=', { kind: 'same-bool', left: a.node, right: b.node });
    throw context.fault(wholeOf(spans), `bools aren't compared by \`${operator}\``);
  }
  if (a.kind === 'text' && b.kind === 'text')
    return { kind: 'compare-text', operation: operator, left: a.node, right: b.node };
  if ((a.kind === 'char' && b.kind === 'char') || (a.kind === 'duration' && b.kind === 'duration'))
    return { kind: 'compare-int', operation: operator, left: a.node, right: b.node };
  throw mismatch(context, a, b, spans);
};

const wholeOf = ([left, right]: readonly [Span, Span]): Span => ({ at: left.at, end: right.end });

/** A variant's name with text that is written out: then it is known which one is meant. */
const variantName = (
  context: Context,
  operator: CompareOperator,
  a: Loaded,
  b: Loaded,
  spans: readonly [Span, Span],
): BoolNode => {
  const [variant, text, span] = a.kind === 'variant' ? [a, b, spans[1]] : [b, a, spans[0]];
  if (variant.kind !== 'variant' || text.kind !== 'text' || text.node.kind !== 'bytes')
    throw context.fault(wholeOf(spans), "a variant's name is compared with text that is written out", {
      hints: ['ret.variant == "Err"'],
    });
  if (!isEquality(operator))
    throw context.fault(wholeOf(spans), `variants aren't compared by \`${operator}\``, {
      why: 'they are the same one or not',
    });
  return negatedIf(operator === '!=', nameIs(context, variant.node, text.node.bytes, span));
};

const mismatch = (context: Context, a: Loaded, b: Loaded, spans: readonly [Span, Span]) => {
  const details = adviceFor(a, b) ?? adviceFor(b, a) ?? {};
  return context.fault(wholeOf(spans), `${describeValue(a)} can't be compared with ${describeValue(b)}`, details);
};

const adviceFor = (a: Loaded, b: Loaded): { readonly why: string; readonly hints?: readonly string[] } | null => {
  if (a.kind === 'duration' && b.kind === 'int') {
    const hints = b.literal === null || b.literal.value < 0n ? ['10ms'] : [printDuration(b.literal.value)];
    return { why: 'durations have a unit', hints };
  }
  if (a.kind === 'float' && b.kind === 'int') return { why: 'only a literal becomes a float' };
  if (a.kind === 'int' && b.kind === 'float') return { why: 'a whole number is compared with whole numbers' };
  if (a.kind === 'char' && b.kind === 'text')
    return a.node.kind === 'integer'
      ? { why: 'text is written in double quotes', hints: ['"x"'] }
      : { why: 'one character is written in single quotes', hints: ["'x'"] };
  if (a.kind === 'text' && b.kind === 'int') return { why: "a text's length is `.len()`" };
  return null;
};
