import { InvalidArgumentError } from 'commander';
import { parseProcessId } from '../base/process-id.ts';

/** For one `-p PID`. */
export const parsePid = (text: string): number => {
  const pid = parseProcessId(text);
  if (pid === undefined) throw new InvalidArgumentError('it is not a process id');
  return pid;
};

/** The same, repeatable. */
export const collectPids = (text: string, before: readonly number[] = []): number[] => [...before, parsePid(text)];
