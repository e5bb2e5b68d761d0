import type { TraceEvent } from '../trace/event.ts';
import { planWatch, type Watch, type WatchRequest } from './watch.ts';

/**
 * A trace as its events, the last of them `end`. It begins with the first event that is asked for, and can be gone
 * through once. Every way out of the loop removes the probes.
 */
export type Trace = AsyncIterable<TraceEvent> &
  AsyncDisposable &
  Disposable & {
    /** What will be watched, known before the trace begins. */
    readonly watch: Watch;
    /** Ends it: the loop gets the events so far and `end`. */
    readonly stop: () => void;
  };

/**
 * Plans a trace, and begins it when its events are asked for.
 *
 *   for await (const event of trace({ target: './app', functions: ['app::hello'], scope: { kind: 'everywhere' } })) …
 *
 * @throws {RsymError} for a request that can't be answered; the loop throws what the kernel refuses.
 */
export const trace = (request: WatchRequest): Trace => {
  const own = new AbortController();
  const signal = request.signal ? AbortSignal.any([request.signal, own.signal]) : own.signal;
  const watch = planWatch({ ...request, signal });
  const events = eventsOf(watch);
  const stop = (): void => own.abort();
  return {
    watch,
    stop,
    [Symbol.asyncIterator]: () => events,
    // An event that is being waited for comes first: the generator ends behind it.
    [Symbol.asyncDispose]: async () => {
      stop();
      await events.return();
    },
    [Symbol.dispose]: () => {
      stop();
      // A failure is that of the event that is waited for, if there is one.
      events.return().catch(() => undefined);
    },
  };
};

async function* eventsOf(watch: Watch): AsyncGenerator<TraceEvent, void, void> {
  for await (const batch of watch.batches()) yield* batch;
}
