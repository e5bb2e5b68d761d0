import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import { address, fileOffset } from '../../src/base/units.ts';
import { toAddress, toFileOffset } from '../../src/elf/address-map.ts';
import { openImage } from '../../src/elf/open.ts';
import { writeArchive } from '../support/ar-writer.ts';
import { loadAddress, textOffset, writeElf } from '../support/elf-writer.ts';
import { testNeeding } from '../support/need.ts';
import { Temporary } from '../support/temporary.ts';
import { wasmSection, writeWasm } from '../support/wasm-writer.ts';

const refusal = (path: string): RsymError => {
  try {
    openImage(path)[Symbol.dispose]();
  } catch (error) {
    if (error instanceof RsymError) return error;
    throw error;
  }
  throw new Error(`${path} was opened`);
};

describe('what an ELF file says of itself', () => {
  const machines = [
    [62, 64, true, 'x86-64'],
    [3, 32, true, 'x86'],
    [22, 64, false, 's390x'],
    [8, 32, false, 'mips'],
    [243, 32, true, 'riscv32'],
    [65278, 64, true, 'machine 65278'],
  ] as const;
  test.each(machines)('machine %i, %i bits, little-endian %s: %s', (machine, bits, littleEndian, name) => {
    using folder = new Temporary();
    const file = folder.file('a', writeElf({ machine, bits, littleEndian, symbols: [{ name: 'f', value: 0x1234n }] }));
    using image = openImage(file);
    expect(image).toMatchObject({ format: 'elf', machine: name, bits, littleEndian, type: 'shared', stripped: false });
    expect(image.symbols().address(0)).toBe(0x1234n);
    expect(image.sections.map((section) => section.name)).toContain('.text');
  });

  test('addresses and file offsets are different spaces', () => {
    using folder = new Temporary();
    using image = openImage(folder.file('a', writeElf({ symbols: [] })));
    const start = address(loadAddress + BigInt(textOffset));
    expect(toFileOffset(image, start)).toBe(BigInt(textOffset));
    expect(toAddress(image, fileOffset(BigInt(textOffset)))).toBe(start);
    expect(toFileOffset(image, address(start - 1n))).toBeUndefined();
    expect(toAddress(image, fileOffset(0n))).toBeUndefined();
    const [segment] = image.segments;
    const beyondFile = address((segment?.address ?? 0n) + (segment?.fileSize ?? 0n));
    expect(toFileOffset(image, beyondFile)).toBeUndefined();
    expect([...image.readBytes(fileOffset(BigInt(textOffset)), 2)]).toEqual([0xc3, 0xc3]);
    expect(() => image.readBytes(fileOffset(1n << 40n), 1)).toThrow(/no 1 bytes/);
    for (const length of [Number(1n << 62n), 2 ** 32, Number.NaN, -1]) {
      expect(() => image.readBytes(fileOffset(0n), length)).toThrow(
        expect.objectContaining({ code: 'input', message: expect.stringMatching(/has no \S+ bytes at offset 0/) }),
      );
    }
  });

  testNeeding(['linux', 'readelf'], 'of this machine’s own programs, as readelf tells it', () => {
    for (const path of [process.execPath, '/bin/sh']) {
      using image = openImage(path);
      const told = execFileSync('readelf', ['-Wnd', path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      expect(image.buildId).toBe(/Build ID: ([0-9a-f]+)/.exec(told)?.[1] ?? null);
      expect(image.needed).toEqual([...told.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map((m) => m[1]));
    }
  });
});

describe('what is no image', () => {
  test.each([
    ['an empty file', '', /is empty/],
    ['text', 'hello\n', /not an ELF, Mach-O/],
    ['a script', '#!/bin/sh\n', /it is a script/],
    ['a program for DOS', 'MZ\x90\0', /it is a program for DOS/],
    ['a cut archive magic', '!<arc', /cut off/],
    [
      'an ELF file of two bits',
      Buffer.from([0x7f, 0x45, 0x4c, 0x46, 3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
      /ELF class is 3/,
    ],
    ['a wasm component', Buffer.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]), /component/],
    ['a section past the end', Buffer.concat([writeWasm([], []), Buffer.from([10, 0xff, 0x7f])]), /past the end/],
    ['an unended number', Buffer.concat([writeWasm([], []), Buffer.alloc(20, 0x80)]), /too long/],
  ])('%s', (_, bytes, message) => {
    using folder = new Temporary();
    const error = refusal(folder.file('thing', bytes as string));
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/thing/);
    expect(error.message).not.toMatch(/\n/);
  });

  test('a missing file, a directory, a name too long, a name with NUL', () => {
    using folder = new Temporary();
    expect(refusal(join(folder.path, 'none')).message).toMatch(/no such file/);
    expect(refusal(folder.path).message).toMatch(/is a directory/);
    expect(refusal(join(folder.path, 'x'.repeat(256))).message).toMatch(/name is too long/);
    expect(refusal('a\0b').message).toMatch(/NUL/);
    expect(refusal(folder.file('x'.repeat(255), 'text')).message).toMatch(/not an ELF, Mach-O/);
  });

  testNeeding(['linux', 'mkfifo'], 'a FIFO and a device are refused without waiting, and so is a socket', async () => {
    using folder = new Temporary();
    const fifo = join(folder.path, 'fifo');
    execFileSync('mkfifo', [fifo]);
    expect(refusal(fifo).message).toMatch(/is a FIFO/);
    expect(refusal('/dev/zero').message).toMatch(/is a device/);
    const socket = join(folder.path, 'socket');
    const server = createServer();
    await new Promise<void>((listening) => server.listen(socket, listening));
    expect(refusal(socket).message).toMatch(/is a socket/);
    await new Promise((closed) => server.close(closed));
  });

  testNeeding(['linux'], 'a file that may not be read', () => {
    using folder = new Temporary();
    const path = folder.file('secret', writeElf());
    chmodSync(folder.path, 0o755);
    chmodSync(path, 0);
    // Root may read anything: it becomes somebody else for a moment.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    try {
      expect(refusal(path)).toMatchObject({ code: 'permission' });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  test('names that attack the terminal are shown as escapes', () => {
    using folder = new Temporary();
    const error = refusal(folder.file('a\n\x1b[31m\u202eb', 'text'));
    expect(error.message).toContain('a\\x0a\\x1b[31m\\u{202e}b');
  });

  testNeeding(['linux'], 'nothing is left open by a refusal, nor by an image disposed of', () => {
    using folder = new Temporary();
    const text = folder.file('text', 'text');
    const elf = folder.file('elf', writeElf({ symbols: [] }));
    const open = (): number => readdirSync('/proc/self/fd').length;
    refusal(text);
    const before = open();
    refusal(text);
    {
      using image = openImage(elf);
      expect(image.symbols().length).toBe(0);
    }
    expect(open()).toBe(before);
  });
});

describe('archives', () => {
  const object = writeElf({ type: 'rel', symbols: [{ name: 'f' }] });
  const long = 'a_name_of_more_than_sixteen_bytes.o';
  test.each(['gnu', 'bsd'] as const)('%s: members are images, by their long names too', (kind) => {
    using folder = new Temporary();
    const members = [
      { name: 'a.o', data: object },
      { name: long, data: Buffer.concat([object, Buffer.from([0])]) },
      { name: 'lib.rmeta', data: Buffer.from('rust') },
    ];
    using image = openImage(folder.file('lib.a', writeArchive(members, kind)));
    expect(image.members.map((member) => member.name)).toEqual(['a.o', long, 'lib.rmeta']);
    using member = image.members[1]?.open();
    expect(member?.path).toMatch(`lib.a(${long})`);
    expect(member?.symbols().raw(0)).toBe('f');
    expect([...(member?.readBytes(fileOffset(0n), 4) ?? [])]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
    expect(() => image.members[2]?.open()).toThrow(/not an ELF, Mach-O/);
  });

  test('thin: members are files beside it', () => {
    using folder = new Temporary();
    mkdirSync(join(folder.path, 'sub'));
    folder.file('sub/a.o', object);
    const members = [
      { name: 'sub/a.o', data: object },
      { name: 'gone.o', data: object },
    ];
    using image = openImage(folder.file('lib.a', writeArchive(members, 'thin')));
    using member = image.members[0]?.open();
    expect(member?.symbols().raw(0)).toBe('f');
    expect(() => image.members[1]?.open()).toThrow(/gone\.o: there is no such file/);
  });

  test('a damaged list of members keeps those before it', () => {
    using folder = new Temporary();
    const whole = writeArchive([{ name: 'a.o', data: object }]);
    using image = openImage(folder.file('lib.a', Buffer.concat([whole, Buffer.from('rubbish')])));
    expect(image.members).toHaveLength(1);
    expect(image.damage).toMatch(/header/);
  });
});

describe('hostile headers are refused, without much memory', () => {
  const symbols = [{ name: 'f' }];
  const u64 = 0xffff_ffff_ffff_ffffn;
  test.each<[string, (b: Buffer, header: number) => void]>([
    ['a table of 2^64-1 bytes', (b, h) => b.writeBigUInt64LE(u64, h + 32)],
    ['a table of 2^63 bytes', (b, h) => b.writeBigUInt64LE(1n << 63n, h + 32)],
    ['a table of 4 GiB', (b, h) => b.writeBigUInt64LE(1n << 32n, h + 32)],
    ['a table past the end', (b, h) => b.writeBigUInt64LE(BigInt(b.length), h + 24)],
    ['an offset that wraps', (b, h) => b.writeBigUInt64LE(u64 - 7n, h + 24)],
    ['no string table', (b, h) => b.writeUInt32LE(999, h + 40)],
  ])('%s', (_, spoil) => {
    using folder = new Temporary();
    const patch = (bytes: Buffer, at: { header: (name: string) => number }): void => spoil(bytes, at.header('.symtab'));
    using image = openImage(folder.file('a', writeElf({ symbols, patch })));
    expect(() => image.symbols()).toThrow(RsymError);
  });

  test.each<[string, (b: Buffer) => void]>([
    ['section headers past the end', (b) => b.writeBigUInt64LE(1n << 53n, 40)],
    ['section headers of no size', (b) => b.writeUInt16LE(0, 58)],
    [
      '2^60 sections',
      (b) => b.writeBigUInt64LE(1n << 60n, Number(b.readBigUInt64LE(40)) + 32 + 0 * b.writeUInt16LE(0, 60)),
    ],
    ['a cut file', (b) => b.fill(0xff, 40, 48)],
  ])('%s', (_, patch) => {
    using folder = new Temporary();
    expect(refusal(folder.file('a', writeElf({ symbols, patch }))).code).toBe('input');
  });

  test('every cut of a file is answered or refused', () => {
    using folder = new Temporary();
    const whole = writeElf({ symbols, dynamic: symbols });
    for (let size = 1; size < whole.length; size += 7) {
      const path = folder.file('a', whole.subarray(0, size));
      expect(refusal(path).code).toBe('input');
    }
  });

  test('a wasm name section that lies loses names only', () => {
    using folder = new Temporary();
    const lie = wasmSection(0, Buffer.from([4, ...Buffer.from('name'), 1, 0x7f, 0xff, 0xff, 0xff, 0xff, 0x0f]));
    using image = openImage(folder.file('a', Buffer.concat([writeWasm([], [{ export: 'shown' }, {}]), lie])));
    expect(image.symbols().length).toBe(1);
    expect(image.symbols().unnamed).toBe(1);
  });
});
