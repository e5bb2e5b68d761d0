import { kernelReadings } from './kernel-side.ts';
import type { AggregateReading, AggregateRun } from './model.ts';
import { readerReadings } from './reader-side.ts';

/** Where calls are summed up. */
export type Side = 'kernel' | 'reader';

/** Sums up calls and gives readings, the last of them at the end. Probes are gone when the generator is. */
export const aggregateReadings = (run: AggregateRun, side?: Side): AsyncGenerator<AggregateReading, void, void> => {
  const isPlain = run.sites.every(({ when, by }) => when === undefined && by === undefined);
  return (side ?? (isPlain ? 'kernel' : 'reader')) === 'kernel' ? kernelReadings(run) : readerReadings(run);
};
