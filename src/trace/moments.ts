import type { RsymError } from '../base/errors.ts';
import type { ProgramEnd } from './event.ts';
import { FileWatch } from './file-watch.ts';
import { nextReading } from './next-reading.ts';
import { type Scope, Target, type Watcher } from './target.ts';

/** Probes that count or sum up, until they are removed. */
export type MeasuringSession = Watcher & {
  readonly probes: number;
  /** Why the probes are not what they should be. */
  readonly failure: RsymError | null;
  readonly detach: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export type Measuring = {
  /** Files that are probed; one may be named more than once. */
  readonly paths: readonly string[];
  readonly scope: Scope;
  readonly children: boolean;
  /** Ends it; the last moment still comes. */
  readonly signal?: AbortSignal;
  readonly seconds?: number;
  /** Seconds between moments; undefined: only the last comes. */
  readonly interval?: number;
  /** Told once every probe is planted, before a started program runs. */
  readonly onAttached?: (attached: { readonly probes: number; readonly pid: number | null }) => void;
};

/** What is done besides. */
export type MeasuringChores = {
  /** Once every probe is planted. */
  readonly begin?: () => void;
  /** Every so many ms, with the ms since the begin. */
  readonly regularly?: { readonly ms: number; readonly act: (at: number) => Promise<void> };
};

/** When it is time for a reading. */
export type Moment = {
  /** Since it began. */
  readonly seconds: number;
  /** What a user should know, since the moment before. */
  readonly notes: readonly string[];
  readonly program: ProgramEnd | null;
  readonly isLast: boolean;
};

const lookMs = 50;
/** A terminal's Ctrl-C reaches the started program too: its end is worth waiting for. */
const graceMs = 200;
/** Timers are 31 bits of milliseconds. */
const longestMs = 2 ** 31 - 1;

/** Plants the probes and tells when to read, at last at the end. Probes are gone when the generator is. */
export async function* moments(
  session: MeasuringSession,
  run: Measuring,
  chores: MeasuringChores = {},
): AsyncGenerator<Moment, void, void> {
  const measurement = new Measurement(session, run);
  try {
    await measurement.begin(chores.begin);
    yield* measurement.moments(chores.regularly);
  } finally {
    await measurement.close();
  }
}

class Measurement {
  readonly #session: MeasuringSession;
  readonly #run: Measuring;
  readonly #target: Target;
  readonly #files: FileWatch;
  #startedAt = 0;
  #isStopped = false;
  #wake: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(session: MeasuringSession, run: Measuring) {
    this.#session = session;
    this.#run = run;
    this.#target = new Target(session, run, { ended: () => this.#wake() });
    const isOpen = run.scope.kind === 'everywhere' || run.children;
    this.#files = new FileWatch(isOpen ? run.paths : []);
  }

  async begin(chore: MeasuringChores['begin']): Promise<void> {
    const { signal, seconds } = this.#run;
    signal?.addEventListener('abort', () => this.#stop(), { once: true });
    if (signal?.aborted) this.#stop();
    await this.#target.attach();
    chore?.();
    this.#run.onAttached?.({ probes: this.#session.probes, pid: this.#target.pid });
    this.#startedAt = performance.now();
    if (seconds !== undefined) this.#timer = setTimeout(() => this.#stop(), seconds * 1_000);
    this.#target.resume();
  }

  #stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  async *moments(chore: MeasuringChores['regularly']): AsyncGenerator<Moment, void, void> {
    const { interval } = this.#run;
    const step = interval === undefined ? Number.POSITIVE_INFINITY : interval * 1_000;
    let readAt = step;
    let choreAt = chore?.ms ?? Number.POSITIVE_INFINITY;
    while (!this.#isStopped && !this.#target.checkGone()) {
      this.#refuseFailure();
      if (chore && this.#ms >= choreAt) {
        await chore.act(this.#ms);
        choreAt = this.#ms + chore.ms;
      }
      if (this.#ms >= readAt) {
        yield this.#moment(false);
        readAt = nextReading(readAt, step, this.#ms);
      }
      await this.#wait(Math.min(readAt, choreAt) - this.#ms);
    }
    await this.#target.endsWithin(this.#isStopped && this.#run.signal?.aborted ? graceMs : 0);
    this.#refuseFailure();
    yield this.#moment(true);
  }

  get #ms(): number {
    return performance.now() - this.#startedAt;
  }

  #moment(isLast: boolean): Moment {
    return { seconds: this.#ms / 1_000, notes: this.#files.news(), program: this.#target.program, isLast };
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
