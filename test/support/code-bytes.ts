import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

export type CodeBytes = {
  /** Addresses in the file where the process's code is not the file's, such as those of breakpoints. */
  readonly differences: () => string[];
};

const read = (path: string, at: number, length: number): Buffer => {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const got = readSync(fd, bytes, done, length - done, at + done);
      if (got === 0) break;
      done += got;
    }
    return bytes.subarray(0, done);
  } finally {
    closeSync(fd);
  }
};

/** The executable mappings of a file in a process, beside the file's own bytes. */
export const codeBytes = (pid: number, path: string): CodeBytes => {
  const mappings = readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [range = '', flags = '', offset = '', , , name] = line.split(/ +/);
      const [start = 0, end = 0] = range.split('-').map((digits) => Number.parseInt(digits, 16));
      return name === path && flags.includes('x') ? [{ start, end, offset: Number.parseInt(offset, 16) }] : [];
    });
  if (mappings.length === 0) throw new Error(`process ${pid} has no code of ${path}`);
  const differences = (): string[] =>
    mappings.flatMap(({ start, end, offset }) => {
      // The last page has bytes beyond the file's end.
      const own = read(path, offset, end - start);
      const mapped = read(`/proc/${pid}/mem`, start, own.length);
      if (mapped.equals(own)) return [];
      return [...own.keys()].filter((i) => mapped[i] !== own[i]).map((i) => `0x${(offset + i).toString(16)}`);
    });
  return { differences };
};
