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

/** Every file mapping of a process, from /proc/PID/maps; none if it is gone or may not be read. */
export const mappings = (pid: number | 'self'): MappedFile[] => {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/maps`, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line): MappedFile[] => {
    const match = /^([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ \d+\s+(\/.*)$/.exec(line);
    if (!match) return [];
    const [, start = '0', end = '0', rights = '', offset = '0', path = ''] = match;
    if (path.endsWith(' (deleted)')) return [];
    const name = path.replaceAll('\\012', '\n');
    const inRoot = `/proc/${pid}/root${name}`;
    return [
      {
        path: name,
        reachable: pid !== 'self' && existsSync(inRoot) ? inRoot : name,
        start: runtimeAddress(BigInt(`0x${start}`)),
        end: runtimeAddress(BigInt(`0x${end}`)),
        offset: fileOffset(BigInt(`0x${offset}`)),
        executable: rights.includes('x'),
      },
    ];
  });
};

/** The distinct files that a process has mapped executable. */
export const mappedFiles = (pid: number): MappedFile[] => {
  const files = new Map<string, MappedFile>();
  for (const file of mappings(pid)) if (file.executable && !files.has(file.path)) files.set(file.path, file);
  return [...files.values()];
};
