import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  futimesSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { coreBytes } from '../core/module.ts';
import { cacheFolder, isOurs, isTrusted, makeFolder } from './cache-folder.ts';
import { entryContent, entryHead } from './index-entry.ts';
import type { Image } from './model.ts';

/** To be raised when the same core would write other bytes, or read the old ones otherwise. */
const formatVersion = 1;

/** Bytes of all entries together. One entry may take half of that. */
const defaultLimit = 256 << 20;

const entryName = /^[0-9a-f]{64}\.index$/;
const unfinishedName = /^[0-9a-f]{32}\.new$/;
/** A file that is still being written is not older than this. */
const longestWrite = 3_600_000;

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Names an index by all that it is made from: the files with their content's identity and build ids, and the core that
 * made it. The images are the one asked about and those that its debug info was read from.
 */
export const indexKey = (images: readonly Pick<Image, 'identity' | 'buildId'>[]): string =>
  [
    `debug info index ${formatVersion}`,
    `core ${sha256(coreBytes())}`,
    ...images.map(({ identity, buildId }) => `file ${identity}, build id ${buildId ?? 'none'}`),
  ].join('\n');

const fileName = (key: string): string => `${sha256(key)}.index`;

/**
 * The index that was written with this key. Null where there is none, and where the entry is damaged, of another key,
 * or may have been written by somebody else. Throws nothing.
 */
export const readCachedIndex = (key: string, limit: number = defaultLimit): Uint8Array | null => {
  const folder = cacheFolder();
  if (folder === null) return null;
  let fd = -1;
  try {
    if (!isTrusted(folder)) return null;
    fd = openSync(join(folder, fileName(key)), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = fstatSync(fd);
    if (!stats.isFile() || !isOurs(stats) || stats.size > limit) return null;
    const content = entryContent(key, readWhole(fd, stats.size));
    // The time of its last use: what was not used for longest is removed first.
    if (content) touch(fd);
    return content;
  } catch {
    return null;
  } finally {
    if (fd >= 0) closeSync(fd);
  }
};

/**
 * Keeps an index for other runs, and removes the least recently used ones that there is no room for. A cache is no
 * promise: where it can't be kept, nothing happens. Throws nothing.
 */
export const writeCachedIndex = (key: string, index: Uint8Array, limit: number = defaultLimit): void => {
  const folder = cacheFolder();
  if (folder === null) return;
  try {
    const head = entryHead(key, index);
    if (head.length + index.length > limit / 2 || !makeFolder(folder)) return;
    writeWhole(folder, fileName(key), [head, index]);
    prune(folder, limit);
  } catch {
    // A full disk, no permission, no home: the index is made anew each time.
  }
};

const readWhole = (fd: number, size: number): Buffer => {
  const bytes = Buffer.allocUnsafe(size);
  let done = 0;
  while (done < size) {
    const read = readSync(fd, bytes, done, size - done, done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
};

const touch = (fd: number): void => {
  try {
    const now = new Date();
    futimesSync(fd, now, now);
  } catch {
    // On a disk that is read-only, say.
  }
};

/** Written aside and renamed: a reader sees a whole entry or none, and of several writers the last one's stays. */
const writeWhole = (folder: string, name: string, parts: readonly Uint8Array[]): void => {
  const aside = join(folder, `${randomBytes(16).toString('hex')}.new`);
  const fd = openSync(aside, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    try {
      fchmodSync(fd, 0o600);
      for (const part of parts) for (let done = 0; done < part.length; ) done += writeSync(fd, part, done);
    } finally {
      closeSync(fd);
    }
    renameSync(aside, join(folder, name));
  } catch (error) {
    unlinkSync(aside);
    throw error;
  }
};

/** Only files that are named as this cache names them are counted, and removed. */
const prune = (folder: string, limit: number): void => {
  const entries = readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const isEntry = entryName.test(name);
    if (!isEntry && !unfinishedName.test(name)) return [];
    // Another process may have removed it.
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats ? [{ path, size: stats.size, used: stats.mtimeMs, isEntry }] : [];
  });
  const abandoned = entries.filter(({ isEntry, used }) => !isEntry && used < Date.now() - longestWrite);
  for (const { path } of abandoned) remove(path);
  const kept = entries.filter((entry) => !abandoned.includes(entry)).sort((a, b) => a.used - b.used);
  let total = kept.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size, isEntry } of kept) {
    if (total <= limit) break;
    if (!isEntry) continue;
    remove(path);
    total -= size;
  }
};

const remove = (path: string): void => {
  try {
    unlinkSync(path);
  } catch {
    // Another process was faster, or something that is no file has taken the name.
  }
};
