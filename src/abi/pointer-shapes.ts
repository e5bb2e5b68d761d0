import type { Pointee, RustHead, RustPointer } from '../elf/rust-model.ts';
import { traitOf, typeArguments, withoutDefaults } from '../elf/rust-name.ts';
import type { DebugType, TypeId } from '../elf/type-model.ts';
import { argumentOf, firstPart, type Part, partAt, unwrapped, whole, wordAt } from './part.ts';
import type { Behind, ValueShape } from './shape.ts';
import { type ShapeSite, sizeOf } from './shape-site.ts';

type Wide = Extract<Pointee, { sized: false }>;

/** Text is of bytes that are read whole: how they are shown. */
const texts = new Map<Wide['of'], 'utf8' | 'bytes' | 'c'>([
  ['str', 'utf8'],
  ['bytes', 'bytes'],
  ['c-string', 'c'],
]);

export const pointerShape = (site: ShapeSite, pointer: RustHead & RustPointer): ValueShape => {
  const size = Number(pointer.size ?? 8n);
  const address: ValueShape = { kind: 'address', size };
  if (pointer.of === 'rc-weak' || pointer.of === 'arc-weak') return { kind: 'fixed', size, text: '(Weak)' };
  if (pointer.of === 'raw') {
    const target = pointer.to.sized ? site.type(pointer.to.target) : null;
    return target?.name === 'i8' && target.kind === 'base' && size === 8 ? { kind: 'c-string', size } : address;
  }
  const from = behindOf(site, pointer);
  if (from === null) return address;
  if (pointer.to.sized) {
    if (from.add === null) return address;
    const [target = address] = site.behind([pointer.to.target]);
    return { kind: 'pointer', size, behind: { ...from, add: from.add }, target };
  }
  return wideShape(site, pointer, pointer.to, from) ?? address;
};

type From = Omit<Behind, 'add'> & { readonly add: number | null };

const wideShape = (site: ShapeSite, pointer: RustHead & RustPointer, to: Wide, from: From): ValueShape | null => {
  const size = Number(pointer.size ?? 16n);
  const { data, counts } = from;
  const length = Number(to.metadata.offset);
  if (length + 8 > size || data + 8 > size) return null;
  if (to.of === 'dyn')
    return dynShape(site, { size, data, vtable: length, add: from.add, counts, trait: traitBehind(pointer) });
  const { add, target } = from.add === null ? behindCounters(site, pointer) : { add: from.add, target: to.target };
  if (add === null) return null;
  const behind: Behind = { data, add, counts };
  const text = texts.get(to.of);
  if (text !== undefined) return { kind: 'text', size, behind, length, of: text };
  if (to.of !== 'slice') return null;
  const [element = null] = site.behind([target]);
  return element && { kind: 'sequence', size, behind, length, element };
};

/** Old debug info leaves the elements out of `RcBox<[T]>`: they are behind its two words, where T's alignment puts them. */
const behindCounters = (
  site: ShapeSite,
  { id, of, to }: RustHead & RustPointer,
): { readonly add: number | null; readonly target: TypeId | null } => {
  const type = site.type(id);
  const target = (type && argumentOf(type, 'T')) ?? null;
  const align = Number(site.type(target)?.align ?? 0n);
  const isKnown = (of === 'rc' || of === 'arc') && !to.sized && to.carries === 'length' && align > 0;
  return { add: isKnown ? Math.ceil(16 / align) * align : null, target };
};

type Dyn = Extract<ValueShape, { kind: 'dyn' }>;

const dynShape = (site: ShapeSite, dyn: Omit<Dyn, 'kind' | 'known'>): Dyn => {
  const objects = site.depth <= 0 ? [] : site.objects.of(dyn.trait);
  const shapes = site.behind(objects.map(({ type }) => type));
  const known = objects.map(({ vtable }, index) => ({ vtable, shape: shapes[index]! }));
  return { kind: 'dyn', ...dyn, known };
};

/** `app::Speak + core::marker::Send` of `Box<(dyn app::Speak + core::marker::Send)>`. */
const traitBehind = ({ name }: RustHead): string => {
  const target = /^(?:&mut |&|\*const |\*mut )/.test(name)
    ? name.replace(/^(?:&mut |&|\*const |\*mut )/, '')
    : (typeArguments(name)[0] ?? name);
  return withoutDefaults(traitOf(target));
};

/** Where the address is in the pointer, and the value behind it. Null where that isn't recognised. */
const behindOf = (site: ShapeSite, pointer: RustHead & RustPointer): From | null => {
  const type = site.type(pointer.id);
  if (type === null) return null;
  const isCounted = pointer.of === 'rc' || pointer.of === 'arc';
  const add = pointer.valueOffset === null ? null : Number(pointer.valueOffset);
  if (!isCounted) return ((data) => data && { data: data.offset, add, counts: null })(addressIn(site, type));
  const inner = partAt(site.types, whole(type), 'ptr');
  const data = inner && addressIn(site, inner.type, inner.offset);
  return (
    data && {
      data: data.offset,
      add: pointer.to.sized || add !== null ? add : null,
      counts: countsOf(site, data.target),
    }
  );
};

type Address = { readonly offset: number; readonly target: TypeId | null };

/** The word with the address: of a thin pointer, or of a wide one, or of the structs that wrap either. */
const addressIn = (site: ShapeSite, type: DebugType, offset = 0): Address | null => {
  const isWide = (one: DebugType): boolean =>
    one.kind === 'struct' && one.members.length === 2 && wideData(site, whole(one)) !== null;
  const from: Part = { id: type.id, type, offset };
  const found =
    unwrapped(site.types, from, (one) => one.kind === 'pointer' || isWide(one)) ??
    // Box with an allocator that takes room: `Box { __0: Unique<T>, __1: A }`.
    unwrapped(site.types, partAt(site.types, from, '__0'), (one) => one.kind === 'pointer' || isWide(one));
  const data = found && (found.type.kind === 'pointer' ? found : wideData(site, found));
  if (data?.type.kind !== 'pointer' || sizeOf(data.type) !== 8) return null;
  return { offset: data.offset, target: data.type.target };
};

const wideData = (site: ShapeSite, part: Part): Part | null =>
  firstPart(site.types, part, 'length', 'vtable') && firstPart(site.types, part, 'data_ptr', 'pointer');

/** The counters of `RcInner`, which the address leads to. */
const countsOf = (site: ShapeSite, id: TypeId | null): Behind['counts'] => {
  const type = site.type(id);
  if (type === null) return null;
  const strong = wordAt(site.types, whole(type), 8, 'strong');
  const weak = wordAt(site.types, whole(type), 8, 'weak');
  return strong === null || weak === null ? null : { strong, weak };
};
