import { isUninhabited } from '../elf/rust-enum.ts';
import type { Aggregate, RustEnum, RustHead } from '../elf/rust-model.ts';
import { lastSegment } from '../elf/rust-name.ts';
import type { Member, Variant } from '../elf/type-model.ts';
import type { EnumShape, ValueShape, VariantShape } from './shape.ts';
import { type ShapeSite, sizeOf } from './shape-site.ts';
import { fieldShapes, formOf } from './struct-shapes.ts';
import { isWithheldAt } from './withheld.ts';

type Variants = NonNullable<Aggregate['variants']>;
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
export const enumShape = (site: ShapeSite, type: Aggregate, { tag, of }: Variants): ValueShape => {
  const size = sizeOf(type);
  const possible =
    tag !== null && of.every(({ discriminants }) => discriminants !== null) ? of : inhabited(site, tag, of);
  if (possible.length === 0) return size === 0 ? { kind: 'never', size: 0 } : { kind: 'opaque', size, name: type.name };
  const place = tagOf(site, tag);
  if (tag !== null && (place === null || place.offset + place.size > size))
    return { kind: 'cut', size, why: 'unknown' };
  const variants = place === null ? possible.slice(0, 1) : possible;
  if (!site.takes(variants.length)) return { kind: 'cut', size, why: 'truncated' };
  const isCoroutine = variants.some(({ name }) => name === 'Unresumed') && coroutine.test(lastSegment(type.name));
  const groups = variants.map(({ name, member }) =>
    // What a coroutine had is gone when it has ended, though debug info goes on to tell of it.
    isCoroutine && (name === 'Returned' || name === 'Panicked') ? [] : contentOf(site, member),
  );
  const names = variants.map(({ name }) => name ?? '');
  const fields = fieldShapes(site, groups, size, names);
  if (fields === null) return { kind: 'cut', size, why: 'truncated' };
  const shape: EnumShape = {
    kind: 'enum',
    size,
    tag: place,
    variants: variants.map(
      ({ discriminants }, index): VariantShape => ({
        name: names[index]!,
        form: formOf(groups[index]!),
        fields: fields[index]!,
        values: place === null ? null : discriminants,
      }),
    ),
  };
  // The tag may be a part of what is withheld: then it isn't read either.
  const isWithheld = place !== null && site.withholds !== null && isWithheldAt(shape, place.offset, place.size);
  return isWithheld ? { kind: 'cut', size, why: 'redacted' } : shape;
};

/**
 * Variants that a value can be. Where some variant has every value that is left over, those of variants that can't be
 * mean nothing: they may even be its own. The one that has them is always possible.
 */
const inhabited = (site: ShapeSite, tag: Member | null, of: readonly Variant[]): readonly Variant[] => {
  const isPossible = ({ member }: Variant): boolean => member.type === null || !isUninhabited(site.types, member.type);
  if (tag === null) return of.filter(isPossible);
  return of.filter((variant) => variant.discriminants === null || isPossible(variant));
};

const tagOf = (site: ShapeSite, tag: Member | null): EnumShape['tag'] => {
  const size = tag === null ? null : wordSize(site.size(tag.type));
  return tag === null || size === null ? null : { offset: Number(tag.offset), size };
};

/** `{async_fn_env#0}`, `{gen_block_env#1}`, `{coroutine_env#0}`. */
const coroutine = /^\{\w+_env#\d+\}/;

/** A variant's fields in source order, at offsets from the enum's beginning. A coroutine's may be told twice. */
const contentOf = (site: ShapeSite, { type, offset }: Member): readonly Member[] => {
  const content = site.type(type);
  if (content?.kind !== 'struct') return [];
  const seen = new Set<string>();
  const fields: Member[] = [];
  for (const field of content.members) {
    const key = `${field.name} ${field.offset}`;
    if (field.isArtificial || seen.has(key)) continue;
    seen.add(key);
    fields.push({ ...field, offset: field.offset + offset });
  }
  return fields;
};
