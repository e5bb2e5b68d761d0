import type { DebugType, DebugTypes, Member, TypeId } from '../elf/type-model.ts';
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
  /** C: further arguments may follow. */
  readonly isVariadic?: boolean;
  readonly isDeclaration?: boolean;
};

export type ShownTypes = {
  readonly types: readonly ShownType[];
  /** What of them is left out, and why. */
  readonly cut: string | null;
};

const maxDepth = 3;
const maxTypes = 64;
/** Fields, variants, enumerators or parameters of one type. */
const maxParts = 1024;
/** Fields of all variants of one type. */
const maxVariantFields = 8 * maxParts;

const partsCut = `only ${maxParts} fields, variants or enumerators of one type are shown`;
const variantFieldsCut = `only ${maxVariantFields} fields of all variants of one type are shown`;
const unplacedCut = 'members and base classes whose places only the running program knows are left out';

/** The types that the roots reach, each name once, the roots first, then level by level. */
export const describeTypes = (types: DebugTypes, roots: readonly (TypeId | null)[], language: Language): ShownTypes => {
  const shown = new Map<string, ShownType>();
  const cuts = new Set<string>();
  const answer = (): ShownTypes => ({ types: [...shown.values()], cut: [...cuts].join('; ') || null });
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
      if (shown.size === maxTypes) {
        cuts.add(`only ${maxTypes} types are shown`);
        return answer();
      }
      if (depth > maxDepth) cuts.add(`types inside types are shown to ${maxDepth} levels`);
      else {
        shown.set(described.type.name, described.type);
        for (const cut of described.cuts) cuts.add(cut);
      }
    }
    level = depth > maxDepth ? new Set() : next;
  }
  return answer();
};

type Described = {
  readonly type: ShownType | null;
  readonly inner: readonly TypeId[];
  /** What is left out of it. */
  readonly cuts: Iterable<string>;
};

const describe = (types: DebugTypes, type: DebugType, language: Language): Described => {
  const cuts = new Set<string>();
  const name = (id: TypeId | null): string => typeName(types, id, language);
  const head = { name: name(type.id), size: type.size, align: type.align };
  const whole = (shown: ShownType | null, ...inner: (TypeId | null)[]): Described => ({
    type: shown,
    inner: inner.filter((id) => id !== null),
    cuts,
  });
  switch (type.kind) {
    case 'base':
      return whole({ ...head, kind: type.kind, encoding: type.encoding });
    case 'pointer':
      return whole({ ...head, kind: type.kind, of: name(type.target) }, type.target);
    case 'array':
      return whole({ ...head, kind: type.kind, of: name(type.element), counts: type.counts }, type.element);
    case 'enumeration': {
      const enumerators = firstOf(type.enumerators, cuts);
      return whole({ ...head, kind: type.kind, of: name(type.base), enumerators }, type.base);
    }
    case 'function': {
      const parameters = firstOf(type.parameters, cuts);
      const variadic = type.isVariadic ? { isVariadic: true } : {};
      const returns = name(type.returns);
      return whole(
        { ...head, kind: type.kind, parameters: parameters.map(name), returns, ...variadic },
        ...parameters,
        type.returns,
      );
    }
    case 'qualifier':
      // `const T` says no more than T; a typedef has a name of its own.
      return type.of === 'typedef'
        ? whole({ ...head, kind: 'typedef', of: name(type.target) }, type.target)
        : whole(null, type.target);
    case 'unspecified':
      return whole({ ...head, kind: type.kind });
    default:
      return describeAggregate(types, type, head, language);
  }
};

/** The parts of a type that are shown. */
const firstOf = <T>(parts: readonly T[], cuts: Set<string>): readonly T[] => {
  if (parts.length <= maxParts) return parts;
  cuts.add(partsCut);
  return parts.slice(0, maxParts);
};

type Head = Pick<ShownType, 'name' | 'size' | 'align'>;

const describeAggregate = (
  types: DebugTypes,
  type: Extract<DebugType, { kind: 'struct' | 'union' }>,
  head: Head,
  language: Language,
): Described => {
  const inner: TypeId[] = [];
  const cuts = new Set<string>();
  if ((type.unplaced ?? 0) > 0) cuts.add(unplacedCut);
  const field = (member: Member): ShownField => {
    if (member.type !== null) inner.push(member.type);
    return {
      name: member.name,
      type: member.type === null ? '?' : typeName(types, member.type, language),
      offset: member.offset,
      bits: member.bits,
    };
  };
  const fields = firstOf([...type.bases, ...type.members], cuts).map(field);
  const declared = type.isDeclaration ? { isDeclaration: true } : {};
  if (type.variants === null) return { type: { ...head, kind: type.kind, fields, ...declared }, inner, cuts };
  const { tag, of } = type.variants;
  const shownTag = tag === null ? null : field(tag);
  const tagType = tag === null || tag.type === null ? null : readType(types, tag.type);
  const signedBits =
    tagType?.kind === 'base' && tagType.encoding === 'signed' && tagType.size !== null
      ? Number(tagType.size) * 8
      : null;
  // The source writes the values of a signed tag with their sign.
  const asTag = ({ low, high }: { low: bigint; high: bigint }): { low: bigint; high: bigint } =>
    signedBits === null
      ? { low, high }
      : { low: BigInt.asIntN(signedBits, low), high: BigInt.asIntN(signedBits, high) };
  let room = maxVariantFields;
  const variants = firstOf(of, cuts).map(({ name, discriminants, member }) => {
    const content = member.type === null ? null : readType(types, member.type);
    // A variant's content is a type of its own in DWARF, which nobody can name.
    const parts = firstOf(content?.kind === 'struct' ? content.members : [], cuts);
    if (parts.length > room) cuts.add(variantFieldsCut);
    const fields = parts.slice(0, room).map(field);
    room -= fields.length;
    return { name: name ?? member.name, discriminants: discriminants?.map(asTag) ?? null, fields };
  });
  return { type: { ...head, kind: 'enum', fields, tag: shownTag, variants, ...declared }, inner, cuts };
};
