import { readdirSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import type { AggregateRun } from '../../../src/trace/aggregate/model.ts';
import { SumSession } from '../../../src/trace/aggregate/session.ts';
import { Unlowerable } from '../../../src/trace/bpf/expression/unlowerable.ts';
import { probeSite } from '../traced-machine.ts';

/** Processes that this one started. */
const started = (): string[] =>
  readdirSync('/proc/self/task').flatMap((tid) =>
    readFileSync(`/proc/self/task/${tid}/children`, 'utf8').split(' ').filter(Boolean),
  );

test.runIf(process.platform === 'linux')('what the kernel cannot evaluate leaves no process behind', async () => {
  const before = new Set(started());
  const run: AggregateRun = {
    sites: [
      probeSite({
        when: {
          kind: 'test-text',
          test: 'contains',
          of: { kind: 'comm' },
          part: { kind: 'bytes', bytes: Buffer.of(1) },
        },
      }),
    ],
    landings: [],
    scope: { kind: 'everywhere' },
    children: false,
    of: 'durations',
    maxGroups: 1,
    maxText: 1,
    maxPending: 1,
  };
  expect(() => new SumSession(run)).toThrow(Unlowerable);
  await vi.waitFor(() => expect(started().filter((pid) => !before.has(pid))).toEqual([]), { timeout: 10_000 });
});
