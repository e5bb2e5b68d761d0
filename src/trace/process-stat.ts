import { readdirSync, readFileSync } from 'node:fs';

/** Of /proc/PID/stat. */
export type ProcessStat = {
  /** One letter, as proc_pid_stat(5) has them: `T` is stopped, `Z` and `X` have ended. */
  readonly state: string;
  readonly group: number;
  readonly session: number;
  /** In the kernel's ticks since it started; with the number it names one process: a number may come again, later. */
  readonly startTime: string;
};

/** By place behind the name's last `)`; the name may have any character in it. */
const place = { state: 0, group: 2, session: 3, startTime: 19 } as const;

/** `task`: a process, or `PID/task/TID`. Null: there is none. */
const statOf = (task: number | string): ProcessStat | null => {
  try {
    const stat = readFileSync(`/proc/${task}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      state: fields[place.state] ?? '',
      group: Number(fields[place.group]),
      session: Number(fields[place.session]),
      startTime: fields[place.startTime] ?? '',
    };
  } catch {
    return null;
  }
};

/** Of a process or thread that has ended, with a state that is left or (undefined) without. */
export const isOver = (state: string | undefined): boolean => state === undefined || state === 'Z' || state === 'X';

/** The state of a thread that goes on though the main one has ended, whose state is the process's otherwise. */
const stateOfOthers = (pid: number): string | undefined => {
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const state = statOf(`${pid}/task/${thread}`)?.state;
      if (!isOver(state)) return state;
    }
  } catch {
    // It has ended meanwhile.
  }
  return undefined;
};

/** Null: there is no such process. `state` is that of a thread that hasn't ended, if there is one. */
export const processStat = (pid: number): ProcessStat | null => {
  const stat = statOf(pid);
  if (stat === null || !isOver(stat.state)) return stat;
  return { ...stat, state: stateOfOthers(pid) ?? stat.state };
};

/** The state letter of a process, see {@link processStat}; undefined: there is none. */
export const processState = (pid: number): string | undefined => processStat(pid)?.state;

/** True for a process of which any thread has not ended; zombies have. */
export const isAlive = (pid: number): boolean => !isOver(processState(pid));

/** True for a thread of a process that has not ended. */
export const isThreadAlive = (pid: number, thread: number): boolean => !isOver(statOf(`${pid}/task/${thread}`)?.state);
