import type { Why } from '../expr/environment.ts';
import type { ProbeSite } from './site.ts';

/** Calls of one copy that aren't shown for another reason than that the condition is false. */
export type CopyLeftOut = {
  /** Whether they were wanted couldn't be told, by the reason; reasons that there were none of are absent. */
  readonly undecided: Readonly<Partial<Record<Why, number>>>;
  /** They were wanted and not the one in so many that is taken. */
  readonly notSampled: number;
  /** There were more in that second than are wanted. */
  readonly overRate: number;
};

/** A copy, by its number among the sites too. */
type SiteName = { readonly site: number; readonly function: string; readonly address: bigint };

/** Calls that were seen and aren't shown, in all and by copy; copies of which there are none are absent. */
export type LeftOut = CopyLeftOut & {
  readonly functions: readonly (CopyLeftOut & SiteName)[];
};

/** Adds up what was left out of each copy, by its number. */
export class LeftOutCounts {
  readonly #undecided: Partial<Record<Why, number>>[] = [];
  readonly #notSampled: number[] = [];
  readonly #overRate: number[] = [];

  addUndecided(fn: number, why: Why, calls = 1): void {
    if (calls <= 0) return;
    this.#undecided[fn] ??= {};
    const own = this.#undecided[fn];
    own[why] = (own[why] ?? 0) + calls;
  }

  addNotSampled(fn: number, calls = 1): void {
    this.#notSampled[fn] = (this.#notSampled[fn] ?? 0) + calls;
  }

  addOverRate(fn: number, calls = 1): void {
    this.#overRate[fn] = (this.#overRate[fn] ?? 0) + calls;
  }

  copy(): LeftOutCounts {
    const made = new LeftOutCounts();
    this.#undecided.forEach((own, fn) => {
      made.#undecided[fn] = { ...own };
    });
    made.#notSampled.push(...this.#notSampled);
    made.#overRate.push(...this.#overRate);
    return made;
  }

  of(sites: readonly ProbeSite[]): LeftOut {
    const total = new LeftOutCounts();
    const functions = sites.flatMap((site, fn) => {
      const [undecided, notSampled, overRate] = [
        this.#undecided[fn] ?? {},
        this.#notSampled[fn] ?? 0,
        this.#overRate[fn] ?? 0,
      ];
      for (const [why, calls] of Object.entries(undecided)) total.addUndecided(0, why as Why, calls);
      total.addNotSampled(0, notSampled);
      total.addOverRate(0, overRate);
      const isNone = Object.keys(undecided).length === 0 && notSampled === 0 && overRate === 0;
      return isNone
        ? []
        : [{ site: fn, function: site.name, address: site.copy.address, undecided, notSampled, overRate }];
    });
    return {
      undecided: total.#undecided[0] ?? {},
      notSampled: total.#notSampled[0] ?? 0,
      overRate: total.#overRate[0] ?? 0,
      functions,
    };
  }
}
