import type { CountReading, CountWatch, FunctionCalls } from '../query/count.ts';
import { copyPlaceJson } from './copy-place.ts';

const schema = 1;

const functionJson = ({ function: fn, total, copies, disarmed, isLeast }: FunctionCalls): object => ({
  name: fn.name,
  calls: `${total}`,
  lower_bound: isLeast,
  disarmed: disarmed && { seconds: disarmed.seconds, calls: `${total}`, rate: Math.round(disarmed.rate) },
  ...(fn.aliases.length === 0 ? {} : { aliases: fn.aliases }),
  ...(fn.doubts.length === 0 ? {} : { doubts: fn.doubts }),
  copies: fn.copies.map((copy, i) => ({
    ...copyPlaceJson(copy),
    calls: `${copies[i] ?? 0n}`,
  })),
});

/** The one document of a count: every function, the most called first. */
export const countJson = (
  { calls, seconds, lostProcesses, program }: CountReading,
  { path, counted, uncounted }: CountWatch,
  probes: number,
  notes: readonly string[],
): object => ({
  schema,
  file: path,
  seconds,
  calls: `${calls.total}`,
  lower_bound: calls.isLeast,
  functions: calls.all().map(functionJson),
  counted,
  probes,
  uncounted: uncounted.map(({ function: name, reason, ...copy }) => ({
    function: name,
    ...copyPlaceJson(copy),
    reason,
  })),
  lost: { processes: lostProcesses },
  notes,
  program,
});
