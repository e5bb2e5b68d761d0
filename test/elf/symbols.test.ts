import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openImage } from '../../src/elf/open.ts';
import type { SymbolTable } from '../../src/elf/symbols.ts';
import { type ElfSpec, type SymbolSpec, writeElf } from '../support/elf-writer.ts';
import { fixture } from '../support/fixtures.ts';
import { testNeeding } from '../support/need.ts';
import { Temporary } from '../support/temporary.ts';
import { writeWasm } from '../support/wasm-writer.ts';

/** Reads the symbols of bytes as if they were a file. */
const read = <T>(bytes: Uint8Array, ask: (symbols: SymbolTable) => T): T => {
  using folder = new Temporary();
  using image = openImage(folder.file('a', bytes));
  return ask(image.symbols());
};
const readElf = <T>(spec: ElfSpec, ask: (symbols: SymbolTable) => T): T => read(writeElf(spec), ask);
const legacy = (...parts: string[]): string => `_ZN${parts.map((part) => part.length + part).join('')}E`;
const all = (symbols: SymbolTable): number[] => Array.from({ length: symbols.length }, (_, row) => row);

describe('kinds, bindings and sections', () => {
  const symbols: SymbolSpec[] = [
    { name: 'f', value: 0x1000n, size: 4n },
    { name: 'local_f', bind: 'local' },
    { name: 'resolver', type: 'ifunc' },
    { name: 'weak_f', bind: 'weak' },
    { name: 'needed', section: 'undefined' },
    { name: 'variable', type: 'object', section: '.data' },
    { name: 'constant', type: 'object', section: '.rodata' },
    { name: 'zeros', type: 'object', section: '.bss' },
    { name: 'tentative', type: 'common', section: 'common' },
    { name: 'absolute', type: 'notype', section: 'absolute' },
    { name: 'per_thread', type: 'tls', section: '.bss' },
    { name: 'one', type: 'object', bind: 'unique', section: '.data' },
    { name: 'main.rs', type: 'file', section: 'absolute' },
    { name: '', type: 'section', bind: 'local' },
    { name: '' },
  ];

  test('are told, and letters are those of nm', () => {
    const rows = readElf({ symbols }, (table) =>
      all(table).map((row) => [
        table.raw(row),
        table.kind(row),
        table.binding(row),
        table.section(row),
        table.letter(row),
      ]),
    );
    expect(rows).toEqual([
      ['f', 'function', 'global', '.text', 'T'],
      ['local_f', 'function', 'local', '.text', 't'],
      ['resolver', 'ifunc', 'global', '.text', 'i'],
      ['weak_f', 'function', 'weak', '.text', 'W'],
      ['needed', 'function', 'global', null, 'U'],
      ['variable', 'data', 'global', '.data', 'D'],
      ['constant', 'data', 'global', '.rodata', 'R'],
      ['zeros', 'data', 'global', '.bss', 'B'],
      ['tentative', 'data', 'global', 'COMMON', 'C'],
      ['absolute', 'notype', 'global', 'ABS', 'A'],
      ['per_thread', 'tls', 'global', '.bss', 'B'],
      ['one', 'data', 'unique', '.data', 'u'],
      ['main.rs', 'file', 'global', 'ABS', 'A'],
      ['.text', 'section', 'local', '.text', 't'],
    ]);
  });

  test('functions are defined ones and resolvers', () => {
    const names = readElf({ symbols }, (table) => [...table.functions()].map((row) => table.raw(row)));
    expect(names).toEqual(['f', 'local_f', 'resolver', 'weak_f']);
  });

  test('marks in the code of ARM are not functions', () => {
    const marks = ['$a', '$d', '$x', '$x.7', '$t', '.Lpcrel_hi0'].map((name) => ({ name, bind: 'local' as const }));
    const names = readElf({ symbols: [...marks, { name: '$dollar', bind: 'local' }] }, (table) =>
      [...table.functions()].map((row) => table.raw(row)),
    );
    expect(names).toEqual(['$dollar']);
  });
});

describe('numbers and names', () => {
  test('64-bit numbers are exact', () => {
    const big = 2n ** 64n - 1n;
    const numbers = readElf({ symbols: [{ name: 'f', value: big, size: 2n ** 53n + 3n }] }, (table) => [
      table.address(0),
      table.size(0),
    ]);
    expect(numbers).toEqual([big, 2n ** 53n + 3n]);
  });

  test('names of any bytes: read, demangled or passed on, sorted and found', () => {
    const name = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => bytes.map((byte) => byte || 1));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 30 }), (names) => {
        readElf({ symbols: names.map((bytes) => ({ name: bytes })) }, (table) => {
          expect(all(table).map((row) => Buffer.from(table.rawBytes(row)))).toEqual(names.map((n) => Buffer.from(n)));
          const sorted = [...table.sort(Uint32Array.from(all(table)), 'raw')].map((row) =>
            Buffer.from(table.rawBytes(row)),
          );
          expect(sorted).toEqual([...sorted].sort(Buffer.compare));
          const byName = [...table.sort(Uint32Array.from(all(table)), 'name')].map((row) =>
            Buffer.from(table.nameBytes(row)),
          );
          expect(byName).toEqual([...byName].sort(Buffer.compare));
        });
      }),
      { numRuns: 60 },
    );
  });

  test('names with long common beginnings are sorted', () => {
    const names = Array.from(
      { length: 400 },
      (_, i) => `${'module::'.repeat(i % 7)}f${(i * 7919) % 400}${'x'.repeat(i % 5)}`,
    );
    const sorted = readElf({ symbols: names.map((name) => ({ name })) }, (table) =>
      [...table.sort(Uint32Array.from(all(table)), 'name')].map((row) => table.name(row)),
    );
    expect(sorted).toEqual([...names].sort());
  });

  test('a name of a mebibyte, and the names around it', () => {
    const long = 'n'.repeat(1 << 20);
    const names = ['_ZN4demo5firstE', long, '_ZN4demo4lastE'];
    const shown = readElf({ symbols: names.map((name) => ({ name })) }, (table) => {
      table.prepare(table.functions());
      return all(table).map((row) => table.name(row));
    });
    expect(shown).toEqual(['demo::first', long, 'demo::last']);
  });

  test('scheme, hash and crate', () => {
    const told = readElf(
      {
        symbols: [
          { name: '_ZN4core3ptr13drop_in_place17h0123456789abcdefE' },
          { name: legacy('_$LT$u8$u20$as$u20$demo..T$GT$', 'f', 'h00112233aabbccdd') },
          { name: '_RNvXs_NtCsdZBlQ0KFYrS_4demo3modhNtNtB6_3fmt7Display3fmt' },
          { name: '_RNvC5plain4main' },
          { name: '_ZN3foo3barEv' },
          { name: 'malloc' },
        ],
      },
      (table) => all(table).map((row) => [table.scheme(row), table.crate(row), table.hash(row)]),
    );
    expect(told).toEqual([
      ['rust-legacy', 'core', '0123456789abcdef'],
      ['rust-legacy', 'demo', '00112233aabbccdd'],
      ['rust-v0', 'demo', null],
      ['rust-v0', 'plain', null],
      ['itanium', null, null],
      ['none', null, null],
    ]);
  });

  test('copies share a path, whatever the generic arguments; what a trait is implemented for tells functions apart', () => {
    const copies = readElf(
      {
        symbols: [
          { name: '_RINvC1a1fhEB2_' },
          { name: '_RINvC1a1ftEB2_' },
          { name: '_RNvXC1ahNtB2_1T1g' },
          { name: '_RNvXC1atNtB2_1T1g' },
          { name: '_ZN1a1h17h0123456789abcdefE' },
          { name: '_ZN1a1h17h1123456789abcdefE' },
        ],
      },
      (table) => all(table).map((row, i, rows) => [table.name(row), table.copies(Uint32Array.from(rows))[i]]),
    );
    expect(copies).toEqual([
      ['a::f::<u8>', 2],
      ['a::f::<u16>', 2],
      ['<u8 as a::T>::g', 1],
      ['<u16 as a::T>::g', 1],
      ['a::h', 2],
      ['a::h', 2],
    ]);
  });
});

describe('two tables', () => {
  test('what both have is listed once, and is dynamic', () => {
    const both: SymbolSpec[] = [
      { name: 'shared', value: 0x10n },
      { name: 'versioned@@V1', value: 0x20n },
    ];
    const told = readElf(
      {
        symbols: [{ name: 'own', bind: 'local' }, ...both],
        dynamic: [
          { name: 'shared', value: 0x10n },
          { name: 'versioned', value: 0x20n },
          { name: 'versioned', value: 0x30n },
        ],
      },
      (table) => all(table).map((row) => [table.raw(row), table.address(row), table.dynamic(row)]),
    );
    expect(told).toEqual([
      ['own', 0n, false],
      ['shared', 0x10n, true],
      ['versioned@@V1', 0x20n, true],
      ['versioned', 0x30n, true],
    ]);
  });

  test('a stripped file has its dynamic symbols', () => {
    using folder = new Temporary();
    using image = openImage(folder.file('a', writeElf({ dynamic: [{ name: 'exported' }] })));
    expect(image.stripped).toBe(true);
    expect(image.symbols().raw(0)).toBe('exported');
  });
});

describe('wasm', () => {
  test('names come from the name section, else from exports and imports; addresses count in the code section', () => {
    const bytes = writeWasm(
      [{ export: 'log' }, { name: 'renamed' }],
      [{ name: 'first', body: 10 }, { export: 'second' }, { name: Uint8Array.of(0x66, 0xff), body: 4 }, {}],
    );
    const told = read(bytes, (table) => ({
      rows: all(table).map((row) => [table.raw(row), table.address(row), table.size(row), table.undefined(row)]),
      unnamed: table.unnamed,
    }));
    expect(told).toEqual({
      rows: [
        ['log', 0n, 0n, true],
        ['renamed', 0n, 0n, true],
        ['first', 2n, 10n, false],
        ['second', 13n, 2n, false],
        ['f\\xff', 16n, 4n, false],
      ],
      unnamed: 1,
    });
  });
});

describe('a real program', () => {
  testNeeding(['linux'], 'without section headers still has its dynamic symbols', () => {
    const whole = readFileSync(process.execPath);
    const bare = Buffer.from(whole);
    bare.fill(0, 40, 48); // e_shoff
    bare.fill(0, 58, 64); // e_shentsize, e_shnum, e_shstrndx
    const dynamic = (bytes: Buffer): string[] =>
      read(bytes, (table) =>
        all(table)
          .filter((row) => table.dynamic(row) && table.kind(row) === 'function' && !table.undefined(row))
          .map((row) => table.raw(row).replace(/@.*/, ''))
          .sort(),
      );
    const found = dynamic(bare);
    expect(found.length).toBeGreaterThan(100);
    expect(found).toEqual(dynamic(whole));
  });

  testNeeding(['nm'], 'has the symbols that nm shows, at their addresses and with their letters', () => {
    const path = fixture('hello/release-v0');
    using image = openImage(path);
    const table = image.symbols();
    const ours = new Set(
      all(table).map(
        (row) => `${table.address(row).toString(16).padStart(16, '0')} ${table.letter(row)} ${table.raw(row)}`,
      ),
    );
    const theirs = execFileSync('nm', [path], { encoding: 'utf8', maxBuffer: 1 << 28 }).split('\n');
    const defined = theirs.filter((line) => /^[0-9a-f]/.test(line));
    expect(defined.length).toBeGreaterThan(100);
    expect(defined.filter((line) => !ours.has(line))).toEqual([]);
  });
});
