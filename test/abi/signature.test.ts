import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GivenShape } from '../../src/abi/given-shape.ts';
import { formatSignature, parseSpec, type Signature } from '../../src/abi/signature.ts';
import { RsymError } from '../../src/base/errors.ts';

const signatureOf = (text: string): Signature => {
  const { signature } = parseSpec(text);
  if (signature === null) throw new Error(`not read as a signature: ${text}`);
  return signature;
};
const shapeText = (shape: GivenShape): string => {
  if (shape.kind === 'int') return `${shape.signed ? 'i' : 'u'}${shape.bits}`;
  if (shape.kind === 'float') return `f${shape.bits}`;
  return shape.kind === 'option' ? `option ${shapeText(shape.some)}` : shape.kind;
};
const shapesOf = (text: string): string => {
  const { args, ret } = signatureOf(text);
  return `${args.map(({ name, shape }) => `${name ?? '-'}=${shapeText(shape)}`).join(' ')} -> ${shapeText(ret.shape)}`;
};
const faultOf = (text: string): RsymError => {
  try {
    parseSpec(text);
  } catch (error) {
    if (error instanceof RsymError && error.code === 'usage') return error;
    throw error;
  }
  throw new Error(`no fault found in ${text}`);
};

describe("Rust's notation", () => {
  test.each([
    ['helloworld::hello(i: i32, len: usize) -> i32', 'i=i32 len=u64 -> i32'],
    ['f()', ' -> unit'],
    ['f(a: bool, b: char, c: f32, d: u128,) -> !', 'a=bool b=char c=f32 d=u128 -> never'],
    ["f(a: &T, b: &'a mut [u8], c: &str, d: &dyn Fn(u8) -> u8 + 'a)", 'a=pointer b=slice c=str d=fat -> unit'],
    ['f(*const T, *mut c_void, *const c_char, *const [u8])', '-=pointer -=pointer -=cstring -=slice -> unit'],
    ['f(Box<T>, Box<str>, Box<[T]>, Box<dyn A>, NonNull<T>)', '-=pointer -=str -=slice -=fat -=pointer -> unit'],
    ['f(Option<&T>, Option<&str>) -> Option<Box<T>>', '-=option pointer -=option str -> option pointer'],
    ['f(core::ffi::c_int, std::os::raw::c_ulong, libc::size_t, ::core::ffi::c_char)', '-=i32 -=u64 -=u64 -=i8 -> unit'],
    ['f(cb: unsafe extern "C" fn(i32, *const u8) -> i32, g: fn())', 'cb=pointer g=pointer -> unit'],
    ['f(&self, x: u8)', 'self=pointer x=u8 -> unit'],
    ['f(self: &mut Self)', 'self=pointer -> unit'],
    ['f(r: Rc<T>, s: Arc<str>, p: Pin<&mut T>)', 'r=pointer s=fat p=pointer -> unit'],
    ['f(a: &Vec<Option<u64>>, b: &<T as X>::Y, c: &(u8, [u8; 3]))', 'a=pointer b=pointer c=pointer -> unit'],
    ['pub unsafe extern "C" fn f<T>(x: (u8)) -> ()', 'x=u8 -> unit'],
    ['a::f(char) -> char', '-=char -> char'],
  ])('%s', (text, expected) => {
    expect(shapesOf(text)).toBe(expected);
  });
});

describe("C's notation", () => {
  test.each([
    ['malloc(size_t) -> void*', '-=u64 -> pointer'],
    ['void *malloc(size_t n)', 'n=u64 -> pointer'],
    ['int openat(int, const char *, int, ...);', '-=i32 -=cstring -=i32 -> i32'],
    ['unsigned long long f(unsigned char a, short b, long int c, signed d)', 'a=u8 b=i16 c=i64 d=i32 -> u64'],
    ['int main(int argc, char *argv[], char **envp)', 'argc=i32 argv=pointer envp=pointer -> i32'],
    [
      'void qsort(void *p, size_t n, size_t s, int (*cmp)(const void *, const void *))',
      'p=pointer n=u64 s=u64 cmp=pointer -> unit',
    ],
    [
      'f(struct foo *p, const struct bar *restrict q, enum e r, FILE *s)',
      'p=pointer q=pointer r=i32 s=pointer -> unit',
    ],
    ['char f(char, char c, char s[8])', '-=i8 c=i8 s=cstring -> i8'],
    ['f(_Bool a, bool b, uint32_t, int64_t)', 'a=bool b=bool -=u32 -=i64 -> unit'],
    ['char *f(void)', ' -> cstring'],
    ['f(char, int)', '-=i8 -=i32 -> unit'],
    ['ns::f(std::string const&, int&)', '-=pointer -=pointer -> unit'],
  ])('%s', (text, expected) => {
    expect(shapesOf(text)).toBe(expected);
  });

  test('more arguments may follow', () => {
    expect(signatureOf('int printf(const char *, ...)').variadic).toBe(true);
    expect(signatureOf('f(u8)').variadic).toBe(false);
  });
});

describe('patterns and signatures told apart', () => {
  test.each([
    'helloworld::hello',
    '<impl Fn(u8) as X>::call',
    '<fn(u8) -> u8 as a::X>::call',
    '*::push(*)',
    '(anonymous namespace)::f',
    'ns::f(int) const',
    'a::f(int)::{lambda()#1}',
    '/foo(a|b)/',
    '/foo(a|b)/i',
    'operator()',
    '<',
    '',
  ])('%s is a pattern', (text) => {
    expect(parseSpec(text)).toEqual({ pattern: text, signature: null });
  });

  test.each([
    ['alloc::**::push(x: u8)', 'alloc::**::push'],
    ['<_ as Fn(u8)>::call(&self, x: u8) -> u8', '<_ as Fn(u8)>::call'],
    ['/foo(a|b)/(x: u8)', '/foo(a|b)/'],
    ['unsigned long strtoul(const char *s, char **end, int base)', 'strtoul'],
    ['(anonymous namespace)::f(int)', '(anonymous namespace)::f'],
    ['A::operator()(int)', 'A::operator()'],
    ['operator new(unsigned long)', 'operator new'],
    ['std::operator<<(int)', 'std::operator<<'],
    ['fn a::f<T: Fn(u8)>(x: u8)', 'a::f'],
    ['gen::<u8>(x: u8)', 'gen::<u8>'],
    [' f ( x : u8 ) ', 'f'],
  ])('%s is a signature of %s', (text, pattern) => {
    expect(parseSpec(text)).toMatchObject({ pattern, signature: { path: pattern } });
  });
});

describe('faults', () => {
  test.each([
    ['f(s: String)', 'String'],
    ['f(x: u8, v: Vec<u8>) -> i32', 'Vec<u8>'],
    ['f(x: Option<u64>)', 'Option<u64>'],
    ['f(x: u8) -> MyStruct', 'MyStruct'],
    ['f(struct foo s)', 'struct foo'],
    ['f(x: (u8, u8))', '(u8, u8)'],
    ['f(x: [u8; 4])', '[u8; 4]'],
    ['f(x: my::u8)', 'my::u8'],
    ['f(long double)', 'long double'],
    ['f(x: str)', 'str'],
    ['f(x: c_void)', 'c_void'],
    ['f(int, void)', 'void'],
  ])('%s: the type %s is named, and carets stand below it', (text, type) => {
    const { message, reason = '', hints } = faultOf(text);
    expect(message).toContain(`\`${type}\``);
    expect(hints.length).toBeGreaterThan(0);
    const [line = '', carets = ''] = reason.split('\n');
    expect(line).toBe(text);
    expect(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe(type);
    expect(message).toContain(`at character ${text.indexOf(type) + 1}`);
  });

  test.each([
    ['f(x: u8', 2],
    ['f(x: u8) ->', 12],
    ['f(x: u8) zzz', 10],
    ['f(x u8)', 5],
    ['f(x: u8,, y: u8)', 9],
    ['f(x: &)', 7],
    ['f(x: *u8)', 7],
    ['f(..., x: u8)', 8],
    ['(x: u8)', 1],
    ['f(char)', 3],
    ['int f(int) -> int', 12],
    ['async fn f()', 1],
    ['f(double _Complex)', 10],
    ['void (*signal(int))(int)', 6],
  ])('%s: at character %i', (text, at) => {
    expect(faultOf(text).message).toMatch(new RegExp(`at character ${at}$`));
  });

  test('a long line is shown around the fault, and nothing in it reaches the terminal raw', () => {
    const { reason = '', message } = faultOf(`f(${'x: u8, '.repeat(100)}\x1b[2J: Str\u202eing)`);
    expect(`${message}${reason}`).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    for (const line of reason.split('\n')) expect(line.length).toBeLessThan(130);
    const [line = '', carets = ''] =
      faultOf(`f(${'x: u8, '.repeat(50)}y: String, ${'z: u8, '.repeat(50)})`).reason?.split('\n') ?? [];
    expect(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('String');
  });
});

describe('any text', () => {
  const total = (text: string): void => {
    try {
      const { pattern, signature } = parseSpec(text);
      expect(typeof pattern).toBe('string');
      if (signature !== null) expect(formatSignature(signature)).not.toBe('');
    } catch (error) {
      if (!(error instanceof RsymError && error.code === 'usage')) throw error;
    }
  };
  // biome-ignore format: a list
  const sign = fc.constantFrom(
    ...'()<>[]{}&*!,;:=-"\'/# \t\n.@\\',
    '->', '::', '...', 'fn', 'u8', 'i32', 'char', 'int', 'void', 'const', 'mut', 'dyn', 'impl', 'x', 'T', 'Box', 'Option',
    'extern', 'for', 'unsafe', 'struct', 'self', 'operator', ' as ', "'a", '1', 'é', '\u202e', '\ud800',
  );

  test('gives a result or says what is wrong', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), total), { numRuns: 2000 });
    fc.assert(
      fc.property(
        fc.array(sign, { maxLength: 60 }).map((parts) => parts.join('')),
        total,
      ),
      { numRuns: 10_000 },
    );
    fc.assert(
      fc.property(
        fc.array(sign, { maxLength: 60 }).map((parts) => `f(${parts.join('')})`),
        total,
      ),
      { numRuns: 10_000 },
    );
  });

  test.each([
    '<',
    '(',
    '[',
    '&',
    '*const ',
    'Box<',
    'fn(',
    '->',
    '::',
    'a::',
    '()',
    '<)',
    '(>',
    ' ',
    'x,',
    '"',
    "'",
    '.',
    'operator',
    '/',
  ])('%j repeated', (part) => {
    const steps = Math.floor(60_000 / part.length);
    for (const text of [
      part.repeat(100_000),
      part.repeat(steps),
      `f(x: ${part.repeat(steps)}`,
      `f(x: ${part.repeat(steps)})`,
      `${part.repeat(steps)}(x: u8)`,
    ])
      total(text);
  });
});

describe('a signature that was printed reads the same', () => {
  const scalar = fc.constantFrom(
    'u8',
    'i16',
    'u32',
    'i64',
    'u128',
    'isize',
    'usize',
    'bool',
    'char',
    'f32',
    'f64',
    'c_int',
    '()',
  );
  const name = fc
    .stringMatching(/^[a-z][a-z0-9_]{0,6}$/)
    .filter((word) => !['fn', 'dyn', 'mut', 'for', 'impl', 'self', 'extern', 'unsafe'].includes(word));
  const { type } = fc.letrec<{ type: string; pointer: string; target: string }>((tie) => ({
    target: fc.oneof(
      { maxDepth: 4 },
      scalar,
      fc.constantFrom('str', 'Vec<u8>', 'a::B<C, 3>', 'dyn Fn(u8) -> u8', '[u8; 4]', '[u16]', 'c_char'),
      tie('pointer'),
    ),
    pointer: fc.oneof(
      tie('target').map((target) => `&${target}`),
      tie('target').map((target) => `&'a mut ${target}`),
      tie('target').map((target) => `*const ${target}`),
      tie('target').map((target) => `Box<${target}>`),
      tie('target').map((target) => `Option<&${target}>`),
    ),
    type: fc.oneof(scalar, tie('pointer')),
  }));
  const list = fc.array(fc.tuple(fc.option(name), type), { maxLength: 9 });

  test("Rust's", () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), list, fc.option(type), (path, args, ret) => {
        const written = args.map(([arg, of]) => (arg === null ? of : `${arg}: ${of}`)).join(', ');
        const returns = ret === null || ret === '()' ? '' : ` -> ${ret}`;
        const text = `a::${path.join('::')}(${written})${returns}`;
        const signature = signatureOf(text);
        expect(formatSignature(signature)).toBe(text);
        expect(signature.args.map((arg) => [arg.name, arg.text])).toEqual(args);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    'int openat(int, const char *, int, ...)',
    'char f(char c, char **end, char s[4])',
    'void qsort(void *p, size_t n, size_t s, int (*cmp)(const void *, const void *))',
  ])("C's: %s", (text) => {
    const once = signatureOf(text);
    const again = signatureOf(formatSignature(once));
    expect(again.args.map(({ name: arg, shape }) => [arg, shapeText(shape)])).toEqual(
      once.args.map(({ name: arg, shape }) => [arg, shapeText(shape)]),
    );
    expect([again.variadic, shapeText(again.ret.shape)]).toEqual([once.variadic, shapeText(once.ret.shape)]);
  });
});

test('a receiver is as wide as the type that the path names', () => {
  const self = (text: string): string | undefined => parseSpec(text).signature?.args[0]?.shape.kind;
  expect(self('core::str::<impl str>::find(&self, c: char)')).toBe('str');
  expect(self('<str as app::Count>::count(&self, n: i32) -> usize')).toBe('str');
  expect(self('<[u8]>::len(&self) -> usize')).toBe('slice');
  expect(self('<impl app::Sum for [i64]>::sum(&self) -> i64')).toBe('slice');
  expect(self('<dyn core::any::Any>::is(&self) -> bool')).toBe('fat');
  expect(self('app::Server::handle(&mut self, id: u64)')).toBe('pointer');
});
