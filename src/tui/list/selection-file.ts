import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { RsymError } from '../../base/errors.ts';
import { sanitize } from '../../base/text.ts';

/** A selection is a page of names; what is larger is something else. */
const mostBytes = 4 << 20;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
};

const refused = (what: string, path: string, cause: unknown): RsymError => {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new RsymError('input', `cannot ${what} ${sanitize(path)}`, {
    reason: reasons[code ?? ''] ?? sanitize(message),
    cause,
  });
};

/** The text of a selection. Throws RsymError `input`. */
export const readSelectionFile = (path: string): string => {
  try {
    const stats = statSync(path);
    if (!stats.isFile())
      throw new RsymError('input', `cannot read ${sanitize(path)}`, { reason: 'it is no plain file' });
    if (stats.size > mostBytes)
      throw new RsymError('input', `cannot read ${sanitize(path)}`, { reason: 'it is larger than any selection' });
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw error instanceof RsymError ? error : refused('read', path, error);
  }
};

/** Writes a selection; false where the file is there and may not be written over. Throws RsymError `input`. */
export const writeSelectionFile = (path: string, text: string, overwrite: boolean): boolean => {
  try {
    writeFileSync(path, text, { flag: overwrite ? 'w' : 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw refused('write', path, error);
  }
};
