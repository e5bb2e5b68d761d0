import type { Aggregate, Pointee, RustOther, RustPointer } from './rust-model.ts';
import { lastSegment, typeArguments, withoutArguments } from './rust-name.ts';
import type { DebugType, DebugTypes, Member, TypeId } from './type-model.ts';

type Manner = Pick<RustPointer, 'of' | 'isMutable'>;

const prefixes: readonly [string, Manner][] = [
  ['&mut ', { of: 'reference', isMutable: true }],
  ['&', { of: 'reference', isMutable: false }],
  ['*const ', { of: 'raw', isMutable: false }],
  ['*mut ', { of: 'raw', isMutable: true }],
];
const box: Manner = { of: 'box', isMutable: true };

const counted = new Map<string, RustPointer['of']>([
  ['alloc::rc::Rc', 'rc'],
  ['alloc::rc::Weak', 'rc-weak'],
  ['alloc::sync::Arc', 'arc'],
  ['alloc::sync::Weak', 'arc-weak'],
]);

/** A pointer's manner and what its name says it points to: `&mut [u8]`. */
const mannerOf = (name: string): { manner: Manner; target: string } | null => {
  for (const [prefix, manner] of prefixes)
    if (name.startsWith(prefix)) return { manner, target: name.slice(prefix.length) };
  if (withoutArguments(name) === 'alloc::boxed::Box') return { manner: box, target: typeArguments(name)[0] ?? '' };
  return null;
};

/** A thin pointer, as DW_TAG_pointer_type: `&T`, `*mut T`, `Box<T>`, `fn(T)`. */
export const thinPointer = (
  types: DebugTypes,
  type: Extract<DebugType, { kind: 'pointer' }>,
): RustPointer | RustOther => {
  const target = type.target === null ? null : types.type(type.target);
  if (target?.kind === 'function' && mannerOf(type.name) === null)
    return { kind: 'fn-pointer', parameters: target.parameters, returns: target.returns };
  // rustc names every pointer; what has no name tells no more than raw pointers do.
  const manner = mannerOf(type.name)?.manner ?? { of: 'raw', isMutable: true };
  return { kind: 'pointer', ...manner, to: { sized: true, target: type.target }, valueOffset: 0n };
};

/** A wide pointer or a pointer type of the library, as DW_TAG_structure_type; null where the struct is none. */
export const structPointer = (types: DebugTypes, type: Aggregate): RustPointer | null => {
  const of = counted.get(withoutArguments(type.name));
  if (of !== undefined) return countedPointer(types, type, of);
  const named = mannerOf(type.name);
  if (named === null) return null;
  const to = widePointee(types, type, named.target);
  if (to !== null) return { kind: 'pointer', ...named.manner, to, valueOffset: 0n };
  // Box with an allocator that takes room: `Box { __0: Unique<T>, __1: A }`.
  const inner = named.manner.of === 'box' ? innerPointer(types, type) : null;
  return inner && { kind: 'pointer', ...named.manner, to: inner.to, valueOffset: 0n };
};

const widePointee = (types: DebugTypes, type: Aggregate, target: string): Extract<Pointee, { sized: false }> | null => {
  if (type.members.length !== 2) return null;
  const member = (name: string): Member | undefined => type.members.find((one) => one.name === name);
  const [length, vtable] = [member('length'), member('vtable')];
  const data = member('data_ptr') ?? member('pointer');
  const metadata = length ?? vtable;
  if (!data || !metadata) return null;
  const pointer = data.type === null ? null : types.type(data.type);
  return {
    sized: false,
    of: length ? unsizedKind(target) : /^\(?dyn /.test(target) ? 'dyn' : 'struct',
    target: pointer?.kind === 'pointer' ? pointer.target : null,
    data,
    metadata,
    carries: length ? 'length' : 'vtable',
  };
};

const osStrings = ['std::path::Path', 'std::ffi::os_str::OsStr', 'std::sys_common::wtf8::Wtf8', 'alloc::wtf8::Wtf8'];
const cStrings = ['core::ffi::c_str::CStr', 'std::ffi::c_str::CStr'];

const unsizedKind = (target: string): Extract<Pointee, { sized: false }>['of'] => {
  if (target === 'str') return 'str';
  if (target.startsWith('[')) return 'slice';
  if (osStrings.includes(target)) return 'bytes';
  return cStrings.includes(target) ? 'c-string' : 'struct';
};

/** Structs around structs around the pointer: `Rc`, `NonNull`; deeper nesting is no pointer type of the library. */
const deepest = 6;
/** Members of all these structs; each may hold the next several times. */
const mostMembers = 1024;

type Inner = { readonly to: Pointee; readonly offset: bigint };

/** The pointer that a wrapper of the library holds: its first parts are followed. `data` and `metadata` are from the wrapper's beginning. */
const innerPointer = (types: DebugTypes, type: Aggregate, depth = 0, room = { members: mostMembers }): Inner | null => {
  if (depth > deepest) return null;
  for (const member of type.members) {
    if (--room.members < 0) return null;
    if (member.type === null) continue;
    const inner = types.type(member.type);
    if (inner.kind === 'pointer') return { to: { sized: true, target: inner.target }, offset: member.offset };
    if (inner.kind !== 'struct' || inner.size === 0n) continue;
    const wide = widePointee(types, inner, mannerOf(inner.name)?.target ?? '');
    if (wide !== null) return { to: moved(wide, member.offset), offset: member.offset };
    const deeper = innerPointer(types, inner, depth + 1, room);
    if (deeper !== null) return { to: moved(deeper.to, member.offset), offset: member.offset + deeper.offset };
  }
  return null;
};

const moved = (to: Pointee, by: bigint): Pointee => {
  if (to.sized) return to;
  const move = (member: Member): Member => ({ ...member, offset: member.offset + by });
  return { ...to, data: move(to.data), metadata: move(to.metadata) };
};

/** Rc, Arc or Weak: its pointer leads to the counters, with the value as their last part. */
const countedPointer = (types: DebugTypes, type: Aggregate, of: RustPointer['of']): RustPointer | null => {
  const inner = innerPointer(types, type);
  if (inner === null) return null;
  const counters = inner.to.target === null ? null : types.type(inner.to.target);
  const value =
    counters?.kind === 'struct' ? counters.members.find(({ name }) => name === 'value' || name === 'data') : undefined;
  const held = typeArguments(type.name)[0] ?? '';
  const target: TypeId | null = value?.type ?? null;
  const to: Pointee = inner.to.sized
    ? { sized: true, target }
    : {
        ...inner.to,
        of: inner.to.carries === 'length' ? unsizedKind(held) : /^\(?dyn /.test(held) ? 'dyn' : 'struct',
        target: inner.to.carries === 'length' ? elementOf(types, target) : target,
      };
  const isPlaced = inner.to.sized || inner.to.carries === 'length';
  return { kind: 'pointer', of, isMutable: false, to, valueOffset: isPlaced ? (value?.offset ?? null) : null };
};

/** Of an unsized value's type the element: `[u16]` may be told as an array without a count. */
const elementOf = (types: DebugTypes, id: TypeId | null): TypeId | null => {
  const type = id === null ? null : types.type(id);
  return type?.kind === 'array' && type.counts.every((count) => count === null) ? type.element : id;
};

/** Whether a name is that of a trait object's own type. */
export const isDyn = (name: string): boolean => /^\(?dyn /.test(lastSegment(name));
