import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { findLibrary } from '../elf/library.ts';
import { mappedFiles } from './mappings.ts';

/**
 * The file that a TARGET names: a path, or a library's short name such as `libc`. A short name means the file that
 * the process maps where one is given, else the one that the dynamic linker would take.
 *
 * @throws {RsymError} `input` if there is no such file or library.
 */
export const resolveTarget = (target: string, pids: readonly number[] = []): string => {
  if (target.includes('/') || isFile(target)) return realPath(target);
  for (const pid of pids) {
    const mapped = mappedFiles(pid).find((file) => isNamed(file.path, target));
    if (mapped) return mapped.reachable;
  }
  const found = findLibrary(target);
  if (found === undefined) {
    throw new RsymError('input', `cannot find ${sanitize(target)}`, {
      reason: 'it is neither a file here nor a library that the dynamic linker knows',
    });
  }
  return realpathSync(found);
};

/** A folder that happens to be called `libc` is not meant. */
const isFile = (name: string): boolean => statSync(name, { throwIfNoEntry: false })?.isDirectory() === false;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'a folder on the way may not be searched',
  ELOOP: 'its symbolic links go in a circle',
};

const realPath = (path: string): string => {
  try {
    return realpathSync(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // `/proc/PID/exe` of a deleted file: its name leads nowhere, the link itself still to the file.
    if (code === 'ENOENT' && path.startsWith('/proc/') && existsSync(path)) return path;
    throw new RsymError(code === 'EACCES' ? 'permission' : 'input', `cannot open ${sanitize(path)}`, {
      reason: reasons[code] ?? code,
      cause: error,
    });
  }
};

/** `libc` names libc.so.6 and libc-2.31.so, neither libcap.so.2 nor libc-client.so.2007. */
const isNamed = (path: string, name: string): boolean => {
  const file = basename(path);
  if (file === name) return true;
  return file.startsWith(name) && /^(-\d[\d.]*)?\.so(\.|$)/.test(file.slice(name.length));
};
