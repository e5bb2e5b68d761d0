import { moments } from '../moments.ts';
import type { AggregateReading, AggregateRun } from './model.ts';
import { SumSession } from './session.ts';

const sweepMs = 1_000;

/**
 * Sums up calls in the kernel and gives readings, the last of them at the end. Probes are gone when the generator is.
 *
 * @throws {Unlowerable} before anything is planted, where the kernel can't evaluate the expressions.
 */
export async function* kernelReadings(run: AggregateRun): AsyncGenerator<AggregateReading, void, void> {
  const session = new SumSession(run);
  const sweep = async (): Promise<void> => session.sweepIfFull();
  for await (const moment of moments(
    session,
    { ...run, paths: run.sites.map(({ path }) => path) },
    { regularly: { ms: sweepMs, act: sweep } },
  )) {
    if (moment.isLast) {
      // Nothing moves any more: sums belong to the calls beside them.
      await session.detach();
      session.sweep();
    }
    yield { ...moment, ...session.read() };
  }
}
