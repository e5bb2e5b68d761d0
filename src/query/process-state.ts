import { processStat, processState as stateLetter } from '../trace/process-stat.ts';

/** Whether a process runs (or waits), was stopped by a signal or a debugger, or is no more. */
export type ProcessState = 'running' | 'stopped' | 'gone';

/** Looked up now; of a process whose main thread has ended, that of the others. */
export const processState = (pid: number): ProcessState => {
  const letter = stateLetter(pid);
  if (letter === undefined || letter === 'Z' || letter === 'X') return 'gone';
  return letter === 'T' || letter === 't' ? 'stopped' : 'running';
};

/** A process that was there once, and isn't mistaken for another that has its number later. */
export class KnownProcess {
  readonly #pid: number;
  readonly #startTime: string | undefined;

  /** The one that has the number now. */
  constructor(pid: number) {
    this.#pid = pid;
    this.#startTime = processStat(pid)?.startTime;
  }

  /** Looked up now. */
  get state(): ProcessState {
    return this.#startTime !== processStat(this.#pid)?.startTime ? 'gone' : processState(this.#pid);
  }
}
