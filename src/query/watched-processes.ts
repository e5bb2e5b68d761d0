import { closeSync, openSync, readSync } from 'node:fs';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { isAlive } from '../trace/process-stat.ts';
import { surveyProcesses } from './processes.ts';
import { earlierFile } from './seen-path.ts';

/**
 * What keeps events of named processes away: they don't have the file, or have an earlier one.
 *
 * @throws {RsymError} `process` if each of them runs an earlier file.
 */
export const strangers = (path: string, pids: readonly number[]): string[] => {
  if (pids.length === 0) return [];
  const { related, hidden } = surveyProcesses(path, pids);
  const relations = new Map(related.map(({ pid, relation }) => [pid, relation]));
  const earlier = pids.filter((pid) => relations.get(pid) === 'replaced');
  const hints = earlier.flatMap((pid) => {
    const file = earlierFile(pid, path);
    return file === null ? [] : [`${file} as TARGET`];
  });
  if (earlier.length === pids.length) {
    const [first] = earlier;
    const who = earlier.length === 1 ? `process ${first} runs` : `processes ${earlier.join(', ')} run`;
    throw new RsymError('process', `nothing of ${sanitize(path)} would be seen`, {
      reason: `${who} an earlier file of that name, which was replaced or deleted since`,
      hints: [...hints, 'restarting the program'],
    });
  }
  return pids.flatMap((pid) => {
    const relation = relations.get(pid);
    if (relation === 'replaced') {
      const file = earlierFile(pid, path);
      const way = file === null ? '' : `; ${file} is that file`;
      return [`process ${pid} runs an earlier file of that name, which was replaced: nothing will be seen in it${way}`];
    }
    // Of a process that may not be looked into, or has ended, nothing can be said.
    if (relation !== undefined || hidden > 0 || !isAlive(pid)) return [];
    return [`process ${pid} has not loaded ${sanitize(path)}: nothing is seen until it does`];
  });
};

/** ELF: \x7fELF and the class, 1 for 32 bits. */
const isNarrow = (pid: number): boolean => {
  const head = Buffer.alloc(5);
  try {
    const fd = openSync(`/proc/${pid}/exe`, 'r');
    try {
      readSync(fd, head);
    } finally {
      closeSync(fd);
    }
  } catch {
    return false; // it has ended, or may not be looked into: others say so
  }
  return head.toString('latin1') === '\x7fELF\x01';
};

/** @throws {RsymError} `process` for one that has ended, or never was. */
export const refuseGone = (pid: number): void => {
  if (!isAlive(pid)) throw new RsymError('process', `process ${pid} does not exist`);
};

/** @throws {RsymError} `unsupported` for a process that runs a 32-bit program. */
export const refuseNarrow = (pid: number): void => {
  if (!isNarrow(pid)) return;
  throw new RsymError('unsupported', `cannot trace process ${pid}`, {
    reason: 'it runs a 32-bit program; this version traces those of 64 bits',
  });
};

/** Those of the processes that have ended. */
export const endedOf = (pids: readonly number[]): readonly number[] => pids.filter((pid) => !isAlive(pid));
