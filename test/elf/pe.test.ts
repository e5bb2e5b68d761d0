import { describe, expect, test } from 'vitest';
import { openImage } from '../../src/elf/open.ts';
import { list } from '../../src/query/list.ts';
import { writeArchive } from '../support/ar-writer.ts';
import { type CoffSymbol, type PeSpec, peLayout, writeCoff, writePe } from '../support/coff-writer.ts';
import { writeElf } from '../support/elf-writer.ts';
import { Temporary } from '../support/temporary.ts';

type Image = ReturnType<typeof openImage>;

const read = <T>(bytes: Uint8Array, ask: (image: Image) => T): T => {
  using folder = new Temporary();
  using image = openImage(folder.file('a', bytes));
  return ask(image);
};
const rowsOf = (image: Image): unknown[] => {
  const table = image.symbols();
  return Array.from({ length: table.length }, (_, row) => [
    table.raw(row),
    table.letter(row),
    table.kind(row),
    table.binding(row),
    table.section(row),
    table.undefined(row) ? null : Number(table.address(row)),
  ]);
};

describe('COFF objects', () => {
  const weak = Buffer.alloc(18);
  weak.writeUInt32LE(2, 4);
  const alias = Buffer.alloc(18);
  alias.writeUInt32LE(4, 0); // the record of `main`
  alias.writeUInt32LE(3, 4);
  const symbols: CoffSymbol[] = [
    { name: '.file', section: -2, storage: 103, auxiliary: [Buffer.from('main.c'.padEnd(18, '\0'))] },
    { name: '.text', storage: 3, auxiliary: [Buffer.alloc(18)] },
    { name: 'main', type: 0x20, value: 8 },
    { name: 'a_static_function', type: 0x20, storage: 3, value: 4 },
    { name: 'by_hand', value: 2 },
    { name: 'a_label', storage: 3, value: 3 },
    { name: 'constant', section: 2 },
    { name: 'data', section: 3, value: 4 },
    { name: 'zeros', section: 4 },
    { name: 'needed', section: 0, type: 0x20 },
    { name: 'common', section: 0, value: 16 },
    { name: 'perhaps', section: 0, storage: 105, auxiliary: [weak] },
    { name: 'another', section: 0, storage: 105, auxiliary: [alias] },
    { name: '@feat.00', section: -1, storage: 3, value: 1 },
    { name: 'lost', section: 77 },
  ];
  const told = [
    ['main.c', 'n', 'file', 'local', 'ABS', 0],
    ['.text', 't', 'section', 'local', '.text', 0],
    ['main', 'T', 'function', 'global', '.text', 8],
    ['a_static_function', 't', 'function', 'local', '.text', 4],
    ['by_hand', 'T', 'function', 'global', '.text', 2],
    ['a_label', 't', 'notype', 'local', '.text', 3],
    ['constant', 'R', 'data', 'global', '.rdata', 0],
    ['data', 'D', 'data', 'global', '.data', 4],
    ['zeros', 'B', 'data', 'global', '.bss', 0],
    ['needed', 'U', 'function', 'global', null, null],
    ['common', 'C', 'data', 'global', 'COMMON', 16],
    ['perhaps', 'w', 'notype', 'weak', null, null],
    ['another', 'W', 'function', 'weak', '.text', 8],
    ['@feat.00', 'a', 'notype', 'local', 'ABS', 1],
    ['lost', '?', 'notype', 'global', null, 0],
  ];

  test.each([false, true])('symbols; more sections than 16 bits count: %s', (big) => {
    expect(read(writeCoff({ symbols, big }), rowsOf)).toEqual(told);
  });

  test.each([
    [0x8664, 64, 'x86-64'],
    [0x14c, 32, 'x86'],
    [0xaa64, 64, 'aarch64'],
    [0x1c4, 32, 'arm'],
  ] as const)('machine %i: %i bits, %s', (machine, bits, name) => {
    expect(read(writeCoff({ machine, symbols }), (image) => image)).toMatchObject({
      format: 'coff',
      type: 'relocatable',
      machine: name,
      bits,
      entry: null,
    });
  });

  test('in an archive, beside members of import libraries, which are passed over', () => {
    const header = Buffer.from('0000ffff00006486000000000c00000000000400', 'hex');
    const imported = Buffer.concat([header, Buffer.from('f\0foo.dll\0')]);
    const archive = writeArchive([
      { name: 'a.obj', data: writeCoff({ symbols: [{ name: 'f', type: 0x20 }] }) },
      { name: 'foo.dll', data: imported },
      { name: 'b.o', data: writeElf({ symbols: [{ name: 'g' }] }) },
    ]);
    const found: (string | null)[] = [];
    read(archive, (image) => {
      for (const { member, rows } of list(image, {}, ({ text }) => found.push(text)))
        if (rows.length === 1) found.push(member);
    });
    expect(found).toEqual(['a.obj', 'b.o']);
    expect(() => read(imported, () => undefined)).toThrow(/a member of a Windows import library/);
  });

  test('damage is told', () => {
    const spoilt = (at: number, value: number): Buffer => {
      const bytes = writeCoff({ symbols });
      bytes.writeUInt32LE(value, at);
      return bytes;
    };
    const length = (bytes: Buffer): number => read(bytes, (image) => image.symbols().length);
    expect(() => length(spoilt(8, 0xffff_fff0))).toThrow(/symbol table lies outside/);
    expect(() => length(spoilt(12, 0xffff_fff0))).toThrow(/symbol table lies outside/);
    expect(() => length(spoilt(2, 0xffff))).toThrow(/section headers lie outside/);
    const whole = writeCoff({ symbols });
    for (let size = 1; size < whole.length; size += 11) {
      const rest = whole.subarray(0, size);
      const answer = (): number => length(rest);
      // Without its string table the short names are still there.
      if (size < whole.length - 26) expect(answer).toThrow(/cannot read/);
    }
  });
});

describe('PE images', () => {
  const guid = Buffer.from('03020100050407060809101112131415', 'hex');
  const spec: PeSpec = {
    library: 'me.dll',
    exports: [
      ['function', peLayout.text + 8],
      ['constant', peLayout.rdata + 8],
      ['elsewhere', 'OTHER.named'],
      [null, peLayout.text + 0x10],
      ['unused', 0],
      ['nowhere', 0x7000_0000],
    ],
    imports: [
      ['KERNEL32.dll', ['CreateFileW', 'ExitProcess']],
      ['WS2_32.dll', [115]],
    ],
    delayed: [['late.dll', ['late_call']]],
    pdb: [guid, 10, 'C:\\me.pdb'],
  };

  test.each([
    [64, Number(peLayout.base)],
    [32, Number(peLayout.base32)],
  ] as const)('%i bits: exports and imports are the symbols of one without a table', (bits, base) => {
    const image = writePe({ ...spec, bits });
    expect(read(image, rowsOf)).toEqual([
      ['function', 'T', 'function', 'global', '.text', base + peLayout.text + 8],
      ['constant', 'R', 'data', 'global', '.rdata', base + peLayout.rdata + 8],
      ['elsewhere', 'I', 'notype', 'global', null, null],
      ['nowhere', 'A', 'notype', 'global', null, base + 0x7000_0000],
      ['#8', 'T', 'function', 'global', '.text', base + peLayout.text + 0x10],
      ['CreateFileW', 'U', 'notype', 'global', null, null],
      ['ExitProcess', 'U', 'notype', 'global', null, null],
      ['WS2_32.#115', 'U', 'notype', 'global', null, null],
      ['late_call', 'U', 'notype', 'global', null, null],
    ]);
    read(image, (told) => {
      expect(told).toMatchObject({
        format: 'pe',
        type: 'shared',
        bits,
        machine: bits === 64 ? 'x86-64' : 'x86',
        entry: BigInt(base + peLayout.text + 4),
        buildId: '00010203040506070809101112131415a',
        pdb: 'C:\\me.pdb',
        soname: 'me.dll',
        needed: ['KERNEL32.dll', 'WS2_32.dll', 'late.dll'],
        stripped: true,
      });
      expect(told.segments[0]).toMatchObject({
        address: BigInt(base + peLayout.text),
        fileOffset: 0x400n,
        executable: true,
      });
      expect(told.sections[1]).toMatchObject({
        name: '.rdata',
        address: BigInt(base + peLayout.rdata),
        executable: false,
      });
    });
  });

  test('a symbol table is read, and its symbols that are exported are marked', () => {
    const symbols: CoffSymbol[] = [
      { name: 'function', type: 0x20, value: 8 },
      { name: 'hidden', type: 0x20, storage: 3, value: 0x20 },
    ];
    const rows = read(writePe({ ...spec, symbols }), (image) => {
      const table = image.symbols();
      expect(image.stripped).toBe(false);
      return [...table.functions()].map((row) => [table.raw(row), Number(table.address(row)), table.dynamic(row)]);
    });
    const text = Number(peLayout.base) + peLayout.text;
    expect(rows).toEqual([
      ['function', text + 8, true],
      ['hidden', text + 0x20, false],
      ['#8', text + 0x10, true],
    ]);
  });

  test('names of 32-bit x86 have an underscore more than their exports', () => {
    const symbols: CoffSymbol[] = [{ name: '_function', type: 0x20, value: 8 }];
    const names = read(writePe({ bits: 32, exports: [['function', peLayout.text + 8]], symbols }), (image) => {
      const table = image.symbols();
      return [...table.functions()].map((row) => [table.raw(row), table.dynamic(row)]);
    });
    expect(names).toEqual([['_function', true]]);
  });

  test('a note says where names would be', () => {
    const notes: string[] = [];
    read(writePe(spec), (image) => [...list(image, {}, ({ text }) => notes.push(text))]);
    expect(notes.join()).toMatch(
      /has no symbol table: only what it exports and imports has a name; .*C:\\me\.pdb, is not read/,
    );
  });

  test.each<[string, (bytes: Buffer) => void, RegExp]>([
    ['an optional header of no kind', (b) => b.writeUInt16LE(0x10c, 88), /optional header/],
    ['no sections', (b) => b.writeUInt16LE(0, 70), /without sections/],
    ['more sections than fit', (b) => b.writeUInt16LE(0xffff, 70), /section headers lie outside/],
    ['more directories than fit', (b) => b.writeUInt32LE(0xffff, 196), /number of RVA/],
    [
      'symbols past the end',
      (b) => b.writeUInt32LE(0x7fff_ffff, 76 + 0 * b.writeUInt32LE(9, 80)),
      /symbol table lies outside/,
    ],
  ])('damage is told: %s', (_, patch, message) => {
    expect(() => read(writePe({ ...spec, patch }), (image) => image.symbols().length)).toThrow(message);
  });

  test('every cut is answered or refused; tables that lie lose names only', () => {
    const whole = writePe(spec);
    for (let size = 1; size < whole.length; size += 37) {
      try {
        read(whole.subarray(0, size), (image) => image.symbols().length);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/input|unsupported/) });
      }
    }
    const patch = (bytes: Buffer): void => void bytes.fill(0xff, peLayout.rdataAt);
    expect(read(writePe({ ...spec, patch }), (image) => image.symbols().length)).toBe(0);
  });

  test('lists that all lead to one are refused', () => {
    const names = Array.from({ length: 2000 }, (_, i) => `name${i}`);
    const libraries = Array.from({ length: 2000 }, () => ['a.dll', names.slice(0, 1)] as const);
    const whole = writePe({ imports: [['a.dll', names], ...libraries] });
    const image = read(whole, ({ sections }) => sections[1]);
    const end = Number(image?.fileOffset) + Number(image?.size);
    // The list of libraries comes last, ended and padded.
    const descriptors = end - 2001 * 20 - 36;
    for (let i = 1; i <= 2000; i++) whole.copy(whole, descriptors + i * 20, descriptors, descriptors + 4);
    expect(() => read(whole, (told) => told.symbols().length)).toThrow(/overlap beyond measure/);
  });

  test('a program that the loader may move is told from one that it may not', () => {
    const patch = (bytes: Buffer): void => void bytes.writeUInt16LE(0x40, 88 + 70);
    expect(read(writePe({ patch }), ({ type }) => type)).toBe('pie');
    expect(read(writePe(), ({ type }) => type)).toBe('executable');
  });

  test('a program for DOS is not one', () => {
    expect(() => read(Buffer.concat([Buffer.from('MZ'), Buffer.alloc(100)]), () => undefined)).toThrow(
      /a program for DOS/,
    );
  });
});
