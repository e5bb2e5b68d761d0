import type { ValueShape } from '../../src/abi/shape.ts';
import { behind, field, option, reference, slice, str, tuple, u8, u32, u64 } from './shown-values.ts';

const counts = { strong: 0, weak: 8 };
const redacted: ValueShape = { kind: 'cut', size: 8, why: 'redacted' };

const ring = (element: ValueShape): ValueShape => ({
  kind: 'ring',
  size: 32,
  behind: behind(8),
  capacity: 0,
  head: 16,
  length: 24,
  tail: null,
  element,
});
const map = (key: ValueShape, value: ValueShape): ValueShape => {
  const element = tuple('', key.size + value.size, field('0', 0, key), field('1', key.size, value));
  return { kind: 'hash-table', size: 32, control: 0, mask: 8, items: 24, element, isMap: true };
};
const tree = (key: ValueShape, value: ValueShape): ValueShape => {
  const values = 8 + 11 * key.size;
  const length = (values + 11 * value.size + 1) & ~1;
  const leaf = { size: (length + 2 + 7) & ~7, keys: 8, values, length, capacity: 11 };
  return { kind: 'b-tree', size: 24, root: 0, height: 8, length: 16, leaf, edges: leaf.size, key, value, isMap: true };
};
const list = (element: ValueShape): ValueShape => ({
  kind: 'list',
  size: 24,
  head: 0,
  length: 16,
  node: { size: 16 + element.size, next: 0, element: 16 },
  element,
});
const dyn = (add: number | null, known: readonly ValueShape[]): ValueShape => ({
  kind: 'dyn',
  size: 16,
  data: 0,
  vtable: 8,
  add,
  counts: add === null ? counts : null,
  trait: 'app::Animal',
  known: known.map((shape, i) => ({ vtable: 0x40_8000n + BigInt(i * 0x20), shape })),
});
const error = tuple('Message', 24, field('kind', 16, u8), field('message', 0, str));
const login = tuple('Login', 40, field('0', 0, str), field('1', 16, redacted), field('2', 24, str));

/** Values with every kind of memory behind them, one in the other. */
export const richShapes: Readonly<Record<string, ValueShape>> = {
  pointers: reference(reference(reference(tuple('', 24, field('0', 0, reference(u64)), field('1', 8, str))))),
  texts: slice(tuple('', 24, field('0', 0, str), field('1', 16, { kind: 'c-string', size: 8 }))),
  counted: { kind: 'text', size: 16, behind: { data: 0, add: 16, counts }, length: 8, of: 'utf8' },
  nested: slice(slice(slice(option(slice(str), 16, 0, 0n)))),
  redacted: slice(login),
  ring: ring(tuple('', 32, field('0', 0, str), field('1', 16, slice(u32)))),
  'ring of before Rust 1.67': { ...ring(slice(str)), length: null, tail: 24 } as ValueShape,
  map: map(str, slice(str)),
  'map of redacted values': map(str, tuple('', 16, field('0', 0, redacted), field('1', 8, reference(u8)))),
  'map of maps': map(str, map(u64, map(u64, str))),
  'map of large elements': map(u64, { kind: 'opaque', size: 3_000, name: 'T' }),
  tree: tree(str, slice(u64)),
  'tree of trees': tree(u64, tree(u64, str)),
  'tree of redacted values': tree(str, redacted),
  list: list(tuple('', 40, field('0', 0, str), field('1', 16, list(str)))),
  dyn: dyn(0, [login, error, slice(str), reference(dyn(null, [error]))]),
  'dyn in an Rc': dyn(null, [login, tree(str, u64)]),
  error: {
    kind: 'io-error',
    size: 8,
    kinds: null,
    message: error as Extract<ValueShape, { kind: 'struct' }>,
    custom: tuple('Custom', 24, field('0', 0, dyn(0, [error])), field('1', 16, u8)) as Extract<
      ValueShape,
      { kind: 'struct' }
    >,
  },
};
