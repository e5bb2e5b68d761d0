import { constants, createWriteStream, fstatSync, ftruncateSync, openSync, type Stats, statSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';

/** A file for answers; `begin` empties it, which is not done before there is an answer to write. */
export type AnswerFile = { readonly stream: Writable; readonly begin: () => void };

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there (EACCES)',
  EISDIR: 'it is a directory',
  ENOENT: 'there is no such folder (ENOENT)',
  EROFS: 'the file system is read-only (EROFS)',
  ETXTBSY: 'a running program has this file (ETXTBSY)',
};

/** Opens or makes a file for writing, now, so that a refusal is told before anything starts. `sources` are refused, and `answers`: what else is written. */
export const fileWriter = (path: string, sources: readonly string[], answers: readonly string[] = []): AnswerFile => {
  const refuse = (reason: string, cause?: unknown): RsymError =>
    new RsymError('input', `cannot write ${sanitize(path)}`, { reason, cause });
  const own = statSync(path, { throwIfNoEntry: false });
  if (own && sources.some((source) => isSame(own, source))) throw refuse('it is the program that would be traced');
  if (own && answers.some((answer) => isSame(own, answer))) throw refuse('the other answer goes there');
  let fd: number;
  try {
    fd = openSync(path, constants.O_WRONLY | constants.O_CREAT, 0o666);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw refuse(reasons[code] ?? code, error);
  }
  const stream = createWriteStream('', { fd });
  // Who writes learns of a failure from its own callback.
  stream.on('error', () => undefined);
  return {
    stream,
    begin: () => {
      if (fstatSync(fd).isFile()) ftruncateSync(fd);
    },
  };
};

const isSame = (file: Stats, path: string): boolean => {
  const other = statSync(path, { throwIfNoEntry: false });
  return other !== undefined && other.dev === file.dev && other.ino === file.ino;
};
