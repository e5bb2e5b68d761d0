import { InvalidArgumentError } from 'commander';

/** The kernel's own bound on process ids (linux/threads.h, PID_MAX_LIMIT). */
const largest = 4_194_304;

/** For `-p PID`, repeatable. */
export const collectPids = (text: string, before: readonly number[]): number[] => {
  const pid = Number(text);
  if (!/^\d+$/.test(text) || pid < 1 || pid > largest) throw new InvalidArgumentError('it is not a process id');
  return [...before, pid];
};
