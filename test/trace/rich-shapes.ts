import type { ValueShape } from '../../src/abi/shape.ts';
import { behindCounts, dyn, hashTable, list, oldRing, redacted, ring, tree } from './sample-shapes.ts';
import { field, option, reference, slice, str, tuple, u8, u32, u64 } from './shown-values.ts';

const secret = redacted(8);
const map = (key: ValueShape, value: ValueShape): ValueShape =>
  hashTable(tuple('', key.size + value.size, field('0', 0, key), field('1', key.size, value)));
const treeMap = (key: ValueShape, value: ValueShape): ValueShape => {
  const values = 8 + 11 * key.size;
  const length = (values + 11 * value.size + 1) & ~1;
  return tree({ size: (length + 2 + 7) & ~7, keys: 8, values, length, capacity: 11 }, key, value);
};
const animal = (known: readonly ValueShape[]): ValueShape => dyn({ known: vtablesOf(known) });
const countedAnimal = (known: readonly ValueShape[]): ValueShape =>
  dyn({ add: null, counts: behindCounts.counts, known: vtablesOf(known) });
const vtablesOf = (shapes: readonly ValueShape[]): { vtable: bigint; shape: ValueShape }[] =>
  shapes.map((shape, i) => ({ vtable: 0x40_8000n + BigInt(i * 0x20), shape }));
const error = tuple('Message', 24, field('kind', 16, u8), field('message', 0, str));
const login = tuple('Login', 40, field('0', 0, str), field('1', 16, secret), field('2', 24, str));

/** Values with every kind of memory behind them, one in the other. */
export const richShapes: Readonly<Record<string, ValueShape>> = {
  pointers: reference(reference(reference(tuple('', 24, field('0', 0, reference(u64)), field('1', 8, str))))),
  texts: slice(tuple('', 24, field('0', 0, str), field('1', 16, { kind: 'c-string', size: 8 }))),
  counted: { kind: 'text', size: 16, behind: behindCounts, length: 8, of: 'utf8' },
  nested: slice(slice(slice(option(slice(str), 16, 0, 0n)))),
  redacted: slice(login),
  ring: ring(tuple('', 32, field('0', 0, str), field('1', 16, slice(u32)))),
  'ring of before Rust 1.67': oldRing(slice(str)),
  map: map(str, slice(str)),
  'map of redacted values': map(str, tuple('', 16, field('0', 0, secret), field('1', 8, reference(u8)))),
  'map of maps': map(str, map(u64, map(u64, str))),
  'map of large elements': map(u64, { kind: 'opaque', size: 3_000, name: 'T' }),
  tree: treeMap(str, slice(u64)),
  'tree of trees': treeMap(u64, treeMap(u64, str)),
  'tree of redacted values': treeMap(str, secret),
  list: list(tuple('', 40, field('0', 0, str), field('1', 16, list(str)))),
  dyn: animal([login, error, slice(str), reference(countedAnimal([error]))]),
  'dyn in an Rc': countedAnimal([login, treeMap(str, u64)]),
  error: {
    kind: 'io-error',
    size: 8,
    kinds: null,
    message: error as Extract<ValueShape, { kind: 'struct' }>,
    custom: tuple('Custom', 24, field('0', 0, animal([error])), field('1', 16, u8)) as Extract<
      ValueShape,
      { kind: 'struct' }
    >,
  },
};
