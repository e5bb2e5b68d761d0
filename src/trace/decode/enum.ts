import type { EnumShape, ValueShape, VariantShape } from '../../abi/shape.ts';
import { hex } from '../../base/units.ts';
import { holesOf, type Range } from '../holes.ts';
import { decodeFields, formText, jsonObject } from './aggregate.ts';
import type { Decoding } from './decoding.ts';
import { jsonKey, nameText } from './name.ts';
import { invalid, type JsonValue, missing, type Shown } from './shown.ts';
import { lack, type Source, slice, unsigned } from './source.ts';

export type CEnumShape = Extract<ValueShape, { kind: 'c-enum' }>;
type Tag = NonNullable<EnumShape['tag']>;

const invalidTag = (value: bigint, tag: Tag, source: Source, at: number): Shown =>
  invalid(`tag ${hex(value)}`, slice(source, at + tag.offset, tag.size));

const means = ({ values }: VariantShape, tag: bigint): boolean => {
  if (values !== null) for (const { low, high } of values) if (tag >= low && tag <= high) return true;
  return false;
};

const holes = new WeakMap<EnumShape, readonly Range[]>();

/** The bytes with all that is redacted in any variant: whichever it is, these weren't read. */
const redacted = (shape: EnumShape, source: Source, at: number): Source => {
  let own = holes.get(shape);
  if (own === undefined) {
    own = holesOf(shape, 0);
    holes.set(shape, own);
  }
  if (own.length === 0) return source;
  const missing = own.map(({ start, end }) => ({ start: at + start, end: at + end, why: 'redacted' as const }));
  return { bytes: source.bytes, missing: [...source.missing, ...missing] };
};

/** The variant that the bytes hold, or what is shown because that can't be told. */
export const activeVariant = (shape: EnumShape, all: Source, at: number): VariantShape | Shown => {
  const { tag, variants } = shape;
  if (tag === null) return variants[0] ?? missing('gone');
  const source = redacted(shape, all, at);
  const why = lack(source, at + tag.offset, at + tag.offset + tag.size);
  if (why !== null) return missing(why);
  const value = unsigned(source, at + tag.offset, tag.size);
  let other: VariantShape | null = null;
  for (const variant of variants) {
    if (variant.values === null) other = variant;
    else if (means(variant, value)) return variant;
  }
  return other ?? invalidTag(value, tag, source, at);
};

export const isShown = (found: VariantShape | Shown): found is Shown => 'text' in found;

export const decodeEnum = (shape: EnumShape, all: Source, at: number, decoding: Decoding): Shown => {
  const source = redacted(shape, all, at);
  const variant = activeVariant(shape, source, at);
  if (isShown(variant)) return variant;
  const { name, form, fields } = variant;
  decoding.spend(name.length);
  const parts = decodeFields(form, fields, source, at, decoding);
  const [first] = parts;
  if (shape.isTransparent && parts.length === 1 && first !== undefined) return first;
  return { value: { [jsonKey(name)]: payload(variant, parts) }, text: formText(name, form, fields, parts) };
};

const payload = ({ form, fields }: VariantShape, parts: readonly Shown[]): JsonValue => {
  if (form === 'unit') return null;
  if (form === 'named') return jsonObject(fields, parts);
  return parts.length === 1 ? (parts[0]?.value ?? null) : parts.map(({ value }) => value);
};

/** The name of a value; null where it has none. */
export const nameOf = (shape: CEnumShape, value: bigint): string | null => {
  const bits = shape.size * 8;
  const wanted = BigInt.asUintN(bits, value);
  for (const variant of shape.variants) if (BigInt.asUintN(bits, variant.value) === wanted) return variant.name;
  return null;
};

export const unitVariant = (name: string): Shown => ({ value: { [jsonKey(name)]: null }, text: nameText(name) });

export const decodeCEnum = (shape: CEnumShape, source: Source, at: number, decoding: Decoding): Shown => {
  const why = lack(source, at, at + shape.size);
  if (why !== null) return missing(why);
  const value = unsigned(source, at, shape.size);
  const name = nameOf(shape, value);
  if (name === null) return invalid(`enum ${hex(value)}`, slice(source, at, shape.size));
  decoding.spend(name.length);
  return unitVariant(name);
};
