import { type Compared, comparison } from './comparison.ts';
import type { Context } from './context.ts';
import { destructured, fieldNamed, type Parts } from './destructuring.ts';
import { quoted } from './fault.ts';
import { checkGrowth } from './growth.ts';
import { literalValue } from './literal-value.ts';
import { all, any } from './logic.ts';
import { merged } from './merge.ts';
import { constantOf, unknownName } from './names.ts';
import { opened } from './opened.ts';
import { followed } from './place.ts';
import type { Bound, Pattern } from './syntax.ts';
import type { Span } from './token.ts';
import type { BoolNode } from './tree.ts';
import { type Bindings, describeValue, type Loaded, type Value } from './value.ts';
import { enumOf, variantIndex } from './variant-name.ts';
import { isVariant } from './variants.ts';

/** Whether a value matches, and what the pattern's names stand for if it does. */
export type Match = { readonly test: BoolNode; readonly bindings: Bindings };

type PatternOf<K extends Pattern['kind']> = Extract<Pattern, { kind: K }>;

const yes: BoolNode = { kind: 'truth', value: true };
const nothing: Bindings = new Map();
const matching = (test: BoolNode): Match => ({ test, bindings: nothing });

/**
 * What is asked of a value by `is`.
 *
 * @throws {RsymError} `usage` where a value of its type never has that form.
 */
export const checkPattern = (context: Context, pattern: Pattern, of: Compared): Match => {
  switch (pattern.kind) {
    case 'wildcard':
      return matching(yes);
    case 'rest':
      throw context.fault(pattern, '`..` stands for the rest of a list', { hints: ['_'] });
    case 'literal':
      return matching(equal(context, literalValue(context, pattern.literal, pattern), pattern, of));
    case 'range':
      return matching(range(context, pattern, of));
    case 'name':
      return name(context, pattern, of);
    case 'path':
      return matching(path(context, pattern, of));
    case 'tuple':
    case 'tuple-struct':
    case 'struct':
      return parts(context, pattern, of);
    case 'or':
      return alternatives(context, pattern, of);
    case 'reference':
      return checkPattern(context, pattern.of, of);
  }
};

const equal = (context: Context, value: Loaded, span: Span, of: Compared): BoolNode =>
  comparison(context, '==', of, { value, span });

const boundValue = (context: Context, bound: Bound): Loaded => {
  const value = bound.kind === 'literal' ? literalValue(context, bound.literal, bound) : constant(context, bound);
  if (value.kind === 'text' || value.kind === 'bool')
    throw context.fault(bound, `there are no ranges of ${value.kind === 'text' ? 'text' : 'bools'}`);
  return value;
};

const constant = (context: Context, { segments, at, end }: Extract<Bound, { kind: 'path' }>): Loaded => {
  const value = constantOf(segments);
  if (value === null) throw unknownName(context, segments, { at, end });
  return value;
};

const isEmpty = (low: Loaded, high: Loaded, isInclusive: boolean): boolean => {
  if (low.kind === 'float' || high.kind === 'float' || !('node' in low) || !('node' in high)) return false;
  if (low.node.kind !== 'integer' || high.node.kind !== 'integer') return false;
  return isInclusive ? low.node.value > high.node.value : low.node.value >= high.node.value;
};

const range = (context: Context, { low, high, isInclusive, at, end }: PatternOf<'range'>, of: Compared): BoolNode => {
  const [from, to] = [low && boundValue(context, low), high && boundValue(context, high)];
  if (from && to && isEmpty(from, to, isInclusive)) throw context.fault({ at, end }, 'nothing is in this range');
  return all([
    ...(from && low ? [comparison(context, '>=', of, { value: from, span: low })] : []),
    ...(to && high ? [comparison(context, isInclusive ? '<=' : '<', of, { value: to, span: high })] : []),
  ]);
};

/** A variant of that name, else a binding. */
const name = (context: Context, pattern: PatternOf<'name'>, of: Compared): Match => {
  const inner = pattern.pattern === null ? null : checkPattern(context, pattern.pattern, of);
  const value = of.value.kind === 'placed' ? followed(of.value) : null;
  const shape = value && enumOf(value);
  const isVariantName = shape?.variants.some((variant) => variant.name === pattern.name) ?? false;
  if (inner === null && shape && (isVariantName || /^\p{Lu}/u.test(pattern.name)))
    return matching(unit(context, [pattern.name], pattern, of));
  if (inner === null && /^\p{Lu}/u.test(pattern.name))
    throw context.fault(pattern, `${describeValue(of.value)} is never ${quoted(pattern.name)}`, {
      why: 'a name that is bound begins with a small letter; a struct is written with its fields',
    });
  if (inner?.bindings.has(pattern.name)) throw boundTwice(context, pattern.name, pattern);
  checkGrowth(context, of.value.kind === 'placed' ? of.value.place : of.value, pattern);
  context.bound.add(pattern.name);
  const bindings = new Map(inner?.bindings).set(pattern.name, of.value);
  return { test: inner?.test ?? yes, bindings };
};

const boundTwice = (context: Context, text: string, span: Span) =>
  context.fault(span, `${quoted(text)} is bound twice in one pattern`);

/** A variant without fields, or a number's end. */
const path = (context: Context, pattern: PatternOf<'path'>, of: Compared): BoolNode => {
  const end = constantOf(pattern.segments);
  return end === null ? unit(context, pattern.segments, pattern, of) : equal(context, end, pattern, of);
};

const unit = (context: Context, segments: readonly string[], span: Span, of: Compared): BoolNode => {
  const value = opened(context, of.value, of.span);
  const shape = value && enumOf(value);
  if (!value || !shape)
    throw context.fault(span, `${describeValue(of.value)} has no variants`, { why: 'only an enum has' });
  const index = variantIndex(context, shape, segments, span);
  const variant = shape.variants[index];
  if (variant !== undefined && 'fields' in variant && variant.form !== 'unit')
    throw context.fault(span, 'this variant has fields', {
      hints: [`${context.source(span)}${variant.form === 'tuple' ? '(..)' : ' { .. }'}`],
    });
  return isVariant(shape, value.place, index);
};

type Structural = PatternOf<'tuple' | 'tuple-struct' | 'struct'>;

const parts = (context: Context, pattern: Structural, of: Compared): Match => {
  const found = destructured(context, pattern, of);
  const pairs = pattern.kind === 'struct' ? fieldPairs(context, pattern, found) : itemPairs(context, pattern, found);
  const matches = pairs.map(([inner, value]) => ({ inner, ...checkPattern(context, inner, { value, span: of.span }) }));
  const bindings = new Map<string, Value>();
  for (const match of matches) {
    for (const [text, value] of match.bindings) {
      if (bindings.has(text)) throw boundTwice(context, text, match.inner);
      bindings.set(text, value);
    }
  }
  return { test: all([found.test, ...matches.map(({ test }) => test)]), bindings };
};

type Pairs = readonly (readonly [Pattern, Value])[];

const fieldPairs = (context: Context, pattern: PatternOf<'struct'>, found: Parts): Pairs => {
  const pairs = pattern.fields.map((field) => {
    const value = fieldNamed(context, field.name, found);
    return [field.pattern, value] as const;
  });
  const named = new Set<string>();
  for (const { name: field } of pattern.fields) {
    if (named.has(field.text)) throw context.fault(field, `the field ${quoted(field.text)} is named twice`);
    named.add(field.text);
  }
  const left = found.fields.filter((field) => !named.has(field.name));
  if (left.length > 0 && !pattern.hasRest)
    throw context.fault(pattern, `the field ${quoted(left[0]?.name ?? '')} is missing`, {
      why: 'fields that may be anything are left out by `..`',
      hints: ['{ .. }'],
    });
  return pairs;
};

const itemPairs = (context: Context, { items, at, end }: PatternOf<'tuple' | 'tuple-struct'>, found: Parts): Pairs => {
  const { fields } = found;
  const rest = items.findIndex(({ kind }) => kind === 'rest');
  const another = items.findLast(({ kind }) => kind === 'rest');
  if (rest >= 0 && another !== undefined && items.indexOf(another) !== rest)
    throw context.fault(another, '`..` is there once in a list');
  const own = items.filter(({ kind }) => kind !== 'rest');
  if (rest < 0 ? own.length !== fields.length : own.length > fields.length)
    throw context.fault({ at, end }, `patterns: ${own.length}, fields: ${fields.length}`, {
      why: 'fields that may be anything are left out by `..`',
    });
  return own.flatMap((pattern, index) => {
    const field = fields[rest >= 0 && index >= rest ? fields.length - own.length + index : index];
    return field === undefined ? [] : [[pattern, field.value] as const];
  });
};

const alternatives = (context: Context, pattern: PatternOf<'or'>, of: Compared): Match => {
  const matches = pattern.alternatives.map((one) => ({ one, match: checkPattern(context, one, of) }));
  const test = any(matches.map(({ match }) => match.test));
  const names = new Set(matches.flatMap(({ match }) => [...match.bindings.keys()]));
  const bindings = new Map<string, Value>();
  for (const text of names) {
    const cases = matches.map(({ one, match }) => {
      const gives = match.bindings.get(text);
      if (gives === undefined) throw context.fault(one, `${quoted(text)} isn't bound by every alternative`);
      return { when: match.test, gives };
    });
    const value = merged(cases);
    if (value === null) throw context.fault(pattern, `${quoted(text)} is of another type in each alternative`);
    bindings.set(text, value);
  }
  return { test, bindings };
};
