import type { FieldShape, Form } from '../abi/shape.ts';
import type { Compared } from './comparison.ts';
import type { Context } from './context.ts';
import { quoted } from './fault.ts';
import { truth } from './logic.ts';
import { opened } from './opened.ts';
import { partOf } from './place.ts';
import { likely, listed } from './suggestion.ts';
import type { Name, Pattern } from './syntax.ts';
import type { BoolNode } from './tree.ts';
import { describeValue, type Placed, type Value } from './value.ts';
import { enumOf, variantIndex } from './variant-name.ts';
import { fieldsOfVariant, isVariant } from './variants.ts';

/** What a value has inside where `test` holds. */
export type Parts = {
  readonly test: BoolNode;
  readonly fields: readonly { readonly name: string; readonly value: Value }[];
};

type Structural = Extract<Pattern, { kind: 'tuple' | 'tuple-struct' | 'struct' }>;

/** The parts of a tuple, a struct, or the variant that the pattern names. */
export const destructured = (context: Context, pattern: Structural, of: Compared): Parts => {
  const { value } = of;
  if (pattern.kind === 'tuple') return tuple(context, pattern, of);
  const at = opened(context, value, of.span);
  if (at?.shape.kind === 'struct' && at.shape.name !== '') {
    const { name, form, fields } = at.shape;
    const wanted = pattern.segments.at(-1) ?? '';
    if (wanted !== name)
      throw context.fault(pattern, `this is a struct ${quoted(name)}, not ${quoted(wanted)}`, {
        hints: likely(wanted, [name]),
      });
    checkForm(context, pattern, form, wanted);
    return { test: truth(true), fields: fieldsOf(at, fields) };
  }
  const shape = at && enumOf(at);
  if (!at || !shape)
    throw context.fault(pattern, `${describeValue(at ?? value)} has no fields with a name before them`, {
      why: 'only a struct and a variant of an enum have',
    });
  const index = variantIndex(context, shape, pattern.segments, { at: pattern.at, end: pattern.end });
  const variant = shape.variants[index];
  const form = variant !== undefined && 'form' in variant ? variant.form : 'unit';
  const fields = shape.kind === 'enum' ? fieldsOfVariant(shape, index) : [];
  checkForm(context, pattern, form, pattern.segments.join('::'));
  return { test: isVariant(shape, at.place, index), fields: fieldsOf(at, fields) };
};

const fieldsOf = (value: Placed, fields: readonly FieldShape[]): Parts['fields'] =>
  fields.map(({ name, offset, shape }) => ({ name, value: partOf(value, offset, shape) }));

/** `V { .. }` is there for every form, `V(..)` for what has fields without names. */
const checkForm = (context: Context, pattern: Structural, form: Form, name: string): void => {
  if (pattern.kind === 'struct' || form === 'tuple') return;
  throw context.fault(
    pattern,
    form === 'unit' ? `${quoted(name)} has no fields` : `the fields of ${quoted(name)} have names`,
    {
      hints: [form === 'unit' ? name : `${name} { .. }`],
    },
  );
};

const tuple = (context: Context, pattern: Structural, { value, span }: Compared): Parts => {
  const numbered = (items: readonly Value[]): Parts => ({
    test: truth(true),
    fields: items.map((item, index) => ({ name: String(index), value: item })),
  });
  if (value.kind === 'tuple') return numbered(value.items);
  const at = opened(context, value, span);
  if (at?.shape.kind === 'unit') return numbered([]);
  if (at?.shape.kind === 'struct' && at.shape.name === '')
    return { test: truth(true), fields: fieldsOf(at, at.shape.fields) };
  throw context.fault(pattern, `${describeValue(at ?? value)} is never a tuple`);
};

export const fieldNamed = (context: Context, name: Name, { fields }: Parts): Value => {
  const found = fields.find((field) => field.name === name.text);
  if (found !== undefined) return found.value;
  throw unknownField(
    context,
    name,
    fields.map((field) => field.name),
  );
};

/** `before`: what is written before a field's name where it is suggested. */
export const unknownField = (context: Context, name: Name, names: readonly string[], before = '') =>
  context.fault(name, `there is no field ${quoted(name.text)}`, {
    why: names.length === 0 ? 'there are no fields' : `there ${names.length === 1 ? 'is' : 'are'} ${listed(names)}`,
    hints: likely(name.text, names).map((one) => `${before}${one}`),
  });
