import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import type { DebugInfo } from '../../src/elf/debug-model.ts';
import { openImage } from '../../src/elf/open.ts';
import type { RustType } from '../../src/elf/rust-model.ts';
import { classify } from '../../src/elf/rust-type.ts';
import type { DebugTypes } from '../../src/elf/type-model.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { Temporary } from '../support/temporary.ts';

// The program says of each type its size, its alignment and where its fields are, and of values their bytes.
const source = `#![allow(dead_code)]
use std::{borrow::Cow, cell::RefCell, collections::HashMap, hint::black_box, mem::{align_of, offset_of, size_of, MaybeUninit}};
use std::{num::NonZeroU16, rc::Rc, sync::Arc};
pub struct Mixed { a: u8, b: u64, c: u16, d: [u8; 3], e: (u8, u32) }
#[repr(C)] pub struct InOrder { a: u8, b: u64, c: u16 }
#[repr(C, packed)] pub struct Packed { a: u8, b: u64 }
#[repr(align(32))] pub struct Aligned { a: u8, z: () }
pub struct Generic<T, const N: usize> { items: [T; N], more: Option<T> }
pub struct Wrapper(u16, String);
pub union Either { whole: u128, parts: [u16; 4] }
#[repr(i16)] #[derive(Clone, Copy)] pub enum Signed { Low = -300, Mid = -1, High = 300 }
#[repr(u64)] #[derive(Clone, Copy)] pub enum Large { Max = u64::MAX, One = 1 }
pub enum Shape { Empty, Circle(f64), Rect { w: u32, h: u32 }, Text(String) }
#[repr(i8)] pub enum Negative { A(u8) = -128, B { x: u32 } = -1, C = 7 }
pub enum Niches { Text(String), Number(u32), Letter(char), None }
pub enum Nest { Inner(Option<Option<bool>>), Plain, Other }
pub enum Void {}
pub enum One { Only(u32, u8) }
pub enum Big { A(u128), B }
pub trait Speak { fn speak(&self) -> u32; }
impl Speak for InOrder { fn speak(&self) -> u32 { 1 } }
impl Speak for Mixed { fn speak(&self) -> u32 { 2 } }
macro_rules! types { ($($name:ident: $type:ty { $($field:tt),* })*) => {
    $(#[inline(never)] pub fn $name(value: MaybeUninit<$type>, pointer: &$type) { black_box((&value, pointer, concat!("its ", stringify!($name)))); })*
    fn types() { $(
        let fields: Vec<String> = vec![$(format!("{}={}", stringify!($field), offset_of!($type, $field))),*];
        println!("type {} {} {} {}", stringify!($name), size_of::<$type>(), align_of::<$type>(), fields.join(","));
        let place = MaybeUninit::<$type>::uninit();
        let reference: &$type = unsafe { black_box(&*place.as_ptr()) };
        $name(MaybeUninit::uninit(), reference);
    )* }
} }
types! {
    t_i8: i8 {} t_u16: u16 {} t_i32: i32 {} t_u64: u64 {} t_i128: i128 {} t_usize: usize {} t_f32: f32 {} t_f64: f64 {} t_char: char {}
    t_bool: bool {} t_unit: () {} t_array: [u16; 5] {} t_empty: [u64; 0] {} t_matrix: [[u8; 3]; 2] {} t_tuple: (u8, u32, u16) { 0, 1, 2 }
    t_mixed: Mixed { a, b, c, d, e } t_in_order: InOrder { a, b, c } t_packed: Packed { a, b } t_aligned: Aligned { a, z }
    t_generic: Generic<u16, 3> { items, more } t_wrapper: Wrapper { 0, 1 } t_either: Either { whole, parts } t_str: &'static str {}
    t_slice: &'static mut [u16] {} t_dyn: Box<dyn Speak> {} t_box: Box<u32> {} t_raw: *const InOrder {} t_rc: Rc<str> {} t_arc: Arc<u64> {}
    t_fn: fn(u8) -> u16 {} t_string: String {} t_vec: Vec<Mixed> {} t_map: HashMap<String, u8> {} t_cow: Cow<'static, str> {}
    t_cell: RefCell<u8> {} t_signed: Signed {} t_large: Large {} t_shape: Shape {} t_negative: Negative {} t_niches: Niches {}
    t_nest: Nest {} t_one: One {} t_big: Big {} t_void: Option<Void> {} t_option: Option<u32> {} t_opt_ref: Option<&'static u8> {}
    t_opt_nz: Option<NonZeroU16> {} t_result: Result<u64, String> {} t_res_void: Result<u32, Void> {} t_poll: std::task::Poll<Option<char>> {}
    t_range: std::ops::RangeInclusive<u8> {} t_ip: std::net::IpAddr {} t_order: std::cmp::Ordering {} t_path: &'static std::path::Path {}
}
fn value<T>(name: &str, variant: &str, value: T) {
    let mut place = MaybeUninit::<T>::zeroed();
    place.write(value);
    let bytes = unsafe { std::slice::from_raw_parts(place.as_ptr().cast::<u8>(), size_of::<T>()) };
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    println!("value {name} {variant} {hex}");
}
fn values() {
    value("t_signed", "Low", Signed::Low); value("t_signed", "Mid", Signed::Mid); value("t_signed", "High", Signed::High);
    value("t_large", "Max", Large::Max); value("t_large", "One", Large::One);
    value("t_shape", "Empty", Shape::Empty); value("t_shape", "Circle", Shape::Circle(1.5));
    value("t_shape", "Rect", Shape::Rect { w: 1, h: 2 }); value("t_shape", "Text", Shape::Text("x".into()));
    value("t_negative", "A", Negative::A(1)); value("t_negative", "B", Negative::B { x: 1 }); value("t_negative", "C", Negative::C);
    value("t_niches", "Text", Niches::Text("a".into())); value("t_niches", "Number", Niches::Number(0));
    value("t_niches", "Letter", Niches::Letter('x')); value("t_niches", "None", Niches::None);
    value("t_nest", "Inner", Nest::Inner(Some(Some(true)))); value("t_nest", "Inner", Nest::Inner(Some(None)));
    value("t_nest", "Inner", Nest::Inner(None)); value("t_nest", "Plain", Nest::Plain); value("t_nest", "Other", Nest::Other);
    value("t_one", "Only", One::Only(1, 2)); value("t_big", "A", Big::A(1 << 90)); value("t_big", "B", Big::B);
    value("t_void", "None", None::<Void>); value("t_option", "None", None::<u32>); value("t_option", "Some", Some(0u32));
    value("t_opt_ref", "None", None::<&u8>); value("t_opt_ref", "Some", Some(&7u8));
    value("t_opt_nz", "None", None::<NonZeroU16>); value("t_opt_nz", "Some", NonZeroU16::new(65535));
    value("t_result", "Ok", Ok::<u64, String>(0)); value("t_result", "Err", Err::<u64, String>("no".into()));
    value("t_res_void", "Ok", Ok::<u32, Void>(3)); value("t_poll", "Ready", std::task::Poll::Ready(Some('a')));
    value("t_poll", "Ready", std::task::Poll::Ready(None::<char>)); value("t_poll", "Pending", std::task::Poll::<Option<char>>::Pending);
    value("t_cow", "Borrowed", Cow::Borrowed("a")); value("t_cow", "Owned", Cow::<str>::Owned("a".into()));
    value("t_ip", "V4", std::net::IpAddr::from([1, 2, 3, 4])); value("t_ip", "V6", std::net::IpAddr::from([1u16; 8]));
    value("t_order", "Less", std::cmp::Ordering::Less); value("t_order", "Greater", std::cmp::Ordering::Greater);
}
#[inline(never)] async fn leaf(n: u32) -> u32 { n }
async fn branch(name: String) -> usize { leaf(name.len() as u32).await as usize }
fn poll<F: std::future::Future>(future: F) -> usize {
    let mut future = Box::pin(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    usize::from(future.as_mut().poll(&mut context).is_ready())
}
#[inline(never)] fn call<F: Fn(u32) -> u32>(f: F) -> u32 { f(2) }
fn address(object: &dyn Speak) -> usize { unsafe { std::mem::transmute::<&dyn Speak, (usize, usize)>(object).1 } }
fn main() {
    types();
    values();
    let (by, name) = (black_box(3u32), black_box(String::from("captured")));
    println!("sum {}", poll(branch("x".to_string())) as u32 + call(|x| x * by + name.len() as u32));
    let objects: [Box<dyn Speak>; 2] = [Box::new(InOrder { a: 1, b: 2, c: 3 }), Box::new(Mixed { a: 1, b: 2, c: 3, d: [0; 3], e: (1, 2) })];
    let base = main as fn() as usize;
    for object in black_box(&objects) { println!("vtable {} {}", object.speak(), address(&**object).wrapping_sub(base) as isize); }
}
`;

type Facts = { type: Map<string, string[]>; value: string[][]; vtable: string[][] };

const facts = (output: string): Facts => {
  const lines = output.split('\n').map((line) => line.split(' '));
  const of = (kind: string): string[][] => lines.filter(([first]) => first === kind).map(([, ...rest]) => rest);
  return {
    type: new Map(of('type').map(([name = '', ...rest]) => [name, rest])),
    value: of('value'),
    vtable: of('vtable'),
  };
};

const idOf = (info: DebugInfo, path: string): number => {
  for (let id = 0; id < info.functionCount; id++) if (info.path(id) === path) return id;
  throw new Error(`no function ${path}`);
};

/** What `pointer: &T` of the function points to. */
const takenBy = (info: DebugInfo, types: DebugTypes, path: string): number => {
  const second = types.signature(info.function(idOf(info, path)))?.parameters[1]?.type;
  const generic = types.signature(info.function(idOf(info, path)))?.parameters[0]?.type;
  if (second == null || generic == null) throw new Error(`no type of ${path}`);
  const union = types.type(generic);
  // MaybeUninit<T>: `value: ManuallyDrop<T>`, whose argument is T.
  if (union.kind !== 'union') throw new Error(`${union.name} is no union`);
  const id = union.generics[0]?.type;
  if (id == null) throw new Error(`no argument of ${union.name}`);
  return id;
};

const little = (bytes: Buffer, at: bigint, size: bigint): bigint =>
  bytes.subarray(Number(at), Number(at + size)).reduceRight((all, byte) => (all << 8n) | BigInt(byte), 0n);

/** The variant that bytes are, as their tag says. */
const variantOf = (types: DebugTypes, type: RustType, bytes: Buffer): string | null => {
  if (type.kind === 'c-enum') {
    const value = little(bytes, 0n, type.size ?? 0n);
    const bits = Number(type.size) * 8;
    return type.variants.find((variant) => BigInt.asUintN(bits, variant.value) === value)?.name ?? null;
  }
  if (type.kind !== 'enum') throw new Error(`${type.name} is no enum`);
  const { tag } = type;
  if (tag === null) return type.variants.find(({ isInhabited }) => isInhabited)?.name ?? null;
  const value = little(bytes, tag.offset, tag.type === null ? 0n : (types.type(tag.type).size ?? 0n));
  const exact = type.variants.find((v) => v.discriminants?.some(({ low, high }) => low <= value && value <= high));
  return (exact ?? type.variants.find(({ discriminants }) => discriminants === null))?.name ?? null;
};

const debian = '/usr/bin/rustc';
const compilers = ['rustc', ...(existsSync(debian) ? [debian] : [])];
const variants = compilers.flatMap((rustc) =>
  [
    ['-Cdwarf-version=4', '-Copt-level=0'],
    ['-Cdwarf-version=5', '-Copt-level=0'],
    ['-Cdwarf-version=4', '-Copt-level=3'],
    ['-Cdwarf-version=5', '-Copt-level=3'],
  ].map((flags): [string, string, string[]] => [rustc, flags.join(' '), flags]),
);

describeNeeding(['rustc', 'linux'], 'types of a Rust program', () => {
  test.for(variants)('%s %s', { timeout: 120_000 }, ([rustc, , flags]) => {
    using folder = new Temporary();
    const main = folder.file('sample.rs', source);
    const program = join(folder.path, 'sample');
    run(
      rustc,
      ['--edition=2021', '-g', '-Ccodegen-units=1', '-Csymbol-mangling-version=v0', ...flags, main, '-o', program],
      { timeout: 100_000 },
    );
    const told = facts(run(program, []).stdout);
    using image = openImage(program);
    using info = openDebugInfo(image);
    const types = info.types!;

    expect(told.type.size).toBeGreaterThan(50);
    for (const [name, [size, align, fields = '']] of told.type) {
      const type = classify(types, takenBy(info, types, `sample::${name}`));
      expect([name, `${type.size}`, `${type.align}`]).toEqual([name, size, align]);
      if (fields === '' || !('fields' in type)) continue;
      const ours = type.fields.map((field) => `${field.name?.replace(/^__(?=\d)/, '')}=${field.offset}`);
      expect(ours.sort(), name).toEqual(fields.split(',').sort());
    }
    expect(told.value.length).toBeGreaterThan(40);
    for (const [name = '', variant, hex = ''] of told.value) {
      const type = classify(types, takenBy(info, types, `sample::${name}`));
      expect([name, variantOf(types, type, Buffer.from(hex, 'hex'))]).toEqual([name, variant]);
    }
    const symbols = image.symbols();
    const row = [...symbols.functions()].find((at) => symbols.name(at) === 'sample::main');
    const base = row === undefined ? 0n : symbols.address(row);
    for (const [speaks, distance = ''] of told.vtable) {
      const found = types.vtables().find(({ address }) => address === base + BigInt(distance));
      const concrete = found?.type == null ? null : types.type(found.type).name;
      expect([found?.name, concrete]).toEqual(
        speaks === '1'
          ? ['<sample::InOrder as sample::Speak>::{vtable}', 'sample::InOrder']
          : ['<sample::Mixed as sample::Speak>::{vtable}', 'sample::Mixed'],
      );
    }
    const kindOf = (name: string): unknown => {
      const {
        id: _,
        size: __,
        align: ___,
        name: text,
        ...rest
      } = classify(types, takenBy(info, types, `sample::${name}`));
      return { text, ...rest };
    };
    expect(kindOf('t_dyn')).toMatchObject({
      text: 'alloc::boxed::Box<dyn sample::Speak>',
      kind: 'pointer',
      of: 'box',
      to: { of: 'dyn', carries: 'vtable' },
    });
    expect(kindOf('t_str')).toMatchObject({
      text: '&str',
      of: 'reference',
      isMutable: false,
      to: { of: 'str', carries: 'length' },
    });
    expect(kindOf('t_slice')).toMatchObject({
      text: '&mut [u16]',
      of: 'reference',
      isMutable: true,
      to: { of: 'slice', carries: 'length' },
    });
    expect(kindOf('t_path')).toMatchObject({ text: '&std::path::Path', to: { of: 'bytes', carries: 'length' } });
    expect(kindOf('t_rc')).toMatchObject({ text: 'alloc::rc::Rc<str>', of: 'rc', to: { of: 'str' }, valueOffset: 16n });
    expect(kindOf('t_arc')).toMatchObject({
      text: 'alloc::sync::Arc<u64>',
      of: 'arc',
      to: { sized: true },
      valueOffset: 16n,
    });
    expect(kindOf('t_fn')).toMatchObject({ text: 'fn(u8) -> u16', kind: 'fn-pointer' });
    expect(kindOf('t_void')).toMatchObject({ kind: 'enum', known: 'Option', layout: 'single' });
    expect(kindOf('t_result')).toMatchObject({ kind: 'enum', known: 'Result', layout: 'niche' });
    expect(kindOf('t_vec')).toMatchObject({ text: 'alloc::vec::Vec<sample::Mixed>', kind: 'struct' });

    const [branch] = types.find('sample::branch::{async_fn_env#0}');
    expect(branch === undefined ? null : classify(types, branch)).toMatchObject({
      kind: 'coroutine',
      of: 'async-fn',
      states: [
        { state: 'unresumed', fields: expect.arrayContaining([expect.objectContaining({ name: 'name' })]) },
        { state: 'returned' },
        { state: 'panicked' },
        { state: 'suspended', suspension: 0, awaitee: { name: '__awaitee' } },
      ],
    });
    const [closure] = types.find('sample::main::{closure_env#0}');
    const captured = closure === undefined ? null : classify(types, closure);
    expect(captured?.kind === 'closure' && captured.fields.map(({ name }) => name).sort()).toEqual([
      '_ref__by',
      '_ref__name',
    ]);
  });
});
