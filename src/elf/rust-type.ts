import { cEnum, dataEnum } from './rust-enum.ts';
import type { Aggregate, RustHead, RustOther, RustScalar, RustType } from './rust-model.ts';
import { lastSegment, traitOf, withoutArguments, withoutDefaults } from './rust-name.ts';
import { isDyn, structPointer, thinPointer } from './rust-pointer.ts';
import { byOffset, structure, vtable } from './rust-struct.ts';
import type { DebugType, DebugTypes, TypeId } from './type-model.ts';

/** What the type is in Rust's terms. Throws RsymError `input` where a DIE that it needs is damaged. */
export const classify = (types: DebugTypes, id: TypeId): RustType => {
  const type = types.type(id);
  const head: RustHead = { id: type.id, name: typeText(types, id), size: type.size, align: type.align };
  return { ...head, ...(type.language === 'rust' ? parts(types, type) : { kind: 'foreign', type }) };
};

/** The name that a user reads: as its language writes it, without Rust's default type arguments. Not sanitised. */
export const typeText = (types: DebugTypes, id: TypeId): string => {
  const type = types.type(id);
  return type.language === 'rust' ? withoutDefaults(type.name) : type.name;
};

/** Distributes over the union, so that what is left is still told apart by its kind. */
type Parts<T> = T extends RustHead ? Omit<T, keyof RustHead> : never;

const parts = (types: DebugTypes, type: DebugType): Parts<RustType> => {
  switch (type.kind) {
    case 'base':
      return scalar(type);
    case 'pointer':
      return thinPointer(types, type);
    case 'array': {
      // rustc nests arrays, and gives each one count.
      const [count = null, ...more] = type.counts;
      return more.length > 0 ? { kind: 'opaque' } : { kind: 'array', element: type.element, count };
    }
    case 'enumeration':
      return cEnum(type);
    case 'union':
      return { kind: 'union', fields: byOffset(type.members) };
    case 'struct':
      return aggregate(types, type);
    case 'function':
      return { kind: 'fn', parameters: type.parameters, returns: type.returns };
    case 'qualifier':
    case 'unspecified':
      return { kind: 'opaque' };
  }
};

const scalar = (type: Extract<DebugType, { kind: 'base' }>): RustScalar | RustOther => {
  const bits = Number(type.size ?? 0n) * 8;
  switch (type.encoding) {
    case 'unsigned':
    case 'signed':
      return { kind: 'integer', signed: type.encoding === 'signed', bits };
    case 'float':
      return { kind: 'float', bits };
    case 'bool':
    case 'char':
    case 'unit':
    case 'never':
      return { kind: type.encoding };
    default:
      return { kind: 'opaque' };
  }
};

const aggregate = (types: DebugTypes, type: Aggregate): Parts<RustType> => {
  if (type.isDeclaration) return { kind: 'opaque' };
  if (type.variants !== null) return dataEnum(types, type, type.variants);
  const own = lastSegment(type.name);
  if (type.containing !== null || own === '{vtable_type}') return vtable(type);
  if (/^\{closure_env#\d+\}/.test(own)) return { kind: 'closure', fields: byOffset(type.members) };
  if (isDyn(type.name)) return { kind: 'dyn', trait: traitOf(type.name) };
  const inner = generatorOf(type);
  if (inner !== null) {
    const held = parts(types, types.type(inner));
    if (held.kind === 'coroutine') return held;
  }
  return structPointer(types, type) ?? structure(type);
};

/** Until rustc 1.74 an async function's state was in a wrapper of no size of its own. */
const generatorOf = (type: Aggregate): TypeId | null =>
  lastSegment(withoutArguments(type.name)) === 'GenFuture' && type.members.length === 1
    ? (type.members[0]?.type ?? null)
    : null;
