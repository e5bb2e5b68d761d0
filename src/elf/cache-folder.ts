import { lstatSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/**
 * Where indexes are kept: `index` in the folder that RSYM_CACHE names, else in `rsym` under XDG_CACHE_HOME or
 * `$HOME/.cache`. RSYM_CACHE set to anything but an absolute path, such as `off`: no cache, null. A relative
 * XDG_CACHE_HOME does not count, as its rules have it.
 */
export const cacheFolder = (env: Readonly<Record<string, string | undefined>> = process.env): string | null => {
  const { RSYM_CACHE: own = '', XDG_CACHE_HOME: xdg = '', HOME: home = '' } = env;
  if (own !== '') return isAbsolute(own) ? join(own, 'index') : null;
  if (isAbsolute(xdg)) return join(xdg, 'rsym', 'index');
  return isAbsolute(home) ? join(home, '.cache', 'rsym', 'index') : null;
};

/** Whether nobody but this user can have written it. */
export const isOurs = ({ uid, mode }: Stats): boolean =>
  (process.geteuid === undefined || uid === process.geteuid()) && (mode & 0o022) === 0;

/** Whether a folder can be trusted; one behind a symbolic link is not. Throws where there is none. */
export const isTrusted = (folder: string): boolean => {
  const stats = lstatSync(folder);
  return stats.isDirectory() && isOurs(stats);
};

/**
 * Makes the folder unless it is there. False where it can't be trusted, or would be made in a folder of somebody else:
 * run by sudo, HOME may be another user's, who could not write to what root made there. Throws where the system refuses.
 */
export const makeFolder = (folder: string): boolean => {
  const absent: string[] = [];
  let above = folder;
  for (; !exists(above); above = dirname(above)) absent.push(above);
  if (absent.length > 0 && process.geteuid !== undefined) {
    const { uid } = statSync(above);
    if (uid !== process.geteuid() && uid !== 0) return false;
  }
  // One by one: Node's own way to make all of them never ends under /proc.
  for (const path of absent.reverse()) make(path);
  return isTrusted(folder);
};

const exists = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

const make = (path: string): void => {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
};
