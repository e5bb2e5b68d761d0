import type { FunctionLosses, Losses } from './event.ts';
import type { SessionStatistics } from './session-statistics.ts';
import type { ProbeSite } from './site.ts';

export const noLosses: Losses = {
  entries: 0,
  exits: 0,
  pending: 0,
  threads: 0,
  landings: 0,
  threadEnds: 0,
  processes: 0,
};

/** What was lost between two readings (the first null: from the start), by cause and function; undefined if nothing was. */
export const lossesBetween = (
  before: SessionStatistics | null,
  now: SessionStatistics,
  sites: readonly ProbeSite[],
): { readonly losses: Losses; readonly functions: readonly FunctionLosses[] } | undefined => {
  const earlier = before?.losses ?? noLosses;
  const losses = {
    entries: now.losses.entries - earlier.entries,
    exits: now.losses.exits - earlier.exits,
    pending: now.losses.pending - earlier.pending,
    threads: now.losses.threads - earlier.threads,
    landings: now.losses.landings - earlier.landings,
    threadEnds: now.losses.threadEnds - earlier.threadEnds,
    processes: now.losses.processes - earlier.processes,
  };
  if (Object.values(losses).every((count) => count === 0)) return undefined;
  const functions = now.functions.flatMap((after, fn) => {
    const was = before?.functions[fn] ?? noLosses;
    const own = {
      function: sites[fn]?.name ?? '',
      entries: after.entries - was.entries,
      exits: after.exits - was.exits,
      pending: after.pending - was.pending,
      threads: after.threads - was.threads,
    };
    return own.entries + own.exits + own.pending + own.threads > 0 ? [own] : [];
  });
  return { losses, functions };
};
