import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cacheFolder } from '../../src/elf/cache-folder.ts';
import { indexKey, readCachedIndex, writeCachedIndex } from '../../src/elf/index-cache.ts';
import { openImage } from '../../src/elf/open.ts';
import { writeElf } from '../support/elf-writer.ts';
import { testNeeding } from '../support/need.ts';
import { Temporary } from '../support/temporary.ts';

let home: Temporary;
let folder = '';

beforeEach(() => {
  home = new Temporary();
  vi.stubEnv('RSYM_CACHE', undefined);
  vi.stubEnv('XDG_CACHE_HOME', undefined);
  vi.stubEnv('HOME', home.path);
  folder = join(home.path, '.cache/rsym/index');
});
afterEach(() => {
  vi.unstubAllEnvs();
  home[Symbol.dispose]();
});

const content = (fill: number, length = 1000): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + fill) & 0xff);
const names = (): string[] => readdirSync(folder).sort();
/** Writes an entry and gives its file. */
const written = (key: string, bytes: Uint8Array): string => {
  const before = existsSync(folder) ? names() : [];
  writeCachedIndex(key, bytes);
  const [name = ''] = names().filter((entry) => !before.includes(entry));
  return join(folder, name);
};

describe('the folder', () => {
  test.each([
    [{ HOME: '/h' }, '/h/.cache/rsym/index'],
    [{ HOME: '/h', XDG_CACHE_HOME: '/c' }, '/c/rsym/index'],
    [{ HOME: '/h', XDG_CACHE_HOME: 'c' }, '/h/.cache/rsym/index'],
    [{ HOME: '/h', XDG_CACHE_HOME: '' }, '/h/.cache/rsym/index'],
    [{ XDG_CACHE_HOME: '/c' }, '/c/rsym/index'],
    [{ HOME: '/h', XDG_CACHE_HOME: '/c', RSYM_CACHE: '/own' }, '/own/index'],
    [{ HOME: '/h', RSYM_CACHE: '' }, '/h/.cache/rsym/index'],
    [{ HOME: '/h', RSYM_CACHE: 'off' }, null],
    [{ HOME: '/h', RSYM_CACHE: './here' }, null],
    [{ HOME: 'h' }, null],
    [{}, null],
  ])('%o', (env, path) => expect(cacheFolder(env)).toBe(path));

  test('it and the entries are this user’s alone, whatever the umask', () => {
    const before = process.umask(0);
    try {
      const entry = written('key', content(1));
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      expect(statSync(entry).mode & 0o777).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });

  test.each(['off', 'relative'])('RSYM_CACHE=%s: nothing is kept', (value) => {
    vi.stubEnv('RSYM_CACHE', value);
    writeCachedIndex('key', content(1));
    expect(readCachedIndex('key')).toBeNull();
    expect(readdirSync(home.path)).toEqual([]);
  });

  test.each([
    ['absent', undefined],
    ['a file', '/dev/null'],
    ['in a folder that nobody can write to', '/proc/nothing'],
  ])('HOME is %s: no cache, and no error', (_what, value) => {
    vi.stubEnv('HOME', value);
    writeCachedIndex('key', content(1));
    expect(readCachedIndex('key')).toBeNull();
  });

  test('a symbolic link, or one that others may write to, is not used', () => {
    written('key', content(1));
    expect(readCachedIndex('key')).toEqual(content(1));
    for (const mode of [0o720, 0o702]) {
      chmodSync(folder, mode);
      expect(readCachedIndex('key')).toBeNull();
      writeCachedIndex('other', content(2));
      expect(names()).toHaveLength(1);
    }
    chmodSync(folder, 0o755);
    expect(readCachedIndex('key')).toEqual(content(1));
    renameSync(folder, `${folder}-real`);
    symlinkSync(`${folder}-real`, folder);
    expect(readCachedIndex('key')).toBeNull();
  });
});

describe('what is written is read', () => {
  const isRead = (bytes: Uint8Array): boolean =>
    Buffer.compare(readCachedIndex('key') ?? Buffer.from('none'), bytes) === 0;
  test.each([0, 1, 1000, 1 << 20])('%i bytes', (length) => {
    expect(readCachedIndex('key')).toBeNull();
    writeCachedIndex('key', content(1, length));
    expect(isRead(content(1, length))).toBe(true);
    expect(readCachedIndex('kez')).toBeNull();
    writeCachedIndex('key', content(2, length));
    expect(isRead(content(2, length))).toBe(true);
    expect(names()).toHaveLength(1);
  });
});

describe('an entry that is not what was written is not used, and is replaced', () => {
  const isReplaced = (): void => {
    expect(readCachedIndex('key')).toBeNull();
    writeCachedIndex('key', content(9));
    expect(readCachedIndex('key')).toEqual(content(9));
  };

  test('one changed bit in any byte', () => {
    const entry = written('key', content(1, 200));
    const bytes = readFileSync(entry);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(entry, changed);
      expect(readCachedIndex('key'), `byte ${at}`).toBeNull();
    }
    isReplaced();
  });

  test('cut at any byte, or longer', () => {
    const entry = written('key', content(1, 200));
    const bytes = readFileSync(entry);
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(entry, bytes.subarray(0, length));
      expect(readCachedIndex('key'), `${length} bytes`).toBeNull();
    }
    writeFileSync(entry, Buffer.concat([bytes, Buffer.from([0])]));
    isReplaced();
  });

  test('lengths that no memory holds', () => {
    const entry = written('key', content(1));
    const bytes = readFileSync(entry);
    bytes.fill(0xff, 8, 12);
    bytes.fill(0xff, 16, 24);
    writeFileSync(entry, bytes);
    isReplaced();
  });

  test('a file that claims to be huge is not read', () => {
    const entry = written('key', content(1));
    execFileSync(process.execPath, ['-e', 'require("fs").truncateSync(process.argv[1], 2 ** 40)', entry]);
    isReplaced();
  });

  test('an entry of another key', () => {
    const [mine, other] = [written('key', content(1)), written('kez', content(2))];
    renameSync(other, mine);
    isReplaced();
  });

  test('a symbolic link to an entry', () => {
    const entry = written('key', content(1));
    renameSync(entry, join(home.path, 'moved'));
    symlinkSync(join(home.path, 'moved'), entry);
    isReplaced();
    expect(lstatSync(entry).isFile()).toBe(true);
  });

  test('one that others may write to', () => {
    for (const mode of [0o620, 0o602]) {
      chmodSync(written('key', content(1)) || folder, mode);
      isReplaced();
      rmSync(folder, { recursive: true });
    }
  });

  testNeeding(['mkfifo'], 'a FIFO is not waited for', () => {
    const entry = written('key', content(1));
    unlinkSync(entry);
    execFileSync('mkfifo', ['-m', '600', entry]);
    isReplaced();
  });

  test('a folder in its place: no cache, and no error', () => {
    const entry = written('key', content(1));
    unlinkSync(entry);
    mkdirSync(entry);
    writeCachedIndex('key', content(2));
    expect(readCachedIndex('key')).toBeNull();
    expect(names()).toHaveLength(1);
  });

  testNeeding(['root'], 'an entry or a folder of another user', () => {
    const entry = written('key', content(1));
    chownSync(entry, 65534, 65534);
    isReplaced();
    chownSync(folder, 65534, 65534);
    expect(readCachedIndex('key')).toBeNull();
    writeCachedIndex('other', content(2));
    expect(names()).toHaveLength(1);
  });

  testNeeding(['root'], 'nothing is made in the home of another user', () => {
    chownSync(home.path, 65534, 65534);
    writeCachedIndex('key', content(1));
    expect(readdirSync(home.path)).toEqual([]);
  });
});

describe('the folder is bounded', () => {
  const size = 1000;
  const limit = 4 * (size + 100);
  const add = (key: string): void => writeCachedIndex(key, content(1, size), limit);
  const has = (key: string): boolean => readCachedIndex(key, limit) !== null;
  const age = (path: string, seconds: number): void => {
    const then = Date.now() / 1000 - seconds;
    utimesSync(path, then, then);
  };
  /** Four entries, the first the oldest. */
  const fill = (): void => {
    for (const [i, key] of ['a', 'b', 'c', 'd'].entries()) {
      const before = existsSync(folder) ? names() : [];
      add(key);
      for (const name of names().filter((n) => !before.includes(n))) age(join(folder, name), 1000 - i);
    }
  };
  const total = (): number => names().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

  test('the oldest makes room', () => {
    fill();
    expect(names()).toHaveLength(4);
    add('e');
    expect(total()).toBeLessThanOrEqual(limit);
    expect(['a', 'b', 'c', 'd', 'e'].map(has)).toEqual([false, true, true, true, true]);
  });

  test('to be read is to be used', () => {
    fill();
    expect(has('a')).toBe(true);
    add('e');
    expect(['a', 'b', 'c', 'd', 'e'].map(has)).toEqual([true, false, true, true, true]);
  });

  test('one larger than half of it is not written', () => {
    writeCachedIndex('key', content(1, limit / 2), limit);
    expect(readCachedIndex('key')).toBeNull();
    writeCachedIndex('key', content(1, limit / 2 - 100), limit);
    expect(readCachedIndex('key')).not.toBeNull();
  });

  test('what was left half written is removed in time; other files are not ours to remove', () => {
    add('a');
    const [young, old] = ['0'.repeat(32), '1'.repeat(32)].map((name) => join(folder, `${name}.new`));
    const foreign = join(folder, 'notes.txt');
    for (const path of [young, old, foreign]) writeFileSync(path ?? '', 'x'.repeat(2 * limit));
    for (const path of [old, foreign]) age(path ?? '', 86_400);
    add('b');
    expect([young, old, foreign].map((path) => existsSync(path ?? ''))).toEqual([true, false, true]);
  });
});

describe('the key', () => {
  const keyOf = (...paths: string[]): string => {
    const images = paths.map(openImage);
    const key = indexKey(images);
    for (const image of images) image[Symbol.dispose]();
    return key;
  };

  test('another file, another content, and a content that was put back in time have other keys', () => {
    const path = home.file('a', writeElf());
    utimesSync(path, 1000, 1000);
    const other = home.file('b', writeElf());
    const key = keyOf(path);
    expect(keyOf(path)).toBe(key);
    expect(new Set([key, keyOf(other), keyOf(path, other), keyOf(other, path)]).size).toBe(4);
    // File systems may count time in steps of some milliseconds.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    writeFileSync(path, writeElf());
    utimesSync(path, 1000, 1000);
    expect(statSync(path).mtimeMs).toBe(1_000_000);
    expect(keyOf(path)).not.toBe(key);
    linkSync(path, join(home.path, 'again'));
    expect(keyOf(path), 'the same file by another name').toBe(keyOf(join(home.path, 'again')));
  });

  test('it names the core that made the index', () => {
    const core = readFileSync(fileURLToPath(new URL('../../src/core/elfinfo.wasm', import.meta.url)));
    const hash = execFileSync(
      process.execPath,
      ['-p', 'require("crypto").createHash("sha256").update(require("fs").readFileSync(0)).digest("hex")'],
      { input: core, encoding: 'utf8' },
    ).trim();
    expect(indexKey([])).toContain(hash);
  });
});

testNeeding(
  ['linux'],
  'several processes write and read at once: each reads a whole entry or none',
  async () => {
    const module = new URL('../../src/elf/index-cache.ts', import.meta.url).href;
    const script = join(home.path, 'worker.ts');
    writeFileSync(
      script,
      `import { readCachedIndex, writeCachedIndex } from ${JSON.stringify(module)};
     let read = 0;
     for (let i = 0; i < 40; i++) {
       writeCachedIndex('key' + (i % 3), new Uint8Array(50_000 + i).fill(i), 150_000);
       const bytes = readCachedIndex('key' + ((i + 2) % 3), 150_000);
       if (bytes === null) continue;
       read++;
       if (bytes.length < 50_000 || bytes.some((byte) => byte !== bytes.length - 50_000)) throw new Error('a mixed entry');
     }
     process.exitCode = read > 0 ? 0 : 3;`,
    );
    const tsx = fileURLToPath(new URL('../../node_modules/tsx/dist/cli.mjs', import.meta.url));
    const workers = [1, 2, 3].map(() => spawn(process.execPath, [tsx, script], { stdio: 'inherit' }));
    const statuses = await Promise.all(workers.map((worker) => once(worker, 'exit')));
    expect(statuses.map(([status]) => status)).toEqual([0, 0, 0]);
    expect(names().filter((name) => name.endsWith('.new'))).toEqual([]);
    expect(names().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)).toBeLessThanOrEqual(150_000);
  },
  60_000,
);
