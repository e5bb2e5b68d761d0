import type { Member } from '../elf/debug-model.ts';
import type { RustEnum, RustHead, RustVariant } from '../elf/rust-model.ts';
import type { EnumShape, ValueShape, VariantShape } from './shape.ts';
import type { ShapeSite } from './shape-site.ts';
import { fieldShapes, formOf } from './struct-shapes.ts';

type WordSize = 1 | 2 | 4 | 8 | 16;

/** Numbers that can be decoded. */
export const wordSize = (size: number): WordSize | null =>
  size === 1 || size === 2 || size === 4 || size === 8 || size === 16 ? size : null;

/** No variant has fields. */
export const cEnumShape = (
  site: ShapeSite,
  type: RustHead & Extract<RustEnum, { kind: 'c-enum' }>,
): Extract<ValueShape, { kind: 'c-enum' | 'opaque' }> => {
  const size = Number(type.size ?? 0n);
  const word = wordSize(size);
  if (word === null) return { kind: 'opaque', size, name: type.name };
  const base = site.type(type.base);
  const signed = base?.kind === 'base' && base.encoding === 'signed';
  return { kind: 'c-enum', size: word, signed, variants: type.variants };
};

/** An enum with data, or the states of a coroutine. */
export const enumShape = (site: ShapeSite, type: RustHead & Exclude<RustEnum, { kind: 'c-enum' }>): ValueShape => {
  const size = Number(type.size ?? 0n);
  const all = type.kind === 'coroutine' ? type.states : type.variants;
  const inhabited = all.filter(({ isInhabited }) => isInhabited);
  if (inhabited.length === 0)
    return size === 0 ? { kind: 'never', size: 0 } : { kind: 'opaque', size, name: type.name };
  const tag = tagOf(site, type.tag);
  if (type.tag !== null && (tag === null || tag.offset + tag.size > size)) return { kind: 'cut', size, why: 'unknown' };
  const variants = tag === null ? inhabited.slice(0, 1) : inhabited;
  if (!site.takes(variants.length)) return { kind: 'cut', size, why: 'depth' };
  const groups = variants.map((variant) => inSourceOrder(site, variant));
  const names = variants.map(({ name }) => name ?? '');
  const fields = fieldShapes(site, groups, size, names);
  if (fields === null) return { kind: 'cut', size, why: 'depth' };
  return {
    kind: 'enum',
    size,
    tag,
    variants: variants.map(
      (variant, index): VariantShape => ({
        name: names[index]!,
        form: formOf(groups[index]!),
        fields: fields[index]!,
        values: tag === null ? null : variant.discriminants,
      }),
    ),
  };
};

const tagOf = (site: ShapeSite, tag: Member | null): EnumShape['tag'] => {
  const size = tag === null ? null : wordSize(site.size(tag.type));
  return tag === null || size === null ? null : { offset: Number(tag.offset), size };
};

/** A variant's fields, at offsets from the enum's beginning. */
const inSourceOrder = (site: ShapeSite, { fields, type }: RustVariant): readonly Member[] => {
  const content = site.type(type);
  if (content?.kind !== 'struct') return fields;
  const place = new Map(content.members.map(({ name }, index) => [name, index]));
  return [...fields]
    .filter(({ isArtificial }) => !isArtificial)
    .sort((a, b) => (place.get(a.name) ?? 0) - (place.get(b.name) ?? 0));
};
