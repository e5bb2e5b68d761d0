import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openImage } from '../../src/elf/open.ts';
import { openPath } from '../../src/query/function-path.ts';
import { PathTable } from '../../src/query/path-table.ts';
import { fixture } from '../support/fixtures.ts';

const openOf = (path: string): string => {
  const table = new PathTable(0);
  return table.text(table.addOpen(Buffer.from(path)));
};

describe('paths as bytes are left open as texts are', () => {
  test.each([
    'app::f',
    '<alloc::vec::Vec<u8>>::push',
    '<alloc::vec::Vec<T,A> as core::ops::Drop>::drop',
    'core::ptr::drop_in_place::<fn(u8) -> alloc::vec::Vec<u8>>',
    '<名前::型<u8>>::関数',
    '<a::名前>::f',
    '<_a>::f',
    '<1>::f',
    '<',
    '<<',
    '',
    'a<',
    'a::<',
    'a::<>::<b>',
    'a.llvm.123',
    '<a::B<u8>>::c.llvm.0aF_',
    '.llvm.x',
    'llvm.x',
    'a::{impl#0}::b<u8>',
    '<dyn Fn<(u8,), Output = u8> + Send>::call',
  ])('%s', (path) => expect(openOf(path)).toBe(openPath(path)));

  test('of any pieces', () => {
    const piece = fc.constantFrom(
      ...['<', '>', '::', ':', '->', ' as ', 'a', '_', 'Vec', '1', 'é', '名', '𝒳', '.llvm.', ' ', '&', '[', ']'],
    );
    const paths = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(paths, (path) => openOf(path) === openPath(path)),
      { numRuns: 20_000, seed: 7 },
    );
  });

  test.each(['values/release-legacy', 'endings/static-v0'])('of the functions of %s', (name) => {
    using image = openImage(fixture(name));
    const symbols = image.symbols();
    const rows = symbols.functions();
    const table = new PathTable(rows.length >> 3);
    const numbers = new Map<string, number>();
    for (const row of rows) {
      const path = openPath(symbols.name(row));
      const number = table.addOpen(symbols.nameBytes(row));
      expect(table.text(number)).toBe(path);
      expect(table.sizeOf(number)).toBe(Buffer.byteLength(path));
      expect(numbers.get(path) ?? number).toBe(number);
      numbers.set(path, number);
    }
    expect(new Set(numbers.values()).size).toBe(numbers.size);
  });
});

test('a name that is no UTF-8', () => {
  const table = new PathTable(1);
  const path = table.add(Uint8Array.of(0x61, 0xff));
  expect([table.text(path), table.add(Uint8Array.of(0x61, 0xff)), table.add(Uint8Array.of(0x61))]).toEqual([
    'a\\xff',
    path,
    1,
  ]);
});
