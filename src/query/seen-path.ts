import { readlinkSync } from 'node:fs';
import { basename, isAbsolute, resolve } from 'node:path';
import { readMappings } from './mappings.ts';
import { type FileIdentity, identityOf, identityOfMapping, isSame } from './processes.ts';

const mostLinks = 40;

const linkText = (path: string): string | null => {
  try {
    return readlinkSync(path);
  } catch {
    return null; // no link, or nothing there
  }
};

/**
 * What a path leads to for a process, under a name that works from here. Links are followed by hand: the kernel would
 * take an absolute one in /proc/PID/root from our own root.
 */
const inRootOf = (pid: number, path: string): string | null => {
  const root = `/proc/${pid}/root`;
  const ahead = path.split('/').reverse();
  const passed: string[] = [];
  for (let links = 0; ahead.length > 0; ) {
    const part = ahead.pop() ?? '';
    if (part === '' || part === '.') continue;
    if (part === '..') {
      passed.pop();
      continue;
    }
    const link = linkText([root, ...passed, part].join('/'));
    if (link === null) {
      passed.push(part);
      continue;
    }
    if (++links > mostLinks) return null;
    if (isAbsolute(link)) passed.length = 0;
    ahead.push(...link.split('/').reverse());
  }
  return [root, ...passed].join('/');
};

/** Whether a process runs or maps a file. */
const hasFile = (pid: number, path: string, file: FileIdentity): boolean => {
  if (isSame(identityOf(`/proc/${pid}/exe`), file)) return true;
  const maps = readMappings(pid);
  if (typeof maps === 'string') return false;
  return maps.some(
    (m) => (m.inode === file.ino || basename(m.path) === basename(path)) && isSame(identityOfMapping(pid, m), file),
  );
};

/**
 * The file that a process has under a path which is another file here, or none: the process lives in another root or
 * mount namespace. Null where the path means the same to both, or nothing to the process.
 */
export const seenOnlyBy = (pid: number, path: string): string | null => {
  if (!isAbsolute(path) || path.startsWith('/proc/')) return null;
  const seen = inRootOf(pid, path);
  const file = seen === null ? null : identityOf(seen);
  if (seen === null || file === null || isSame(file, identityOf(path))) return null;
  return hasFile(pid, seen, file) ? seen : null;
};

const suffix = ' (deleted)';

/** A name that leads to the file which a process still has from a path where it is gone or another one stands now. */
export const earlierFile = (pid: number, path: string): string | null => {
  const absolute = resolve(path);
  if (linkText(`/proc/${pid}/exe`) === `${absolute}${suffix}`) return `/proc/${pid}/exe`;
  const maps = readMappings(pid);
  if (typeof maps === 'string') return null;
  const mapping = maps.find((m) => m.path === absolute && m.deleted && m.executable);
  return mapping ? mapping.file : null;
};
