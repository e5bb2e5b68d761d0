import { readdirSync, readFileSync, statSync } from 'node:fs';
import { decodeBytes, sanitize } from '../base/text.ts';
import { type Relation, surveyProcesses } from './processes.ts';
import { withoutLinks } from './target.ts';

/** A process that has to do with a file, to be picked from a list. Text is safe on a terminal. */
export type ListedProcess = {
  readonly pid: number;
  readonly relation: Relation;
  /** Its short name. */
  readonly comm: string;
  /** The owner's name, or number. */
  readonly user: string;
  /** Program and arguments; empty where it has none. */
  readonly command: string;
};

const longestCommand = 4_096;

/** Looks through all processes for those that run or map a file, a few at a time. */
export class ProcessSearch {
  readonly #path: string;
  readonly #pids: readonly number[];
  readonly #found: ListedProcess[] = [];
  #users: ReadonlyMap<number, string> | undefined;
  #next = 0;
  #hidden = 0;

  /** `path`: of a file that is there; where it is not, nothing is found. */
  constructor(path: string) {
    this.#path = realOr(path);
    this.#pids = pidsHere();
  }

  get done(): boolean {
    return this.#next >= this.#pids.length;
  }

  /** Processes so far whose mappings this user may not read. */
  get hidden(): number {
    return this.#hidden;
  }

  /** Those found so far, the newest first. */
  found(): readonly ListedProcess[] {
    return [...this.#found].reverse();
  }

  /** Looks at one more process: reading its mappings takes a tenth of a millisecond, or several. */
  step(): void {
    const pid = this.#pids[this.#next++];
    // This process reads the file itself.
    if (pid === undefined || pid === process.pid) return;
    const { related, hidden } = surveyProcesses(this.#path, [pid]);
    this.#hidden += hidden;
    const [one] = related;
    if (one === undefined) return;
    const { relation, comm } = one;
    this.#found.push({ pid, relation, comm: sanitize(comm), user: this.#userOf(pid), command: commandOf(pid) });
  }

  #userOf(pid: number): string {
    try {
      const { uid } = statSync(`/proc/${pid}`);
      this.#users ??= usersHere();
      return this.#users.get(uid) ?? String(uid);
    } catch {
      return '';
    }
  }
}

const realOr = (path: string): string => {
  try {
    return withoutLinks(path);
  } catch {
    return path;
  }
};

const pidsHere = (): number[] => {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  } catch {
    return []; // no system with processes of this kind
  }
};

/** passwd(5); users of other sources are known by their number. */
const usersHere = (): ReadonlyMap<number, string> => {
  const users = new Map<number, string>();
  try {
    for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
      const [name = '', , uid = ''] = line.split(':');
      if (/^\d+$/.test(uid) && !users.has(Number(uid))) users.set(Number(uid), sanitize(name));
    }
  } catch {
    // Numbers will do.
  }
  return users;
};

const commandOf = (pid: number): string => {
  try {
    const bytes = readFileSync(`/proc/${pid}/cmdline`).subarray(0, longestCommand);
    return sanitize(decodeBytes(bytes).replace(/\0+$/, '').replaceAll('\0', ' '));
  } catch {
    return '';
  }
};
