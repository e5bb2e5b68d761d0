import type { Aggregate, CoroutineState, RustEnum, RustVariant } from './rust-model.ts';
import { lastSegment, withoutArguments } from './rust-name.ts';
import { byOffset, isNumbered } from './rust-struct.ts';
import type { DebugType, DebugTypes, Member, TypeId } from './type-model.ts';

type Variants = NonNullable<Aggregate['variants']>;

export const cEnum = (type: Extract<DebugType, { kind: 'enumeration' }>): RustEnum => ({
  kind: 'c-enum',
  base: type.base,
  variants: type.enumerators,
});

const knownEnums = new Map<string, 'Option' | 'Result'>([
  ['core::option::Option', 'Option'],
  ['core::result::Result', 'Result'],
]);

/** An enum with data, or the state of a coroutine. */
export const dataEnum = (types: DebugTypes, type: Aggregate, { tag, of }: Variants): RustEnum => {
  const variants = of.map(({ name, discriminants, member }): RustVariant => {
    const content = contentOf(types, member);
    const fields = byOffset(
      content?.members.map((field) => ({ ...field, offset: field.offset + member.offset })) ?? [],
    );
    return {
      name,
      discriminants,
      form: fields.length === 0 ? 'unit' : isNumbered(fields) ? 'tuple' : 'struct',
      fields,
      isInhabited: content === null || !isUninhabited(types, content.id),
      type: member.type,
    };
  });
  const coroutine = coroutineOf(type);
  if (coroutine !== null) return { kind: 'coroutine', of: coroutine, tag, states: variants.map(stateOf) };
  return {
    kind: 'enum',
    known: knownEnums.get(withoutArguments(type.name)) ?? null,
    layout: layoutOf(tag, variants),
    tag,
    variants,
  };
};

const contentOf = (types: DebugTypes, member: Member): Aggregate | null => {
  const content = member.type === null ? null : types.type(member.type);
  return content?.kind === 'struct' ? content : null;
};

const layoutOf = (
  tag: Member | null,
  variants: readonly RustVariant[],
): Extract<RustEnum, { kind: 'enum' }>['layout'] => {
  if (!variants.some(({ isInhabited }) => isInhabited)) return 'uninhabited';
  if (tag === null) return 'single';
  return variants.every(({ discriminants }) => discriminants !== null) ? 'tagged' : 'niche';
};

const coroutines = new Map<string, Extract<RustEnum, { kind: 'coroutine' }>['of']>([
  ['async_fn', 'async-fn'],
  ['async_block', 'async-block'],
  ['async_closure', 'async-closure'],
  ['gen_fn', 'generator'],
  ['gen_block', 'generator'],
  ['gen_closure', 'generator'],
  ['generator', 'generator'],
  ['coroutine', 'generator'],
  ['async_gen_fn', 'async-generator'],
  ['async_gen_block', 'async-generator'],
  ['async_gen_closure', 'async-generator'],
]);

const coroutineOf = (type: Aggregate): Extract<RustEnum, { kind: 'coroutine' }>['of'] | null => {
  const [, kind = ''] = /^\{(\w+)_env#\d+\}/.exec(lastSegment(type.name)) ?? [];
  return coroutines.get(kind) ?? null;
};

const states = new Map<string | null, CoroutineState['state']>([
  ['Unresumed', 'unresumed'],
  ['Returned', 'returned'],
  ['Panicked', 'panicked'],
]);

const stateOf = (variant: RustVariant): CoroutineState => {
  const [, number] = /^Suspend(\d+)$/.exec(variant.name ?? '') ?? [];
  return {
    ...variant,
    state: number === undefined ? (states.get(variant.name) ?? 'other') : 'suspended',
    suspension: number === undefined ? null : Number(number),
    awaitee: variant.fields.find(({ name }) => name === '__awaitee') ?? null,
  };
};

/** Types inside types; a type that holds itself deeper than this is damage. */
const deepest = 16;
/** Types looked at for one answer: wide types inside wide types take long, and never matter. */
const mostLooked = 2048;

/** Whether no value of the type can exist: `!`, an enum without variants, and what holds one of them. */
export const isUninhabited = (types: DebugTypes, id: TypeId): boolean => {
  let left = mostLooked;
  const known = new Map<TypeId, boolean>();
  const look = (at: TypeId, depth: number): boolean => {
    if (depth > deepest || left-- <= 0) return false;
    const seen = known.get(at);
    if (seen !== undefined) return seen;
    // A type that holds itself is taken to have values while it is looked at.
    known.set(at, false);
    const is = has(types.type(at), depth + 1);
    known.set(at, is);
    return is;
  };
  const of = (member: Member, depth: number): boolean => member.type !== null && look(member.type, depth);
  const has = (type: DebugType, depth: number): boolean => {
    if (type.kind === 'base') return type.encoding === 'never';
    if (type.kind === 'array')
      return type.element !== null && type.counts.every((count) => count !== 0n) && look(type.element, depth);
    if (type.kind !== 'struct') return false;
    if (type.members.some((member) => of(member, depth))) return true;
    return type.variants?.of.every(({ member }) => of(member, depth)) ?? false;
  };
  return look(id, 0);
};
