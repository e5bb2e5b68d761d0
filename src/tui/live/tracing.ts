import { setImmediate as breathe } from 'node:timers/promises';
import { RsymError } from '../../base/errors.ts';
import { type OutputReader, planTextWatch, type TraceEvent, type Watch } from '../../query/watch.ts';
import type { LiveRequest } from './state.ts';

/** What a trace tells while it goes on. */
export type TracingListener = {
  readonly planned: (watch: Watch) => void;
  readonly attached: (attached: { readonly probes: number; readonly pid: number | null }) => void;
  /** The process that was waited for is there. */
  readonly came: (pid: number) => void;
  /** Good until it returns, unless they are kept. */
  readonly events: (events: readonly TraceEvent[]) => void;
  readonly failed: (error: RsymError) => void;
  readonly finished: () => void;
  /** Of a program that it starts, also when tracing has ended. */
  readonly output: OutputReader;
};

/** A trace on its way; its probes are gone once `stop` has resolved. */
export class Tracing {
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;

  constructor(target: string, request: LiveRequest, listener: TracingListener) {
    this.#done = this.#run(target, request, listener);
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
    listener: TracingListener,
  ): Promise<void> {
    // "Getting ready" is on the screen before the plan is made, which may take a second for a large file.
    await breathe();
    try {
      const { signal } = this.#abort;
      if (signal.aborted) {
        listener.finished();
        return;
      }
      const watch = planTextWatch({
        target,
        functions: specs,
        scope,
        ...(returns === undefined ? {} : { returns }),
        ...(when === undefined ? {} : { when }),
        ...(sample === undefined ? {} : { sample }),
        ...(children === undefined ? {} : { children }),
        output: listener.output,
        signal,
      });
      listener.planned(watch);
      await breathe();
      for await (const events of watch.batches(listener.attached, listener.came)) {
        listener.events(events);
        // A busy target never lets the reader wait, and keys must be read all the same.
        await breathe();
      }
      listener.finished();
    } catch (error) {
      if (!(error instanceof RsymError) || error.code === 'internal') throw error;
      listener.failed(error);
    }
  }
}
