import type { EnumShape, FieldShape, ValueShape } from '../abi/shape.ts';
import { isWithheldAt } from '../abi/withheld.ts';
import { shifted } from './place.ts';
import type { BoolNode, Place, Tag, ValueRange } from './tree.ts';

export type CEnumShape = Extract<ValueShape, { kind: 'c-enum' }>;

/** The values of a tag that mean each variant; each value is in one variant at most. */
export type VariantValues = { readonly name: string; readonly values: readonly ValueRange[] };

/** What is left of ranges without others. */
const without = (ranges: readonly ValueRange[], others: readonly ValueRange[]): ValueRange[] =>
  others.reduce<ValueRange[]>(
    (left, other) =>
      left.flatMap(({ low, high }) =>
        [
          { low, high: high < other.low ? high : other.low - 1n },
          { low: low > other.high ? low : other.high + 1n, high },
        ].filter((part) => part.low <= part.high),
      ),
    ranges.filter(({ low, high }) => low <= high),
  );

/** Where several variants have a value, it is the first one's. What no variant has is that of the last one without values. */
const valuesOf = ({ variants }: EnumShape, size: number): VariantValues[] => {
  const taken: ValueRange[] = [];
  const all = { low: 0n, high: (1n << BigInt(8 * size)) - 1n };
  const other = variants.findLastIndex(({ values }) => values === null);
  const own = variants.map(({ name, values }) => {
    const left = without(values ?? [], taken);
    taken.push(...left);
    return { name, values: left };
  });
  return own.map((one, index) => (index === other ? { ...one, values: without([all], taken) } : one));
};

const tables = new WeakMap<EnumShape | CEnumShape, readonly VariantValues[]>();

const bitsOf = ({ size, variants }: CEnumShape): VariantValues[] => {
  const seen = new Set<bigint>();
  return variants.map(({ name, value }) => {
    const bits = BigInt.asUintN(8 * size, value);
    const isNew = !seen.has(bits);
    seen.add(bits);
    return { name, values: isNew ? [{ low: bits, high: bits }] : [] };
  });
};

/** The variants of an enum in the order of its shape, with what says which one a value is; of one variant no tag does. */
export const variantsOf = (shape: EnumShape | CEnumShape): readonly VariantValues[] => {
  const known = tables.get(shape);
  if (known !== undefined) return known;
  const table = shape.kind === 'c-enum' ? bitsOf(shape) : valuesOf(shape, shape.tag?.size ?? 0);
  tables.set(shape, table);
  return table;
};

/** Null: there is one variant only. */
export const tagOf = (shape: EnumShape | CEnumShape, place: Place): Tag | null => {
  if (shape.kind === 'c-enum') return { place, size: shape.size };
  return shape.tag === null ? null : { place: shifted(place, shape.tag.offset), size: shape.tag.size };
};

/** Whether the value at `place` is the variant of that number. */
export const isVariant = (shape: EnumShape | CEnumShape, place: Place, index: number): BoolNode => {
  const tag = tagOf(shape, place);
  if (tag === null) return { kind: 'truth', value: index === 0 };
  const table = variantsOf(shape);
  const hasOther = shape.kind === 'enum' && shape.variants.some(({ values }) => values === null);
  const known = hasOther ? null : table.flatMap(({ values }) => values);
  return { kind: 'variant', tag, values: table[index]?.values ?? [], known };
};

/**
 * The fields of the variant of that number. Bytes that are withheld as those of another variant aren't looked at
 * whichever it is: a field that has such is withheld too.
 */
export const fieldsOfVariant = (shape: EnumShape, index: number): readonly FieldShape[] => {
  const others: EnumShape = { ...shape, variants: shape.variants.filter((_, other) => other !== index) };
  return (shape.variants[index]?.fields ?? []).map((field) =>
    isWithheldAt(others, field.offset, field.shape.size)
      ? { ...field, shape: { kind: 'cut', size: field.shape.size, why: 'redacted' } }
      : field,
  );
};
