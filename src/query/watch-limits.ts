/** What holds where a request doesn't say otherwise. */
export const watchDefaults = {
  maxString: 200,
  depth: 6,
  ringBytes: 32 * 1024 * 1024,
  maxPending: 65_536,
} as const;

/** The most that each may be, and the option that says it. */
export const watchLimits = {
  maxString: { option: '--max-string', most: 4_096 },
  depth: { option: '--depth', most: 8 },
  ringBytes: { option: '--ring', most: 1024 * 1024 * 1024 },
  maxPending: { option: '--pending', most: 16 * 1024 * 1024 },
  sample: { option: '--sample', most: 1_000_000_000 },
  rateLimit: { option: '--rate-limit', most: 1_000_000_000 },
} as const;
