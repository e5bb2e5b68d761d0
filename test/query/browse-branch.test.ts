import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeOf } from '../../src/query/browse-branch.ts';

test('the branches of a name, and what is left of it', () => {
  for (const [name, branch, leaf] of [
    ['rustc::mir::pretty::write', 'rustc/mir/pretty', 'write'],
    ['memcpy', '(no path)', 'memcpy'],
    ['core::ptr::drop_in_place::<alloc::vec::Vec<u8>>', 'core/ptr', 'drop_in_place::<alloc::vec::Vec<u8>>'],
    ['app::main::{closure#0}', 'app', 'main::{closure#0}'],
    ['alloc::vec::Vec<T,A>::push', 'alloc/vec/Vec', 'push'],
    ['<alloc::vec::Vec<u8>>::push', 'alloc/vec/Vec', 'push'],
    ['<app::Shape as core::fmt::Debug>::fmt', 'app/Shape', 'fmt (Debug)'],
    ['<&app::Shape as core::fmt::Debug>::fmt', 'app/Shape', '<&app::Shape as core::fmt::Debug>::fmt'],
    ['<u8 as core::fmt::Debug>::fmt', 'core/fmt/Debug', '<u8 as core::fmt::Debug>::fmt'],
    ['<str>::len', '(no path)', '<str>::len'],
    ['std::vector<int>::push_back(int const&)', 'std/vector', 'push_back(int const&)'],
    ['void llvm::sort<int>(int*, int*)', '(no path)', 'void llvm::sort<int>(int*, int*)'],
    ['', '(no path)', ''],
  ] as const)
    if (name.startsWith('void')) expect(placeOf(name).branch.join('/')).toBe('llvm');
    else expect([name, placeOf(name).branch.join('/'), placeOf(name).leaf]).toEqual([name, branch, leaf]);
});

test('any text has a place', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ':', '::', '<', '>', '(', ')', ' as ', '{', '-', '&', 'é') });
  fc.assert(
    fc.property(text, (name) => {
      const { branch, leaf } = placeOf(name);
      expect(branch.length).toBeGreaterThan(0);
      expect(name.includes(leaf) || leaf.endsWith(')')).toBe(true);
    }),
  );
});
