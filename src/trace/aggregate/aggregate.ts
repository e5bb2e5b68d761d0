import { Unlowerable } from '../bpf/expression/unlowerable.ts';
import { kernelReadings } from './kernel-side.ts';
import type { AggregateReading, AggregateRun } from './model.ts';
import { readerReadings } from './reader-side.ts';

/** Where calls are summed up. */
export type Side = 'kernel' | 'reader';

/**
 * Sums up calls and gives readings, the last of them at the end: in the kernel if it can, else on our side, which the first
 * reading has a note of. Probes are gone when the generator is.
 *
 * @throws {Unlowerable} where it must be the kernel's side, which can't.
 */
export const aggregateReadings = (run: AggregateRun, side?: Side): AsyncGenerator<AggregateReading, void, void> => {
  if (side === 'kernel') return kernelReadings(run);
  return side === 'reader' ? readerReadings(run) : preferringKernel(run);
};

async function* preferringKernel(run: AggregateRun): AsyncGenerator<AggregateReading, void, void> {
  let reason: string;
  try {
    yield* kernelReadings(run);
    return;
  } catch (error) {
    // Thrown before anything is planted.
    if (!(error instanceof Unlowerable)) throw error;
    reason = error.reason;
  }
  const note = `calls are told one by one and summed up on rsym's side, not in the kernel, because ${reason}`;
  const onAttached: typeof run.onAttached = (attached) => run.onAttached?.({ ...attached, notes: [note] });
  let notes = [note];
  for await (const reading of readerReadings({ ...run, onAttached })) {
    yield { ...reading, notes: [...notes, ...reading.notes] };
    notes = [];
  }
}
