import type { Desk } from '../desk.ts';
import type { LiveAsk, LiveNews, LiveRequest } from './state.ts';
import { Tracing } from './tracing.ts';

/** Traces, one at a time: the next begins when the probes of the one before are gone. */
export class LiveWork {
  readonly #path: string;
  readonly #desk: Desk<LiveNews>;
  #tracing: Tracing | null = null;
  /** Traces that were left: resolves when their probes are removed. */
  #left: Promise<unknown> = Promise.resolve();
  /** Programs that rsym started and that were running when last heard of. */
  readonly #started = new Set<number>();
  #isClosed = false;

  constructor(path: string, desk: Desk<LiveNews>) {
    this.#path = path;
    this.#desk = desk;
  }

  do(ask: LiveAsk): void {
    if (ask.kind === 'begin') this.#begin(ask.request);
    else this.#stop();
  }

  /** Resolves when no probe is left. Gives the programs that run on. */
  async close(): Promise<readonly number[]> {
    this.#isClosed = true;
    await Promise.all([this.#left, this.#tracing?.stop()]);
    return this.#running();
  }

  #begin(request: LiveRequest): void {
    const begin = (): void => {
      if (this.#isClosed) return;
      const tracing = new Tracing(this.#path, request, (news) => {
        if (news.kind === 'attached' && news.pid !== null) this.#started.add(news.pid);
        if (this.#tracing === tracing) this.#desk.tell(news);
        this.#desk.drawSoon();
      });
      this.#tracing = tracing;
      tracing.done.catch(this.#desk.fail);
    };
    this.#left.then(begin);
  }

  #stop(): void {
    const tracing = this.#tracing;
    if (!tracing) return;
    this.#tracing = null;
    this.#left = tracing.stop().then(() => {
      const running = this.#running();
      if (running.length > 0) this.#desk.notice(`probes removed; PID ${running.join(', ')} runs on`);
      this.#desk.drawSoon();
    }, this.#desk.fail);
  }

  #running(): number[] {
    return [...this.#started].filter(isRunning);
  }
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
