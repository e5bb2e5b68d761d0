import { InvalidArgumentError } from 'commander';
import { parseProcessId } from '../base/process-id.ts';

/** For `-p PID`, repeatable. */
export const collectPids = (text: string, before: readonly number[] = []): number[] => {
  const pid = parseProcessId(text);
  if (pid === undefined) throw new InvalidArgumentError('it is not a process id');
  return [...before, pid];
};
