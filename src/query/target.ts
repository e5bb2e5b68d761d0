import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { findLibrary } from '../elf/library.ts';
import { mappedFiles } from './mappings.ts';
import { identityOf, isSame } from './processes.ts';
import { earlierFile, seenOnlyBy } from './seen-path.ts';

export type TargetFile = {
  readonly path: string /** Why it is another file than the words say. */;
  readonly note: string | null;
};

/**
 * As {@link resolveTarget}. A path that is another file for a process, which it runs or maps, is meant as that process
 * sees it: a container has its own.
 */
export const targetFile = (target: string, pids: readonly number[]): TargetFile => {
  for (const pid of pids) {
    const path = seenOnlyBy(pid, target);
    if (path !== null)
      return { path, note: `${sanitize(target)} is what process ${pid} sees: ${sanitize(path)} from here` };
  }
  return { path: resolveTarget(target, pids), note: null };
};

/**
 * The file that a TARGET names: a path, or a library's short name such as `libc`. A short name means the file that
 * the process maps where one is given, else the one that the dynamic linker would take.
 *
 * @throws {RsymError} `input` if there is no such file or library.
 */
export const resolveTarget = (target: string, pids: readonly number[] = []): string => {
  if (target.includes('/') || isFile(target)) return realPath(target, pids);
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

/** The path without links; as it is where that would lead to another file: `/proc/PID/root` is more than its text. */
export const withoutLinks = (path: string): string => {
  const real = realpathSync(path);
  return !path.startsWith('/proc/') || isSame(identityOf(real), identityOf(path)) ? real : path;
};

const realPath = (path: string, pids: readonly number[]): string => {
  try {
    return withoutLinks(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // `/proc/PID/exe` of a deleted file: its name leads nowhere, the link itself still to the file.
    if (code === 'ENOENT' && path.startsWith('/proc/') && existsSync(path)) return path;
    const earlier = pids.flatMap((pid) => earlierFile(pid, path) ?? [])[0];
    if (code === 'ENOENT' && earlier !== undefined) {
      throw new RsymError('input', `cannot open ${sanitize(path)}`, {
        reason: 'it was deleted, though the process still has it',
        hints: [`${earlier} as TARGET`],
        cause: error,
      });
    }
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
