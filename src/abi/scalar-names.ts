import type { GivenShape } from './given-shape.ts';

type Int = readonly [signed: boolean, bits: 8 | 16 | 32 | 64 | 128];
const i8: Int = [true, 8];
const i16: Int = [true, 16];
const i32: Int = [true, 32];
const i64: Int = [true, 64];
const u8: Int = [false, 8];
const u16: Int = [false, 16];
const u32: Int = [false, 32];
const u64: Int = [false, 64];

export const intShape = (name: string, [signed, bits]: Int): GivenShape => ({ kind: 'int', signed, bits, name });

/** Rust's primitive types, without `char`, `str` and the compound ones. */
// biome-ignore format: a table
const rustInts: Readonly<Record<string, Int>> = {
  i8, i16, i32, i64, u8, u16, u32, u64,
  i128: [true, 128], u128: [false, 128], isize: i64, usize: u64,
};

/** The C types of `core::ffi`, `std::os::raw` and `libc` on x86-64 Linux, where `char` is signed. */
// biome-ignore format: a table
const ffiInts: Readonly<Record<string, Int>> = {
  c_char: i8, c_schar: i8, c_uchar: u8, c_short: i16, c_ushort: u16, c_int: i32, c_uint: u32,
  c_long: i64, c_ulong: u64, c_longlong: i64, c_ulonglong: u64,
};

/** Names that C headers define, as glibc and musl define them on x86-64 Linux. */
// biome-ignore format: a table
const headerInts: Readonly<Record<string, Int>> = {
  int8_t: i8, int16_t: i16, int32_t: i32, int64_t: i64, uint8_t: u8, uint16_t: u16, uint32_t: u32, uint64_t: u64,
  size_t: u64, ssize_t: i64, ptrdiff_t: i64, intptr_t: i64, uintptr_t: u64, intmax_t: i64, uintmax_t: u64,
  off_t: i64, off64_t: i64, loff_t: i64, time_t: i64, suseconds_t: i64, useconds_t: u32, clock_t: i64, clockid_t: i32,
  pid_t: i32, uid_t: u32, gid_t: u32, id_t: u32, mode_t: u32, dev_t: u64, ino_t: u64, ino64_t: u64, nlink_t: u64,
  blksize_t: i64, blkcnt_t: i64, socklen_t: u32, sa_family_t: u16, in_addr_t: u32, in_port_t: u16, nfds_t: u64,
  rlim_t: u64, key_t: i32, wchar_t: i32, wint_t: u32, pthread_t: u64, pthread_key_t: u32, char16_t: u16, char32_t: u32,
  uint: u32, ulong: u64, ushort: u16, __int128_t: [true, 128], __uint128_t: [false, 128],
};

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** A primitive of Rust, except `char`: null if `name` isn't one. */
export const rustScalar = (name: string): GivenShape | null => {
  const int = own(rustInts, name);
  if (int) return intShape(name, int);
  if (name === 'f32' || name === 'f64') return { kind: 'float', bits: name === 'f32' ? 32 : 64, name };
  return name === 'bool' ? { kind: 'bool', name } : null;
};

/** A C type by the name that Rust's bindings give it. */
export const ffiScalar = (name: string): GivenShape | null => {
  const int = own(ffiInts, name);
  if (int) return intShape(name, int);
  if (name === 'c_float') return { kind: 'float', bits: 32, name };
  return name === 'c_double' ? { kind: 'float', bits: 64, name } : null;
};

/** A typedef of the C library. */
export const headerScalar = (name: string): GivenShape | null => {
  const int = own(headerInts, name);
  return int ? intShape(name, int) : null;
};

/** The shape of C's own type words, such as `unsigned long`, in any order; null: not a combination of C. */
export const cWordsShape = (words: readonly string[], name: string): GivenShape | null => {
  const count = (word: string): number => words.filter((other) => other === word).length;
  const longs = count('long');
  const unsigned = count('unsigned') > 0;
  const only = (...allowed: string[]): boolean => words.every((word) => allowed.includes(word));
  if (words.length === 0 || new Set(words).size + (longs > 1 ? longs - 1 : 0) !== words.length) return null;
  if (unsigned && count('signed') > 0) return null;
  if (only('float')) return { kind: 'float', bits: 32, name };
  if (only('double')) return { kind: 'float', bits: 64, name };
  if (only('_Bool', 'bool')) return words.length === 1 ? { kind: 'bool', name } : null;
  if (count('char') > 0) return only('char', 'signed', 'unsigned') ? intShape(name, unsigned ? u8 : i8) : null;
  if (count('__int128') > 0) return only('__int128', 'signed', 'unsigned') ? intShape(name, [!unsigned, 128]) : null;
  if (count('short') > 0)
    return only('short', 'int', 'signed', 'unsigned') ? intShape(name, unsigned ? u16 : i16) : null;
  if (longs > 2 || !only('long', 'int', 'signed', 'unsigned')) return null;
  return intShape(name, longs > 0 ? (unsigned ? u64 : i64) : unsigned ? u32 : i32);
};
