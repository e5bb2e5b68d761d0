import type { FunctionLatency, Latency, LatencyReading, LatencyWatch } from '../query/latency.ts';
import { copyPlaceJson } from './copy-place.ts';
import { lostJson } from './lost-calls.ts';

const schema = 1;

const text = (ns: bigint | null): string | null => (ns === null ? null : `${ns}`);

const durationsJson = (latency: Latency): object => ({
  calls: `${latency.calls}`,
  sum_ns: `${latency.sum}`,
  avg_ns: text(latency.average),
  p50_ns: text(latency.percentile(500)),
  p90_ns: text(latency.percentile(900)),
  p99_ns: text(latency.percentile(990)),
  p999_ns: text(latency.percentile(999)),
  max_ns: latency.calls === 0n ? null : `${latency.longest}`,
  buckets: latency.buckets.map(({ low, high, calls }) => ({
    low_ns: `${low}`,
    high_ns: `${high}`,
    calls: `${calls}`,
  })),
});

const functionJson = ({ latency, unwound, skipped, undecided }: FunctionLatency): object => ({
  name: latency.function,
  ...durationsJson(latency),
  unwound: `${unwound}`,
  skipped: `${skipped}`,
  undecided: `${undecided}`,
});

const groupJson = (latency: Latency): object => ({
  function: latency.function,
  ...(latency.key === null ? {} : { key: latency.key.value, text: latency.key.text }),
  ...durationsJson(latency),
});

/** The one document of a measurement: every function, those whose calls took the most time in all first. */
export const latencyJson = (
  { latencies, seconds, lost, program }: LatencyReading,
  { path, by, when, sample, untimed }: LatencyWatch,
  probes: number,
  notes: readonly string[],
): object => ({
  schema,
  file: path,
  by,
  when,
  sample,
  seconds,
  calls: `${latencies.calls}`,
  lower_bound: latencies.isLeast,
  functions: latencies.functions.map(functionJson),
  groups: latencies.groups.map(groupJson),
  untimed: untimed.map(({ function: name, copy, reason }) => ({ function: name, ...copyPlaceJson(copy), reason })),
  probes,
  lost: lostJson(lost),
  notes,
  program,
});
