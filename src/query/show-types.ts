import type { DebugType, DebugTypes, Member, TypeId } from '../elf/debug-model.ts';
import { type Language, readType, typeName } from './type-name.ts';

export type ShownField = {
  readonly name: string | null;
  readonly type: string;
  /** In bytes from the beginning of the type. */
  readonly offset: bigint;
  readonly bits: { readonly offset: bigint; readonly size: number } | null;
};

export type ShownVariant = {
  readonly name: string | null;
  /** Values of the tag that mean it; null: every other value. */
  readonly discriminants: readonly { readonly low: bigint; readonly high: bigint }[] | null;
  readonly fields: readonly ShownField[];
};

/** A type as its debug info has it; what it refers to by name. Names are not sanitised. */
export type ShownType = {
  readonly name: string;
  /** `enum`: with variants, each of which may have fields; `enumeration`: names for numbers. */
  readonly kind: Exclude<DebugType['kind'], 'qualifier'> | 'enum' | 'typedef';
  readonly size: bigint | null;
  readonly align: bigint | null;
  readonly encoding?: string;
  /** What a pointer points to, an array has, a typedef or an enumeration is. */
  readonly of?: string;
  readonly counts?: readonly (bigint | null)[];
  readonly fields?: readonly ShownField[];
  readonly tag?: ShownField | null;
  readonly variants?: readonly ShownVariant[];
  readonly enumerators?: readonly { readonly name: string; readonly value: bigint }[];
  readonly parameters?: readonly string[];
  readonly returns?: string;
  readonly isDeclaration?: boolean;
};

export type ShownTypes = {
  readonly types: readonly ShownType[];
  /** Why there are more than these. */
  readonly cut: string | null;
};

const maxDepth = 3;
const maxTypes = 64;
/** Fields, variants or enumerators of one type. */
const maxParts = 1024;

/** The types that the roots reach, each name once, the roots first, then level by level. */
export const describeTypes = (types: DebugTypes, roots: readonly (TypeId | null)[], language: Language): ShownTypes => {
  const shown = new Map<string, ShownType>();
  let cut: string | null = null;
  let level = new Set(roots.filter((id) => id !== null));
  const seen = new Set<TypeId>();
  for (let depth = 0; level.size > 0; depth++) {
    const next = new Set<TypeId>();
    for (const id of level) {
      if (seen.has(id)) continue;
      seen.add(id);
      const type = readType(types, id);
      if (type === null) continue;
      const described = describe(types, type, language);
      for (const inner of described.inner) next.add(inner);
      if (described.type === null || shown.has(described.type.name)) continue;
      if (shown.size === maxTypes) return { types: [...shown.values()], cut: `only ${maxTypes} types are shown` };
      if (depth > maxDepth) cut = `types inside types are shown to ${maxDepth} levels`;
      else shown.set(described.type.name, described.type);
    }
    level = depth > maxDepth ? new Set() : next;
  }
  return { types: [...shown.values()], cut };
};

type Described = { readonly type: ShownType | null; readonly inner: readonly TypeId[] };

const describe = (types: DebugTypes, type: DebugType, language: Language): Described => {
  const name = (id: TypeId | null): string => typeName(types, id, language);
  const head = { name: name(type.id), size: type.size, align: type.align };
  const ids = (...all: (TypeId | null)[]): TypeId[] => all.filter((id) => id !== null);
  switch (type.kind) {
    case 'base':
      return { type: { ...head, kind: type.kind, encoding: type.encoding }, inner: [] };
    case 'pointer':
      return { type: { ...head, kind: type.kind, of: name(type.target) }, inner: ids(type.target) };
    case 'array':
      return {
        type: { ...head, kind: type.kind, of: name(type.element), counts: type.counts },
        inner: ids(type.element),
      };
    case 'enumeration': {
      const enumerators = type.enumerators.slice(0, maxParts);
      return { type: { ...head, kind: type.kind, of: name(type.base), enumerators }, inner: ids(type.base) };
    }
    case 'function':
      return {
        type: { ...head, kind: type.kind, parameters: type.parameters.map(name), returns: name(type.returns) },
        inner: ids(...type.parameters, type.returns),
      };
    case 'qualifier':
      // `const T` says no more than T; a typedef has a name of its own.
      return type.of === 'typedef'
        ? { type: { ...head, kind: 'typedef', of: name(type.target) }, inner: ids(type.target) }
        : { type: null, inner: ids(type.target) };
    case 'unspecified':
      return { type: { ...head, kind: type.kind }, inner: [] };
    default:
      return describeAggregate(types, type, head, language);
  }
};

type Head = Pick<ShownType, 'name' | 'size' | 'align'>;

const describeAggregate = (
  types: DebugTypes,
  type: Extract<DebugType, { kind: 'struct' | 'union' }>,
  head: Head,
  language: Language,
): Described => {
  const inner: TypeId[] = [];
  const field = (member: Member): ShownField => {
    if (member.type !== null) inner.push(member.type);
    return {
      name: member.name,
      type: member.type === null ? '?' : typeName(types, member.type, language),
      offset: member.offset,
      bits: member.bits,
    };
  };
  const fields = [...type.bases, ...type.members].slice(0, maxParts).map(field);
  const declared = type.isDeclaration ? { isDeclaration: true } : {};
  if (type.variants === null) return { type: { ...head, kind: type.kind, fields, ...declared }, inner };
  const { tag, of } = type.variants;
  const shownTag = tag === null ? null : field(tag);
  const variants = of.slice(0, maxParts).map(({ name, discriminants, member }) => {
    const content = member.type === null ? null : readType(types, member.type);
    // A variant's content is a type of its own in DWARF, which nobody can name.
    const parts = content?.kind === 'struct' ? content.members : [];
    return { name: name ?? member.name, discriminants, fields: parts.slice(0, maxParts).map(field) };
  });
  return { type: { ...head, kind: 'enum', fields, tag: shownTag, variants, ...declared }, inner };
};
