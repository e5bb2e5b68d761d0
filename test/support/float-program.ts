// A Rust program that calls functions with floats, and prints every argument and result as bits.

type Scalar = 'f32' | 'f64' | 'u8' | 'u32' | 'u64' | 'bool' | '&f64' | '&[f64]' | '&str' | '&mut f64';
type Result = 'f32' | 'f64' | 'u64' | '(f64, f64)' | '(f32, f64)' | '(u64, f64)' | 'Option<f64>' | 'Option<f32>' | '()';
export type FloatFunction = {
  readonly name: string;
  readonly args: readonly Scalar[];
  readonly ret: Result;
  readonly body: string;
};

const of = (list: string): readonly Scalar[] => list.split(', ').filter((one) => one !== '') as Scalar[];

/** Arguments are `a`, `b`, `c`, … */
const bodies: readonly (readonly [args: string, ret: Result, body: string])[] = [
  ['f64', 'f64', 'a * 2.0 + 1.0'],
  ['f32', 'f32', 'a * 2.0 + 1.0'],
  ['f64, f32', 'f64', 'a + b as f64'],
  ['f64, f64, f64', 'f64', 'let d = a * b; let e = d + c; e / 2.0'],
  ['f32, f32', 'f32', 'if a > b { a - b } else { b }'],
  ['f64, u8, bool, f32', 'Option<f64>', 'if c { Some(a * d as f64 + b as f64) } else { None }'],
  ['f64, u64', '(f64, f64)', '(a, (b as f64).sqrt())'],
  ['f64, f64', '(f64, f64)', '(b, a)'],
  ['f32, f64', '(f32, f64)', '(a * 3.0, b - 1.0)'],
  ['u64, f64', '(u64, f64)', '(a + 1, b * 0.5)'],
  ['&f64', 'f64', '*a'],
  ['&f64, f64', 'f64', '*a * b'],
  ['&mut f64, f64', 'f64', 'let old = *a; *a = b; old'],
  ['&mut f64, f32', '()', '*a += b as f64'],
  ['&[f64]', 'f64', 'a.iter().sum()'],
  ['&[f64], f64', 'f64', 'let mut s = b; for x in a { s += *x; } s'],
  ['&[f64], u64', 'f64', 'a[b as usize % 3]'],
  ['&str, f64', 'f64', 'other(a) * b'],
  ['f64, &str', 'f64', 'let t = format!("{a}{b}"); if t.len() > 5 { a } else { 0.0 }'],
  ['f64', 'Option<f64>', 'if a > 1.6 { Some(a.floor()) } else { None }'],
  ['f32', 'Option<f32>', 'Some(a)'],
  ['f64', 'u64', 'a as u64'],
  ['u64', 'f64', 'a as f64'],
  ['u64', 'f64', 'f64::from_bits(a)'],
  ['f64, f64, f64, f64, f64, f64, f64, f64, f64, f64', 'f64', 'a + b + c + d + e + f + g + h + i * j'],
  ['u64, u64, u64, u64, u64, u64, u64, f64, f32, u64', 'f64', '(a + b + c + d + e + f + g + j) as f64 + h + i as f64'],
  ['f64', 'f64', 'if a > 1.6 { 2.5 } else if a < 0.0 { 0.0 } else { other("x") + a }'],
  ['u32, f32', 'f32', 'let mut x = b; for k in 0..a % 5 { x = x * 1.5 + k as f32; } x'],
  ['f64', 'f64', 'other("abc"); a'],
  ['', 'f64', '3.25'],
  ['', 'f64', '0.0'],
  ['f32, bool', 'f32', 'match b { true => a.max(1.0), false => -a }'],
  ['f64, f64', 'f64', 'let v: Vec<f64> = vec![a, b, a * b]; v.iter().cloned().fold(0.0, f64::max)'],
  ['f64, u64', 'f64', 'let big = [a; 40]; big[(b % 40) as usize] + std::hint::black_box(&big)[3]'],
];

export const floatFunctions: readonly FloatFunction[] = bodies.map(([args, ret, body], i) => ({
  name: `f${i}`,
  args: of(args),
  ret,
  body,
}));

const letters = 'abcdefghij';

const valueText = (type: Scalar, i: number): string => {
  if (type === 'f32' || type === 'f64') return `black_box(1.25 + k as ${type} * 0.375 + ${i}.0)`;
  if (type === 'bool') return 'black_box(k % 2 == 0)';
  if (type === '&f64') return 'black_box(&stored)';
  if (type === '&mut f64') return 'black_box(&mut changed)';
  if (type === '&[f64]') return 'black_box(&list[..])';
  if (type === '&str') return 'black_box("text")';
  return `black_box(${17 * i + 20} as ${type} + k as ${type})`;
};

const printed = (type: Scalar, name: string): string => {
  if (type === 'f32' || type === 'f64') return `${name}.to_bits() as u64`;
  return type.startsWith('&') ? `${name} as *const _ as *const u8 as u64` : `${name} as u64`;
};

const results: Record<Result, string> = {
  f32: 'vec![r.to_bits() as u64]',
  f64: 'vec![r.to_bits()]',
  u64: 'vec![]',
  '(f64, f64)': 'vec![r.0.to_bits(), r.1.to_bits()]',
  '(f32, f64)': 'vec![r.0.to_bits() as u64, r.1.to_bits()]',
  '(u64, f64)': 'vec![r.1.to_bits()]',
  'Option<f64>': 'r.map(|x| x.to_bits()).into_iter().collect()',
  'Option<f32>': 'r.map(|x| x.to_bits() as u64).into_iter().collect()',
  '()': 'vec![]',
};

/** How many bits come back in xmm0 and xmm1. */
export const floatResultBits: Readonly<Record<Result, readonly number[]>> = {
  f32: [32],
  f64: [64],
  u64: [],
  '(f64, f64)': [64, 64],
  '(f32, f64)': [32, 64],
  '(u64, f64)': [64],
  'Option<f64>': [64],
  'Option<f32>': [32],
  '()': [],
};

/** Calls of `f3` print `f3 in 3ff4000000000000 …` and `f3 out …`; of an argument of two words the first. */
export const floatProgram = (functions: readonly FloatFunction[]): string => {
  const defined = functions.map(({ name, args, ret, body }) => {
    const list = args.map((type, i) => `${letters[i]}: ${type}`).join(', ');
    return `#[no_mangle] #[inline(never)] pub fn ${name}(${list}) -> ${ret} { ${body} }`;
  });
  const called = functions.map(({ name, args, ret }) => {
    const lets = args.map((type, i) => `let ${letters[i]}: ${type} = ${valueText(type, i)};`);
    const shown = args.map((type, i) => printed(type, letters[i] ?? ''));
    return [
      ...lets,
      `say("${name} in", &[${shown.join(', ')}]);`,
      `let r = black_box(${name}(${args.map((_, i) => letters[i]).join(', ')}));`,
      `let words: Vec<u64> = ${results[ret]}; let _ = r; say("${name} out", &words);`,
    ].join(' ');
  });
  return [
    'use std::hint::black_box;',
    '#[inline(never)] fn other(s: &str) -> f64 { black_box(s.len() as f64) }',
    'fn say(name: &str, words: &[u64]) { print!("{name}"); for w in words { print!(" {w:x}"); } println!(); }',
    ...defined,
    'fn main() { let stored = 7.5f64; let mut changed = 8.5f64; let list = [1.5f64, 2.5, 4.0, 8.0];',
    'for k in 0..3 {',
    ...called.map((line) => `{ ${line} }`),
    '} }',
  ].join('\n');
};

type Passed = { readonly register: string; readonly bits: number } | { readonly stack: number; readonly bits: number };

const bits: Record<Scalar, number> = {
  f32: 32,
  f64: 64,
  u8: 8,
  u32: 32,
  u64: 64,
  bool: 1,
  '&f64': 64,
  '&mut f64': 64,
  '&[f64]': 64,
  '&str': 64,
};

/** Where each argument is at entry; of one of two words the first, and in `rest` all others. */
export const passedIn = ({
  args,
}: FloatFunction): { readonly first: readonly Passed[]; readonly rest: readonly Passed[] } => {
  const general = ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9'];
  const vector = Array.from({ length: 8 }, (_, i) => `xmm${i}`);
  let slot = 0;
  const next = (type: Scalar): Passed => {
    const register = (type === 'f32' || type === 'f64' ? vector : general).shift();
    return register === undefined ? { stack: 8 * ++slot, bits: bits[type] } : { register, bits: bits[type] };
  };
  const first: Passed[] = [];
  const rest: Passed[] = [];
  for (const type of args) {
    first.push(next(type));
    if (type === '&[f64]' || type === '&str') rest.push(next('u64'));
  }
  return { first, rest };
};
