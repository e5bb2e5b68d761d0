import { isAlive, processState } from '../launch.ts';

/** Tells the process that keeps a program whether the program is to run. */
type Telling = (isRunning: boolean) => void;

const kept = new Map<number, Telling>();

/** From now on a program that this process started belongs to those that stop and go on with it. */
export const addKept = (pid: number, tell: Telling): void => {
  kept.set(pid, tell);
};

export const removeKept = (pid: number): void => {
  kept.delete(pid);
};

const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
};

/**
 * Stops the programs that were started with an output that is read, each with its process group, which the terminal's keys
 * don't reach; those that are stopped already are not touched. Gives what lets them go on.
 */
export const stopKept = (): (() => void) => {
  const stopped = [...kept].filter(([pid]) => isAlive(pid) && processState(pid) !== 'T');
  for (const [pid, tell] of stopped) {
    // First: should this process not come back, they go on.
    tell(false);
    signalGroup(pid, 'SIGSTOP');
  }
  return () => {
    for (const [pid, tell] of stopped) {
      signalGroup(pid, 'SIGCONT');
      tell(true);
    }
  };
};
