import { readdirSync, readFileSync } from 'node:fs';

/** The parent's number in /proc/PID/stat, behind the name in brackets and the state; undefined if it has ended. */
const parentOf = (pid: number): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
};

/** All processes there are. */
export const processNumbers = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/**
 * All descendants of processes, without those themselves. Of a process whose parent has ended nobody can tell whose
 * grandchild it was.
 */
export const descendants = (pids: readonly number[]): number[] => {
  const found = new Set<number>();
  const family = new Set(pids);
  // Again until nothing new comes: a child may be forked while the numbers are read.
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    const parents = new Map(processNumbers().map((pid) => [pid, parentOf(pid)]));
    const belongs = (pid: number): boolean => {
      const passed = new Set<number>();
      for (let at: number | undefined = pid; at !== undefined && !passed.has(at); at = parents.get(at)) {
        if (at !== pid && family.has(at)) return true;
        passed.add(at);
      }
      return false;
    };
    for (const pid of parents.keys()) if (!family.has(pid) && belongs(pid)) found.add(pid);
  }
  return [...found];
};
