import { defineConfig } from 'vitest/config';

// Tests leave the cache of whoever runs them alone, and start from none; those about the cache name one.
const shared = { globalSetup: [] as string[], testTimeout: 60_000, hookTimeout: 120_000, env: { RSYM_CACHE: 'off' } };

export default defineConfig({
  test: {
    // Every processor: most tests wait for programs that they start.
    maxWorkers: '100%',
    projects: [
      { test: { ...shared, name: 'unit', include: ['test/**/*.test.{ts,tsx}'], exclude: ['test/kernel/**'] } },
      {
        // Kernel probes are shared state of the machine: these files run one after another.
        test: { ...shared, name: 'kernel', include: ['test/kernel/**/*.test.ts'], fileParallelism: false },
      },
    ],
  },
});
