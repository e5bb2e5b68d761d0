import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { RsymError } from '../../base/errors.ts';
import { ownFile } from '../../base/own-file.ts';
import type { Launched } from '../launch.ts';
import type { OwnedFd } from '../sys/fd.ts';
import { sendFd, socketPair } from '../sys/pass-fd.ts';
import { type UprobeTarget, uprobeRefusal } from '../uprobe/attach.ts';
import { addKept, removeKept } from './kept-programs.ts';
import type { Group, Links } from './links.ts';
import { type Answer, Lines, type Request, sentTarget } from './messages.ts';
import { StartedProgram } from './started-program.ts';

const startMs = 10_000;
/** Planting and removing thousands of probes takes the kernel seconds on a busy machine. */
const answerMs = 60_000;
const endMs = 5_000;

/** The process that holds this process's probes ({@link file://./keeper-main.ts}), as seen from here. */
export class Keeper implements Links {
  readonly #child: ChildProcess;
  readonly #descriptors: OwnedFd;
  readonly #waiting: ((answer: Answer | null) => void)[] = [];
  readonly #start: Promise<Answer | null>;
  readonly #hasEnded: Promise<null>;
  #isReady = false;
  #isReleased = false;
  /** It has pipes of a program that runs: it goes on until these end, or this process does. */
  #holdsPipes = false;
  #failure: RsymError | null = null;

  constructor(child: ChildProcess, descriptors: OwnedFd) {
    this.#child = child;
    this.#descriptors = descriptors;
    // It must not keep this process from ending; whoever awaits an answer does.
    child.unref();
    for (const stream of [child.stdin, child.stdout] as (Socket | null)[]) {
      stream?.unref();
      stream?.on('error', () => undefined); // told by its end
    }
    const lines = new Lines();
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      for (const line of lines.add(piece)) this.#waiting.shift()?.(JSON.parse(line));
    });
    this.#hasEnded = new Promise((resolve) => {
      const end = (status: number | null, signal: string | null): void => {
        this.#end(signal ?? `status ${status}`);
        resolve(null);
      };
      child.once('exit', end);
      child.once('error', () => end(null, null));
    });
    this.#start = this.#answer();
  }

  /** Waits for its start; false: it could not be started. */
  async isReady(): Promise<boolean> {
    const answer = await within(startMs, this.#start);
    // It holds nothing, and must not come to do what it was asked later, unheard.
    if (answer === null) this.#child.kill('SIGKILL');
    this.#isReady = answer !== null && !this.#isReleased;
    if (!this.#isReady) this.release();
    return this.#isReady;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get failure(): RsymError | null {
    return this.#failure;
  }

  async attach(group: Group, program: OwnedFd, target: UprobeTarget): Promise<void> {
    if (!this.#failure) sendFd(this.#descriptors, program);
    const errno = await this.#ask({ do: 'attach', group, ...sentTarget(target) }, 'plant probes');
    if (errno !== null) throw uprobeRefusal(target, errno);
  }

  async detach(): Promise<void> {
    if (!this.#isReleased) await this.#ask({ do: 'detach' }, 'remove the probes').catch(() => undefined);
    this.release();
  }

  async remove(group: Group): Promise<void> {
    if (!this.#isReleased) await this.#ask({ do: 'remove', group }, 'remove probes').catch(() => undefined);
  }

  /**
   * Has it see to a started program, which is stopped, when this process ends in whatever way: that it is let run, and its
   * output, if that has a reader, is read on. Gives what must be called once the program has been let run.
   *
   * Only a reader has to wait, for the keeper to have its pipes; where the keeper doesn't start, that has them alone. Throws
   * RsymError 'process' where the keeper ended or doesn't answer.
   */
  async keepProgram({ pid, startTime, output }: Launched): Promise<() => void> {
    const readEnds = output?.readEnds ?? [];
    if (!this.#failure) for (const end of readEnds) sendFd(this.#descriptors, end);
    // It is heard when the keeper has started, be it that this process has ended by then.
    this.#send({ do: 'keep', pid, startTime, pipes: readEnds.length });
    const answer = this.#answer();
    // This process may be stopped next: how long an answer takes says nothing then.
    const tell = (isRunning: boolean): void => {
      this.#send({ do: isRunning ? 'resumed' : 'stopped' });
      void this.#answer();
    };
    const resumed = (): void => tell(true);
    if (output === null) return resumed;
    if (!(await this.isReady())) return () => undefined;
    await this.#heard(answer, "hold a program's output");
    this.#holdsPipes = true;
    output.keptWhile(() => this.#holdsPipes);
    const program = new StartedProgram(pid, startTime, readEnds);
    output.closed.then(() => {
      this.#holdsPipes = false;
      removeKept(program);
      if (this.#isReleased) this.release();
    });
    addKept(program, tell);
    return resumed;
  }

  async #ask(request: Request, what: string): Promise<Answer['errno']> {
    if (this.#failure) throw this.#failure;
    this.#send(request);
    return this.#heard(this.#answer(), what);
  }

  async #heard(coming: Promise<Answer | null>, what: string): Promise<Answer['errno']> {
    const answer = await within(answerMs, coming);
    if (answer) return answer.errno;
    this.#failure ??= new RsymError('process', `cannot ${what}`, {
      reason: `the process that holds them, ${this.pid}, has not answered for ${answerMs / 1000} s`,
      hints: ['what it holds goes when it goes on, or ends'],
    });
    throw this.#failure;
  }

  #send(request: Request): void {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
  }

  /** The next answer; null: it ended. */
  #answer(): Promise<Answer | null> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #end(how: string): void {
    if (this.#isReady && !this.#isReleased) {
      this.#failure ??= new RsymError('process', 'the probes are gone', {
        reason: `the process that held them, ${this.pid}, ended (${how})`,
        hints: ['start the trace again'],
      });
    }
    this.#holdsPipes = false;
    this.release();
    this.#child.stdin?.destroy();
    this.#child.stdout?.destroy();
    for (const resolve of this.#waiting.splice(0)) resolve(null);
  }

  /** Nothing more will be asked: it removes what probes it holds, and ends. One that holds pipes is asked to beforehand. */
  release(): void {
    this.#isReleased = true;
    if (this.#holdsPipes) return;
    this.#child.stdin?.end();
    this.#descriptors[Symbol.dispose]();
  }

  /** Waits for its end, as long as that may take on a healthy machine; not where it is to outlive this process. */
  async ended(): Promise<void> {
    if (!this.#holdsPipes) await within(endMs, this.#hasEnded);
  }
}

/** What comes of it within so many ms, else null. The time begins here: this thread may have been busy before. */
const within = async <Result>(ms: number, awaited: Promise<Result | null>): Promise<Result | null> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  const result = await Promise.race([awaited, tooLate]);
  clearTimeout(timer);
  return result;
};

/** What Node is to run: beside this file, compiled or, where there is tsx, as it was written. */
const keeperCommand = (): string[] | null => {
  const here = import.meta.url;
  const extension = extname(here);
  const main = fileURLToPath(ownFile(`trace/keeper/keeper-main${extension}`));
  if (!existsSync(main)) return null;
  if (extension !== '.ts') return [main];
  try {
    return ['--import', pathToFileURL(createRequire(here).resolve('tsx')).href, main];
  } catch {
    return null;
  }
};

/**
 * Starts the process that will hold the probes. It is in a session of its own, where the terminal's keys don't reach
 * it, and has none of this process's streams. Null: it can't be started, and who wants probes must hold them.
 */
const startKeeper = (): Keeper | null => {
  const command = process.platform === 'linux' && process.arch === 'x64' ? keeperCommand() : null;
  if (!command) return null;
  try {
    const [own, its] = socketPair();
    using _its = its;
    const child = spawn(process.execPath, command, { detached: true, stdio: ['pipe', 'pipe', 'ignore', its.value] });
    return new Keeper(child, own);
  } catch {
    return null;
  }
};

let prepared: Keeper | null = null;

/** Starts a keeper ahead of its use, while there is other work to do. Without use, it ends with this process. */
export const prepareKeeper = (): void => {
  prepared ??= startKeeper();
};

/** The keeper that was prepared, else a new one. */
export const takeKeeper = (): Keeper | null => {
  const keeper = prepared ?? startKeeper();
  prepared = null;
  return keeper;
};
