import { adapted, arithmetic } from './arithmetic.ts';
import { checkPattern } from './check-pattern.ts';
import { comparison } from './comparison.ts';
import type { Context } from './context.ts';
import { elementOf, fieldOf } from './field.ts';
import { literalValue } from './literal-value.ts';
import { load } from './load.ts';
import { both } from './logic.ts';
import { methodOf } from './method.ts';
import { constantOf, inSpace, named } from './names.ts';
import type { BinaryOperator, CompareOperator, Expression } from './syntax.ts';
import type { BoolNode } from './tree.ts';
import { type Bindings, describeValue, type Loaded, type Value } from './value.ts';

type ExpressionOf<K extends Expression['kind']> = Extract<Expression, { kind: K }>;
/** `bindings`: what holds in what follows by `&&`. */
type Checked = { readonly value: Value; readonly bindings: Bindings };

const unbound: Bindings = new Map();
const comparisons = new Set<BinaryOperator>(['==', '!=', '<', '<=', '>', '>=']);
const isComparison = (operator: BinaryOperator): operator is CompareOperator => comparisons.has(operator);

/**
 * Types an expression and resolves its names.
 *
 * @throws {RsymError} `usage` where it has no meaning.
 */
export const valueIn = (context: Context, expression: Expression, bindings: Bindings = unbound): Value =>
  check(context, expression, bindings).value;

const check = (context: Context, expression: Expression, bindings: Bindings): Checked => {
  if (expression.kind === 'is') return is(context, expression, bindings);
  if (expression.kind === 'binary' && expression.operator === '&&') return and(context, expression, bindings);
  return { value: single(context, expression, bindings), bindings: unbound };
};

const is = (context: Context, { of, pattern }: ExpressionOf<'is'>, bindings: Bindings): Checked => {
  const match = checkPattern(context, pattern, { value: valueIn(context, of, bindings), span: of });
  return { value: { kind: 'bool', node: match.test }, bindings: match.bindings };
};

/** What the left side binds holds on the right. */
const and = (context: Context, { left, right }: ExpressionOf<'binary'>, bindings: Bindings): Checked => {
  const first = check(context, left, bindings);
  const node = boolean(context, first.value, left);
  const second = check(context, right, new Map([...bindings, ...first.bindings]));
  return {
    value: { kind: 'bool', node: both(node, boolean(context, second.value, right)) },
    bindings: new Map([...first.bindings, ...second.bindings]),
  };
};

const single = (context: Context, expression: Exclude<Expression, { kind: 'is' }>, bindings: Bindings): Value => {
  switch (expression.kind) {
    case 'literal':
      return literalValue(context, expression.literal, expression);
    case 'name':
      return named(context, bindings, expression.name, expression);
    case 'path':
      return (
        constantOf(expression.segments) ?? { kind: 'unit-variant', segments: expression.segments, span: expression }
      );
    case 'field': {
      const { of, name } = expression;
      const direct = of.kind === 'name' ? inSpace(context, bindings, of.name, name) : undefined;
      return direct ?? fieldOf(context, valueIn(context, of, bindings), name, of);
    }
    case 'call': {
      const { of, method } = expression;
      const given = expression.given.map((one) => ({ value: valueIn(context, one, bindings), span: one }));
      return methodOf(context, { of: valueIn(context, of, bindings), method, given, span: of });
    }
    case 'index': {
      const { of, index } = expression;
      return elementOf(context, valueIn(context, of, bindings), valueIn(context, index, bindings), [of, index]);
    }
    case 'unary':
      return expression.operator === '!'
        ? inverse(context, expression, bindings)
        : negative(context, expression, bindings);
    case 'binary':
      return binary(context, expression, bindings);
    case 'tuple':
      return { kind: 'tuple', items: expression.items.map((item) => valueIn(context, item, bindings)) };
  }
};

const binary = (context: Context, expression: ExpressionOf<'binary'>, bindings: Bindings): Value => {
  const { operator } = expression;
  const left = { value: valueIn(context, expression.left, bindings), span: expression.left };
  const right = { value: valueIn(context, expression.right, bindings), span: expression.right };
  if (operator === '||' || operator === '&&') {
    const [a, b] = [boolean(context, left.value, left.span), boolean(context, right.value, right.span)];
    return { kind: 'bool', node: operator === '||' ? { kind: 'or', left: a, right: b } : both(a, b) };
  }
  if (isComparison(operator)) return { kind: 'bool', node: comparison(context, operator, left, right) };
  const sides = [left, right].map((side) => ({ value: load(context, side.value, side.span), span: side.span }));
  const [a, b] = sides;
  if (a === undefined || b === undefined) throw context.fault(expression, 'an operand is missing');
  return arithmetic(context, operator, a, b, expression.sign);
};

/** @throws {RsymError} `usage` where the value isn't a bool. */
export const boolean = (context: Context, value: Value, expression: Expression): BoolNode => {
  const loaded = value.kind === 'tuple' ? value : load(context, value, expression);
  if (loaded.kind === 'bool') return loaded.node;
  throw context.fault(expression, `expected a bool, found ${describeValue(loaded)}`, {
    why: 'whether something holds is what is asked',
    hints: conditionOf(loaded, context.source(expression)),
  });
};

const conditionOf = ({ kind }: Value, source: string): readonly string[] => {
  switch (kind) {
    case 'int':
      return [`${source} != 0`];
    case 'text':
      return [`!${source}.is_empty()`];
    case 'duration':
      return [`${source} > 10ms`];
    case 'variant':
      return [`${source} == "Err"`];
    default:
      return [];
  }
};

const inverse = (context: Context, { of }: ExpressionOf<'unary'>, bindings: Bindings): Loaded => {
  const value = load(context, valueIn(context, of, bindings), of);
  if (value.kind === 'bool') return { kind: 'bool', node: { kind: 'not', of: value.node } };
  if (value.kind !== 'int') throw context.fault(of, `\`!\` isn't there for ${describeValue(value)}`);
  if (value.literal !== null) {
    const turned = -value.literal.value - 1n;
    const literal = { value: turned, isComplement: !value.literal.isComplement };
    return { ...value, node: { kind: 'integer', value: turned }, literal };
  }
  if (value.width === null)
    throw context.fault(of, "it isn't known of how many bits this is", {
      why: 'results are exact, of no type; `!` turns over every bit of a type',
    });
  return { ...value, node: { kind: 'complement', of: value.node, ...value.width } };
};

const negative = (context: Context, { of }: ExpressionOf<'unary'>, bindings: Bindings): Loaded => {
  if (of.kind === 'literal' && of.literal.kind === 'integer')
    return literalValue(context, { ...of.literal, value: -of.literal.value }, of);
  const value = load(context, valueIn(context, of, bindings), of);
  if (value.kind === 'int') {
    if (value.literal === null) return { ...value, node: { kind: 'negative', of: value.node }, width: null };
    adapted(context, value, null, of);
    const literal = { value: -value.literal.value, isComplement: false };
    return { ...value, node: { kind: 'integer', value: literal.value }, literal };
  }
  if (value.kind !== 'float') throw context.fault(of, `\`-\` isn't there for ${describeValue(value)}`);
  const node = value.node;
  if (node.kind === 'float') return { ...value, node: { kind: 'float', value: -node.value } };
  return { ...value, node: { kind: 'negative-float', of: node } };
};
