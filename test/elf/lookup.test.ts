import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { address } from '../../src/base/units.ts';
import { openImage } from '../../src/elf/open.ts';
import type { SymbolTable } from '../../src/elf/symbols.ts';
import { type ElfSpec, type SymbolSpec, writeElf } from '../support/elf-writer.ts';
import { Temporary } from '../support/temporary.ts';

const readElf = <T>(spec: ElfSpec, ask: (symbols: SymbolTable) => T): T => {
  using folder = new Temporary();
  using image = openImage(folder.file('a', writeElf(spec)));
  return ask(image.symbols());
};

describe('looking up', () => {
  const symbols: SymbolSpec[] = [
    { name: 'outer', value: 0x100n, size: 0x100n },
    { name: 'inner', value: 0x120n, size: 0x10n },
    { name: 'alias', value: 0x120n, size: 0x10n },
    { name: 'sizeless', value: 0x300n },
    { name: 'memcpy@@V2', value: 0x400n },
    { name: 'memcpy_more', value: 0x500n },
    { name: 'memcpy', section: 'undefined' },
  ];
  const names = (table: SymbolTable, rows: readonly number[]): string[] => rows.map((row) => table.raw(row));

  test('by address: exact, and inside', () => {
    readElf({ symbols }, (table) => {
      expect(names(table, table.at(address(0x120n))).sort()).toEqual(['alias', 'inner']);
      expect(table.at(address(0x121n))).toEqual([]);
      expect(names(table, table.containing(address(0x125n))).sort()).toEqual(['alias', 'inner', 'outer']);
      expect(names(table, table.containing(address(0x150n)))).toEqual(['outer']);
      expect(names(table, table.containing(address(0x300n)))).toEqual(['sizeless']);
      expect(table.containing(address(0x301n))).toEqual([]);
      expect(table.containing(address(0xffn))).toEqual([]);
    });
  });

  test('by the name in the file, with and without version', () => {
    readElf({ symbols }, (table) => {
      expect(names(table, table.byRaw('memcpy'))).toEqual(['memcpy@@V2', 'memcpy']);
      expect(names(table, table.byRaw('memcpy@@V2'))).toEqual(['memcpy@@V2']);
      expect(table.byRaw('mem')).toEqual([]);
    });
  });

  test('search finds what includes() finds', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'B', 'b', '_', ':', 'é'), maxLength: 40 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), word, (list, needle) => {
        const listed = list.filter((name) => name !== '');
        const found = readElf({ symbols: listed.map((name) => ({ name })) }, (table) =>
          [...table.search(needle)].map((row) => table.name(row)),
        );
        const isExact = needle !== needle.toLowerCase();
        const fold = (text: string): string => (isExact ? text : text.toLowerCase());
        expect(found).toEqual(listed.filter((name) => fold(name).includes(needle)));
      }),
      { numRuns: 100 },
    );
  });
});
