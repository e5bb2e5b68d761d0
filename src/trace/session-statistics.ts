import { reasons } from './bpf/expression/doubt.ts';
import { FUNCTION_STATS, GLOBALS } from './bpf/records.ts';
import type { Losses } from './event.ts';

export type FunctionStatistics = {
  readonly entries: number;
  readonly exits: number;
  readonly pending: number;
  readonly threads: number;
  readonly unmatchedExits: number;
  /** Calls among which samples were taken; those over the rate. */
  readonly wanted: number;
  readonly overRate: number;
  /** Calls of which it isn't known whether they were wanted, in the order of `reasons`. */
  readonly undecided: readonly number[];
};

export type SessionStatistics = {
  readonly functions: readonly FunctionStatistics[];
  readonly unmatchedExits: number;
  readonly losses: Losses;
};

/** From a value of the map `functions`. */
export const functionStatistics = (value: Buffer): FunctionStatistics => {
  const field = (at: number): number => Number(value.readBigUInt64LE(at));
  return {
    entries: field(FUNCTION_STATS.lostEntries),
    exits: field(FUNCTION_STATS.lostExits),
    pending: field(FUNCTION_STATS.pendingFull),
    threads: field(FUNCTION_STATS.threadsFull),
    unmatchedExits: field(FUNCTION_STATS.unmatchedExits),
    wanted: field(FUNCTION_STATS.wanted),
    overRate: field(FUNCTION_STATS.overRate),
    undecided: reasons.map((_, i) => field(FUNCTION_STATS.undecided + 8 * i)),
  };
};

/** `globals`: the value of the map of that name. */
export const sumStatistics = (functions: readonly FunctionStatistics[], globals: Buffer): SessionStatistics => {
  const sum = (field: Exclude<keyof FunctionStatistics, 'undecided'>): number =>
    functions.reduce((total, f) => total + f[field], 0);
  const global = (at: number): number => Number(globals.readBigUInt64LE(at));
  return {
    functions,
    unmatchedExits: sum('unmatchedExits'),
    losses: {
      entries: sum('entries'),
      exits: sum('exits'),
      pending: sum('pending'),
      threads: sum('threads'),
      landings: global(GLOBALS.lostLandings),
      threadEnds: global(GLOBALS.lostThreadEnds),
      processes: global(GLOBALS.lostProcesses),
    },
  };
};
