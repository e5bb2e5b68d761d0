import { describe, expect, test } from 'vitest';
import { parsePattern } from '../../src/query/pattern.ts';

const match = (pattern: string, name: string, raw = name): string | null =>
  parsePattern(pattern).match(name, raw, null);

describe('paths', () => {
  test.each([
    ['helloworld::hello', 'helloworld::hello', 'exact'],
    ['hello', 'helloworld::hello', 'suffix'],
    ['hello', 'hello', 'exact'],
    ['hell', 'helloworld::hello', null],
    ['world::hello', 'helloworld::hello', null],
    ['helloworld', 'helloworld::hello', null],
    ['foo::bar', 'a::foo::bar', 'suffix'],
    ['::foo::bar', 'a::foo::bar', null],
    ['::foo::bar', 'foo::bar', 'exact'],
    ['r#try', 'a::try', 'suffix'],
    ['gen', 'helloworld::gen::<u8>', 'suffix'],
    ['gen::<u8>', 'helloworld::gen::<u8>', 'suffix'],
    ['gen<u8>', 'helloworld::gen::<u8>', 'suffix'],
    ['gen::<u16>', 'helloworld::gen::<u8>', null],
    ['gen::<_>', 'helloworld::gen::<u8>', 'suffix'],
    ['helloworld::gen::<Vec<_>>', 'helloworld::gen::<alloc::vec::Vec<u8>>', 'exact'],
    ['u8', 'helloworld::gen::<u8>', null],
    ['Vec::push', '<alloc::vec::Vec<u8>>::push', 'suffix'],
    ['alloc::vec::Vec::push', '<alloc::vec::Vec<u8>>::push', 'exact'],
    ['<alloc::vec::Vec<u8>>::push', '<alloc::vec::Vec<u8>>::push', 'exact'],
    ['alloc::vec::Vec<u8>::push', '<alloc::vec::Vec<u8>>::push', 'exact'],
    ['alloc::vec::Vec<u16>::push', '<alloc::vec::Vec<u8>>::push', null],
    ['alloc::vec::Vec::push', 'alloc::vec::Vec<T,A>::push', 'exact'],
    ['<alloc::vec::Vec<_>>::push', 'alloc::vec::Vec<T,A>::push', 'exact'],
    ['alloc::vec::Vec<u8>::push', 'alloc::vec::Vec<T,A>::push', null],
    ['{closure#0}', 'a::main::{closure#0}', 'suffix'],
    ['main::{closure#0}', 'a::main::{closure#1}', null],
    ['main::{{closure}}', 'a::main::{closure#1}', 'suffix'],
    ['main::{{closure}}', 'a::main::{{closure}}', 'suffix'],
    ['grow_one', 'a::grow_one.cold', null],
    ['a::grow_one.cold', 'a::grow_one.cold', 'exact'],
    ['fmt', '<a::B as core::fmt::Debug>::fmt.12381', 'suffix'],
    ['push', '<a::B>::push.llvm.123456', 'suffix'],
  ])('%s on %s: %s', (pattern, name, expected) => {
    expect(match(pattern, name)).toBe(expected);
  });
});

describe('globs', () => {
  test.each([
    ['alloc::vec::*::push', '<alloc::vec::Vec<u8>>::push', 'exact'],
    ['alloc::vec::*::push', 'alloc::vec::Vec<T,A>::push', 'exact'],
    ['alloc::*::push', '<alloc::vec::Vec<u8>>::push', null],
    ['alloc::**::push', '<alloc::vec::Vec<u8>>::push', 'exact'],
    ['alloc::**', 'alloc::vec::Vec<T,A>::push', 'exact'],
    ['alloc::**', 'my::alloc::push', null],
    ['**', 'anything', 'exact'],
    ['he*', 'helloworld::hello', 'suffix'],
    ['*l*o', 'helloworld::hello', 'suffix'],
    ['*x*', 'helloworld::hello', null],
    ['helloworld::*', 'helloworld::gen::<u8>', 'exact'],
    ['main::{closure#*}', 'a::main::{closure#12}', 'suffix'],
    ['<* as core::fmt::Display>::fmt', '<a::b::C as core::fmt::Display>::fmt', 'exact'],
  ])('%s on %s: %s', (pattern, name, expected) => {
    expect(match(pattern, name)).toBe(expected);
  });
});

describe('implementations', () => {
  test.each([
    ['<_ as core::fmt::Display>::fmt', '<alloc::string::String as core::fmt::Display>::fmt', 'exact'],
    ['<_ as core::fmt::Display>::fmt', '<&[u8] as core::fmt::Display>::fmt', 'exact'],
    ['<_ as core::fmt::Display>::fmt', '<&[u8] as core::fmt::Debug>::fmt', null],
    ['<_ as Display>::fmt', '<T as core::fmt::Display>::fmt', 'exact'],
    ['<_ as Display>::fmt', 'core::fmt::num::<impl core::fmt::Display for u8>::fmt', 'exact'],
    ['<u8 as Display>::fmt', 'core::fmt::num::<impl core::fmt::Display for u8>::fmt', 'exact'],
    ['<u16 as Display>::fmt', 'core::fmt::num::<impl core::fmt::Display for u8>::fmt', null],
    ['<&_ as Debug>::fmt', '<&core::fmt::Error as core::fmt::Debug>::fmt', 'exact'],
    ['<&mut _ as Debug>::fmt', '<&core::fmt::Error as core::fmt::Debug>::fmt', null],
    ['<(_, u8) as Debug>::fmt', '<(u16, u8) as core::fmt::Debug>::fmt', 'exact'],
    ['<(_, u8) as Debug>::fmt', '<(u16, u8, u8) as core::fmt::Debug>::fmt', null],
    ['<[_; 2] as Debug>::fmt', '<[u8; 2] as core::fmt::Debug>::fmt', 'exact'],
    ['<[_]>::len', '<[u8]>::len', 'exact'],
    ['str::trim', 'core::str::<impl str>::trim', 'exact'],
    ['<str>::trim', '<str>::trim', 'exact'],
    ['String::fmt', '<alloc::string::String as core::fmt::Display>::fmt', 'suffix'],
    ['Display::fmt', '<alloc::string::String as core::fmt::Display>::fmt', 'suffix'],
    ['Into<_>::into', '<T as core::convert::Into<U>>::into', 'suffix'],
    ['<impl Fn(u8) as X>::call', '<impl Fn(u8) as a::X>::call', 'exact'],
    ['<fn(u8) -> u8 as X>::call', '<fn(u8) -> u8 as a::X>::call', 'exact'],
    ['<Vec<Box<_>> as Drop>::drop', '<alloc::vec::Vec<alloc::boxed::Box<u8>> as core::ops::drop::Drop>::drop', 'exact'],
  ])('%s on %s: %s', (pattern, name, expected) => {
    expect(match(pattern, name)).toBe(expected);
  });
});

describe('C and C++', () => {
  test.each([
    ['malloc', 'malloc@@GLIBC_2.2.5', 'exact'],
    ['malloc@@GLIBC_2.2.5', 'malloc', 'exact'],
    ['malloc@GLIBC_2.2.5', 'malloc@@GLIBC_2.2.5', 'exact'],
    ['malloc@GLIBC_2.3', 'malloc@@GLIBC_2.2.5', null],
    ['malloc', '__libc_malloc', null],
    ['Text::Accept', 'v8::internal::Text::Accept(v8::internal::Visitor*, void*)', 'suffix'],
    ['Accept', 'v8::internal::Text::Accept(v8::internal::Visitor*, void*)', 'suffix'],
    ['f(int) const', 'a::f(int) const', 'suffix'],
    ['f(long) const', 'a::f(int) const', null],
    ['std::foo', 'void std::foo<int>(int)', 'exact'],
    ['foo', 'std::vector<int, std::allocator<int> > ns::foo<int>(int)', 'suffix'],
    ['ns::foo', 'std::vector<int, std::allocator<int> > ns::foo<int>(int)', 'exact'],
    ['ns::(anonymous namespace)::g', 'ns::(anonymous namespace)::g(int)', 'exact'],
    ['operator<<', 'std::operator<< <char>(std::ostream&, char)', 'suffix'],
    ['operator new', 'operator new(unsigned long)', 'exact'],
    ['A::operator()', 'ns::A::operator()(int) const', 'suffix'],
    ['A::operator->', 'ns::A::operator->()', 'suffix'],
    ['~Promise', 'kj::Promise<kj::String>::~Promise()', 'suffix'],
    ['foo', 'foo(int) [clone .cold]', null],
    ['foo', 'foo(int) [clone .isra.0]', 'exact'],
    ['main.main', 'main.main', 'exact'],
  ])('%s on %s: %s', (pattern, name, expected) => {
    expect(match(pattern, name)).toBe(expected);
  });
});
