import type { StartedProgram } from './started-program.ts';

/** Tells the process that keeps a program whether the program is to run. */
type Telling = (isRunning: boolean) => void;

const kept = new Map<StartedProgram, Telling>();

/** From now on a program that this process started, with an output that is read, belongs to those that stop and go on with it. */
export const addKept = (program: StartedProgram, tell: Telling): void => {
  kept.set(program, tell);
};

/** It doesn't any more: nothing that writes to its output is left. */
export const removeKept = (program: StartedProgram): void => {
  kept.delete(program);
};

/**
 * Stops the programs that were started with an output that is read, each with its process group, which the terminal's keys
 * don't reach; those that are stopped already are not touched. Gives what lets them go on.
 */
export const stopKept = (): (() => void) => {
  const stopped = [...kept].filter(([program]) => program.state === 'running');
  for (const [program, tell] of stopped) {
    // First: should this process not come back, they go on.
    tell(false);
    program.signal('SIGSTOP');
  }
  return () => {
    for (const [program, tell] of stopped) {
      program.signal('SIGCONT');
      tell(true);
    }
  };
};
