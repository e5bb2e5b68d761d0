import fc from 'fast-check';
import { expect, test } from 'vitest';
import { demangleNames } from '../../src/demangle/name.ts';
import { demangleAll, demangleOne } from './columns.ts';

const hash = '17h05af221e174051e9E';

test.each([
  // Rust legacy
  [
    `_ZN5alloc3vec12Vec$LT$T$GT$4push${hash}`,
    'alloc::vec::Vec<T>::push',
    'alloc::vec::Vec<T>::push::h05af221e174051e9',
  ],
  [`_ZN4core3ptr33drop_in_place$LT$$u5b$u8$u5d$$GT$${hash}`, 'core::ptr::drop_in_place<[u8]>', undefined],
  [
    `_ZN64_$LT$a..b..C$u20$as$u20$core..ops..function..FnOnce$LT$A$GT$$GT$4call${hash}`,
    '<a::b::C as core::ops::function::FnOnce<A>>::call',
    undefined,
  ],
  [`_ZN1a28_$u7b$$u7b$closure$u7d$$u7d$${hash}.llvm.123`, 'a::{{closure}}', 'a::{{closure}}::h05af221e174051e9'],
  [`_ZN1a1b${hash}.cold.1`, 'a::b.cold.1', 'a::b::h05af221e174051e9.cold.1'],
  [`_ZN1a1b${hash}@@VERS_2`, 'a::b@@VERS_2', 'a::b::h05af221e174051e9@@VERS_2'],
  [`__ZN1a1b${hash}`, 'a::b', 'a::b::h05af221e174051e9'],
  [`ZN1a1b${hash}`, 'a::b', undefined],
  // Rust v0
  ['_RNvCs15kBYyAo9fc_7mycrate7example', 'mycrate::example', 'mycrate[ca63f166dbe9294]::example'],
  ['_RNCNvC1a1bs_0', 'a::b::{closure#1}', undefined],
  ['_RINvC1a1bAhj4_E', 'a::b::<[u8; 4]>', 'a::b::<[u8; 4usize]>'],
  ['_RINvC1a1bRDNtC1c1TEL_E', 'a::b::<&dyn c::T>', undefined],
  ['_RINvC1a1bFUKCReEuE', 'a::b::<unsafe extern "C" fn(&str)>', undefined],
  ['_RNvC1au8gdel_5qa', 'a::gödel', undefined],
  ['_RNvC1a1b.warm', 'a::b.warm', undefined],
  ['__RNvC1a1b', 'a::b', undefined],
  ['_RNvNvNvC1a1K7___getit3KEY$tlv$init', 'a::K::__getit::KEY', undefined],
  // C++
  ['_ZN4dyld6throwfEPKcz', 'dyld::throwf(char const*, ...)', undefined],
  ['_ZNK1A3fooEv', 'A::foo() const', undefined],
  ['_ZNSt6vectorIiSaIiEE9push_backEOi', 'std::vector<int, std::allocator<int> >::push_back(int&&)', undefined],
  ['_Z3fooIiEPFvvET_', 'void (*foo<int>(int))()', undefined],
  ['_Z3fooIJRicEEvDpOT_', 'void foo<int&, char>(int&, char&&)', undefined],
  ['_ZZ3foovENKUliE_clEi', 'foo()::{lambda(int)#1}::operator()(int) const', undefined],
  ['_ZThn16_N1AD0Ev', 'non-virtual thunk to A::~A()', undefined],
  ['_ZTV1A', 'vtable for A', undefined],
  ['_ZStlsIcEvT_', 'void std::operator<< <char>(char)', undefined],
  ['_Z3fooILj4ELb1EEvv', 'void foo<4u, true>()', undefined],
  ['_Z3foov.part.0.cold', 'foo() [clone .part.0] [clone .cold]', undefined],
  ['_ZSt4cout@@GLIBCXX_3.4', 'std::cout@@GLIBCXX_3.4', undefined],
  ['_ZN5codec4h264E', 'codec::h264', undefined],
] as const)('%s', (raw, short, full) => {
  if (short !== undefined) expect(demangleOne(raw)).toBe(short);
  if (full !== undefined) expect(demangleOne(raw, true)).toBe(full);
});

test('the scheme is told', () => {
  const names = [`_ZN1a1b${hash}`, '_RNvC1a1b', '_Z1fv', 'main', '$a', '_ZN', '_R', ''];
  expect(demangleAll(names).map((name) => name.scheme)).toEqual([
    ...['rust-legacy', 'rust-v0', 'itanium'],
    ...['none', 'none', 'none', 'none', 'none'],
  ]);
});

test.each([
  'main',
  '$d',
  '$x.12',
  'a b externref shim',
  '_ZN3foo',
  '_ZN4testEx y',
  '_Rust',
  'RESULT',
  'ZNfoo',
  '_RNvC1a1b c',
])('%s means nothing', (raw) => {
  expect(demangleAll([raw])).toEqual([{ raw, name: raw, scheme: 'none' }]);
});

test('a name of 50,000 characters', () => {
  const segment = '9abcdefghi';
  const raw = `_ZN${segment.repeat(5000)}${hash}`;
  expect(demangleOne(raw)).toBe(Array(5000).fill('abcdefghi').join('::'));
});

test('a decoded name brings no control characters', () => {
  expect(demangleOne(`_ZN9a$u202e$b${hash}`)).toBe('a\\u{202e}b');
  expect(demangleOne('_ZN5a$u1b$bE')).not.toContain('\u001b');
});

test('any bytes: an answer, bounded, and unchanged where it is no name', () => {
  const marks = [
    '_ZN',
    '_R',
    '_Z',
    'C1a',
    'S_',
    'I',
    'E',
    '17h0123456789abcdef',
    '.llvm.',
    '@',
    '$u7b$',
    'B_',
    'T_',
    'L',
  ];
  const piece = fc.oneof(
    fc.constantFrom(...marks).map((mark) => Buffer.from(mark)),
    fc.uint8Array({ maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (pieces, full) => {
      const raw = Buffer.concat(pieces);
      const [answer] = demangleNames([raw], { full });
      expect(answer!.name.length).toBeLessThan(1 << 21);
      if (answer!.scheme === 'none') expect(Buffer.from(answer!.name).equals(raw)).toBe(true);
      else expect(Buffer.from(answer!.name).toString()).not.toMatch(/\p{Cc}/u);
    }),
    { numRuns: 2000 },
  );
});

test('substitutions that stand for gigabytes', () => {
  const bombs = ['_Z1f', '_RMC0'].map((start, i) => start + (i === 0 ? 'St4pairIiiE' : 'TuuE'));
  const doubled = bombs.map((bomb, i) => bomb + (i === 0 ? 'S_IS0_S0_E' : 'TB2_B2_E').repeat(60));
  for (const { name } of demangleAll(doubled)) expect(name.length).toBeLessThan(1 << 21);
});
