import { expect, test } from 'vitest';
import { GroupedSites } from '../../src/query/grouped-calls.ts';
import { Latencies } from '../../src/query/latencies.ts';

test.each([
  ['nothing was lost, and every call is seen', [], 0n, false],
  ['calls of a function may not be seen', ['app::copied'], 0n, true],
  ['calls were lost', [], 1n, true],
])('%s', (_, doubted, pending, isLeast) => {
  const reading = {
    groups: [],
    gaps: { unwound: [], skipped: [], undecided: [] },
    lost: { events: 0n, groups: 0n, pending, processes: 0 },
    seconds: 1,
  };
  expect(new Latencies(new GroupedSites([], doubted), reading, null).isLeast).toBe(isLeast);
});
