import { afterAll, describe, expect, test } from 'vitest';
import type { ValueShape } from '../../src/abi/shape.ts';
import { type ShapeLimits, TypeShapes } from '../../src/abi/type-shapes.ts';
import { RsymError } from '../../src/base/errors.ts';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import type { DebugInfo } from '../../src/elf/debug-model.ts';
import { openImage } from '../../src/elf/open.ts';
import type { DebugSignature, DebugType, DebugTypes, Member, TypeId } from '../../src/elf/type-model.ts';
import { fixture } from '../support/fixtures.ts';
import { shapeLine } from '../support/shape-line.ts';

const infos = new Map<string, DebugInfo>();
const infoOf = (key: string): DebugInfo => {
  const known = infos.get(key);
  if (known !== undefined) return known;
  const info = openDebugInfo(openImage(fixture(key)));
  infos.set(key, info);
  return info;
};
afterAll(() => {
  for (const info of infos.values()) info[Symbol.dispose]();
});

const limitsOf = (limits: Partial<ShapeLimits>): ShapeLimits => ({ depth: 2, nodes: 500, isRedacted: null, ...limits });
const shapesOf = (key: string, limits: Partial<ShapeLimits> = {}): TypeShapes =>
  new TypeShapes(infoOf(key).types!, limitsOf(limits));

const signatureOf = (key: string, path: string): DebugSignature => {
  const info = infoOf(key);
  for (let id = 0; id < info.functionCount; id++)
    if (info.path(id) === path || info.dwarfPath(id) === path) return info.types!.signature(info.function(id))!;
  throw new Error(`no function ${path}`);
};
const argument = (key: string, name: string, at = 0): TypeId | null =>
  signatureOf(key, name.includes('::') ? name : `types::${name}`).parameters[at]!.type;
const line = (name: string, limits: Partial<ShapeLimits> = {}, key = 'types/debug'): string =>
  shapeLine(shapesOf(key, limits).of(argument(key, name), 'value'));
const named = (key: string, name: string): TypeId => infoOf(key).types!.find(name)[0]!;

const speakers =
  'Generic { first@4 u8, second@0 enum 2 at 0: 0 => None, 1 => Some(0@2 u16) }; ' +
  'Generic { first@4 u8, second@0 enum 4 at 0: 1114112 => None, _ => Some(0@0 char) }; ' +
  'Point { x@0 i32, y@4 i32 }; u8 Red=0 Green=5 Blue=6';

const known: readonly (readonly [string, string])[] = [
  ['take_i128', 'i128'],
  ['take_usize', 'u64'],
  ['take_f32', 'f32'],
  ['take_char', 'char'],
  ['take_bool', 'bool'],
  ['take_unit', 'unit'],
  ['take_ref', '&@0 u32'],
  ['take_const_pointer', 'address'],
  ['take_mut_pointer', 'address'],
  ['take_str', 'utf8@0 length@8'],
  ['take_mut_slice', '[@0 length@8 u16]'],
  ['take_raw_slice', 'address(16)'],
  ['take_raw_dyn', 'address(16)'],
  ['take_dyn', `dyn types::Speaks vtable@8 add 0 {${speakers}}`],
  ['take_dyn_send', `dyn types::Speaks + core::marker::Send + core::marker::Sync vtable@8 add 0 {${speakers}}`],
  ['take_rc_dyn', `dyn types::Speaks vtable@8 add null {${speakers}}`],
  ['take_box_fn', 'dyn core::ops::function::Fn<(u32), Output=u32> vtable@8 add 0 {{closure} { by@0 u32 }}'],
  ['take_box', '&@0 u64'],
  ['take_box_slice', '[@0 length@8 Point { x@0 i32, y@4 i32 }]'],
  ['take_rc', '&@0+16 counts 0 8 utf8@8 length@16'],
  ['take_weak', '"(Weak)"'],
  ['take_arc', '&@0+16 counts 0 8 Mutex futex@0 poison@4 data@8 [@8 length@16 u8]'],
  ['take_arc_str', 'utf8@0+16 counts 0 8 length@8'],
  ['take_pin', '&@0 u8'],
  ['take_string', 'utf8@8 length@16'],
  ['take_vec', '[@8 length@16 Point { x@0 i32, y@4 i32 }]'],
  ['take_hash_map', 'map control@0 mask@8 items@24 (0@0 utf8@8 length@16, 1@24 u32)'],
  ['take_cell', 'Cell { value@0 u16 }'],
  ['take_maybe_uninit', '"MaybeUninit<[u8; 5]>"'],
  ['take_phantom', '"PhantomData<alloc::string::String>"'],
  ['take_array_of_arrays', '[[u8; 3]; 2]'],
  ['take_tuple', '(0@24 u8, 1@0 (0@0 u16, 1@4 char), 2@8 utf8@0 length@8, 3@25 [u8; 3])'],
  ['take_zst', 'Unit'],
  ['take_reordered', 'Reordered { small@18 u8, large@0 u64, medium@16 u16, point@8 Point { x@0 i32, y@4 i32 } }'],
  ['take_tuple3', 'Tuple3(0@20 u8, 1@16 u32, 2@0 utf8@0 length@8)'],
  ['take_packed', 'Packed { small@0 u8, large@1 u64, medium@9 u16 }'],
  ['take_number', 'opaque(8 types::Number)'],
  ['take_negative', 'i8 Less=-128 Minus=-1 More=127'],
  ['take_wide', 'u64 Low=1 High=18446744073709551600'],
  ['take_single', 'enum Only'],
  ['take_single_with_data', 'enum Only(0@0 u32, 1@4 u8)'],
  ['take_with_void', 'enum Value(0@0 u64)'],
  ['take_tagged_u16', 'enum 2 at 0: 0 => A(0@2 u8), 1 => B(value@8 u64), 2 => C'],
  ['take_niche_in_bool', 'enum 1 at 0: _ => Flag(0@0 bool), 2 => A, 3 => B'],
  ['take_option_ref', 'enum 8 at 0: 0 => None, _ => Some(0@0 &@0 u32)'],
  ['take_option_unit', 'enum 1 at 0: 0 => None, 1 => Some(0@1 unit)'],
  ['take_option_nonzero', 'enum 4 at 0: 0 => None, _ => Some(0@0 u32)'],
  ['take_option_fn', 'enum 8 at 0: 0 => None, _ => Some(0@0 address)'],
  ['take_infallible', 'enum Ok(0@0 u8)'],
  ['take_ip', 'enum transparent 1 at 0: 0 => V4(0@1 ipv4), 1 => V6(0@1 ipv6)'],
  ['take_duration', 'duration 0 8'],
  ['take_range', 'u32@0..=u32@4 exhausted@8'],
  ['take_fn_pointer', 'address'],
  ['take_unsized', 'address(16)'],
  [
    'take_node',
    'Node { children@0 RefCell borrow@0 value@8 [@8 length@16 &@0+16 counts 0 8 ' +
      'Node { children@0 RefCell borrow@0 value@8 [@8 length@16 <depth 8>], parent@32 RefCell borrow@0 value@8 "(Weak)" }], ' +
      'parent@32 RefCell borrow@0 value@8 "(Weak)" }',
  ],
];

describe('the shape of', () => {
  test.for(known)('%s', ([name, shape]) => {
    expect(line(name)).toBe(shape);
  });

  test.for(['types/debug', 'types/release'])('what closures captured, and of futures, in %s', (key) => {
    const shapes = shapesOf(key);
    const text = (id: TypeId | null): string => shapeLine(shapes.of(id, 'value'));
    const types = infoOf(key).types!;
    const closure = types.find('{closure_env#1}').find((id) => types.type(id).name === 'types::main::{closure_env#1}');
    expect(text(closure!)).toBe('{closure} { total@0 &@0 u64, text@8 &@0 utf8@8 length@16 }');
    const future = types.find('{async_fn_env#0}').find((id) => /leaf/.test(types.type(id).name));
    expect(text(future!)).toBe(
      'enum 1 at 9: 0 => Unresumed(number@0 u32), 1 => Returned, 2 => Panicked, ' +
        '3 => Suspend0(number@4 u32, __awaitee@8 Yield(0@0 bool))',
    );
  });

  test('types of C', () => {
    const text = (name: string): string => shapeLine(shapesOf('types/debug').of(named('types/debug', name), 'value'));
    expect(text('struct list')).toBe('list { next@0 address, owner@8 address }');
    expect(text('struct packed')).toBe('packed { letter@0 i8, number@1 f64, either@9 opaque(8 union {...}) }');
    expect(text('struct record')).toBe(
      'record { seed@0 i32, bits@8 bits { one@0 opaque(1 unsigned int: 1), three@0 opaque(1 unsigned int: 3), ' +
        'seven@1 opaque(1 int: 7), far@1 opaque(6 long long unsigned int: 40), after@7 u8 }, union@16 opaque(4 union {...}), ' +
        'inners@20 [inner { letter@0 i8, number@2 i16 }; 3], grid@32 [[i32; 4]; 2], name@64 c-string, fixed@72 address, ' +
        'level@80 i32 LOW=-1 MIDDLE=0 HIGH=100, big@88 u64 BIG=1099511627760, counter@96 u64, compare@104 address, ' +
        'next@112 address, opaque@120 address, anything@128 address, flag@136 bool, extended@144 opaque(16 long double), ' +
        'complex@160 opaque(16 complex double), huge@176 i128, atomic@192 i32, table@200 [address; 2], tail@216 [i8; 0] }',
    );
  });

  test('a type without values', () => {
    expect(shapesOf('types/debug').of(named('types/debug', 'types::Void'), 'value')).toEqual({
      kind: 'never',
      size: 0,
    });
  });

  test('a vtable’s concrete type', () => {
    const vtables = infoOf('types/debug').types!.vtables();
    const { address } = vtables.find(({ name }) => name === '<types::Point as types::Speaks>::{vtable}')!;
    const shapes = shapesOf('types/debug');
    expect(shapeLine(shapes.concreteAt(address)!)).toBe('Point { x@0 i32, y@4 i32 }');
    expect(shapes.concreteAt(1n)).toBeNull();
  });
});

/** All shapes of a tree, those that it shares with itself as often as they are there. */
const nodesOf = (shape: ValueShape): ValueShape[] => {
  const inside = (value: unknown): ValueShape[] => {
    if (Array.isArray(value)) return value.flatMap(inside);
    if (value === null || typeof value !== 'object') return [];
    const found = Object.values(value).flatMap(inside);
    return 'kind' in value && 'size' in value ? [value as ValueShape, ...found] : found;
  };
  return inside(shape);
};

describe('limits', () => {
  test('a pointer too deep leads to nothing; text needs no pointer more', () => {
    expect(line('take_box', { depth: 0 })).toBe('&@0 <depth 8>');
    expect(line('take_vec_of_vec', { depth: 1 })).toBe('[@8 length@16 [@8 length@16 <depth 24>]]');
    expect(line('take_dyn', { depth: 0 })).toBe('dyn types::Speaks vtable@8 add 0 {}');
    expect(line('take_hash_map', { depth: 0 })).toBe('map control@0 mask@8 items@24 <depth 32>');
    expect(line('take_rc', { depth: 1 })).toBe('&@0+16 counts 0 8 utf8@8 length@16');
    expect(line('take_string', { depth: 0 })).toBe('utf8@8 length@16');
    expect(line('take_io_result', { depth: 0 })).toMatch(/Err\(0@8 io-error 1 bytes of kinds, null, null\)$/);
  });

  test('nodes are shared out among the parts', () => {
    expect(line('take_tree', { depth: 9, nodes: 5 })).toBe(
      'Tree { value@0 i64, left@8 <truncated 8>, right@16 <truncated 8> }',
    );
    const half =
      'enum 8 at 0: 0 => None, _ => Some(0@0 &@0 Tree { value@0 i64, left@8 <truncated 8>, right@16 <truncated 8> })';
    expect(line('take_tree', { depth: 9, nodes: 20 })).toBe(`Tree { value@0 i64, left@8 ${half}, right@16 ${half} }`);
  });

  test.for(['types/debug', 'types/release'])(
    'every tree of %s keeps to them, in whatever order they are built',
    (key) => {
      const info = infoOf(key);
      const ids = new Set<TypeId>();
      for (let id = 0; id < info.functionCount; id += 3)
        for (const { type } of info.types!.signature(info.function(id))?.parameters ?? [])
          if (type !== null) ids.add(type);
      const limits = { depth: 3, nodes: 60 };
      const [once, again] = [shapesOf(key, limits), shapesOf(key, limits)];
      for (const id of ids) {
        const shape = once.of(id, 'value');
        const built = nodesOf(shape).filter(({ kind }) => kind !== 'cut');
        expect(built.length).toBeLessThanOrEqual(60 * 2);
        expect(shape.size).toBe(Number(info.types!.type(id).size ?? 8n));
      }
      for (const id of [...ids].reverse()) expect(again.of(id, 'value')).toEqual(once.of(id, 'value'));
    },
  );
});

describe('redaction', () => {
  const asked = (name: string, isRedacted: (path: string, type: string) => boolean): string =>
    line(name, { isRedacted });

  test('by path, at any depth', () => {
    expect(asked('take_point', (path) => path === 'value.x')).toBe('Point { x@0 <redacted 4>, y@4 i32 }');
    expect(asked('take_point', (path) => path === 'value')).toBe('<redacted 8>');
    expect(asked('take_vec', (path) => path.endsWith('.y'))).toBe('[@8 length@16 Point { x@0 i32, y@4 <redacted 4> }]');
    expect(asked('take_tagged_u16', (path) => path === 'value.B.value')).toBe(
      'enum 2 at 0: 0 => A(0@2 u8), 1 => B(value@8 <redacted 8>), 2 => C',
    );
  });

  test('by type, behind pointers and within containers', () => {
    const point = (_: string, type: string): boolean => type === 'types::Point';
    expect(asked('take_box_slice', point)).toBe('[@0 length@8 <redacted 8>]');
    expect(asked('take_reordered', point)).toMatch(/point@8 <redacted 8> }$/);
    expect(asked('take_box_dyn', point)).toMatch(/<redacted 8>/);
    expect(asked('take_arc', (_, type) => type === 'alloc::vec::Vec<u8>')).toMatch(/data@8 <redacted 24>$/);
  });

  test('a tag that is part of what is withheld', () => {
    expect(asked('take_option_string', (_, type) => type === 'alloc::string::String')).toBe('<redacted 24>');
    expect(asked('take_option_u8', (_, type) => type === 'u8')).toBe(
      'enum 1 at 0: 0 => None, 1 => Some(0@1 <redacted 1>)',
    );
  });

  test('bytes that nobody takes apart', () => {
    expect(asked('take_overlay', (_, type) => type === 'types::Point')).toBe('<redacted 24>');
    expect(asked('take_number', (path) => path === 'value.real')).toBe('<redacted 8>');
    expect(asked('take_number', (path) => path === 'value.other')).toBe('opaque(8 types::Number)');
  });
});

describe('debug info by hand', () => {
  const rust = { language: 'rust', align: 8n } as const;
  const part = (name: string, type: number | null, offset = 0n): Member => ({
    name,
    type,
    offset,
    bits: null,
    isArtificial: false,
  });
  const struct = (id: number, name: string, size: bigint, members: readonly Member[]): DebugType => ({
    ...rust,
    id,
    name,
    size,
    kind: 'struct',
    members,
    bases: [],
    generics: [],
    variants: null,
    containing: null,
    isDeclaration: false,
  });
  const typesOf = (...all: readonly DebugType[]): DebugTypes => ({
    type: (id) => {
      const type = all.find((one) => one.id === id);
      if (type === undefined) throw new RsymError('input', `no type ${id}`);
      return type;
    },
    signature: () => null,
    find: () => [],
    vtables: () => {
      throw new RsymError('input', 'no vtables');
    },
  });
  const text = (types: DebugTypes, id: number): string =>
    shapeLine(new TypeShapes(types, limitsOf({})).of(id, 'value'));

  test('tells pointers to C text by the type that C’s char has', () => {
    const base = (id: number, name: string): DebugType => ({
      ...rust,
      id,
      name,
      size: 1n,
      kind: 'base',
      encoding: name === 'u8' ? 'unsigned' : 'signed',
    });
    const pointer = (name: string, target: number): DebugType => ({
      ...rust,
      id: 1,
      name,
      size: 8n,
      kind: 'pointer',
      of: 'pointer',
      target,
    });
    const target = (name: string): string => text(typesOf(pointer(name, 2), base(2, name.slice(-2))), 1);
    expect(['*const i8', '*mut i8', '*const u8', '&i8'].map(target)).toEqual([
      'c-string',
      'c-string',
      'address',
      '&@0 i8',
    ]);
  });

  test('is cut where the damage begins', () => {
    expect(text(typesOf(), 1)).toBe('<unknown 0>');
    const byte: DebugType = { ...rust, id: 2, name: 'u8', size: 1n, kind: 'base', encoding: 'unsigned' };
    const outer = struct(1, 'app::Outer', 8n, [part('good', 2), part('bad', 3, 1n), part('far', 2, 8n)]);
    expect(text(typesOf(outer, byte), 1)).toBe('Outer { good@0 u8, bad@1 <unknown 0>, far@0 <unknown 0> }');
  });

  test('ends where types go round in circles', () => {
    expect(text(typesOf(struct(1, 'app::Self', 8n, [part('again', 1)])), 1)).toMatch(/again@0 <(unknown|depth) 8>/);
    const alias: DebugType = {
      ...rust,
      language: 'c',
      id: 1,
      name: 'loop',
      size: 8n,
      kind: 'qualifier',
      of: 'typedef',
      target: 1,
    };
    expect(text(typesOf(alias), 1)).toBe('<unknown 8>');
    const list: DebugType = { ...rust, id: 1, name: '[T; 2]', size: 8n, kind: 'array', element: 1, counts: [2n] };
    expect(text(typesOf(list), 1)).toMatch(/<unknown 8>/);
    const future = struct(1, 'core::future::from_generator::GenFuture<app::f>', 8n, [part('__0', 1)]);
    expect(text(typesOf(future), 1)).toMatch(/<unknown 8>/);
  });

  test.for([
    'alloc::string::String',
    'alloc::vec::Vec<u8>',
    'alloc::rc::Rc<u8>',
    'alloc::boxed::Box<u8>',
    'core::cell::RefCell<u8>',
    'std::sync::poison::mutex::Mutex<u8>',
    'std::collections::hash::map::HashMap<u8, u8>',
    'alloc::collections::btree::map::BTreeMap<u8, u8>',
    'alloc::collections::linked_list::LinkedList<u8>',
    'core::time::Duration',
    'std::io::error::Error',
    'core::ops::range::Range<u8>',
  ])('a %s of unknown parts is a plain struct', (name) => {
    const word: DebugType = { ...rust, id: 2, name: 'u64', size: 8n, kind: 'base', encoding: 'unsigned' };
    const own = name.replace(/<.*/, '').replace(/.*::/, '');
    expect(text(typesOf(struct(1, name, 8n, [part('odd', 2)]), word), 1)).toBe(`${own} { odd@0 u64 }`);
  });
});
