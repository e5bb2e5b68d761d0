import type { Environment } from '../../expr/environment.ts';
import { evaluate } from '../../expr/evaluate.ts';
import { evaluateKey, type Key, keyId } from '../../expr/key.ts';
import { isUndecided, type Undecided } from '../../expr/outcome.ts';
import type { ProbeSite } from '../site.ts';
import { bucketCount, bucketOf } from './histogram.ts';
import type { AggregateGaps, AggregateGroup, AggregateRun } from './model.ts';

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
  readonly #undecided: bigint[];
  readonly #unwound: bigint[];
  #lost = 0n;

  constructor(run: Pick<AggregateRun, 'sites' | 'of' | 'maxGroups' | 'maxText'>) {
    this.#run = run;
    this.#undecided = run.sites.map(() => 0n);
    this.#unwound = run.sites.map(() => 0n);
  }

  /** A call that is counted if it is wanted; `duration` null: there is none. */
  add(fn: number, call: Environment, duration: bigint | null): void {
    const site = this.#run.sites[fn];
    if (site === undefined || !this.#isWanted(site, fn, call)) return;
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

  /** A call that is over and has neither result nor duration. */
  addUnwound(fn: number, call: Environment): void {
    const site = this.#run.sites[fn];
    if (site === undefined || (site.when !== undefined && evaluate(site.when, call) === false)) return;
    this.#unwound[fn] = (this.#unwound[fn] ?? 0n) + 1n;
  }

  #isWanted({ when }: ProbeSite, fn: number, call: Environment): boolean {
    if (when === undefined) return true;
    const outcome = evaluate(when, call);
    if (isUndecided(outcome)) this.#undecided[fn] = (this.#undecided[fn] ?? 0n) + 1n;
    return outcome === true;
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

  get gaps(): Pick<AggregateGaps, 'undecided' | 'unwound'> {
    return { undecided: [...this.#undecided], unwound: [...this.#unwound] };
  }

  /** Calls for which there was no room for another group. */
  get lost(): bigint {
    return this.#lost;
  }
}
