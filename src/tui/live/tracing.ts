import { setImmediate as breathe } from 'node:timers/promises';
import { RsymError } from '../../base/errors.ts';
import { planWatch } from '../../query/watch.ts';
import type { LiveNews, LiveRequest } from './state.ts';

/** A trace on its way; its probes are gone once `stop` has resolved. */
export class Tracing {
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;

  constructor(target: string, request: LiveRequest, tell: (news: LiveNews) => void) {
    this.#done = this.#run(target, request, tell);
  }

  /** Rejects with a defect of rsym, if there was one; refusals are told as news. */
  get done(): Promise<void> {
    return this.#done;
  }

  /** A waiting trace ends by its signal: a generator can't be closed while its next value is awaited. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }

  async #run(
    target: string,
    { specs, scope, returns, when, sample, children }: LiveRequest,
    tell: (news: LiveNews) => void,
  ): Promise<void> {
    // "Getting ready" is on the screen before the plan is made, which may take a second for a large file.
    await breathe();
    try {
      if (this.#abort.signal.aborted) return;
      const { signal } = this.#abort;
      const watch = planWatch({
        target,
        functions: specs,
        scope,
        output: 'ignore',
        signal,
        ...(returns === undefined ? {} : { returns }),
        ...(when === undefined ? {} : { when }),
        ...(sample === undefined ? {} : { sample }),
        ...(children === undefined ? {} : { children }),
      });
      tell({ kind: 'planned', notes: watch.notes });
      await breathe();
      for await (const events of watch.batches((attached) => tell({ kind: 'attached', ...attached }))) {
        tell({ kind: 'events', events });
        // A busy target never lets the reader wait, and keys must be read all the same.
        await breathe();
      }
      tell({ kind: 'finished' });
    } catch (error) {
      if (!(error instanceof RsymError) || error.code === 'internal') throw error;
      tell({ kind: 'failed', error });
    }
  }
}
