import { readlinkSync } from 'node:fs';
import { RsymError } from '../base/errors.ts';
import { identityOf, isSame } from './processes.ts';

/**
 * The file that a process runs: by its own path where that leads to it from here, else through `/proc`, as for a file that
 * was replaced or lies in a container.
 *
 * @throws {RsymError} `process` if there is no such process, `permission` if it may not be looked into.
 */
export const runProgram = (pid: number): string => {
  const link = `/proc/${pid}/exe`;
  try {
    const path = readlinkSync(link);
    return isSame(identityOf(path), identityOf(link)) ? path : link;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM')
      throw new RsymError('permission', `cannot see what process ${pid} runs`, {
        reason: 'it belongs to another user',
        hints: [`sudo rsym tui -p ${pid}`],
        cause: error,
      });
    const reason = code === 'ENOENT' ? 'there is no such process, or it is one of the kernel' : code;
    throw new RsymError('process', `cannot see what process ${pid} runs`, { reason, cause: error });
  }
};
