import type { EnumShape, ValueShape } from '../../src/abi/shape.ts';
import type { Scope } from '../../src/expr/context.ts';

export const int = (size: 1 | 2 | 4 | 8 | 16, signed: boolean): ValueShape => ({ kind: 'int', size, signed });
export const text = {
  kind: 'text',
  size: 16,
  behind: { data: 0, add: 0, counts: null },
  length: 8,
  of: 'utf8',
} as const satisfies ValueShape;
export const pointer = (target: ValueShape, add = 0): ValueShape => ({
  kind: 'pointer',
  size: 8,
  behind: { data: 0, add, counts: null },
  target,
});
export const sequence = (element: ValueShape): ValueShape => ({
  kind: 'sequence',
  size: 16,
  behind: { data: 0, add: 0, counts: null },
  length: 8,
  element,
});
export const option = (some: ValueShape): EnumShape => ({
  kind: 'enum',
  size: 8 + some.size,
  tag: { offset: 0, size: 1 },
  variants: [
    { name: 'None', form: 'unit', fields: [], values: [{ low: 0n, high: 0n }] },
    { name: 'Some', form: 'tuple', fields: [{ name: '0', offset: 8, shape: some }], values: [{ low: 1n, high: 1n }] },
  ],
});
export const result = (ok: ValueShape, err: ValueShape): EnumShape => ({
  kind: 'enum',
  size: 8 + Math.max(ok.size, err.size),
  tag: { offset: 0, size: 1 },
  variants: [
    { name: 'Ok', form: 'tuple', fields: [{ name: '0', offset: 8, shape: ok }], values: [{ low: 0n, high: 0n }] },
    { name: 'Err', form: 'tuple', fields: [{ name: '0', offset: 8, shape: err }], values: null },
  ],
});
export const mode: ValueShape = {
  kind: 'c-enum',
  size: 1,
  signed: false,
  variants: [
    { name: 'Read', value: 0n },
    { name: 'Write', value: 1n },
    { name: 'Append', value: 4n },
  ],
};
export const point: ValueShape = {
  kind: 'struct',
  size: 8,
  name: 'Point',
  form: 'named',
  fields: [
    { name: 'x', offset: 0, shape: int(4, true) },
    { name: 'y', offset: 4, shape: int(4, true) },
  ],
};
const pair: ValueShape = {
  ...point,
  name: '',
  form: 'tuple',
  fields: point.fields.map((field, i) => ({ ...field, name: String(i) })),
};
const shape: EnumShape = {
  kind: 'enum',
  size: 16,
  tag: { offset: 0, size: 1 },
  variants: [
    {
      name: 'Circle',
      form: 'named',
      fields: [{ name: 'radius', offset: 4, shape: int(4, false) }],
      values: [{ low: 0n, high: 0n }],
    },
    {
      name: 'Rect',
      form: 'tuple',
      fields: [
        { name: '0', offset: 4, shape: int(4, false) },
        { name: '1', offset: 8, shape: int(4, false) },
      ],
      values: [{ low: 1n, high: 1n }],
    },
    { name: 'Empty', form: 'unit', fields: [], values: [{ low: 2n, high: 2n }] },
  ],
};
const withheld: ValueShape = {
  kind: 'struct',
  size: 24,
  name: 'Login',
  form: 'named',
  fields: [
    { name: 'user', offset: 0, shape: text },
    { name: 'password', offset: 16, shape: { kind: 'cut', size: 8, why: 'redacted' } },
  ],
};

const shapes: Readonly<Record<string, ValueShape>> = {
  n: int(4, true),
  len: int(8, false),
  flags: int(1, false),
  ok: { kind: 'bool', size: 1 },
  letter: { kind: 'char', size: 4 },
  ratio: { kind: 'float', size: 8 },
  small: { kind: 'float', size: 4 },
  name: text,
  path: { kind: 'c-string', size: 8 },
  p: pointer(point),
  pair,
  opt: option(int(4, false)),
  maybe: option(text),
  shape,
  mode,
  data: sequence(int(1, false)),
  words: sequence(int(4, false)),
  grid: { kind: 'array', size: 12, element: int(4, false), count: 3 },
  timeout: { kind: 'duration', size: 16, seconds: 0, nanoseconds: 8 },
  ip: { kind: 'ipv4', size: 4 },
  map: { kind: 'hash-table', size: 32, control: 0, mask: 8, items: 24, element: int(4, true), isMap: false },
  lock: {
    kind: 'lock',
    size: 12,
    name: 'Mutex',
    futex: 0,
    poison: 4,
    value: { name: 'data', offset: 8, shape: int(4, false) },
  },
  cell: { kind: 'ref-cell', size: 16, borrow: 0, value: { name: 'value', offset: 8, shape: int(4, false) } },
  login: withheld,
  deep: { kind: 'cut', size: 8, why: 'depth' },
  object: { kind: 'dyn', size: 16, data: 0, vtable: 8, add: 0, counts: null, trait: 'Animal', known: [] },
  span: {
    kind: 'range',
    size: 8,
    start: { name: 'start', offset: 0, shape: int(4, false) },
    end: { name: 'end', offset: 4, shape: int(4, false) },
    inclusive: false,
    exhausted: null,
  },
  pid: int(4, true),
};

/** A function with an argument of every kind. */
export const scope: Scope = {
  args: Object.entries(shapes).map(([name, of]) => ({ name, type: '_', shape: of })),
  ret: { type: '_', shape: result(int(4, false), mode) },
};
