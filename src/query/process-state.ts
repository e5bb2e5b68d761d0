import { processState as stateLetter } from '../trace/launch.ts';

/** Whether a process runs (or waits), was stopped by a signal or a debugger, or is no more. */
export type ProcessState = 'running' | 'stopped' | 'gone';

/** Looked up now. */
export const processState = (pid: number): ProcessState => {
  const letter = stateLetter(pid);
  if (letter === undefined || letter === 'Z' || letter === 'X') return 'gone';
  return letter === 'T' || letter === 't' ? 'stopped' : 'running';
};
