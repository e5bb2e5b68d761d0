import type { Aggregate } from '../elf/rust-model.ts';
import { withoutArguments } from '../elf/rust-name.ts';
import type { DebugType, DebugTypes, TypeId } from '../elf/type-model.ts';
import { argumentOf, firstPart, type Part, partAt, someOf, unwrapped, whole, wordAt } from './part.ts';
import type { ValueShape } from './shape.ts';
import { type ShapeSite, sizeOf } from './shape-site.ts';

/** Makes the shape of a standard type by the names of its parts; null where they are not those it knows. */
export type Recognise = (site: ShapeSite, type: Aggregate) => ValueShape | null;

/** Words of a Vec at their offsets. */
type Buffer = { readonly data: number; readonly capacity: number };

const bufferOf = (types: DebugTypes, from: Part): Buffer | null => {
  const data = wordAt(types, from, 8, 'buf.inner.ptr', 'buf.ptr');
  const capacity = wordAt(types, from, 8, 'buf.inner.cap', 'buf.cap');
  return data === null || capacity === null ? null : { data, capacity };
};

const isVec = (type: DebugType): boolean => withoutArguments(type.name) === 'alloc::vec::Vec';

/** Of `Vec<T>` T; what its pointer points to is a byte. Undefined where there is no such argument. */
const elementOf = (type: DebugType): TypeId | null | undefined => argumentOf(type, 'T');

const vec: Recognise = (site, type) => {
  const from = whole(type);
  const buffer = bufferOf(site.types, from);
  const length = wordAt(site.types, from, 8, 'len');
  const item = elementOf(type);
  if (buffer === null || length === null || item === undefined) return null;
  const [element] = site.behind([item]);
  if (element === undefined) return null;
  return { kind: 'sequence', size: sizeOf(type), behind: { data: buffer.data, add: 0, counts: null }, length, element };
};

/** Structs around nothing but a Vec of bytes: String, OsString, PathBuf. */
const textOf =
  (of: 'utf8' | 'bytes'): Recognise =>
  (site, type) => {
    const bytes = unwrapped(site.types, whole(type), isVec);
    const buffer = bytes && bufferOf(site.types, bytes);
    const length = wordAt(site.types, bytes, 8, 'len');
    if (buffer === null || length === null) return null;
    return { kind: 'text', size: sizeOf(type), behind: { data: buffer.data, add: 0, counts: null }, length, of };
  };

/** `CString { inner: Box<[u8]> }`. */
const cString: Recognise = (site, type) => {
  const inner = partAt(site.types, whole(type), 'inner');
  const data = wordAt(site.types, inner, 8, 'data_ptr');
  const length = wordAt(site.types, inner, 8, 'length');
  if (data === null || length === null) return null;
  return { kind: 'text', size: sizeOf(type), behind: { data, add: 0, counts: null }, length, of: 'c' };
};

/** Until rustc 1.66 `tail` was the index of the first element and `head` the one behind the last. */
const ring: Recognise = (site, type) => {
  const from = whole(type);
  const buffer = bufferOf(site.types, from);
  const item = elementOf(type);
  const [head, tail] = [wordAt(site.types, from, 8, 'head'), wordAt(site.types, from, 8, 'tail')];
  const length = wordAt(site.types, from, 8, 'len');
  if (buffer === null || item === undefined || head === null || (length === null) === (tail === null)) return null;
  const [element] = site.behind([item]);
  if (element === undefined) return null;
  const ends = tail === null ? { head, length, tail: null } : { head: tail, length: null, tail: head };
  const behind = { data: buffer.data, add: 0, counts: null };
  return { kind: 'ring', size: sizeOf(type), behind, capacity: buffer.capacity, ...ends, element };
};

/** `BinaryHeap { data: Vec<T> }`. */
const heap: Recognise = (site, type) => {
  const data = partAt(site.types, whole(type), 'data');
  if (data === null || data.offset !== 0 || sizeOf(data.type) !== sizeOf(type) || !isVec(data.type)) return null;
  return vec(site, data.type as Aggregate);
};

/** `HashMap` and `HashSet`, of std and of hashbrown: `RawTable<(K, V)> { table: RawTableInner, … }`. */
const hashTable =
  (isMap: boolean): Recognise =>
  (site, type) => {
    const paths = isMap ? ['base.table', 'table'] : ['base.map.table', 'map.table', 'map.base.table'];
    const table = firstPart(site.types, whole(type), ...paths);
    const inner = table && partAt(site.types, table, 'table');
    const control = wordAt(site.types, inner, 8, 'ctrl');
    const mask = wordAt(site.types, inner, 8, 'bucket_mask');
    const items = wordAt(site.types, inner, 8, 'items');
    const pair = table === null ? undefined : argumentOf(table.type, 'T');
    if (table === null || control === null || mask === null || items === null || pair === undefined) return null;
    const item = isMap ? pair : argumentOf(type, 'T');
    // A set's element is the first of a pair with nothing.
    if (item === undefined || site.size(item) !== site.size(pair)) return null;
    const [element] = site.behind([item]);
    if (element === undefined) return null;
    return { kind: 'hash-table', size: sizeOf(type), control, mask, items, element, isMap };
  };

/** The struct that `Option<NonNull<Node>>` leads to. */
const nodeBehind = (types: DebugTypes, option: Part | null): TypeId | null => {
  const some = someOf(types, option);
  return some === null || some.word !== option?.offset ? null : (argumentOf(some.value.type, 'T') ?? null);
};

const list: Recognise = (site, type) => {
  const from = whole(type);
  const head = partAt(site.types, from, 'head');
  const length = wordAt(site.types, from, 8, 'len');
  const id = nodeBehind(site.types, head);
  const node = site.type(id);
  const next = node && partAt(site.types, whole(node), 'next');
  const held = node && partAt(site.types, whole(node), 'element');
  if (!head || !node || !next || !held || length === null || nodeBehind(site.types, next) !== id) return null;
  const [element] = site.behind([held.id]);
  if (element === undefined) return null;
  const places = { size: sizeOf(node), next: next.offset, element: held.offset };
  return { kind: 'list', size: sizeOf(type), head: head.offset, length, node: places, element };
};

export const collections: ReadonlyMap<string, Recognise> = new Map<string, Recognise>([
  ['alloc::vec::Vec', vec],
  ['alloc::string::String', textOf('utf8')],
  ['std::ffi::os_str::OsString', textOf('bytes')],
  ['std::path::PathBuf', textOf('bytes')],
  ['alloc::ffi::c_str::CString', cString],
  ['std::ffi::c_str::CString', cString],
  ['alloc::collections::vec_deque::VecDeque', ring],
  ['alloc::collections::binary_heap::BinaryHeap', heap],
  ['alloc::collections::linked_list::LinkedList', list],
  ['std::collections::hash::map::HashMap', hashTable(true)],
  ['hashbrown::map::HashMap', hashTable(true)],
  ['std::collections::hash::set::HashSet', hashTable(false)],
  ['hashbrown::set::HashSet', hashTable(false)],
]);
