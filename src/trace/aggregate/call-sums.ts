import type { Environment } from '../../expr/environment.ts';
import { evaluateKey, type Key, keyId } from '../../expr/key.ts';
import { isUndecided, type Undecided } from '../../expr/outcome.ts';
import { bucketCount, bucketOf } from './histogram.ts';
import type { AggregateGroup, AggregateRun } from './model.ts';

type Group = {
  readonly site: number;
  readonly key: Key | Undecided | null;
  calls: bigint;
  sum: bigint;
  longest: bigint;
  readonly buckets: bigint[];
};

/** Groups of calls, and how many are in each. */
export class CallSums {
  readonly #run: Pick<AggregateRun, 'sites' | 'of' | 'maxGroups' | 'maxText'>;
  readonly #groups = new Map<string, Group>();
  #lost = 0n;

  constructor(run: Pick<AggregateRun, 'sites' | 'of' | 'maxGroups' | 'maxText'>) {
    this.#run = run;
  }

  /** A call that is wanted; `duration` null: there is none. */
  add(fn: number, call: Environment, duration: bigint | null): void {
    const site = this.#run.sites[fn];
    if (site === undefined) return;
    const key = site.by === undefined ? null : evaluateKey(site.by, call, this.#run.maxText);
    const group = this.#group(fn, key);
    if (group === null) {
      this.#lost++;
      return;
    }
    group.calls++;
    if (duration === null || this.#run.of === 'calls') return;
    group.sum += duration;
    if (duration > group.longest) group.longest = duration;
    const bucket = bucketOf(duration);
    group.buckets[bucket] = (group.buckets[bucket] ?? 0n) + 1n;
  }

  #group(site: number, key: Key | Undecided | null): Group | null {
    const id = `${site} ${key === null ? '' : isUndecided(key) ? `<${key.undecided}` : keyId(key)}`;
    const known = this.#groups.get(id);
    if (known !== undefined) return known;
    if (this.#groups.size >= this.#run.maxGroups) return null;
    const buckets = this.#run.of === 'calls' ? [] : Array.from({ length: bucketCount }, () => 0n);
    const made: Group = { site, key, calls: 0n, sum: 0n, longest: 0n, buckets };
    this.#groups.set(id, made);
    return made;
  }

  get groups(): AggregateGroup[] {
    return Array.from(this.#groups.values(), ({ site, key, calls, sum, longest, buckets }) => ({
      site,
      key,
      calls,
      durations: this.#run.of === 'calls' ? null : { sum, longest, buckets: [...buckets] },
    }));
  }

  /** Calls for which there was no room for another group. */
  get lost(): bigint {
    return this.#lost;
  }
}
