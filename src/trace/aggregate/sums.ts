import { readKey } from '../bpf/expression/key-layout.ts';
import { CALLS, DURATIONS, GROUP } from '../bpf/sums/records.ts';
import type { OwnedFd } from '../sys/fd.ts';
import { forEachElement } from '../uprobe/batch.ts';
import { MappedWords } from '../uprobe/mapped-words.ts';
import { bucketCount } from './histogram.ts';
import type { AggregateGroup, AggregateRun, Durations } from './model.ts';
import type { SumPlan } from './plan.ts';

const wordSize = 8;

/** Words of one group's sums. */
export const sumWords = (of: AggregateRun['of']): number =>
  (of === 'durations' ? DURATIONS.size : CALLS.size) / wordSize;

/** What the words of a group say; null: it has no calls. */
export const sumsOf = (
  words: BigUint64Array,
  of: AggregateRun['of'],
): Pick<AggregateGroup, 'calls' | 'durations'> | null => {
  if (of === 'calls') {
    const calls = words[0] ?? 0n;
    return calls === 0n ? null : { calls, durations: null };
  }
  const durations = durationsOf(words);
  return durations && { calls: durations.buckets.reduce((sum, own) => sum + own, 0n), durations };
};

const durationsOf = (words: BigUint64Array): Durations | null => {
  const at = (byte: number): bigint => words[byte / wordSize] ?? 0n;
  const [sum, longest] = [at(DURATIONS.sum), at(DURATIONS.longest)];
  // Most functions of a program are never called, and bigints cost time.
  if (sum === 0n && at(DURATIONS.buckets) === 0n) return null;
  const first = DURATIONS.buckets / wordSize;
  return { sum, longest, buckets: Array.from(words.subarray(first, first + bucketCount)) };
};

/** The kernel's array of sums by copy, mapped. */
export class Sums implements Disposable {
  readonly #mapped: MappedWords;
  readonly #copies: number;
  readonly #of: AggregateRun['of'];

  constructor(map: OwnedFd, copies: number, of: AggregateRun['of']) {
    this.#mapped = new MappedWords(map, copies * sumWords(of));
    this.#copies = copies;
    this.#of = of;
  }

  /** The copies with calls. */
  read(): AggregateGroup[] {
    const size = sumWords(this.#of);
    const groups: AggregateGroup[] = [];
    for (let site = 0; site < this.#copies; site++) {
      const sums = sumsOf(this.#mapped.words.subarray(site * size, (site + 1) * size), this.#of);
      if (sums !== null) groups.push({ site, key: null, ...sums });
    }
    return groups;
  }

  [Symbol.dispose](): void {
    this.#mapped[Symbol.dispose]();
  }
}

/** The kernel's sums by key. */
export class Groups {
  readonly #map: OwnedFd;
  readonly #keys: NonNullable<SumPlan['keys']>;
  readonly #of: AggregateRun['of'];

  constructor(map: OwnedFd, keys: NonNullable<SumPlan['keys']>, of: AggregateRun['of']) {
    this.#map = map;
    this.#keys = keys;
    this.#of = of;
  }

  read(): AggregateGroup[] {
    const groups: AggregateGroup[] = [];
    const words = new BigUint64Array(sumWords(this.#of));
    const sizes = { keySize: this.#keys.bytes, valueSize: words.byteLength };
    forEachElement(this.#map, sizes, (key, value) => {
      new Uint8Array(words.buffer).set(value);
      const sums = sumsOf(words, this.#of);
      const site = Number(key.readBigUInt64LE(GROUP.site));
      const layout = this.#keys.layouts[site] ?? null;
      if (sums !== null) groups.push({ site, key: layout && readKey(layout, key.subarray(GROUP.key)), ...sums });
    });
    return groups;
  }
}
