import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { type ErrorCode, RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';

const causes: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ['input', 'there is no such file'],
  ENOTDIR: ['input', 'a part of its path is not a directory'],
  EACCES: ['permission', 'permission denied'],
  EPERM: ['permission', 'permission denied'],
  ELOOP: ['input', 'its symbolic links go round in a circle'],
  ENAMETOOLONG: ['input', 'the name is too long'],
  ENXIO: ['input', 'it is a socket or a device'],
  EMFILE: ['input', 'too many files are open'],
  EIO: ['input', 'the disk or file system failed to read it'],
  ERR_INVALID_ARG_VALUE: ['input', 'the name contains a NUL character'],
};

const cannotRead = (path: string, reason: string, code: ErrorCode = 'input', cause?: unknown): RsymError =>
  new RsymError(code, `cannot read ${sanitize(path)}: ${reason}`, { cause });

/** The error for a path that could not be read, whatever went wrong. */
export const readError = (path: string, error: unknown): RsymError => {
  if (error instanceof RsymError) return cannotRead(path, sanitize(error.message), error.code, error.cause);
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const known = causes[code];
  return known ? cannotRead(path, known[1], known[0], error) : cannotRead(path, code || String(error), 'input', error);
};

const kindOf = (stats: Stats | BigIntStats): string | undefined => {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return 'it is a directory';
  if (stats.isFIFO()) return 'it is a FIFO, not a file';
  if (stats.isSocket()) return 'it is a socket';
  return 'it is a device';
};

/** An ordinary file, open for reading at any position. */
export class OpenFile implements Disposable {
  readonly path: string;
  readonly size: number;
  /** Device, inode, size, and when its content and its inode last changed: another file or another content has another. */
  readonly identity: string;
  #failure: unknown;
  #fd: number;

  /** Never waits: a FIFO or device is refused unopened. Throws RsymError naming the file. */
  constructor(path: string) {
    this.path = path;
    let fd = -1;
    try {
      // Opening a device can have effects and opening a FIFO waits for its writer: so the kind is looked at first, and
      // again once it is open, since the path may have been changed between.
      const before = kindOf(statSync(path));
      if (before) throw new RsymError('input', before);
      fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
      const stats = fstatSync(fd, { bigint: true });
      const after = kindOf(stats) ?? (stats.size === 0n ? 'it is empty' : undefined);
      if (after) throw new RsymError('input', after);
      this.size = Number(stats.size);
      // The time of the inode's change can't be set back, as that of the content's can.
      this.identity = [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(':');
    } catch (error) {
      if (fd >= 0) closeSync(fd);
      throw readError(path, error);
    }
    this.#fd = fd;
  }

  /** Why the last read stopped early, if the system refused it rather than the file being at its end. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Copies bytes at `offset` to `into`, up to its length; returns how many the file had there. Throws nothing. */
  readAt(offset: number, into: Uint8Array): number {
    let done = 0;
    this.#failure = undefined;
    try {
      while (done < into.length) {
        const read = readSync(this.#fd, into, done, into.length - done, offset + done);
        if (read === 0) break;
        done += read;
      }
    } catch (error) {
      // The core sees a short read, as of a file that was cut off: an error must not go through its frames.
      this.#failure = error;
    }
    return done;
  }

  [Symbol.dispose](): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }
}
