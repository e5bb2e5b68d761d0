import { watchDefaults } from './watch-limits.ts';

/** What holds where a request doesn't say otherwise. */
export const countByDefaults = {
  maxGroups: 10_000,
  maxString: 128,
  depth: watchDefaults.depth,
  maxPending: watchDefaults.maxPending,
} as const;

/** The most that each may be, and the option that says it. */
export const countByLimits = {
  maxGroups: { option: '--max-groups', most: 1_000_000 },
  maxString: { option: '--max-string', most: 4_096 },
  depth: { option: '--depth', most: 8 },
  maxPending: { option: '--pending', most: 16 * 1024 * 1024 },
} as const;
