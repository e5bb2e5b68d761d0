import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parseCache } from '../../src/elf/ld-cache.ts';
import { findLibrary } from '../../src/elf/library.ts';
import { neededLibraries } from '../../src/elf/needed.ts';
import { openImage } from '../../src/elf/open.ts';
import { testNeeding } from '../support/need.ts';

type Entry = { readonly name: string; readonly path: string; readonly flags?: number; readonly hwcap?: bigint };

/** A loader's cache as glibc's ldconfig writes it. */
const writeCache = (entries: readonly Entry[]): Buffer => {
  const head = Buffer.alloc(48);
  head.write('glibc-ld.so.cache1.1');
  head.writeUInt32LE(entries.length, 20);
  const table = Buffer.alloc(entries.length * 24);
  const texts: Buffer[] = [];
  let at = head.length + table.length;
  const text = (value: string): number => {
    const bytes = Buffer.from(`${value}\0`);
    texts.push(bytes);
    at += bytes.length;
    return at - bytes.length;
  };
  entries.forEach(({ name, path, flags = 0x0303, hwcap = 0n }, i) => {
    table.writeUInt32LE(flags, i * 24);
    table.writeUInt32LE(text(name), i * 24 + 4);
    table.writeUInt32LE(text(path), i * 24 + 8);
    table.writeBigUInt64LE(hwcap, i * 24 + 16);
  });
  return Buffer.concat([head, table, ...texts]);
};

describe('the loader’s cache', () => {
  const entries = [
    { name: 'liba.so.1', path: '/lib/liba.so.1' },
    { name: 'liba.so.1', path: '/lib/v3/liba.so.1', hwcap: 1n << 62n },
    { name: 'liba.so.1', path: '/lib32/liba.so.1', flags: 0x0003 },
  ];
  const wanted = [{ name: 'liba.so.1', path: '/lib/liba.so.1' }];

  test('holds libraries by machine; variants for some processors are passed over', () => {
    expect(parseCache(writeCache(entries), 'x86-64')).toEqual(wanted);
    expect(parseCache(writeCache(entries), 'x86')).toEqual([{ name: 'liba.so.1', path: '/lib32/liba.so.1' }]);
  });

  test('may stand behind one of the old format', () => {
    const old = Buffer.alloc(32);
    old.write('ld.so-1.7.0');
    old.writeUInt32LE(1, 12);
    expect(parseCache(Buffer.concat([old, writeCache(entries)]), 'x86-64')).toEqual(wanted);
  });

  test('damaged in any way is no error', () => {
    const whole = writeCache(entries);
    expect(parseCache(Buffer.from('no cache'), 'x86-64')).toEqual([]);
    for (let size = 0; size < whole.length; size++) parseCache(whole.subarray(0, size), 'x86-64');
    const many = Buffer.from(whole);
    many.writeUInt32LE(0xffff_ffff, 20);
    parseCache(many, 'x86-64');
  });
});

describe('short names', () => {
  test('other words are no libraries', () => {
    for (const word of ['hello', './libc', 'lib', 'lib/c', '/lib/libc.so.6', 'libthere_is_none'])
      expect(findLibrary(word)).toBeUndefined();
  });

  testNeeding(['linux'], 'libc is the C library that this process runs with', () => {
    const path = findLibrary('libc');
    expect(path).toMatch(/\/(libc\.so\.6|ld-musl-.*|libc\.musl-.*)$/);
    using image = openImage(path ?? '');
    expect(
      image
        .symbols()
        .byRaw('malloc')
        .some((row) => !image.symbols().undefined(row)),
    ).toBe(true);
    expect(findLibrary('libc.so.6')).toBe(path?.includes('musl') ? undefined : path);
  });
});

/** What ldd prints for a program, without the kernel's own library. */
const lddOf = (path: string): Map<string, string | null> | null => {
  try {
    const lines = execFileSync('ldd', [path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n');
    const found = lines.flatMap((line) => {
      const named = /^\s+(\S+) => (\S+) \(/.exec(line);
      const loader = /^\s+(\/\S+) \(/.exec(line);
      if (named) return [[named[1] ?? '', named[2] ?? null] as const];
      return loader ? [[(loader[1] ?? '').split('/').at(-1) ?? '', loader[1] ?? null] as const] : [];
    });
    return new Map(found);
  } catch {
    return null;
  }
};

describe('needed libraries', () => {
  testNeeding(['linux'], 'are those that the loader itself finds', ({ skip }) => {
    const theirs = lddOf(process.execPath);
    if (theirs === null) return skip('ldd does not run here');
    using image = openImage(process.execPath);
    const ours = neededLibraries(image).filter(({ name }) => !name.startsWith('ld-'));
    expect(ours.length).toBeGreaterThan(2);
    for (const { name, path } of ours) expect([name, path]).toEqual([name, theirs.get(name)]);
    const others = [...theirs.keys()].filter((name) => !name.startsWith('ld-') && !name.startsWith('linux-'));
    expect(new Set(ours.map(({ name }) => name))).toEqual(new Set(others));
  });
});
