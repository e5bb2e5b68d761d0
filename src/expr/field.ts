import type { FieldShape, ValueShape } from '../abi/shape.ts';
import { integer } from './arithmetic.ts';
import type { Context } from './context.ts';
import { unknownField } from './destructuring.ts';
import { quoted } from './fault.ts';
import { load } from './load.ts';
import { opened } from './opened.ts';
import { behind, partOf, placed, shifted, wordNode } from './place.ts';
import type { Name } from './syntax.ts';
import type { Span } from './token.ts';
import type { Guard, Place } from './tree.ts';
import { describeShape, describeValue, type Placed, type Value } from './value.ts';
import { variantName } from './variant-name.ts';

/**
 * `value.name`, through references. `span` is where the value is written.
 *
 * @throws {RsymError} `usage` where there is no such field.
 */
export const fieldOf = (context: Context, value: Value, name: Name, span: Span): Value => {
  const before = `${context.source(span)}.`;
  if (value.kind === 'tuple') {
    const names = value.items.map((_, index) => String(index));
    const item = value.items[names.indexOf(name.text)];
    if (item === undefined) throw unknownField(context, name, names, before);
    return item;
  }
  const at = opened(context, value, span);
  if (at === null) throw withoutFields(context, describeValue(value), name, before);
  const variant = name.text === 'variant' ? variantName(at) : null;
  if (variant !== null) return variant;
  if (at.shape.kind === 'enum' || at.shape.kind === 'c-enum')
    throw context.fault(name, "an enum's fields are those of a variant", {
      why: 'they are reached by matching it; what every enum has is `.variant`',
      hints: at.shape.kind === 'enum' ? matchOf(at.shape, name.text, context.source(span)) : [],
    });
  const fields = fieldsOf(at);
  if (fields === null) throw withoutFields(context, describeShape(at.shape), name, before);
  const field = fields.find((one) => one.name === name.text);
  if (field === undefined)
    throw unknownField(
      context,
      name,
      fields.map((one) => one.name),
      before,
    );
  return field.value(at);
};

type Field = { readonly name: string; readonly value: (of: Placed) => Value };

const plain = ({ name, offset, shape }: FieldShape): Field => ({ name, value: (of) => partOf(of, offset, shape) });

const port: ValueShape = { kind: 'int', size: 2, signed: false };

const fieldsOf = ({ shape }: Placed): readonly Field[] | null => {
  switch (shape.kind) {
    case 'struct':
      return shape.fields.map(plain);
    case 'range':
      return [shape.start, shape.end].flatMap((end) => (end === null ? [] : [plain(end)]));
    case 'socket-address':
      return [
        plain({ name: 'ip', offset: shape.ip.offset, shape: shape.ip.shape }),
        plain({ name: 'port', offset: shape.port, shape: port }),
      ];
    case 'ref-cell':
      return [guarded('value', shape.value, (place) => borrowed(shifted(place, shape.borrow)))];
    case 'lock':
      return [guarded('data', shape.value, (place) => held(shape, place))];
    default:
      return null;
  }
};

/** What somebody may be changing at the moment. */
const guarded = (name: string, { offset, shape }: FieldShape, guardOf: (place: Place) => Guard | null): Field => ({
  name,
  value: (of) => {
    const part = partOf(of, offset, shape);
    const guard = guardOf(of.place);
    return guard === null ? part : { ...part, place: { kind: 'guarded', place: part.place, guard, offset: 0 } };
  },
});

const all64 = (1n << 64n) - 1n;
const all32 = (1n << 32n) - 1n;
/** The low 30 bits of an RwLock: all set while somebody writes. */
const writer = 0x3fff_ffffn;

/** A signed number, below 0 while it is borrowed mutably. */
const borrowed = (place: Place): Guard => ({ place, size: 8, mask: all64, busy: { low: 1n << 63n, high: all64 } });

const held = ({ name, futex }: Extract<ValueShape, { kind: 'lock' }>, of: Place): Guard | null => {
  if (futex === null) return null;
  const place = shifted(of, futex);
  return name === 'Mutex'
    ? { place, size: 4, mask: all32, busy: { low: 1n, high: all32 } }
    : { place, size: 4, mask: writer, busy: { low: writer, high: writer } };
};

const withoutFields = (context: Context, what: string, name: Name, before: string) =>
  context.fault(name, `${what} has no field ${quoted(name.text)}`, {
    hints: name.text === 'len' || name.text === 'is_empty' ? [`${before}${name.text}()`] : [],
  });

/** How a field of that name is reached in the variants that have it. */
const matchOf = (shape: Extract<ValueShape, { kind: 'enum' }>, name: string, source: string): readonly string[] =>
  shape.variants
    .flatMap(({ name: variant, form, fields }) => {
      const index = fields.findIndex((field) => field.name === name);
      if (index < 0) return [];
      const blanks = '_, '.repeat(index);
      const rest = index < fields.length - 1 ? ', ..' : '';
      return [`${source} is ${variant}${form === 'tuple' ? `(${blanks}x${rest})` : ` { ${name}, .. }`}`];
    })
    .slice(0, 3);

/** `value[index]`, of arrays, slices and Vec. */
export const elementOf = (context: Context, value: Value, index: Value, spans: readonly [Span, Span]): Value => {
  const at = opened(context, value, spans[0]);
  if (at?.shape.kind !== 'array' && at?.shape.kind !== 'sequence')
    throw context.fault(spans[0], `${describeValue(at ?? value)} has no elements that can be counted off`, {
      why: 'an array, a slice and a Vec have',
    });
  const number = load(context, index, spans[1]);
  if (number.kind !== 'int') throw context.fault(spans[1], `an index is an integer, not ${describeValue(number)}`);
  const { element } = at.shape;
  const constant = number.node.kind === 'integer' ? number.node.value : null;
  const isArray = at.shape.kind === 'array';
  const count = at.shape.kind === 'array' ? integer(BigInt(at.shape.count)) : wordNode(at, at.shape.length);
  if (constant !== null && (constant < 0n || (count.kind === 'integer' && constant >= count.value)))
    throw context.fault(spans[1], 'there is no such element', {
      why:
        constant < 0n ? 'elements are counted from 0' : `there are ${at.shape.kind === 'array' ? at.shape.count : 0}`,
    });
  if (isArray && constant !== null) return partOf(at, Number(constant) * element.size, element);
  const first = at.shape.kind === 'array' ? at.place : behind(at, at.shape.behind.data, at.shape.behind.add);
  return placed({ kind: 'element', first, index: number.node, count, stride: element.size, offset: 0 }, element);
};
