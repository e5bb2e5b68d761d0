import { sanitize } from '../base/text.ts';
import { hasDebugInfo } from '../elf/debug-sections.ts';
import type { Image } from '../elf/model.ts';
import { commentsOf } from './info-compilers.ts';
import type { ArchiveInfo, Compiler } from './info-model.ts';
import { archivedObjects } from './objects.ts';

/** One summary of all members; their symbols and debug info are not read. */
export const archiveInfo = (archive: Image): ArchiveInfo => {
  const failures: string[] = [];
  const kinds = new Map<string, ArchiveInfo['objects'][number]>();
  const compilers = new Map<string, Compiler>();
  let objects = 0;
  let withDebugInfo = 0;
  for (const { object } of archivedObjects(archive, ({ message }) => failures.push(message))) {
    objects++;
    if (hasDebugInfo(object)) withDebugInfo++;
    const { format, machine, type } = object;
    const key = `${format} ${machine} ${type}`;
    kinds.set(key, { format, machine, type, count: (kinds.get(key)?.count ?? 0) + 1 });
    for (const compiler of commentsOf(object)) {
      const known = compilers.get(compiler.name)?.count ?? 0;
      compilers.set(compiler.name, { ...compiler, count: known + compiler.count });
    }
  }
  const others = archive.members.length - objects - failures.length;
  if (archive.damage !== null)
    failures.push(`${sanitize(archive.path)}: its list of members ends early: ${sanitize(archive.damage)}`);
  const byCount = (a: { count: number }, b: { count: number }): number => b.count - a.count;
  return {
    kind: 'archive',
    path: archive.path,
    members: archive.members.length,
    objects: [...kinds.values()].sort(byCount),
    others,
    withDebugInfo,
    compilers: [...compilers.values()].sort(byCount),
    failures,
  };
};
