import type { ProgramEnd } from '../event.ts';
import { moments } from '../moments.ts';
import type { Scope } from '../target.ts';
import { CountSession } from './session.ts';
import type { CountSites, FunctionSites } from './site.ts';

export type CountRun = {
  readonly sites: CountSites;
  readonly functions: FunctionSites;
  readonly scope: Scope;
  /** Descendants of the scope's processes are counted too. */
  readonly children: boolean;
  /** Ends it; the last reading is still given. */
  readonly signal?: AbortSignal;
  readonly seconds?: number;
  /** Seconds between readings; undefined: only the last is given. */
  readonly interval?: number;
  /** Calls in a second; a function with more of them is disarmed. */
  readonly maxRate?: number;
  /** Told once every probe is planted, before a started program runs. */
  readonly onAttached?: (attached: { readonly probes: number; readonly pid: number | null }) => void;
};

/** A function whose probes were removed, when, and how many calls a second it had. */
export type Disarmed = { readonly function: number; readonly seconds: number; readonly rate: number };

export type Reading = {
  /** Since counting began. */
  readonly seconds: number;
  /** Calls since then, by site. */
  readonly calls: BigUint64Array;
  readonly disarmed: readonly Disarmed[];
  /** Children that there was no room to follow. */
  readonly lostProcesses: number;
  /** What a user should know, since the reading before. */
  readonly notes: readonly string[];
  readonly program: ProgramEnd | null;
  readonly isLast: boolean;
};

const rateMs = 200;

/** Counts and gives readings, the last of them at the end. Probes are gone when the generator is. */
export async function* countReadings(run: CountRun): AsyncGenerator<Reading, void, void> {
  const { functions, maxRate } = run;
  const session = new CountSession({
    ...run,
    scoped: run.scope.kind !== 'everywhere',
    disarms: maxRate !== undefined,
  });
  const disarmed: Disarmed[] = [];
  const rates = maxRate === undefined ? null : new Rates(functions, maxRate);
  const disarm = async (ms: number): Promise<void> => {
    const hot = rates?.above(session.read(), ms) ?? new Map<number, number>();
    if (hot.size === 0) return;
    await session.disarm(new Set(hot.keys()));
    for (const [fn, rate] of hot) disarmed.push({ function: fn, seconds: ms / 1_000, rate });
  };
  const chores = {
    begin: () => session.begin(),
    ...(rates === null ? {} : { regularly: { ms: rateMs, act: disarm } }),
  };
  for await (const moment of moments(session, { ...run, paths: [run.sites.path] }, chores))
    yield {
      ...moment,
      calls: session.read(),
      disarmed: [...disarmed],
      lostProcesses: session.scope.lostProcesses,
    };
}

/** How fast functions are called. */
class Rates {
  readonly #functions: FunctionSites;
  readonly #most: number;
  #calls: BigUint64Array | null = null;
  #ms = 0;

  constructor(functions: FunctionSites, most: number) {
    this.#functions = functions;
    this.#most = most;
  }

  /** Functions with more calls a second than allowed since the last time, with how many. */
  above(calls: BigUint64Array, ms: number): Map<number, number> {
    const seconds = (ms - this.#ms) / 1_000;
    const before = this.#calls;
    const hot = new Map<number, number>();
    for (let fn = 0; fn < this.#functions.length; fn++) {
      let more = 0;
      for (let site = this.#functions.start(fn); site < this.#functions.start(fn + 1); site++) {
        const now = calls[site] ?? 0n;
        if (now !== 0n) more += Number(BigInt.asIntN(64, now - (before?.[site] ?? 0n)));
      }
      if (more > this.#most * seconds) hot.set(fn, more / seconds);
    }
    this.#calls = calls;
    this.#ms = ms;
    return hot;
  }
}
