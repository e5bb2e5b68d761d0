import { classify } from '../elf/rust-type.ts';
import type { DebugType, TypeId } from '../elf/type-model.ts';
import type { Recognise } from './collection-shapes.ts';
import { cEnumShape } from './enum-shapes.ts';
import { argumentOf, type Part, partAt, whole, wordIn } from './part.ts';
import type { StructShape, ValueShape } from './shape.ts';
import { type ShapeSite, sizeOf } from './shape-site.ts';
import { namedShape } from './struct-shapes.ts';

/** `std::io::Error { repr: Repr(NonNull<()>, PhantomData<ErrorData<Box<Custom>>>) }`, of one word. */
export const ioError: Recognise = (site, type) => {
  const repr = partAt(site.types, whole(type), 'repr');
  const word = repr && wordIn(site.types, partAt(site.types, repr, '__0'), 8);
  if (sizeOf(type) !== 8 || word?.offset !== 0 || word.type.kind !== 'pointer') return null;
  const data = repr && partAt(site.types, repr, '__1');
  const types = data === null ? null : partsOf(site, argumentOf(data.type, 'T'));
  return {
    kind: 'io-error',
    size: 8,
    kinds: kindsOf(site, types?.kind),
    message: behind(site, 'Error', types?.message, ['kind', 'message']),
    custom: behind(site, 'Custom', types?.custom, ['kind', 'error']),
  };
};

type ErrorData = {
  readonly kind: TypeId | null;
  readonly message: TypeId | null;
  readonly custom: TypeId | null;
};

/** What the variants of `ErrorData` hold: `Simple(ErrorKind)`, `SimpleMessage(&SimpleMessage)`, `Custom(Box<Custom>)`. */
const partsOf = (site: ShapeSite, id: TypeId | null | undefined): ErrorData | null => {
  const type = site.type(id ?? null);
  if (type?.kind !== 'struct' || type.variants === null) return null;
  const { of } = type.variants;
  const content = (name: string): DebugType | null => {
    const variant = of.find((one) => one.name === name);
    const struct = site.type(variant?.member.type ?? null);
    return struct?.kind === 'struct' ? site.type(struct.members[0]?.type ?? null) : null;
  };
  const behind = (pointer: DebugType | null): TypeId | null => (pointer?.kind === 'pointer' ? pointer.target : null);
  return {
    kind: content('Simple')?.id ?? null,
    message: behind(content('SimpleMessage')),
    custom: behind(content('Custom')),
  };
};

const kindsOf = (site: ShapeSite, id: TypeId | null | undefined): Extract<ValueShape, { kind: 'c-enum' }> | null => {
  if (id == null) return null;
  const type = classify(site.types, id);
  const shape = type.kind === 'c-enum' ? cEnumShape(site, type) : null;
  return shape?.kind === 'c-enum' ? shape : null;
};

/** The struct that the word leads to, under the name that Debug gives it. */
const behind = (
  site: ShapeSite,
  name: string,
  id: TypeId | null | undefined,
  fields: readonly string[],
): StructShape | null => {
  const type = site.type(id ?? null);
  if (type === null || site.depth <= 0) return null;
  const parts = fields
    .map((field) => partAt(site.types, whole(type), field))
    .filter((part): part is Part => part !== null);
  if (parts.length !== fields.length) return null;
  const shapes = site.behind(
    parts.map((part) => part.id),
    fields,
  );
  return namedShape(
    name,
    sizeOf(type),
    fields.map((field, index) => ({ name: field, offset: parts[index]!.offset, shape: shapes[index]! })),
  );
};
