import { chmodSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheIn } from './fixtures.ts';
import { Temporary } from './temporary.ts';

const openFolder = (path: string, mode: number): void => {
  mkdirSync(path);
  chmodSync(path, mode);
};

const modeOf = (path: string): number => lstatSync(path).mode & 0o777;

test('the folder of unpacked fixtures is ours alone, and the same each time', () => {
  using folder = new Temporary();
  const cache = cacheIn(folder.path);
  expect(modeOf(cache)).toBe(0o700);
  expect(cacheIn(folder.path)).toBe(cache);
});

test.each<[string, (path: string, other: string) => void]>([
  ['a link', (path, other) => symlinkSync(other, path)],
  ['a file', (path) => writeFileSync(path, '')],
  ['a folder that others may write to', (path) => openFolder(path, 0o777)],
  ['a folder that the group may write to', (path) => openFolder(path, 0o770)],
])('%s in its place is not used', (_, plant) => {
  using folder = new Temporary();
  using other = new Temporary();
  const planted = cacheIn(folder.path);
  rmSync(planted, { recursive: true });
  plant(planted, other.path);
  const cache = cacheIn(folder.path);
  expect(cache).not.toBe(planted);
  expect(cache.startsWith(join(folder.path, ''))).toBe(true);
  expect(lstatSync(cache).isDirectory()).toBe(true);
  expect(modeOf(cache)).toBe(0o700);
});
