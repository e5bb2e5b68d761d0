import { readdirSync, readlinkSync } from 'node:fs';
import { processNumbers } from '../descendants.ts';
import { isOver, processStat } from '../process-stat.ts';
import type { OwnedFd } from '../sys/fd.ts';

/** A program that rsym started, to be sent signals: long after its end too, when another process may have its number. */
export class StartedProgram {
  readonly pid: number;
  readonly #startTime: string;
  readonly #pipes: ReadonlySet<string>;

  /**
   * `startTime`: see ProcessStat. `readEnds`: of its output; where there are any, it was started as the leader of a
   * session and a process group. Without, it is in the group of who started rsym, which is no concern of rsym's.
   */
  constructor(pid: number, startTime: string, readEnds: readonly OwnedFd[]) {
    this.pid = pid;
    this.#startTime = startTime;
    this.#pipes = new Set(readEnds.flatMap(({ value: fd }) => nameOf(`/proc/self/fd/${fd}`)));
  }

  /** Of the program or, where it has ended, of what is left of its group; looked up now. */
  get state(): 'running' | 'stopped' | 'gone' {
    const leader = processStat(this.pid);
    if (leader !== null && leader.startTime !== this.#startTime) return 'gone';
    if (leader !== null && !isOver(leader.state)) return leader.state === 'T' ? 'stopped' : 'running';
    const members = this.#leads ? this.#members() : [];
    // A number is given anew once no group has it: who could tell whose group this is, but that it writes to these pipes?
    if (leader === null && !members.some(({ pid }) => this.#writes(pid))) return 'gone';
    if (members.length === 0) return 'gone';
    return members.every(({ state }) => state === 'T') ? 'stopped' : 'running';
  }

  /** To its group as well, if it leads one; to nobody if it is gone. */
  signal(name: NodeJS.Signals): void {
    if (this.state === 'gone') return;
    try {
      process.kill(this.#leads ? -this.pid : this.pid, name);
    } catch {
      // It has ended meanwhile, or became another user's.
    }
  }

  get #leads(): boolean {
    return this.#pipes.size > 0;
  }

  #members(): { readonly pid: number; readonly state: string }[] {
    return processNumbers().flatMap((pid) => {
      const stat = processStat(pid);
      if (stat === null || stat.group !== this.pid || stat.session !== this.pid || isOver(stat.state)) return [];
      return [{ pid, state: stat.state }];
    });
  }

  #writes(pid: number): boolean {
    try {
      const files = readdirSync(`/proc/${pid}/fd`);
      return files.some((fd) => nameOf(`/proc/${pid}/fd/${fd}`).some((name) => this.#pipes.has(name)));
    } catch {
      return false; // it has ended, or may not be looked into
    }
  }
}

/** What /proc calls an open file, `pipe:[NUMBER]`; nothing if it isn't open. */
const nameOf = (link: string): string[] => {
  try {
    return [readlinkSync(link)];
  } catch {
    return [];
  }
};
