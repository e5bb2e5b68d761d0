import { existsSync, readFileSync } from 'node:fs';
import { type FileOffset, fileOffset, type RuntimeAddress, runtimeAddress } from '../base/units.ts';

export type MappedFile = {
  /** As the process sees it. */
  readonly path: string;
  /** Under a path that works from here: the process may live in another mount namespace. */
  readonly reachable: string;
  readonly start: RuntimeAddress;
  readonly end: RuntimeAddress;
  /** Position in the file of the mapping's first byte. */
  readonly offset: FileOffset;
  readonly executable: boolean;
};

/** One line of /proc/PID/maps that has a file. */
export type Mapping = Omit<MappedFile, 'reachable'> & {
  /** Some file systems show another inode here than `stat` does. */
  readonly inode: bigint;
  /** The file has gone, or another one has taken its name. */
  readonly deleted: boolean;
  /** The file itself, whatever its name leads to now; only some users may follow it. */
  readonly file: string;
};

const suffix = ' (deleted)';

/** proc(5), /proc/PID/maps: range, permissions, offset, device, inode, path; `\012` stands for a line end in it. */
const parseLine = (pid: number | 'self', line: string): Mapping | undefined => {
  const fields = /^([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ (\d+)\s+(\/.*)$/.exec(line);
  if (!fields) return undefined;
  const [, start = '0', end = '0', rights = '', offset = '0', inode = '0', shown = ''] = fields;
  const deleted = shown.endsWith(suffix);
  return {
    path: (deleted ? shown.slice(0, -suffix.length) : shown).replaceAll('\\012', '\n'),
    start: runtimeAddress(BigInt(`0x${start}`)),
    end: runtimeAddress(BigInt(`0x${end}`)),
    offset: fileOffset(BigInt(`0x${offset}`)),
    executable: rights.includes('x'),
    inode: BigInt(inode),
    deleted,
    file: `/proc/${pid}/map_files/${start.replace(/^0+(?=.)/, '')}-${end.replace(/^0+(?=.)/, '')}`,
  };
};

/** Every file mapping of a process, those of deleted files too; `hidden`: it may not be read. */
export const readMappings = (pid: number | 'self'): readonly Mapping[] | 'gone' | 'hidden' => {
  try {
    const lines = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n');
    return lines.flatMap((line) => parseLine(pid, line) ?? []);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? 'hidden' : 'gone';
  }
};

/** The mappings of files that are still there; none if the process is gone or may not be read. */
export const mappings = (pid: number | 'self'): MappedFile[] => {
  const all = readMappings(pid);
  if (typeof all === 'string') return [];
  return all.flatMap(({ inode: _, deleted, file, ...mapped }) => {
    if (deleted) return [];
    const ways = pid === 'self' ? [] : [`/proc/${pid}/root${mapped.path}`, file];
    return [{ ...mapped, reachable: ways.find((way) => existsSync(way)) ?? mapped.path }];
  });
};

/** The distinct files that a process has mapped executable. */
export const mappedFiles = (pid: number): MappedFile[] => {
  const files = new Map<string, MappedFile>();
  for (const file of mappings(pid)) if (file.executable && !files.has(file.path)) files.set(file.path, file);
  return [...files.values()];
};
