import { boundsOf, percentile } from '../trace/aggregate/histogram.ts';
import type { AggregateReading, Durations } from '../trace/aggregate/model.ts';
import { shownKey } from '../trace/aggregate/shown-key.ts';
import type { JsonValue } from '../trace/decode/decode.ts';
import type { GroupedSites } from './grouped-calls.ts';

/** Calls whose durations are in one bucket, in ns; both ends are part of it. */
export type LatencyBucket = { readonly low: bigint; readonly high: bigint; readonly calls: bigint };

/** How long calls took, ns. */
export class Latency {
  readonly function: string;
  /** As JSON and as Rust's `Debug` form; null: all calls of the function. */
  readonly key: { readonly value: JsonValue; readonly text: string } | null;
  readonly calls: bigint;
  /** Since the reading before. */
  readonly recent: bigint;
  readonly sum: bigint;
  readonly longest: bigint;
  readonly #durations: Durations;

  constructor(name: string, key: Latency['key'], durations: Durations, before: bigint) {
    this.function = name;
    this.key = key;
    this.#durations = durations;
    this.calls = durations.buckets.reduce((sum, own) => sum + own, 0n);
    this.recent = this.calls - before;
    this.sum = durations.sum;
    this.longest = durations.longest;
  }

  /** Null without calls. */
  get average(): bigint | null {
    return this.calls === 0n ? null : this.sum / this.calls;
  }

  /**
   * A duration that so many of 1,000 calls didn't exceed: never too short, at most an eighth too long, and never longer than
   * the longest. Null without calls.
   */
  percentile(permille: number): bigint | null {
    return percentile(this.#durations, permille);
  }

  /** Those with calls, the shortest durations first. */
  get buckets(): LatencyBucket[] {
    return this.#durations.buckets.flatMap((calls, bucket) => (calls === 0n ? [] : [{ ...boundsOf(bucket), calls }]));
  }
}

/** A function's calls, whatever their keys. */
export type FunctionLatency = {
  readonly latency: Latency;
  /** Calls that ended by an unwinder, another jump over frames, or with their thread. */
  readonly unwound: bigint;
  /** Calls that are no part of the sample. */
  readonly skipped: bigint;
  /** Calls for which `--when` couldn't be decided. */
  readonly undecided: bigint;
};

type Sums = { key: Latency['key']; name: string; sum: bigint; longest: bigint; buckets: bigint[] };

/** The durations of all calls until a moment: all copies of a function together. */
export class Latencies {
  readonly #groups: ReadonlyMap<string, Latency>;
  readonly #functions: ReadonlyMap<string, FunctionLatency>;
  /** Seconds since the reading before. */
  readonly recentSeconds: number;
  readonly #seconds: number;
  /** Durations of all calls together, ns. Of a function that calls itself or another one, the same time counts twice. */
  readonly sum: bigint;
  readonly calls: bigint;
  /** Calls for which there was no room for another group. */
  readonly crowdedOut: bigint;
  /** Calls were lost, or may not be seen: there are at least these. */
  readonly isLeast: boolean;

  constructor(
    known: GroupedSites,
    { groups, gaps, lost, seconds }: Pick<AggregateReading, 'groups' | 'gaps' | 'lost' | 'seconds'>,
    before: Latencies | null,
  ) {
    const byKey = new Map<string, Sums>();
    const byName = new Map<string, Sums>(known.sites.map(({ name }) => [name, noSums(name, null)]));
    for (const { site: number, key, durations } of groups) {
      const site = known.sites[number];
      if (site === undefined || durations === null) continue;
      const whole = byName.get(site.name);
      if (whole) addTo(whole, durations);
      if (key === null) continue;
      const shown = shownKey(key, known.formOf(site.name));
      const id = `${site.name}\0${shown.text}`;
      const sums = byKey.get(id) ?? noSums(site.name, shown);
      byKey.set(id, sums);
      addTo(sums, durations);
    }
    this.#groups = latenciesOf(byKey, before === null ? null : before.#groups);
    const gapsOf = (column: readonly bigint[]): ReadonlyMap<string, bigint> => {
      const sums = new Map<string, bigint>();
      known.sites.forEach(({ name }, i) => {
        sums.set(name, (sums.get(name) ?? 0n) + (column[i] ?? 0n));
      });
      return sums;
    };
    const [unwound, skipped, undecided] = [gaps.unwound, gaps.skipped, gaps.undecided].map(gapsOf);
    const earlier = before && new Map([...before.#functions].map(([name, { latency }]) => [name, latency]));
    this.#functions = new Map(
      [...latenciesOf(byName, earlier)].map(([name, latency]) => [
        name,
        {
          latency,
          unwound: unwound?.get(name) ?? 0n,
          skipped: skipped?.get(name) ?? 0n,
          undecided: undecided?.get(name) ?? 0n,
        },
      ]),
    );
    this.#seconds = seconds;
    this.recentSeconds = before === null ? seconds : seconds - before.#seconds;
    const all = [...this.#functions.values()];
    this.sum = all.reduce((sum, { latency }) => sum + latency.sum, 0n);
    this.calls = all.reduce((sum, { latency }) => sum + latency.calls, 0n);
    this.crowdedOut = lost.groups;
    this.isLeast = known.hasDoubts || lost.events > 0n || lost.pending > 0n || lost.processes > 0;
  }

  /** Every function, those whose calls took the most time in all first; then by name. */
  get functions(): FunctionLatency[] {
    return [...this.#functions.values()].sort((a, b) => inOrder(a.latency, b.latency));
  }

  /** Calls by their keys; empty where nothing but their functions tells them apart. Sorted likewise. */
  get groups(): Latency[] {
    return [...this.#groups.values()].sort(inOrder);
  }

  /** No call was seen, not even one without a duration. */
  get isNothing(): boolean {
    const gaps = this.functions.some(({ unwound, skipped, undecided }) => unwound + skipped + undecided > 0n);
    return this.calls === 0n && this.crowdedOut === 0n && !gaps;
  }
}

const noSums = (name: string, key: Latency['key']): Sums => ({ key, name, sum: 0n, longest: 0n, buckets: [] });

const addTo = (sums: Sums, { sum, longest, buckets }: Durations): void => {
  sums.sum += sum;
  if (longest > sums.longest) sums.longest = longest;
  buckets.forEach((calls, bucket) => {
    sums.buckets[bucket] = (sums.buckets[bucket] ?? 0n) + calls;
  });
};

const latenciesOf = (
  sums: ReadonlyMap<string, Sums>,
  before: ReadonlyMap<string, Latency> | null,
): Map<string, Latency> =>
  new Map([...sums].map(([id, each]) => [id, new Latency(each.name, each.key, each, before?.get(id)?.calls ?? 0n)]));

const collator = new Intl.Collator('en', { numeric: true });

const inOrder = (a: Latency, b: Latency): number =>
  a.sum !== b.sum
    ? a.sum < b.sum
      ? 1
      : -1
    : collator.compare(a.function, b.function) || collator.compare(a.key?.text ?? '', b.key?.text ?? '');
