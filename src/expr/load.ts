import type { EnumShape, ValueShape } from '../abi/shape.ts';
import type { Context } from './context.ts';
import { either } from './merge.ts';
import { unknownName } from './names.ts';
import { notKnown } from './opened.ts';
import { behind, followed, partOf, wordNode } from './place.ts';
import type { Span } from './token.ts';
import type { TextNode } from './tree.ts';
import { describeShape, type Loaded, type Placed, type Value } from './value.ts';
import { fieldsOfVariant, isVariant } from './variants.ts';

/**
 * The value as one that has operators. `use`: what it is wanted for, in an error.
 *
 * @throws {RsymError} `usage` where it has none, with what could be asked instead.
 */
export const load = (context: Context, value: Value, span: Span, use = 'compared'): Loaded => {
  if (value.kind === 'unit-variant') throw unknownName(context, value.segments, span);
  if (value.kind === 'tuple')
    throw context.fault(span, `a tuple can't be ${use}`, { why: 'its fields can, and it is matched: `is (1, _)`' });
  if (value.kind !== 'placed') return value;
  const at = followed(value);
  const loaded = loadedOf(context, at, span);
  if (loaded === null) throw noOperators(context, at.shape, span, use);
  return loaded;
};

const loadedOf = (context: Context, value: Placed, span: Span): Loaded | null => {
  const { place, shape } = value;
  switch (shape.kind) {
    case 'int':
      return {
        kind: 'int',
        node: { kind: 'load', place, size: shape.size, signed: shape.signed },
        width: { size: shape.size, signed: shape.signed },
        literal: null,
      };
    case 'address':
      return { kind: 'int', node: wordNode(value, 0), width: { size: 8, signed: false }, literal: null };
    case 'float':
      if (shape.size === 16) throw context.fault(span, "floats of 128 bits can't be compared");
      return { kind: 'float', node: { kind: 'load-float', place, size: shape.size }, size: shape.size };
    case 'bool':
      return { kind: 'bool', node: { kind: 'bool', place } };
    case 'char':
      return { kind: 'char', node: { kind: 'char', place } };
    case 'duration': {
      const [seconds, nanoseconds] = [shape.seconds, shape.nanoseconds].map((at) => partOf(value, at, shape).place);
      if (seconds === undefined || nanoseconds === undefined) return null;
      return { kind: 'duration', node: { kind: 'time-span', seconds, nanoseconds } };
    }
    case 'enum':
      return shape.isTransparent === true ? throughEnum(context, value, shape, span) : null;
    case 'cut':
      throw notKnown(context, span, shape.why);
    default: {
      const text = textOf(value);
      return text && { kind: 'text', node: text };
    }
  }
};

/** Text, and what is a sequence of bytes. */
const textOf = (value: Placed): TextNode | null => {
  const { place, shape } = value;
  if (shape.kind === 'c-string') return { kind: 'text', data: behind(value, 0, 0), length: null, hasNul: false };
  if (shape.kind === 'text' || (shape.kind === 'sequence' && isByte(shape.element))) {
    const data = behind(value, shape.behind.data, shape.behind.add);
    const hasNul = shape.kind === 'text' && shape.of === 'c';
    return { kind: 'text', data, length: wordNode(value, shape.length), hasNul };
  }
  if (shape.kind !== 'array' || !isByte(shape.element)) return null;
  return { kind: 'text', data: place, length: { kind: 'integer', value: BigInt(shape.count) }, hasNul: false };
};

const isByte = (shape: ValueShape): boolean => shape.kind === 'int' && shape.size === 1 && !shape.signed;

/** `Cow`: what it holds is of the same kind in each variant. */
const throughEnum = (context: Context, value: Placed, shape: EnumShape, span: Span): Loaded | null => {
  const cases = shape.variants.flatMap((_, index) => {
    const [field] = fieldsOfVariant(shape, index);
    if (field === undefined) return [];
    const gives = load(context, partOf(value, field.offset, field.shape), span);
    return [{ when: isVariant(shape, value.place, index), gives }];
  });
  return cases.length < shape.variants.length ? null : either(cases);
};

const noOperators = (context: Context, shape: ValueShape, span: Span, use: string) => {
  const { why, more } = insteadOf(shape);
  const hints = more.map((one) => `${context.source(span)}${one}`);
  return context.fault(span, `${describeShape(shape)} can't be ${use}`, { why, hints });
};

/** What can be asked of a value that has no operators: why, and what is written behind it. */
const insteadOf = (shape: ValueShape): { readonly why: string; readonly more: readonly string[] } => {
  switch (shape.kind) {
    case 'struct': {
      const more = shape.fields.slice(0, 3).map(({ name }) => `.${name}`);
      return { why: more.length > 0 ? 'one of its fields may be' : 'it has no fields', more };
    }
    case 'enum':
    case 'c-enum': {
      const unit = shape.kind === 'c-enum' ? shape.variants[0] : shape.variants.find(({ form }) => form === 'unit');
      const some = shape.kind === 'c-enum' ? undefined : shape.variants.find(({ form }) => form === 'tuple');
      const more = [some && ` is ${some.name}(..)`, unit && ` is ${unit.name}`].flatMap((one) => one ?? []);
      return { why: 'which variant it is is asked by `is`, and its name is `.variant`', more };
    }
    case 'array':
    case 'sequence':
      return { why: 'its elements and their number may be', more: ['[0]', '.len()'] };
    case 'ring':
    case 'hash-table':
    case 'b-tree':
    case 'list':
      return { why: 'the number of its elements may be', more: ['.len()'] };
    case 'range':
      return {
        why: 'its ends may be',
        more: [shape.start && '.start', shape.end && '.end'].flatMap((end) => end ?? []),
      };
    case 'socket-address':
      return { why: 'its port may be', more: ['.port'] };
    case 'ref-cell':
      return { why: 'what it holds may be', more: ['.value'] };
    case 'lock':
      return { why: 'what it holds may be', more: ['.data'] };
    default:
      return { why: 'nothing is known of it that could be', more: [] };
  }
};
