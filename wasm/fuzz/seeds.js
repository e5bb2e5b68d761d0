// Writes the files that fuzzing begins with to corpus/TARGET: small programs of the compilers at hand, their debug
// sections and indexes, and files given as arguments. From the project's root:
//   RUSTC_BOOTSTRAP=1 npx tsx wasm/fuzz/seeds.js [FILE | DIRECTORY]...
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import { openImage } from '../../src/elf/open.ts';
import { writeCoff, writePe } from '../../test/support/coff-writer.ts';
import { writeMachO, writeUniversal } from '../../test/support/macho-writer.ts';

const corpus = fileURLToPath(new URL('corpus', import.meta.url));
const largest = 256 << 10;

const seed = (target, bytes) => {
  if (bytes.length === 0 || bytes.length > largest) return;
  const directory = join(corpus, target);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, createHash('sha1').update(bytes).digest('hex')), bytes);
};

const c = `
struct inner { int a; const char *b; union { float f; unsigned u : 7; }; };
enum kind { first, second = 40 };
typedef int (*handler)(struct inner *, enum kind);
static inline __attribute__((always_inline)) int twice(int x) { { int y = x * 2; return y; } }
static inline __attribute__((always_inline)) int four(int x) { return twice(twice(x)); }
__attribute__((noinline)) int work(struct inner *i, enum kind k) { return four(i->a) + (k == second ? twice(k) : 0); }
int table[3][5]; handler handlers[2] = { work, 0 };
void _start(void) { struct inner i = { 1, "x", { 1.0f } }; volatile int n = 0; while (n < 9) n += work(&i, (enum kind)n); for (;;) {} }
`;

const rust = `
#![no_std]
#![no_main]
#[panic_handler] fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
pub trait Shape { fn area(&self) -> u32; }
pub struct Square(pub u32);
pub enum Data { Unit, Tuple(u8, u64), Named { text: &'static str } }
impl Shape for Square { #[inline(never)] fn area(&self) -> u32 { self.0.wrapping_mul(self.0) } }
#[inline(always)] fn inner<T: Shape + ?Sized>(shape: &T) -> u32 { shape.area().rotate_left(3) }
mod deep { pub mod er { #[inline(always)] pub fn outer(s: &dyn super::super::Shape) -> u32 { super::super::inner(s) + 1 } } }
#[inline(never)] pub fn choose(data: Option<Data>) -> u32 { match data { Some(Data::Tuple(a, b)) => a as u32 + b as u32, Some(Data::Named { text }) => text.len() as u32, _ => 7 } }
#[no_mangle] pub extern "C" fn _start() -> ! {
  let square = core::hint::black_box(Square(4));
  let add = |n: u32| n + deep::er::outer(&square);
  loop { core::hint::black_box(add(1) + choose(core::hint::black_box(Some(Data::Tuple(1, 2))))); }
}
`;

const cpp = `
namespace outer { namespace { struct local { int run(int); template <class T> T as() { return T(value); } int value; }; }
int local::run(int n) { return n + as<long>(); } }
extern "C" void _start() { outer::local l{3}; volatile int n = 0; for (;;) n = l.run(n); }
`;

const run = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

const programs = (directory) => {
  const made = [];
  const make = (name, command, ...args) => {
    const file = join(directory, name);
    if (run(command, ...args, '-o', file)) made.push(file);
  };
  for (const [name, text] of [
    ['c.c', c],
    ['cpp.cc', cpp],
    ['rust.rs', rust],
  ])
    writeFileSync(join(directory, name), text);
  const bare = ['-nostdlib', '-static', '-ffreestanding', '-fno-stack-protector', '-fno-asynchronous-unwind-tables'];
  for (const version of [2, 3, 4, 5]) {
    const flags = [`-gdwarf-${version}`, ...bare];
    make(`c${version}`, 'gcc', '-O2', ...flags, join(directory, 'c.c'));
    make(`c${version}-types`, 'gcc', '-O0', ...flags, '-fdebug-types-section', join(directory, 'c.c'));
    make(`c${version}-64`, 'gcc', '-O1', ...flags, '-gdwarf64', join(directory, 'c.c'));
    make(
      `c${version}-split`,
      'gcc',
      '-O1',
      ...flags,
      '-freorder-blocks-and-partition',
      '-ffunction-sections',
      join(directory, 'c.c'),
    );
    make(`cpp${version}`, 'g++', '-O1', ...flags, '-fno-exceptions', join(directory, 'cpp.cc'));
    make(`c${version}.o`, 'gcc', '-c', '-O2', ...flags, join(directory, 'c.c'));
  }
  for (const version of [4, 5])
    for (const level of [0, 2])
      for (const debug of ['line-tables-only', 1, 2])
        make(
          `rust${version}${level}${debug}`,
          'rustc',
          join(directory, 'rust.rs'),
          `-Copt-level=${level}`,
          `-Cdebuginfo=${debug}`,
          '-Cpanic=abort',
          '-Clink-arg=-nostartfiles',
          '-Clink-arg=-static',
          '-Crelocation-model=static',
          '-Clink-arg=-nodefaultlibs',
          `-Zdwarf-version=${version}`,
        );
  for (const file of [...made])
    for (const packing of ['zlib', 'zstd', 'zlib-gnu'])
      for (const objcopy of ['objcopy', 'llvm-objcopy'])
        if (run(objcopy, `--compress-debug-sections=${packing}`, file, `${file}.${packing}`))
          made.push(`${file}.${packing}`);
  for (const file of made.filter((name) => /c[45](\.o)?$/.test(name)))
    for (const format of ['pe-x86-64', 'pei-x86-64', 'mach-o-x86-64'])
      if (run('objcopy', '-O', format, file, `${file}.${format}`)) made.push(`${file}.${format}`);
  make('archive.a', 'ar', 'rcs', join(directory, 'archive.a'), ...made.filter((file) => file.endsWith('.o')));
  return made;
};

// In the order of fuzz_targets/dwarf_sections.rs.
const sectionNames = [
  'info',
  'abbrev',
  'str',
  'line',
  'line_str',
  'ranges',
  'rnglists',
  'addr',
  'str_offsets',
  'types',
  'loclists',
  'loc',
  'frame',
]
  .map((name) => `.debug_${name}`)
  .concat('.eh_frame');

/** Contents of the debug sections of a linked program, empty where there is none. */
const sectionsOf = (file, directory) =>
  sectionNames.map((name) => {
    const part = join(directory, 'part');
    rmSync(part, { force: true });
    if (!run('objcopy', '--decompress-debug-sections', `--dump-section=${name}=${part}`, file, '/dev/null'))
      return Buffer.alloc(0);
    return statSync(part, { throwIfNoEntry: false }) ? readFileSync(part) : Buffer.alloc(0);
  });

const leb = (value) => {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
};
const counted = (bytes) => Buffer.concat([leb(bytes.length), bytes]);

/** The same sections in a wasm module, which has no code of its own. */
const wasmModule = (sections) =>
  Buffer.concat([
    Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
    ...sections.map((contents, at) =>
      Buffer.concat([Buffer.from([0]), counted(Buffer.concat([counted(Buffer.from(sectionNames[at])), contents]))]),
    ),
  ]);

const seedStreams = (contents, directory) => {
  const claimed = Buffer.alloc(4);
  claimed.writeUInt32LE(contents.length);
  const stream = (how, packed) => seed('decompress', Buffer.concat([Buffer.from([how]), claimed, packed]));
  stream(0, deflateSync(contents));
  stream(2, deflateSync(contents, { level: 1 }));
  const [plain, packed] = [join(directory, 'plain'), join(directory, 'plain.zst')];
  writeFileSync(plain, contents);
  for (const level of ['-1', '-19', '--fast=3'])
    if (run('zstd', '-qf', level, plain, '-o', packed)) stream(1, readFileSync(packed));
};

const seedIndex = (file) => {
  const image = openImage(file);
  const debug = image.debug();
  debug?.build();
  if (debug) seed('saved_index', debug.save());
  image[Symbol.dispose]();
};

const seedOtherFormats = () => {
  const symbols = [{ name: 'main' }, { name: '__ZN4core3fmt5Write9write_fmt17h0123456789abcdefE' }];
  for (const bits of [32, 64])
    for (const littleEndian of [true, false]) seed('image', writeMachO({ bits, littleEndian, symbols }));
  const machO = writeMachO({ symbols });
  for (const wide of [false, true]) seed('image', writeUniversal([[0x1000007, 3, machO]], wide));
  for (const big of [false, true]) seed('image', writeCoff({ big, symbols }));
  seed('image', writePe());
};

const filesIn = (path) =>
  statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesIn(join(path, name))) : [path];

seedOtherFormats();
const directory = mkdtempSync(join(tmpdir(), 'seeds-'));
try {
  for (const file of programs(directory)) {
    const bytes = readFileSync(file);
    seed('image', bytes);
    seed('dwarf', bytes);
    const sections = sectionsOf(file, directory);
    if (sections[0].length === 0 || /-x86-64$/.test(file)) continue;
    seedIndex(file);
    seed('dwarf_sections', Buffer.concat(sections.flatMap((contents) => [contents, Buffer.from('\xffEND', 'latin1')])));
    seed('image', wasmModule(sections));
    seed('dwarf', wasmModule(sections));
    seedStreams(sections[0], directory);
  }
  for (const file of process.argv.slice(2).flatMap(filesIn)) {
    const bytes = readFileSync(file);
    seed('image', bytes);
    seed('dwarf', bytes);
  }
} finally {
  rmSync(directory, { recursive: true });
}
