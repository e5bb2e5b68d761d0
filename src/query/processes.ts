import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Mapping, readMappings } from './mappings.ts';

/** A file as the kernel tells files apart: two names may be one file, and one name two files over time. */
export type FileIdentity = { readonly dev: bigint; readonly ino: bigint };

/**
 * How a process relates to a file: `runs` its program is the file, `maps` it has the file mapped (a library),
 * `replaced` it has an earlier file of that name, which was deleted or overwritten by another since.
 */
export type Relation = 'runs' | 'maps' | 'replaced';

export type RelatedProcess = { readonly pid: number; readonly comm: string; readonly relation: Relation };

export type Survey = {
  readonly related: readonly RelatedProcess[];
  /** Processes whose mappings this user may not read. */
  readonly hidden: number;
};

/** Null if there is no such file. */
export const identityOf = (path: string): FileIdentity | null => {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return { dev, ino };
  } catch {
    return null;
  }
};

export const isSame = (a: FileIdentity | null, b: FileIdentity | null): boolean =>
  a !== null && b !== null && a.dev === b.dev && a.ino === b.ino;

/** The file of a mapping; by its name, as the process sees it, where the kernel doesn't let us follow the mapping itself. */
export const identityOfMapping = (pid: number, mapping: Mapping): FileIdentity | null =>
  identityOf(mapping.file) ?? (mapping.deleted ? null : identityOf(`/proc/${pid}/root${mapping.path}`));

/** Every process, or those named, that has to do with the file at `path` (absolute, links resolved). */
export const surveyProcesses = (path: string, pids: readonly number[] = allPids()): Survey => {
  const file = identityOf(path);
  const related: RelatedProcess[] = [];
  let hidden = 0;
  for (const pid of pids) {
    const maps = readMappings(pid);
    if (maps === 'hidden') hidden++;
    if (typeof maps === 'string') continue;
    const relation = relationOf(pid, maps, path, file);
    if (relation !== null) related.push({ pid, comm: commOf(pid), relation });
  }
  return { related, hidden };
};

const allPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

const relationOf = (
  pid: number,
  maps: readonly Mapping[],
  path: string,
  file: FileIdentity | null,
): Relation | null => {
  if (isSame(identityOf(`/proc/${pid}/exe`), file)) return 'runs';
  // The inode shown in maps is the upper layer's on some file systems, and the path may be that of another root.
  const isFile = (m: Mapping): boolean =>
    (m.inode === file?.ino || basename(m.path) === basename(path)) && isSame(identityOfMapping(pid, m), file);
  if (maps.some(isFile)) return 'maps';
  const isEarlier = (m: Mapping): boolean => m.path === path && (m.deleted || m.inode !== file?.ino);
  return maps.some(isEarlier) ? 'replaced' : null;
};

/** The short name of a process, as the kernel keeps it: up to 15 bytes, any of them. */
const commOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').replace(/\n$/, '');
  } catch {
    return '';
  }
};
