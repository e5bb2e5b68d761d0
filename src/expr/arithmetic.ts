import { computed } from './calculation.ts';
import type { Context } from './context.ts';
import { mostOf, nameOfWidth } from './number.ts';
import type { ArithmeticOperator } from './syntax.ts';
import type { Span, Width } from './token.ts';
import type { FloatNode, IntNode } from './tree.ts';
import { describeValue, type Loaded } from './value.ts';

type Int = Extract<Loaded, { kind: 'int' }>;
type Float = Extract<Loaded, { kind: 'float' }>;
type Side = { readonly value: Loaded; readonly span: Span };

export const integer = (value: bigint): IntNode => ({ kind: 'integer', value });

/** A literal as the other side's type has it: of an unsigned one, `!0` has all bits set. */
export const adapted = (context: Context, int: Int, width: Width | null, span: Span): IntNode => {
  const { literal, node } = int;
  if (literal === null || !literal.isComplement || literal.value >= 0n) return node;
  if (width === null)
    throw context.fault(span, "it isn't known of how many bits this is", {
      why: '`!` turns over every bit of a type',
      hints: ['!1u32'],
    });
  if (width.signed) return node;
  const value = literal.value + mostOf(width) + 1n;
  if (value < 0n) throw context.fault(span, `this doesn't fit in ${nameOfWidth(width)}`);
  return integer(value);
};

/** Two integers as they are computed with, and the type that both have. */
export const together = (
  context: Context,
  left: Int,
  right: Int,
  spans: readonly [Span, Span],
): { readonly left: IntNode; readonly right: IntNode; readonly width: Width | null } => {
  const { width } = left.literal === null ? left : right;
  const isSame =
    left.literal !== null ||
    right.literal !== null ||
    (left.width?.size === right.width?.size && left.width?.signed === right.width?.signed);
  if (left.literal !== null && right.literal !== null) return { left: left.node, right: right.node, width: null };
  return {
    left: adapted(context, left, right.width, spans[0]),
    right: adapted(context, right, left.width, spans[1]),
    width: isSame ? width : null,
  };
};

const bitwise = new Set<ArithmeticOperator>(['|', '^', '&']);

const intArithmetic = (
  context: Context,
  operation: ArithmeticOperator,
  [left, right]: readonly [Side & { value: Int }, Side & { value: Int }],
  span: Span,
): Loaded => {
  const isBitwise = bitwise.has(operation);
  const isShift = operation === '<<' || operation === '>>';
  if (left.value.literal !== null && right.value.literal !== null) {
    const both = [left.value.literal, right.value.literal] as const;
    if (!isBitwise && both.some(({ isComplement }) => isComplement)) adapted(context, left.value, null, left.span);
    const value = computed(operation, both[0].value, both[1].value, false);
    if (typeof value !== 'bigint')
      throw context.fault(span, value === 'division' ? 'this divides by 0' : 'the result is too large');
    const isComplement = both.some((one) => one.isComplement);
    return { kind: 'int', node: integer(value), width: null, literal: { value, isComplement } };
  }
  const spans = [left.span, right.span] as const;
  const sides = isShift
    ? { left: left.value.node, right: right.value.node, width: left.value.width }
    : together(context, left.value, right.value, spans);
  const width = isBitwise || operation === '>>' ? sides.width : null;
  const node = { kind: 'arithmetic', operation, left: sides.left, right: sides.right, isUnsigned: false } as const;
  return { kind: 'int', node, width, literal: null };
};

/** A literal takes the size of the other side, and is rounded to it. */
export const floatOf = (value: Loaded, other: Loaded): FloatNode | null => {
  const size = other.kind === 'float' ? (other.size ?? 8) : 8;
  if (value.kind === 'int' && value.literal !== null)
    return { kind: 'float', value: roundedTo(size, Number(value.literal.value)) };
  if (value.kind !== 'float') return null;
  const { node } = value;
  if (value.size !== null || node.kind !== 'float') return node;
  return { kind: 'float', value: roundedTo(size, node.value) };
};

/** The nearest float of so many bytes, of two the even one. */
export const roundedTo = (size: 2 | 4 | 8, value: number): number => {
  if (size === 8) return value;
  if (size === 4) return Math.fround(value);
  const distance = Math.abs(value);
  // Halfway between the largest one, 65504, and what would be the next.
  if (!Number.isFinite(value) || distance >= 65_520) return value * Number.POSITIVE_INFINITY;
  const step = 2 ** Math.max(-24, Math.floor(Math.log2(distance)) - 10);
  const steps = value / step;
  const whole = Math.floor(steps);
  const rest = steps - whole;
  const up = rest > 0.5 || (rest === 0.5 && whole % 2 !== 0);
  return (up ? whole + 1 : whole) * step || value * 0;
};

const floatOperations = new Set(['+', '-', '*', '/', '%']);

const floatArithmetic = (
  context: Context,
  operation: ArithmeticOperator,
  [left, right]: readonly [Side, Side],
  span: Span,
): Loaded => {
  if (!isFloatOperation(operation)) throw context.fault(span, 'floats have no bits');
  const [a, b] = [floatOf(left.value, right.value), floatOf(right.value, left.value)];
  if (a === null || b === null) throw mismatch(context, operation, left, right, span);
  const sizes = [left.value, right.value].flatMap((one) =>
    one.kind === 'float' && one.size !== null ? [one.size] : [],
  );
  const size = sizes.length === 0 ? null : (Math.max(...sizes) as NonNullable<Float['size']>);
  return { kind: 'float', node: { kind: 'float-arithmetic', operation, left: a, right: b, size: size ?? 8 }, size };
};

const isFloatOperation = (operation: ArithmeticOperator): operation is '+' | '-' | '*' | '/' | '%' =>
  floatOperations.has(operation);

/** Durations with durations and with numbers. */
const durationArithmetic = (operation: ArithmeticOperator, left: Loaded, right: Loaded): Loaded | null => {
  if (left.kind !== 'duration' && left.kind !== 'int') return null;
  if (right.kind !== 'duration' && right.kind !== 'int') return null;
  const both = `${left.kind} ${operation} ${right.kind}`;
  if (!durationForms.has(both)) return null;
  const node = { kind: 'arithmetic', operation, left: left.node, right: right.node, isUnsigned: true } as const;
  return both === 'duration / duration'
    ? { kind: 'int', node, width: null, literal: null }
    : { kind: 'duration', node };
};

const durationForms = new Set([
  'duration + duration',
  'duration - duration',
  'duration * int',
  'int * duration',
  'duration / int',
  'duration / duration',
  'duration % duration',
]);

/** What `left operation right` is. */
export const arithmetic = (
  context: Context,
  operation: ArithmeticOperator,
  left: Side,
  right: Side,
  span: Span,
): Loaded => {
  const [a, b] = [left.value, right.value];
  if (a.kind === 'int' && b.kind === 'int')
    return intArithmetic(
      context,
      operation,
      [
        { ...left, value: a },
        { ...right, value: b },
      ],
      span,
    );
  if (a.kind === 'float' || b.kind === 'float') {
    if ((a.kind === 'float' || a.kind === 'int') && (b.kind === 'float' || b.kind === 'int'))
      return floatArithmetic(context, operation, [left, right], span);
  }
  if (a.kind === 'bool' && b.kind === 'bool') {
    if (operation === '&') return { kind: 'bool', node: { kind: 'and', left: a.node, right: b.node } };
    if (operation === '|') return { kind: 'bool', node: { kind: 'or', left: a.node, right: b.node } };
    if (operation === '^')
      return { kind: 'bool', node: { kind: 'not', of: { kind: 'same-bool', left: a.node, right: b.node } } };
  }
  const duration = durationArithmetic(operation, a, b);
  if (duration === null) throw mismatch(context, operation, left, right, span);
  return duration;
};

const mismatch = (context: Context, operation: string, left: Side, right: Side, span: Span) =>
  context.fault(
    span,
    `\`${operation}\` isn't there for ${describeValue(left.value)} and ${describeValue(right.value)}`,
    {
      why:
        left.value.kind === 'float' || right.value.kind === 'float'
          ? 'floats are computed with floats; only a literal becomes one'
          : undefined,
    },
  );
