import { describe, expect, test } from 'vitest';
import { openImage } from '../../src/elf/open.ts';
import { list } from '../../src/query/list.ts';
import { writeArchive } from '../support/ar-writer.ts';
import {
  commandString,
  type MachOSpec,
  type MachOSymbol,
  writeMachO,
  writeUniversal,
} from '../support/macho-writer.ts';
import { Temporary } from '../support/temporary.ts';

const [x86, arm64] = [0x0100_0007, 0x0100_000c];

const read = <T>(bytes: Uint8Array, ask: (image: ReturnType<typeof openImage>) => T): T => {
  using folder = new Temporary();
  using image = openImage(folder.file('a', bytes));
  return ask(image);
};
const rowsOf = (spec: MachOSpec): unknown[] =>
  read(writeMachO(spec), (image) => {
    const table = image.symbols();
    return Array.from({ length: table.length }, (_, row) => [
      table.raw(row),
      table.letter(row),
      table.kind(row),
      table.binding(row),
      table.section(row),
      table.undefined(row) ? null : Number(table.address(row)),
    ]);
  });

describe('symbols', () => {
  const symbols: MachOSymbol[] = [
    { name: '_main', value: 0x1010n },
    { name: '_local', type: 0x0e, value: 0x1020n },
    { name: '_weak', description: 0x80, value: 0x1030n },
    { name: '_constant', section: 2, value: 0x1100n },
    { name: '_data', section: 3, value: 0x1200n },
    { name: '_zeros', section: 4, value: 0x1300n },
    { name: '_per_thread', section: 5, value: 0x1400n },
    { name: '_needed', type: 1, section: 0, value: 0n },
    { name: '_perhaps', type: 1, section: 0, description: 0x40, value: 0n },
    { name: '_common', type: 1, section: 0, value: 24n },
    { name: '_absolute', type: 3, section: 0, value: 7n },
    { name: '_other_name', type: 0x0b, section: 0, value: 1n },
    { name: '__mh_execute_header', value: 0n },
    { name: '_lost', section: 99, value: 5n },
    { name: 'ltmp0', type: 0x0e, value: 0x1000n },
    { name: '/src/a.o', type: 0x66, section: 0 },
    { name: '' },
  ];
  const told = [
    ['_main', 'T', 'function', 'global', '__TEXT,__text', 0x1010],
    ['_local', 't', 'function', 'local', '__TEXT,__text', 0x1020],
    ['_weak', 'T', 'function', 'weak', '__TEXT,__text', 0x1030],
    ['_constant', 'S', 'data', 'global', '__TEXT,__const', 0x1100],
    ['_data', 'D', 'data', 'global', '__DATA,__data', 0x1200],
    ['_zeros', 'B', 'data', 'global', '__DATA,__bss', 0x1300],
    ['_per_thread', 'S', 'tls', 'global', '__DATA,__thread_vars', 0x1400],
    ['_needed', 'U', 'notype', 'global', null, null],
    ['_perhaps', 'U', 'notype', 'weak', null, null],
    ['_common', 'C', 'data', 'global', 'COMMON', 24],
    ['_absolute', 'A', 'notype', 'global', 'ABS', 7],
    ['_other_name', 'I', 'notype', 'global', null, null],
    ['__mh_execute_header', 'T', 'notype', 'global', '__TEXT,__text', 0],
    ['_lost', 'S', 'notype', 'global', null, 5],
    ['ltmp0', 't', 'function', 'local', '__TEXT,__text', 0x1000],
  ];

  test.each([
    [64, true],
    [64, false],
    [32, true],
    [32, false],
  ] as const)('%i bits, little-endian %s', (bits, littleEndian) => {
    expect(rowsOf({ bits, littleEndian, symbols })).toEqual(told);
    expect(read(writeMachO({ bits, littleEndian, symbols }), (image) => [image.bits, image.littleEndian])).toEqual([
      bits,
      littleEndian,
    ]);
  });

  test('functions are what lies in code, without the compiler’s labels', () => {
    const names = read(writeMachO({ symbols }), (image) => {
      const table = image.symbols();
      return [...table.functions()].map((row) => table.raw(row));
    });
    expect(names).toEqual(['_main', '_local', '_weak']);
  });

  test('names mean the same with the format’s underscore; those of C are shown as they are in the file', () => {
    const mangled = ['__RNvCs15kBYyAo9fc_7mycrate7example', '__ZN7mycrate7example17h0123456789abcdefE', '_main'];
    const names = read(writeMachO({ symbols: mangled.map((name) => ({ name })) }), (image) => {
      const table = image.symbols();
      return [...table.functions()].map((row) => table.name(row));
    });
    expect(names).toEqual(['mycrate::example', 'mycrate::example', '_main']);
  });

  test('others see the external symbols of linked files only', () => {
    const dynamic = (type: number): boolean[] =>
      read(
        writeMachO({ type, symbols: [{ name: '_f' }, { name: '_g', type: 0x1f }, { name: '_h', type: 0x0e }] }),
        (image) => {
          const table = image.symbols();
          return [0, 1, 2].map((row) => table.dynamic(row));
        },
      );
    expect(dynamic(6)).toEqual([true, false, false]);
    expect(dynamic(1)).toEqual([false, false, false]);
  });
});

test('what a file says of itself', () => {
  const uuid = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
  const entry = Buffer.alloc(16);
  entry.writeUInt32LE(0x34);
  const commands = [
    [0x1b, uuid],
    [0x8000_0028, entry],
    [0x0e, commandString('/usr/lib/dyld')],
    [0x0d, commandString('@rpath/libme.dylib', 12)],
    [0x0c, commandString('/usr/lib/libSystem.B.dylib', 12)],
    [0x8000_0018, commandString('weak.dylib', 12)],
    [0x8000_001c, commandString('@loader_path/../lib')],
  ] as const;
  read(
    writeMachO({ type: 2, flags: 0x20_0000, cpu: [arm64, 0x8000_0002], commands, symbols: [{ name: '_f' }] }),
    (image) => {
      expect(image).toMatchObject({
        format: 'mach-o',
        machine: 'arm64e',
        type: 'pie',
        bits: 64,
        littleEndian: true,
        entry: 0x1034n,
        buildId: uuid.toString('hex'),
        interpreter: '/usr/lib/dyld',
        soname: '@rpath/libme.dylib',
        needed: ['/usr/lib/libSystem.B.dylib', 'weak.dylib'],
        runpath: ['@loader_path/../lib'],
        stripped: false,
      });
      expect(image.segments).toMatchObject([{ address: 0x1000n, fileSize: 0x500n, executable: true }]);
      expect(image.sections[0]).toMatchObject({ name: '__TEXT,__text', address: 0x1000n, executable: true });
      const code = image.sections[0]?.fileOffset;
      expect([...image.readBytes(code as NonNullable<typeof code>, 2)]).toEqual([0x90, 0x90]);
    },
  );
});

describe('universal files', () => {
  const image = (name: string, cpu: readonly [number, number]): Buffer => writeMachO({ cpu, symbols: [{ name }] });
  const intel = image('_intel', [x86, 3]);
  const apple = image('_apple', [arm64, 0]);
  const listed = (bytes: Buffer): string[] => {
    using folder = new Temporary();
    using universal = openImage(folder.file('a', bytes));
    const failures: string[] = [];
    const listed: string[] = [];
    for (const { member, table, rows } of list(universal, {}, ({ text }) => failures.push(text)))
      listed.push(`${member} ${[...rows].map((row) => table.raw(row)).join()}`);
    return [...listed, ...failures.map((text) => text.replace(/^.*\(/, '('))];
  };

  test.each([false, true])('members are named after their architectures (64-bit offsets: %s)', (wide) => {
    const bytes = writeUniversal(
      [
        [x86, 3, intel],
        [arm64, 0, apple],
        [arm64, 0x8000_0002, apple],
      ],
      wide,
    );
    expect(read(bytes, ({ format, type, members }) => [format, type, ...members.map(({ name }) => name)])).toEqual([
      'archive',
      'universal',
      'x86_64',
      'arm64',
      'arm64e',
    ]);
    expect(listed(bytes)).toEqual(['x86_64 _intel', 'arm64 _apple', 'arm64e _apple']);
  });

  test('an architecture may be an archive; a universal file in one, or in an archive, is passed over', () => {
    const archive = writeArchive([{ name: 'a.o', data: intel }], 'bsd');
    const inner = writeUniversal([[x86, 3, intel]]);
    expect(
      listed(
        writeUniversal([
          [x86, 3, archive],
          [arm64, 0, inner],
        ]),
      ),
    ).toEqual(['x86_64(a.o) _intel']);
    expect(listed(writeArchive([{ name: 'fat.o', data: inner }]))).toEqual([]);
  });

  test('an architecture that is cut off is told, the others are listed', () => {
    const bytes = writeUniversal([
      [x86, 3, intel],
      [arm64, 0, apple],
    ]).subarray(0, 0x2010);
    expect(listed(bytes)).toEqual(['x86_64 _intel', '(arm64): it is cut off']);
  });
});

describe('damage is told', () => {
  const symbols = [{ name: '_f' }, { name: '_g' }];
  const whole = writeMachO({ symbols });
  const commandAt = 32 + 72 + 5 * 80;
  test.each<[string, (bytes: Buffer) => void, RegExp]>([
    ['no load commands', (b) => b.writeUInt32LE(0, 16), /no load commands/],
    ['4 GiB of load commands', (b) => b.writeUInt32LE(0xffff_ffff, 20), /too many load commands/],
    ['four billion load commands', (b) => b.writeUInt32LE(0xffff_ffff, 16), /too many load commands/],
    ['a load command of no size', (b) => b.writeUInt32LE(0, 36), /load command size/],
    ['more sections than fit', (b) => b.writeUInt32LE(0x1000_0000, 32 + 64), /sections/],
    ['more symbols than fit', (b) => b.writeUInt32LE(0xffff_ffff, commandAt + 12), /symbol table lies outside/],
    ['names past the end', (b) => b.writeUInt32LE(0xffff_ffff, commandAt + 20), /names lie outside/],
  ])('%s', (_, spoil, message) => {
    const bytes = Buffer.from(whole);
    spoil(bytes);
    expect(() => read(bytes, (image) => image.symbols().length)).toThrow(message);
  });

  test('every cut is answered or refused', () => {
    for (let size = 1; size < whole.length; size += 41)
      expect(() => read(whole.subarray(0, size), (image) => image.symbols())).toThrow(/cannot read/);
  });

  test('symbols that share one long name a million times over are refused', () => {
    const many = Array.from({ length: 20_000 }, () => ({ name: '' }));
    const bytes = writeMachO({ symbols: many });
    const name = Buffer.alloc(1 << 20, 0x61);
    bytes.writeUInt32LE(name.length, commandAt + 20);
    const stringsAt = bytes.readUInt32LE(commandAt + 16);
    const spoilt = Buffer.concat([bytes.subarray(0, stringsAt), name]);
    expect(() => read(spoilt, (image) => image.symbols())).toThrow(/overlap beyond measure/);
  });
});
