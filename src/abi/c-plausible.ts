import type { Aggregate } from '../elf/rust-model.ts';
import type { DebugTypes, TypeId } from '../elf/type-model.ts';

const deepest = 16;
/** Types looked at for one answer: wide types inside wide types are nobody's. */
const mostLooked = 512;

/**
 * Whether an author might pass a Rust type by `extern "C"`: scalars, pointers, and structs and unions of a crate of its
 * own whose fields lie in the order of their declaration, as `repr(C)` puts them. Tuples, slices and the types of the
 * standard library are not passed to C; enums with data seldom (`withEnums`).
 */
export const couldBeC = (
  types: DebugTypes,
  id: TypeId,
  withEnums: boolean,
  depth = 0,
  room = { left: mostLooked },
): boolean => {
  if (depth > deepest || room.left-- <= 0) return false;
  const type = types.type(id);
  switch (type.kind) {
    case 'base':
    case 'pointer':
    case 'enumeration':
      return true;
    case 'array':
      return depth > 0 && (type.element === null || couldBeC(types, type.element, withEnums, depth + 1, room));
    case 'union':
    case 'struct': {
      if (type.size === 0n) return true;
      if (type.variants !== null) return isNullable(types, type) || (withEnums && isTagged(type, type.variants));
      if (depth === 0 && /^(?:core|alloc|std)::/.test(type.name)) return false;
      if (/^[&(*]/.test(type.name) || type.name.includes('{')) return false;
      let last = -1n;
      for (const { type: inner, offset } of type.members) {
        if (inner === null || !couldBeC(types, inner, withEnums, depth + 1, room)) return false;
        if (type.kind === 'struct' && offset < last) return false;
        last = offset;
      }
      return true;
    }
    default:
      return false;
  }
};

/** `Option` of a pointer is passed as the pointer. */
const isNullable = (types: DebugTypes, type: Aggregate): boolean => {
  const [some, ...others] = (type.variants?.of ?? []).filter(({ member }) => {
    const content = member.type === null ? null : types.type(member.type);
    return content?.kind === 'struct' && content.members.length > 0;
  });
  if (some?.member.type == null || others.length > 0 || type.size !== 8n) return false;
  const content = types.type(some.member.type);
  const [field, ...more] = content.kind === 'struct' ? content.members : [];
  return field?.type != null && more.length === 0 && types.type(field.type).kind === 'pointer';
};

/** As `repr(C)` and `repr(u8)` lay out an enum: a tag first, and a value of it for each variant. */
const isTagged = ({ name }: Aggregate, { tag, of }: NonNullable<Aggregate['variants']>): boolean =>
  !/^(?:core|alloc|std)::/.test(name) && tag?.offset === 0n && of.every(({ discriminants }) => discriminants !== null);
