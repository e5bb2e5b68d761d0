import { lastSegment, withoutArguments } from '../elf/rust-name.ts';
import type { TypeId } from '../elf/type-model.ts';
import type { Recognise } from './collection-shapes.ts';
import { argumentOf, firstPart, type Part, partAt, unwrapped, whole, wordAt, wordIn } from './part.ts';
import type { EnumShape, FieldShape, ValueShape } from './shape.ts';
import { type ShapeSite, sizeOf } from './shape-site.ts';
import { namedShape, nameOfType } from './struct-shapes.ts';

/** The value that cells and locks are around, which is of the type of their argument. */
const held = (site: ShapeSite, type: Parameters<Recognise>[1], path: string, name: string): FieldShape | null => {
  const part = partAt(site.types, whole(type), path);
  const id = argumentOf(type, 'T');
  if (part === null || id === undefined || part.id !== id) return null;
  return { name, offset: part.offset, shape: site.part(id, name) };
};

const cell: Recognise = (site, type) => {
  const value = held(site, type, 'value.value', 'value');
  return value && namedShape('Cell', sizeOf(type), [value]);
};

const refCell: Recognise = (site, type) => {
  const borrow = wordAt(site.types, whole(type), 8, 'borrow');
  const value = borrow === null ? null : held(site, type, 'value.value', 'value');
  return borrow === null || value === null ? null : { kind: 'ref-cell', size: sizeOf(type), borrow, value };
};

const lock =
  (name: 'Mutex' | 'RwLock'): Recognise =>
  (site, type) => {
    const from = whole(type);
    const inner = partAt(site.types, from, 'inner');
    const state = name === 'Mutex' ? 'futex' : 'state';
    const futex = wordAt(site.types, inner, 4, state, `__0.${state}`);
    const poison = wordAt(site.types, from, 1, 'poison');
    const value = held(site, type, 'data.value', 'data');
    if (value === null || (poison === null && partAt(site.types, from, 'poison') !== null)) return null;
    return { kind: 'lock', size: sizeOf(type), name, futex, poison, value };
  };

const withoutParts: Recognise = (_, type) => ({
  kind: 'fixed',
  size: sizeOf(type),
  text: `${nameOfType(type.name)} { .. }`,
});

/** An Option of the value: what a `once` shape is about. */
const option = (
  size: number,
  tag: NonNullable<EnumShape['tag']>,
  full: readonly { readonly low: bigint; readonly high: bigint }[],
  value: FieldShape,
): EnumShape => ({
  kind: 'enum',
  size,
  tag,
  variants: [
    { name: 'None', form: 'unit', fields: [], values: null },
    { name: 'Some', form: 'tuple', fields: [{ ...value, name: '0' }], values: full },
  ],
});

/** `OnceCell { inner: UnsafeCell<Option<T>> }`. */
const onceCell: Recognise = (site, type) => {
  const inner = partAt(site.types, whole(type), 'inner.value');
  if (inner === null || inner.offset !== 0 || withoutArguments(inner.type.name) !== 'core::option::Option') return null;
  const value = site.part(inner.id);
  return value.kind === 'enum' ? { kind: 'once', size: sizeOf(type), name: 'OnceCell', value } : null;
};

/** The part within wrappers that is of type `id`: ManuallyDrop, MaybeDangling; or the one named `value` of a union. */
const valueWithin = (site: ShapeSite, from: Part | null, id: TypeId | null): Part | null => {
  const inside = from?.type.kind === 'union' ? partAt(site.types, from, 'value') : from;
  return id !== null && site.size(id) === 0 ? inside : unwrapped(site.types, inside, (one) => one.id === id);
};

/**
 * `Once` on a futex, a 32-bit word that says whether the value is there. Complete is 4 where the word is named `state`;
 * `state_and_queued` was 3 then, and is 0 in the releases that have MaybeDangling inside ManuallyDrop. Which of the two
 * it is can't be told in between.
 */
const completeOf = (site: ShapeSite, once: Part, value: Part): { offset: number; complete: bigint } | null => {
  const old = wordAt(site.types, once, 4, 'inner.state');
  if (old !== null) return { offset: old, complete: 4n };
  const offset = wordAt(site.types, once, 4, 'inner.state_and_queued');
  if (offset === null) return null;
  const drop = value.type.kind === 'union' ? partAt(site.types, value, 'value') : value;
  const inner = drop && partAt(site.types, drop, 'value');
  const isNew = inner !== null && withoutArguments(inner.type.name) === 'core::mem::maybe_dangling::MaybeDangling';
  return isNew ? { offset, complete: 0n } : null;
};

/** `OnceLock { once, value: UnsafeCell<MaybeUninit<T>> }`, `LazyLock { once, data: UnsafeCell<Data { value, f }> }`. */
const onceLock: Recognise = (site, type) => {
  const from = whole(type);
  const size = sizeOf(type);
  const name = lastSegment(withoutArguments(type.name));
  const once = partAt(site.types, from, 'once');
  const slot = firstPart(site.types, from, 'value.value', 'data.value');
  const id = argumentOf(type, 'T');
  const value = slot && id !== undefined ? valueWithin(site, slot, id) : null;
  const state = once && slot && completeOf(site, once, slot);
  if (id === undefined || value === null || state === null) return { kind: 'fixed', size, text: `${name}(..)` };
  const field = { name: '0', offset: value.offset, shape: site.part(id) };
  const full = [{ low: state.complete, high: state.complete }];
  return { kind: 'once', size, name, value: option(size, { offset: state.offset, size: 4 }, full, field) };
};

/** `LazyCell { state: UnsafeCell<State { Uninit(F), Init(T), Poisoned }> }`. */
const lazyCell: Recognise = (site, type) => {
  const state = partAt(site.types, whole(type), 'state.value');
  if (state === null || state.offset !== 0) return null;
  const shape = site.part(state.id);
  if (shape.kind !== 'enum' || shape.tag === null) return null;
  const init = shape.variants.find(({ name }) => name === 'Init');
  const [value] = init?.fields ?? [];
  if (!init?.values || value === undefined || init.fields.length !== 1) return null;
  return {
    kind: 'once',
    size: sizeOf(type),
    name: 'LazyCell',
    value: option(sizeOf(type), shape.tag, init.values, value),
  };
};

/** `AtomicU32`, `Atomic<u32>`: shown as the number. */
const atomic: Recognise = (site, type) => {
  const size = sizeOf(type);
  const word = wordIn(site.types, whole(type), size);
  if (word === null) return null;
  const id = argumentOf(type, 'T');
  const isBool = /::AtomicBool$/.test(type.name) || (id != null && site.type(id)?.name === 'bool');
  if (isBool && size === 1) return { kind: 'bool', size };
  return word.type.kind === 'pointer' ? { kind: 'address', size } : numberOf(site, word.type.id);
};

const numberOf = (site: ShapeSite, id: TypeId): ValueShape | null => {
  const shape = site.part(id);
  return shape.kind === 'int' ? shape : null;
};

/** `NonZero<u8>`, `NonZeroU8`. */
const nonZero: Recognise = (site, type) => {
  const word = wordIn(site.types, whole(type), sizeOf(type));
  return word && (word.type.name === 'char' ? site.part(word.type.id) : numberOf(site, word.type.id));
};

const names = (path: string, kinds: readonly string[], recognise: Recognise): [string, Recognise][] =>
  kinds.map((kind) => [`${path}${kind}`, recognise]);

const widths = ['8', '16', '32', '64', '128', 'size'];
const numbers = ['U', 'I'].flatMap((sign) => widths.map((width) => `${sign}${width}`));

export const cells: ReadonlyMap<string, Recognise> = new Map<string, Recognise>([
  ['core::cell::Cell', cell],
  ['core::cell::RefCell', refCell],
  ['core::cell::UnsafeCell', withoutParts],
  ['core::cell::SyncUnsafeCell', withoutParts],
  ['core::cell::once::OnceCell', onceCell],
  ['core::cell::lazy::LazyCell', lazyCell],
  ['std::sync::once_lock::OnceLock', onceLock],
  ['std::sync::lazy_lock::LazyLock', onceLock],
  ...names('std::sync::', ['mutex::Mutex', 'poison::mutex::Mutex', 'nonpoison::mutex::Mutex'], lock('Mutex')),
  ...names('std::sync::', ['rwlock::RwLock', 'poison::rwlock::RwLock', 'nonpoison::rwlock::RwLock'], lock('RwLock')),
  ...names('core::sync::atomic::Atomic', ['', 'Bool', 'Ptr', ...numbers], atomic),
  ...names('core::num::nonzero::NonZero', ['', ...numbers], nonZero),
]);
