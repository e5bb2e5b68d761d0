import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Tests leave the cache of whoever runs them alone, and start from none; those about the cache name one.
const shared = { globalSetup: [] as string[], testTimeout: 60_000, hookTimeout: 120_000, env: { RSYM_CACHE: 'off' } };

/** Tests of probes that only programs of their own hit, or of none, and that measure nothing of the machine. */
const apart = [
  'attach',
  'children',
  'command-line',
  'count',
  'descriptors',
  'guide',
  'hello',
  'launch',
  'library',
  'other-files',
  'output',
  'perfetto',
  'screen',
  'stop',
  'suspended',
  'killed',
  'cycles',
  'calls',
  'endings',
  'endings-debug',
  'abi-values',
  'abi-hello',
  'values',
  'floats',
  'after',
  'batch',
  'count-by',
  'expressions',
  'expression-programs',
  'latency',
  'verifier',
  'when',
  'when-generated',
].map((name) => `test/kernel/${name}.test.ts`);

const computing = '{abi,base,code,demangle,differential,elf,expr,query,report,trace}';
/**
 * Tests of functions without a process, a terminal or an environment of their own. Those that put something in the place
 * of a module, or of the environment, are called `isolated`.
 */
const computed = `test/${computing}/**/!(*.isolated).test.ts`;

export default defineConfig({
  test: {
    // More than there are processors: most tests wait for programs that they start.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    projects: [
      // What is only computed leaves nothing behind in its worker: the next file finds the modules loaded.
      { test: { ...shared, name: 'computed', include: [computed], isolate: false } },
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [computed, 'test/kernel/**'],
        },
      },
      // Those in programs of their own keep out of each other's way; the others, which may see every process, come last.
      { test: { ...shared, name: 'kernel', include: apart, sequence: { groupOrder: 1 } } },
      {
        test: {
          ...shared,
          name: 'kernel-wide',
          include: ['test/kernel/**/*.test.ts'],
          exclude: apart,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
