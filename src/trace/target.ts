import { RsymError } from '../base/errors.ts';
import { descendants, processNumbers } from './descendants.ts';
import type { ProgramEnd } from './event.ts';
import { type Command, type Launched, launch } from './launch.ts';
import type { ProcessScope } from './process-scope.ts';
import { isAlive, isThreadAlive } from './process-stat.ts';

export type Scope =
  | { readonly kind: 'launch'; readonly command: Command }
  | { readonly kind: 'processes'; readonly pids: readonly number[] }
  | { readonly kind: 'everywhere' };

/** A process that is waited for: the first that isn't there yet and calls what is watched. */
export type NextProcess = { readonly kind: 'next' };

/** Whether processes that nobody waits for still live is looked up so often. */
const lifeCheckMs = 50;

/** Who watches: probes are planted for one process, or (null) for all that are in the scope. */
export type Watcher = {
  readonly scope: ProcessScope;
  readonly attach: (pid: number | null) => Promise<void>;
  /** Who sees to a started program, see ProbeLinks. */
  readonly links: { readonly keepProgram: (program: Launched) => Promise<() => void> };
};

/** Told of a target: that a started program has ended, and which process came that was waited for. */
export type TargetListener = {
  readonly ended: () => void;
  /** By `checkGone`, once. */
  readonly chosen?: ((pid: number) => void) | undefined;
};

const nothing = (): void => undefined;

/** What a trace is about: a program that it starts, processes, or all of them; with `children`, their descendants too. */
export class Target {
  readonly #watcher: Watcher;
  readonly #scope: Scope | NextProcess;
  readonly #children: boolean;
  readonly #listener: TargetListener;
  #launched: Launched | null = null;
  #tellResumed: () => void = nothing;
  #program: ProgramEnd | null = null;
  #isGone = false;
  #lifeCheckedAt = 0;
  /** The process that was waited for, once it has come. */
  #chosen: number | null = null;
  #isResumed = false;

  constructor(
    watcher: Watcher,
    { scope, children }: { readonly scope: Scope | NextProcess; readonly children: boolean },
    listener: TargetListener,
  ) {
    this.#watcher = watcher;
    this.#scope = scope;
    this.#children = children;
    this.#listener = listener;
  }

  /** Of a started program. */
  get pid(): number | null {
    return this.#launched?.pid ?? null;
  }

  /** How a started program ended, as far as is known. */
  get program(): ProgramEnd | null {
    return this.#program ?? (this.#launched ? { pid: this.#launched.pid, status: null, signal: null } : null);
  }

  /** Whether it was found gone; `checkGone` looks again. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Plants the probes; a program is started, and stays stopped until `resume`. */
  async attach(): Promise<void> {
    switch (this.#scope.kind) {
      case 'launch':
        this.#launched = await this.#launch(this.#scope.command);
        break;
      case 'processes': {
        const { pids } = this.#scope;
        for (const pid of pids) {
          if (!isAlive(pid)) throw new RsymError('process', `process ${pid} does not exist`);
          if (!this.#watcher.scope.watch(pid)) throw new RsymError('usage', 'too many processes are named');
        }
        if (this.#children) await this.#followDescendants(pids);
        // The kernel finds a process's memory by its main thread: where that has ended, it would plant nothing.
        else if (!pids.every((pid) => isThreadAlive(pid, pid))) await this.#watcher.attach(null);
        else for (const pid of pids) await this.#watcher.attach(pid);
        break;
      }
      case 'next':
        for (const pid of processNumbers()) this.#watcher.scope.watch(pid);
        await this.#watcher.attach(null);
        break;
      case 'everywhere':
        await this.#watcher.attach(null);
        break;
    }
  }

  /** A probe of the kernel belongs to one process or to all: those of a family are planted for all. */
  async #followDescendants(pids: readonly number[]): Promise<void> {
    // A child is followed if it is forked while its parent is watched: the others are there to be found by now.
    for (const pid of descendants(pids)) {
      if (!this.#watcher.scope.watch(pid)) throw new RsymError('usage', 'the processes have too many descendants');
      // Of one that ended before it was watched nobody takes the number out.
      if (!isAlive(pid)) this.#watcher.scope.unwatch(pid);
    }
    await this.#watcher.attach(null);
  }

  async #launch(command: Command): Promise<Launched> {
    if (!this.#watcher.scope.canLaunch) {
      throw new RsymError('unsupported', 'cannot start a program under observation', {
        reason: 'this kernel has no type information (/sys/kernel/btf/vmlinux)',
        hints: ['start it by hand and use -p PID'],
      });
    }
    const launched = await launch(this.#watcher.scope, command);
    try {
      this.#tellResumed = await this.#watcher.links.keepProgram(launched);
      await this.#watcher.attach(this.#children ? null : launched.pid);
    } catch (error) {
      launched.kill();
      throw error;
    }
    launched.ended.then((end) => {
      this.#program = end;
      this.#isGone ||= !this.#children;
      this.#listener.ended();
    });
    return launched;
  }

  /** Lets a started program run; also where tracing it came to nothing, it must not stay stopped. */
  resume(): void {
    if (this.#isResumed) return;
    this.#isResumed = true;
    this.#launched?.resume();
    this.#tellResumed();
  }

  checkGone(): boolean {
    if (this.#isGone || this.#scope.kind === 'everywhere') return this.#isGone;
    // A started program's end is told, or will be: that it isn't alive is seen a moment earlier.
    if (this.#scope.kind === 'launch' && !(this.#children && this.#program !== null)) return false;
    const now = performance.now();
    if (now - this.#lifeCheckedAt < lifeCheckMs) return false;
    this.#lifeCheckedAt = now;
    if (this.#scope.kind === 'next') {
      if (this.#chosen === null) {
        this.#chosen = this.#watcher.scope.chosen;
        if (this.#chosen !== null) this.#listener.chosen?.(this.#chosen);
      }
      this.#isGone = this.#chosen !== null && !isAlive(this.#chosen);
    } else this.#isGone = !this.#members().some(isAlive);
    return this.#isGone;
  }

  #members(): readonly number[] {
    return this.#scope.kind === 'processes' && !this.#children ? this.#scope.pids : this.#watcher.scope.watched();
  }

  /** Waits for the end of a started program, but not longer than so many ms. */
  async endsWithin(ms: number): Promise<void> {
    if (this.#launched && !this.#isGone) await this.#launched.endsWithin(ms);
  }

  /** Lets rsym end before a started program does. */
  release(): void {
    if (this.#program === null) this.#launched?.release();
  }
}
