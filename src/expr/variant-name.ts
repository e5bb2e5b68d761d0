import type { EnumShape } from '../abi/shape.ts';
import type { Context } from './context.ts';
import { quoted } from './fault.ts';
import { likely, listed } from './suggestion.ts';
import type { Span } from './token.ts';
import type { BoolNode, VariantNode } from './tree.ts';
import type { Loaded, Placed } from './value.ts';
import { type CEnumShape, tagOf, variantsOf } from './variants.ts';

/** The enum that a value is, which is followed already. */
export const enumOf = ({ shape }: Placed): EnumShape | CEnumShape | null =>
  shape.kind === 'enum' || shape.kind === 'c-enum' ? shape : null;

const unknownVariant = (context: Context, name: string, names: readonly string[], span: Span, mark: string) =>
  context.fault(span, `there is no variant ${quoted(name)}`, {
    why: `there ${names.length === 1 ? 'is' : 'are'} ${listed(names) || 'none'}`,
    hints: likely(name, names).map((one) => `${mark}${one}${mark}`),
  });

/** Which variant a path means: its last segment counts, since a shape doesn't tell what the enum is called. */
export const variantIndex = (
  context: Context,
  { variants }: EnumShape | CEnumShape,
  segments: readonly string[],
  span: Span,
): number => {
  const name = segments.at(-1) ?? '';
  const names = variants.map((variant) => variant.name);
  const index = names.indexOf(name);
  if (index < 0) throw unknownVariant(context, name, names, span, '');
  return index;
};

/** The name of the variant that the value is; null: it isn't an enum. */
export const variantName = (value: Placed): Loaded | null => {
  const shape = enumOf(value);
  if (shape === null || shape.variants.length === 0) return null;
  const cases = variantsOf(shape);
  return { kind: 'variant', node: { kind: 'variant-name', tag: tagOf(shape, value.place), cases } };
};

/** Whether it is the variant of that name. */
export const nameIs = (context: Context, node: VariantNode, wanted: Uint8Array, span: Span): BoolNode => {
  if (node.kind === 'either')
    return {
      kind: 'either',
      cases: node.cases.map(({ when, gives }) => ({ when, gives: nameIs(context, gives, wanted, span) })),
    };
  const name = Buffer.from(wanted).toString();
  const names = node.cases.map((one) => one.name);
  if (!names.includes(name)) throw unknownVariant(context, name, names, span, '"');
  const { tag, cases } = node;
  if (tag === null) return { kind: 'truth', value: cases[0]?.name === name };
  const values = cases.flatMap((one) => (one.name === name ? one.values : []));
  return { kind: 'variant', tag, values, known: cases.flatMap((one) => one.values) };
};
