import { KnownProcess } from '../../query/process-state.ts';
import type { EndEvent } from '../../query/watch.ts';
import type { OutputLog } from './output-log.ts';
import { endOf } from './target-state.ts';

/** Programs that rsym started, with what they write, until their end is told. */
export class StartedPrograms {
  readonly #programs = new Map<number, { readonly process: KnownProcess; readonly output: OutputLog }>();

  /** It is there now. */
  add(pid: number, output: OutputLog): void {
    this.#programs.set(pid, { process: new KnownProcess(pid), output });
  }

  /** Forgets the program of a trace that has come to its end, if it has ended too. */
  drop({ program }: Pick<EndEvent, 'program'>): void {
    if (program !== null && endOf({ program }) !== null) this.#programs.delete(program.pid);
  }

  /** Of the first of these processes that is one of them and runs. */
  outputOf(pids: readonly number[]): OutputLog | null {
    const running = new Set(this.running);
    const pid = pids.find((each) => running.has(each));
    return pid === undefined ? null : (this.#programs.get(pid)?.output ?? null);
  }

  /** Looked up now. */
  get running(): readonly number[] {
    return [...this.#programs].flatMap(([pid, { process }]) => (process.state === 'gone' ? [] : [pid]));
  }
}
