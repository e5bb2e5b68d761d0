import type { ProgramEnd } from '../event.ts';
import { FileWatch } from '../file-watch.ts';
import { type Scope, Target } from '../target.ts';
import { CountSession } from './session.ts';
import type { CountSite } from './site.ts';

export type CountRun = {
  readonly sites: readonly CountSite[];
  /** Sites of each function. */
  readonly functions: readonly (readonly number[])[];
  readonly scope: Scope;
  /** Descendants of the scope's processes are counted too. */
  readonly children: boolean;
  /** Ends it; the last reading is still given. */
  readonly signal?: AbortSignal;
  readonly seconds?: number;
  /** Seconds between readings; undefined: only the last is given. */
  readonly interval?: number;
  /** Calls in a second; a function with more of them is disarmed. */
  readonly maxRate?: number;
  /** Told once every probe is planted, before a started program runs. */
  readonly onAttached?: (attached: { readonly probes: number; readonly pid: number | null }) => void;
};

/** A function whose probes were removed, when, and how many calls a second it had. */
export type Disarmed = { readonly function: number; readonly seconds: number; readonly rate: number };

export type Reading = {
  /** Since counting began. */
  readonly seconds: number;
  /** Calls since then, by site. */
  readonly calls: BigUint64Array;
  readonly disarmed: readonly Disarmed[];
  /** Children that there was no room to follow. */
  readonly lostProcesses: number;
  /** What a user should know, since the reading before. */
  readonly notes: readonly string[];
  readonly program: ProgramEnd | null;
  readonly isLast: boolean;
};

const lookMs = 50;
const rateMs = 200;
/** A terminal's Ctrl-C reaches the started program too: its end is worth waiting for. */
const graceMs = 200;

/** Counts and gives readings, the last of them at the end. Probes are gone when the generator is. */
export async function* countReadings(run: CountRun): AsyncGenerator<Reading, void, void> {
  const session = new CountSession({
    ...run,
    scoped: run.scope.kind !== 'everywhere',
    disarms: run.maxRate !== undefined,
  });
  const counter = new Counter(session, run);
  try {
    await counter.begin();
    yield* counter.readings();
  } finally {
    await counter.close();
  }
}

class Counter {
  readonly #session: CountSession;
  readonly #run: CountRun;
  readonly #target: Target;
  readonly #files: FileWatch;
  readonly #disarmed: Disarmed[] = [];
  #startedAt = 0;
  #isStopped = false;
  #wake: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(session: CountSession, run: CountRun) {
    this.#session = session;
    this.#run = run;
    this.#target = new Target(session, run, () => this.#wake());
    const isOpen = run.scope.kind === 'everywhere' || run.children;
    this.#files = new FileWatch(isOpen ? run.sites.map(({ path }) => path) : []);
  }

  async begin(): Promise<void> {
    const { signal, seconds } = this.#run;
    signal?.addEventListener('abort', () => this.#stop(), { once: true });
    if (signal?.aborted) this.#stop();
    await this.#target.attach();
    this.#session.begin();
    this.#run.onAttached?.({ probes: this.#session.probes, pid: this.#target.pid });
    this.#startedAt = performance.now();
    if (seconds !== undefined) this.#timer = setTimeout(() => this.#stop(), seconds * 1_000);
    this.#target.resume();
  }

  #stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  async *readings(): AsyncGenerator<Reading, void, void> {
    const { interval, maxRate } = this.#run;
    const step = interval === undefined ? Number.POSITIVE_INFINITY : interval * 1_000;
    const rates = maxRate === undefined ? null : new Rates(this.#run.functions, maxRate);
    let readAt = step;
    let ratedAt = rateMs;
    while (!this.#isStopped && !this.#target.checkGone()) {
      this.#refuseFailure();
      if (rates !== null && this.#ms >= ratedAt) {
        await this.#disarm(rates);
        ratedAt = this.#ms + rateMs;
      }
      if (this.#ms >= readAt) {
        yield this.#read(false);
        // One that came late doesn't make the others late; those missed are left out.
        while (readAt <= this.#ms) readAt += step;
      }
      await this.#wait(Math.min(readAt, rates === null ? readAt : ratedAt) - this.#ms);
    }
    await this.#target.endsWithin(this.#isStopped && this.#run.signal?.aborted ? graceMs : 0);
    this.#refuseFailure();
    yield this.#read(true);
  }

  get #ms(): number {
    return performance.now() - this.#startedAt;
  }

  async #disarm(rates: Rates): Promise<void> {
    const hot = rates.above(this.#session.read(), this.#ms);
    if (hot.size === 0) return;
    await this.#session.disarm(new Set(hot.keys()));
    const seconds = this.#ms / 1_000;
    for (const [fn, rate] of hot) this.#disarmed.push({ function: fn, seconds, rate });
  }

  #read(isLast: boolean): Reading {
    const calls = this.#session.read();
    return {
      seconds: this.#ms / 1_000,
      calls,
      disarmed: [...this.#disarmed],
      lostProcesses: this.#session.scope.lostProcesses,
      notes: this.#files.news(),
      program: this.#target.program,
      isLast,
    };
  }

  async #wait(ms: number): Promise<void> {
    // Of the end of a started program one is told; whether others live is looked up.
    const isWatched = this.#run.scope.kind === 'processes' || this.#run.children;
    let timer: NodeJS.Timeout | undefined;
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
      const most = isWatched ? lookMs : longestMs;
      timer = setTimeout(resolve, Math.max(0, Math.min(ms, most)));
    });
    if (!this.#isStopped && !this.#target.isGone) await woken;
    clearTimeout(timer);
  }

  #refuseFailure(): void {
    const { failure } = this.#session;
    if (failure) throw failure;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#target.resume();
    await this.#session.detach();
    this.#target.release();
    await this.#session.close();
    this.#refuseFailure();
  }
}

/** Timers are 31 bits of milliseconds. */
const longestMs = 2 ** 31 - 1;

/** How fast functions are called. */
class Rates {
  readonly #functions: readonly (readonly number[])[];
  readonly #most: number;
  #calls: BigUint64Array | null = null;
  #ms = 0;

  constructor(functions: readonly (readonly number[])[], most: number) {
    this.#functions = functions;
    this.#most = most;
  }

  /** Functions with more calls a second than allowed since the last time, with how many. */
  above(calls: BigUint64Array, ms: number): Map<number, number> {
    const seconds = (ms - this.#ms) / 1_000;
    const before = this.#calls;
    const hot = new Map<number, number>();
    this.#functions.forEach((sites, fn) => {
      let more = 0;
      for (const site of sites) {
        const now = calls[site] ?? 0n;
        if (now !== 0n) more += Number(BigInt.asIntN(64, now - (before?.[site] ?? 0n)));
      }
      if (more > this.#most * seconds) hot.set(fn, more / seconds);
    });
    this.#calls = calls;
    this.#ms = ms;
    return hot;
  }
}
