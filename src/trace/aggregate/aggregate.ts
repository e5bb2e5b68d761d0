import type { AggregateReading, AggregateRun } from './model.ts';
import { readerReadings } from './reader-side.ts';

/** Where calls are summed up. */
export type Side = 'kernel' | 'reader';

/** Sums up calls and gives readings, the last of them at the end. Probes are gone when the generator is. */
export const aggregateReadings = (run: AggregateRun, _side?: Side): AsyncGenerator<AggregateReading, void, void> =>
  readerReadings(run);
