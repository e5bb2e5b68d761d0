import { bucketCount, stepBits } from '../trace/aggregate/histogram.ts';
import type { CallEvent, Outcome } from '../trace/event.ts';
import { Latency } from './latencies.ts';

/** Seconds whose calls are told apart. */
export const rememberedSeconds = 60;

/** What was seen of one function's calls so far. */
export class FunctionFigures {
  readonly name: string;
  /** Calls that ended or were given up. */
  calls = 0;
  /** Calls that an unwinder ended: panics and exceptions. */
  unwound = 0;
  /** Calls of which the way out isn't known. */
  left = 0;
  /** Calls that came to an exit, and how long they took is known; as `rsym latency` has them. */
  timed = 0;
  #thisSecond = 0;
  readonly #seconds: number[] = [];
  readonly #buckets = new Float64Array(bucketCount);
  #sum = 0;
  #longest = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Calls of each whole second so far, at most the last {@link rememberedSeconds}, the newest last. */
  get history(): readonly number[] {
    return this.#seconds;
  }

  /** Calls in the last whole second; in the first one, so far. */
  get rate(): number {
    return this.#seconds.at(-1) ?? this.#thisSecond;
  }

  /** How long the timed calls took. */
  get latency(): Latency {
    // Buckets behind the last one are left out: of numbers of this kind each is an object.
    const used = this.#buckets.subarray(0, bucketOfNumber(this.#longest) + 1);
    const buckets = Array.from(used, (calls) => (calls === 0 ? 0n : BigInt(calls)));
    return new Latency(this.name, null, { sum: BigInt(this.#sum), longest: BigInt(this.#longest), buckets }, 0n);
  }

  add(outcome: Outcome | null, duration: bigint | null): void {
    this.calls++;
    this.#thisSecond++;
    if (outcome === 'unwound') this.unwound++;
    else if (outcome === 'left') this.left++;
    // How long it took until something else ended a call is no time of the function.
    if (duration === null || (outcome !== 'returned' && outcome !== 'tail-call')) return;
    this.timed++;
    const ns = Number(duration);
    this.#sum += ns;
    if (ns > this.#longest) this.#longest = ns;
    const bucket = bucketOfNumber(ns);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
  }

  endSecond(): void {
    this.#seconds.push(this.#thisSecond);
    if (this.#seconds.length > rememberedSeconds) this.#seconds.shift();
    this.#thisSecond = 0;
  }
}

/** As `bucketOf`, without a bigint: durations of less than 104 days are exact in a number. */
const bucketOfNumber = (ns: number): number => {
  const power = ns < 1 ? 0 : Math.floor(Math.log2(ns));
  // A logarithm may be rounded up to the next power.
  const exact = 2 ** power > ns ? power - 1 : power;
  const shift = exact - stepBits;
  if (shift < 0) return Math.floor(ns);
  return Math.min(bucketCount - 1, shift * 2 ** stepBits + Math.floor(ns / 2 ** shift));
};

/** Sums of calls by function, of events as they come: what `rsym count` and `rsym latency` have the kernel add up. */
export class CallFigures {
  readonly #functions = new Map<string, FunctionFigures>();
  #seconds = 0;

  /** `names`: functions that are told of before they are called. */
  constructor(names: readonly string[] = []) {
    for (const name of names) this.#of(name);
  }

  /** Most calls first, then by name. */
  get functions(): readonly FunctionFigures[] {
    return [...this.#functions.values()].sort((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1));
  }

  get calls(): number {
    let sum = 0;
    for (const { calls } of this.#functions.values()) sum += calls;
    return sum;
  }

  /** Calls in the last whole second. */
  get rate(): number {
    let sum = 0;
    for (const { rate } of this.#functions.values()) sum += rate;
    return sum;
  }

  add(call: CallEvent): void {
    this.#of(call.function).add(call.outcome, call.duration);
  }

  /** So many whole seconds have passed since the beginning. */
  passed(seconds: number): void {
    const behind = seconds - this.#seconds;
    this.#seconds = Math.max(this.#seconds, seconds);
    for (let i = Math.max(0, behind - rememberedSeconds); i < behind; i++)
      for (const own of this.#functions.values()) own.endSecond();
  }

  #of(name: string): FunctionFigures {
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    const made = new FunctionFigures(name);
    this.#functions.set(name, made);
    return made;
  }
}
