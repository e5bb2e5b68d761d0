import { isUninhabited } from '../elf/rust-enum.ts';
import type { Aggregate } from '../elf/rust-model.ts';
import { lastSegment } from '../elf/rust-name.ts';
import type { DebugType, DebugTypes, Member, TypeId } from '../elf/type-model.ts';
import type { RustRules } from './compiler.ts';
import { commonScalar, type Layout, pairOf, type Representation, type Scalar, sameRepresentation } from './scalar.ts';

const none: Representation = { kind: 'none' };
const memory: Representation = { kind: 'memory' };

type Field = { readonly offset: number; readonly layout: Layout };

/** A value with more members is memory, unless nearly all of them are empty. */
const mostMembers = 256;

/** Types inside types; what is deeper is damage. */
const deepest = 48;

/**
 * How rustc treats values of types, from their DWARF: rustc's own rules (rustc_abi's layout computation, 1.63 to 1.97)
 * on the sizes and offsets that debug info has.
 *
 * Debug info doesn't tell `repr(C)`, which changes how a struct around one scalar is treated. `asC` holds the types for
 * which that is assumed here; {@link RustLayouts.ambiguous} collects those where it could have mattered.
 */
export class RustLayouts {
  readonly #types: DebugTypes;
  readonly #rules: RustRules;
  readonly #asC: ReadonlySet<TypeId>;
  readonly #known = new Map<TypeId, Layout>();
  /** Structs around one scalar, and unions of such, of crates other than the standard library. */
  readonly ambiguous = new Set<TypeId>();

  constructor(types: DebugTypes, rules: RustRules, asC: ReadonlySet<TypeId> = new Set()) {
    this.#types = types;
    this.#rules = rules;
    this.#asC = asC;
  }

  /** Null where debug info has no size, or nests types without end. `id` null is `()`. */
  of(id: TypeId | null, depth = 0): Layout | null {
    if (id === null) return { size: 0, align: 1, representation: none };
    const known = this.#known.get(id);
    if (known) return known;
    if (depth > deepest) return null;
    const layout = this.#layout(this.#types.type(id), depth);
    if (layout !== null) this.#known.set(id, layout);
    return layout;
  }

  #layout(type: DebugType, depth: number): Layout | null {
    if (type.kind === 'qualifier') return this.of(type.target, depth + 1);
    const size = type.kind === 'pointer' ? Number(type.size ?? 8n) : type.size === null ? null : Number(type.size);
    if (size === null) return null;
    const shape = (representation: Representation | null, align = Number(type.align ?? 1n)): Layout | null => {
      if (size === 0) return { size, align: Math.max(1, align), representation: none };
      return representation && { size, align: Math.max(1, align), representation };
    };
    const scalar = (kind: Scalar['kind'], isSigned = false): Layout | null => {
      const align = size === 16 && kind === 'integer' ? this.#rules.wideAlign : size;
      return shape({ kind: 'scalar', scalar: { kind, size, align, isSigned } }, align);
    };
    switch (type.kind) {
      case 'base':
        return scalar(type.encoding === 'float' ? 'float' : 'integer', type.encoding === 'signed');
      case 'pointer':
        return scalar('pointer');
      case 'enumeration': {
        const base = type.base === null ? null : this.of(type.base, depth + 1);
        const isSigned = base?.representation.kind === 'scalar' && base.representation.scalar.isSigned;
        return scalar('integer', isSigned);
      }
      case 'array':
        return shape(type.isVector ? { kind: 'vector' } : memory);
      case 'union':
        return shape(size === 0 ? none : this.#union(type, size, Number(type.align ?? 1n), depth));
      case 'struct':
        return shape(size === 0 ? none : this.#struct(type, size, Number(type.align ?? 1n), depth));
      default:
        return null;
    }
  }

  /** Members that take room, by offset; null where one's layout isn't known. `size`: of what has them. */
  #fields(members: readonly Member[], size: number, depth: number): Field[] | null {
    const fields: Field[] = [];
    const functions: Field[] = [];
    for (const { type, offset } of members) {
      const layout = this.of(type, depth + 1);
      if (layout === null) return null;
      const field = { offset: Number(offset), layout };
      if (layout.size === 0) continue;
      (isFunction(this.#types, type) ? functions : fields).push(field);
    }
    // A function's own type takes no room, and looks like a function pointer: it is one if there is room for it.
    for (const field of functions) {
      const end = field.offset + field.layout.size;
      const isFree = fields.every((one) => end <= one.offset || field.offset >= one.offset + one.layout.size);
      if (end <= size && isFree) fields.push(field);
    }
    return fields.sort((a, b) => a.offset - b.offset);
  }

  #struct(type: Aggregate, size: number, align: number, depth: number): Representation | null {
    if (isVectorName(type.name)) return { kind: 'vector' };
    if (isCoroutine(type.name)) return memory;
    if (type.variants !== null) return this.#enum(type, type.variants, size, align, depth);
    if (type.members.length > mostMembers) return memory;
    return this.#univariant(type.id, type.name, this.#fields(type.members, size, depth), size, align);
  }

  #univariant(
    id: TypeId,
    name: string,
    fields: readonly Field[] | null,
    size: number,
    align: number,
  ): Representation | null {
    if (fields === null) return null;
    const [a, b, c] = fields;
    if (a === undefined || c !== undefined) return memory;
    if (b === undefined) {
      if (a.offset !== 0 || a.layout.align !== align || a.layout.size !== size) return memory;
      const inner = a.layout.representation;
      if (inner.kind === 'pair') return inner;
      if (inner.kind !== 'scalar' && inner.kind !== 'vector') return memory;
      return this.#unwraps(id, name) ? inner : memory;
    }
    const [first, second] = [a.layout.representation, b.layout.representation];
    if (first.kind !== 'scalar' || second.kind !== 'scalar') return memory;
    const pair = pairOf(first.scalar, second.scalar);
    if (a.offset !== 0 || b.offset !== pair.secondOffset || align !== pair.align || size !== pair.size) return memory;
    return { kind: 'pair', first: first.scalar, second: second.scalar, secondOffset: pair.secondOffset };
  }

  /** Whether a struct around one scalar is treated as that scalar: unless it is `repr(C)`. */
  #unwraps(id: TypeId, name: string): boolean {
    if (isStandard(name)) return !standardC.test(name);
    // Tuples, closures and variants of enums are never `repr(C)`.
    if (name.startsWith('(') || lastSegment(name).startsWith('{')) return true;
    this.ambiguous.add(id);
    return !this.#asC.has(id);
  }

  #union(type: Aggregate, size: number, align: number, depth: number): Representation | null {
    if (type.members.length > mostMembers) return memory;
    const fields = this.#fields(type.members, size, depth);
    if (fields === null) return null;
    const [first, ...others] = fields;
    if (first === undefined) return memory;
    const { representation } = first.layout;
    if (representation.kind !== 'scalar' && representation.kind !== 'pair') return memory;
    if (!others.every(({ layout }) => sameRepresentation(layout.representation, representation))) return memory;
    const own =
      representation.kind === 'scalar'
        ? { align: representation.scalar.align, size: representation.scalar.size }
        : pairOf(representation.first, representation.second);
    if (own.align !== align || own.size !== size) return memory;
    if (isStandard(type.name)) return representation;
    this.ambiguous.add(type.id);
    return this.#asC.has(type.id) ? memory : representation;
  }

  #enum(
    type: Aggregate,
    { tag, of }: NonNullable<Aggregate['variants']>,
    size: number,
    align: number,
    depth: number,
  ): Representation | null {
    const variants = of.map(({ discriminants, member }) => ({
      discriminants,
      content: this.#content(member),
      isInhabited: member.type === null || !isUninhabited(this.#types, member.type),
    }));
    if (tag === null) {
      const only = variants.find(({ isInhabited }) => isInhabited) ?? variants[0];
      if (only?.content == null) return memory;
      return this.#univariant(type.id, '()', this.#fields(only.content, size, depth), size, align);
    }
    if (variants.some(({ content }) => (content?.length ?? 0) > mostMembers)) return memory;
    const tagLayout = this.of(tag.type, depth + 1);
    if (tagLayout === null) return null;
    if (tagLayout?.representation.kind !== 'scalar') return memory;
    const filled = variants.find(({ discriminants }) => discriminants === null);
    const fieldsOf = (one: (typeof variants)[number]) => (one.content ? this.#fields(one.content, size, depth) : []);
    if (filled !== undefined) {
      const others = variants.filter((one) => one !== filled);
      if (others.some((one) => fieldsOf(one)?.length !== 0)) return memory;
      return this.#univariant(type.id, '()', fieldsOf(filled), size, align);
    }
    const tagScalar = tagLayout.representation.scalar;
    if (tagScalar.size === size) return { kind: 'scalar', scalar: tagScalar };
    if (tag.offset !== 0n) return memory;
    let common: { scalar: Scalar; offset: number } | null = null;
    for (const variant of variants) {
      const fields = fieldsOf(variant);
      if (fields === null) return null;
      if (fields.length > 1) return memory;
      const [field] = fields;
      if (field === undefined) continue;
      if (field.layout.representation.kind !== 'scalar') return memory;
      const { scalar } = field.layout.representation;
      if (common === null) common = { scalar, offset: field.offset };
      else {
        const both = commonScalar(common.scalar, scalar, this.#rules.mixesPayloads);
        if (both === null || field.offset !== common.offset) return memory;
        common = { scalar: both, offset: common.offset };
      }
    }
    if (common === null) return memory;
    const pair = pairOf(tagScalar, common.scalar);
    if (pair.secondOffset !== common.offset || pair.align !== align || pair.size !== size) return memory;
    return { kind: 'pair', first: tagScalar, second: common.scalar, secondOffset: pair.secondOffset };
  }

  /** A variant's fields at their offsets in the enum; null: it has none to tell. */
  #content(member: Member): readonly Member[] | null {
    const content = member.type === null ? null : this.#types.type(member.type);
    return content?.kind === 'struct'
      ? content.members.map((field) => ({ ...field, offset: field.offset + member.offset }))
      : null;
  }
}

const isStandard = (name: string): boolean => /^(?:core|alloc|std)::/.test(name);

/** Structs of the standard library around one scalar that are `repr(C)`: the atomics. */
const standardC = /^core::sync::atomic::(?:Atomic\w*|private::Align\d+|Align\d+)(?:<|$)/;

const isCoroutine = (name: string): boolean =>
  /^\{(?:async_|gen_|generator|coroutine)\w*_?env#\d+\}/.test(lastSegment(name));

/** `repr(simd)`: debug info shows a struct around an array. */
export const isVectorName = (name: string): boolean =>
  /^core::core_arch::\w+(?:::\w+)*::(?:__m\d+[a-z]*|\w+x\d+(?:_t)?|float\w+|u?int\w+)$/.test(name) ||
  /^core::core_simd::(?:\w+::)*Simd</.test(name);

const isFunction = (types: DebugTypes, id: TypeId | null): boolean => {
  const type = id === null ? null : types.type(id);
  if (type?.kind !== 'pointer' || type.target === null) return false;
  return types.type(type.target).kind === 'function';
};
