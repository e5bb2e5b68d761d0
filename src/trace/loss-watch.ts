import type { FunctionLosses, Losses } from './event.ts';
import { lossesBetween } from './losses.ts';
import type { SessionStatistics } from './session-statistics.ts';
import type { ProbeSite } from './site.ts';

const checkMs = 1_000;

/** What a trace loses while it goes on, each loss told once, and behind what was shown when it happened. */
export class LossWatch {
  readonly #read: () => SessionStatistics;
  readonly #sites: readonly ProbeSite[];
  #told: SessionStatistics;
  #checkedAt = 0;

  /** What `read` gives now counts as told. */
  constructor(read: () => SessionStatistics, sites: readonly ProbeSite[]) {
    this.#read = read;
    this.#sites = sites;
    this.#told = read();
  }

  /**
   * Looks once a second. `isGapless`: every record so far has come, so that what was lost lies behind what was shown;
   * `lostProcesses`, which have no place in it, are told at once.
   */
  news(isGapless: () => boolean, lostProcesses: () => number): ReturnType<typeof lossesBetween> {
    const now = Date.now();
    if (now - this.#checkedAt < checkMs) return undefined;
    this.#checkedAt = now;
    return isGapless() && lostProcesses() === this.#told.losses.processes ? undefined : this.all();
  }

  /** Everything that was not told yet, looked up now. */
  all(): { readonly losses: Losses; readonly functions: readonly FunctionLosses[] } | undefined {
    // One reading for both: what is lost between two of them would be told by neither.
    const statistics = this.#read();
    const lost = lossesBetween(this.#told, statistics, this.#sites);
    if (lost) this.#told = statistics;
    return lost;
  }
}
