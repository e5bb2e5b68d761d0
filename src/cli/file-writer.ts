import {
  closeSync,
  constants,
  createWriteStream,
  fstatSync,
  ftruncateSync,
  openSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { Writable } from 'node:stream';
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
  const stream = fstatSync(fd).isFile() ? fileStream(fd) : createWriteStream('', { fd });
  // Who writes learns of a failure from its own callback.
  stream.on('error', () => undefined);
  return {
    stream,
    begin: () => {
      if (fstatSync(fd).isFile()) ftruncateSync(fd);
    },
  };
};

/** A file never makes its writer wait for a reader: written at once, which a pool of threads would take longer for. */
const fileStream = (fd: number): Writable =>
  new Writable({
    decodeStrings: true,
    write: (chunk: Buffer, _encoding, done) => {
      try {
        for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    destroy: (error, done) => {
      closeSync(fd);
      done(error);
    },
  });

const isSame = (file: Stats, path: string): boolean => {
  const other = statSync(path, { throwIfNoEntry: false });
  return other !== undefined && other.dev === file.dev && other.ino === file.ino;
};
