import type { DebugType, DebugTypes } from '../elf/type-model.ts';
import type { Recognise } from './collection-shapes.ts';
import { argumentOf, type Part, partAt, someOf, whole, wordAt } from './part.ts';
import { sizeOf } from './shape-site.ts';

/** BTreeMap, and BTreeSet, which holds a map of its elements to nothing. */
export const bTree =
  (isMap: boolean): Recognise =>
  (site, type) => {
    const map = isMap ? whole(type) : partAt(site.types, whole(type), 'map');
    const [root, length] = [rootOf(site.types, map), wordAt(site.types, map, 8, 'length')];
    const [keyType, valueType] = [map && argumentOf(map.type, 'K'), map && argumentOf(map.type, 'V')];
    if (root === null || length === null || keyType === undefined || valueType === undefined) return null;
    const { leaf } = root;
    const part = (name: string): Part | null => partAt(site.types, whole(leaf), name);
    const [keys, values] = [part('keys'), part('vals')];
    const counted = wordAt(site.types, whole(leaf), 2, 'len');
    const capacity = keys?.type.kind === 'array' ? keys.type.counts[0] : null;
    const edges = edgesOf(site.types, leaf);
    if (!keys || !values || counted === null || capacity == null || edges === null) return null;
    const [key, value] = site.behind(isMap ? [keyType, valueType] : [keyType]);
    if (key === undefined) return null;
    return {
      kind: 'b-tree',
      size: sizeOf(type),
      root: root.node,
      height: root.height,
      length,
      leaf: {
        size: sizeOf(leaf),
        keys: keys.offset,
        values: values.offset,
        length: counted,
        capacity: Number(capacity),
      },
      edges,
      key,
      value: value ?? { kind: 'unit', size: 0 },
      isMap,
    };
  };

type Root = { readonly node: number; readonly height: number; readonly leaf: DebugType };

/** `root: Option<NodeRef>`, where no address means None. */
const rootOf = (types: DebugTypes, map: Part | null): Root | null => {
  const some = someOf(types, map && partAt(types, map, 'root'));
  const node = wordAt(types, some?.value ?? null, 8, 'node');
  const height = wordAt(types, some?.value ?? null, 8, 'height');
  const pointer = some && partAt(types, some.value, 'node');
  const leaf = pointer && argumentOf(pointer.type, 'T');
  if (node === null || height === null || leaf == null) return null;
  return node === some?.word ? { node, height, leaf: types.type(leaf) } : null;
};

/** Where an inner node has its children: leaves know its type as that of their parent, `Option<NonNull<InternalNode>>`. */
const edgesOf = (types: DebugTypes, leaf: DebugType): number | null => {
  const parent = someOf(types, partAt(types, whole(leaf), 'parent'));
  const inner = parent && argumentOf(parent.value.type, 'T');
  if (inner == null) return null;
  const node = whole(types.type(inner));
  const data = partAt(types, node, 'data');
  return data?.offset === 0 && data.id === leaf.id ? (partAt(types, node, 'edges')?.offset ?? null) : null;
};
