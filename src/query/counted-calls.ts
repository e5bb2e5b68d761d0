import type { Disarmed } from '../trace/count/counter.ts';
import type { FunctionSites } from '../trace/count/site.ts';
import type { CountedFunction, CountPlan } from './count-model.ts';
import type { FunctionList } from './function-list.ts';

/** One function's calls. */
export type FunctionCalls = {
  readonly function: CountedFunction;
  readonly total: bigint;
  /** Since the reading before. */
  readonly recent: bigint;
  /** In the order of the function's copies. */
  readonly copies: readonly bigint[];
  /** Its probes were removed since it was called too often: when, and how many calls a second it had. */
  readonly disarmed: { readonly seconds: number; readonly rate: number } | null;
  /** There are, or may be, more calls than these. */
  readonly isLeast: boolean;
};

/** The calls of all functions until a moment. */
export class CountedCalls {
  readonly #functions: FunctionList;
  readonly #sites: FunctionSites;
  readonly #calls: BigUint64Array;
  readonly #disarmed: ReadonlyMap<number, Disarmed>;
  readonly #totals: BigUint64Array;
  readonly #recents: BigUint64Array;
  /** Seconds since the reading before. */
  readonly recentSeconds: number;
  readonly total: bigint;
  readonly recent: bigint;
  /** There are, or may be, more calls than `total` of some of the functions. */
  readonly isLeast: boolean;
  readonly #seconds: number;

  constructor(
    { functions, sitesOf: sites, isDoubted }: Pick<CountPlan, 'functions' | 'sitesOf' | 'isDoubted'>,
    calls: BigUint64Array,
    disarmed: readonly Disarmed[],
    seconds: number,
    before: CountedCalls | null,
  ) {
    this.#functions = functions;
    this.#sites = sites;
    this.#calls = calls;
    this.#disarmed = new Map(disarmed.map((each) => [each.function, each]));
    this.#seconds = seconds;
    this.recentSeconds = before === null ? seconds : seconds - before.#seconds;
    this.#totals = sums(sites, calls);
    // A jump back to a function's begin is taken off a moment before the hit there is added: what was counted, was.
    if (before !== null) keepAtLeast(this.#totals, before.#totals);
    this.#recents = before === null ? this.#totals : this.#totals.map((now, fn) => now - (before.#totals[fn] ?? 0n));
    this.total = this.#totals.reduce((sum, now) => (now === 0n ? sum : sum + now), 0n);
    this.recent = this.total - (before?.total ?? 0n);
    this.isLeast = before?.isLeast || disarmed.length > 0 || isDoubted;
  }

  /** Functions with calls: those with the most come first, all together or since the reading before; then by name. */
  most(count: number, by: 'total' | 'recent' = 'total'): FunctionCalls[] {
    return this.#sorted(by, this.#called())
      .slice(0, count)
      .map((fn) => this.of(fn));
  }

  /** Every function, also those without calls: those with the most come first; then by name. */
  all(): FunctionCalls[] {
    return this.#sorted(
      'total',
      Array.from({ length: this.#functions.length }, (_, fn) => fn),
    ).map((fn) => this.of(fn));
  }

  /** Functions that were called. */
  get called(): number {
    return this.#called().length;
  }

  /** Functions whose probes were removed, in the order in which that was done. */
  get disarmed(): FunctionCalls[] {
    return [...this.#disarmed.keys()].map((fn) => this.of(fn));
  }

  /** The calls of a function by its number. */
  of(fn: number): FunctionCalls {
    const own = this.#functions.of(fn);
    const disarmed = this.#disarmed.get(fn);
    return {
      function: own,
      total: this.#totals[fn] ?? 0n,
      recent: this.#recents[fn] ?? 0n,
      copies: Array.from(this.#calls.subarray(this.#sites.start(fn), this.#sites.start(fn + 1))),
      disarmed: disarmed === undefined ? null : { seconds: disarmed.seconds, rate: disarmed.rate },
      isLeast: disarmed !== undefined || own.doubts.length > 0,
    };
  }

  #called(): number[] {
    const called: number[] = [];
    this.#totals.forEach((now, fn) => {
      if (now !== 0n) called.push(fn);
    });
    return called;
  }

  #sorted(by: 'total' | 'recent', functions: number[]): number[] {
    const [first, second] = by === 'total' ? [this.#totals, this.#recents] : [this.#recents, this.#totals];
    const nameOf = (fn: number): string => this.#functions.of(fn).name;
    return functions.sort(
      (a, b) => compare(first[b]!, first[a]!) || compare(second[b]!, second[a]!) || (nameOf(a) < nameOf(b) ? -1 : 1),
    );
  }
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

const keepAtLeast = (totals: BigUint64Array, least: BigUint64Array): void => {
  for (let fn = 0; fn < totals.length; fn++) if (totals[fn]! < least[fn]!) totals[fn] = least[fn]!;
};

const sums = (sites: FunctionSites, calls: BigUint64Array): BigUint64Array => {
  const totals = new BigUint64Array(sites.length);
  for (let fn = 0; fn < sites.length; fn++)
    for (let site = sites.start(fn); site < sites.start(fn + 1); site++)
      if (calls[site] !== 0n) totals[fn]! += calls[site]!;
  return totals;
};
