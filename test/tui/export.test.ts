import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noLosses, type TraceEvent } from '../../src/query/watch.ts';
import { exportEvents } from '../../src/tui/live/export.ts';
import { type LogView, logOf } from '../../src/tui/live/log.ts';
import { call } from './states.ts';

const end: TraceEvent = {
  ...{ event: 'end', time: 9n, seq: 4, calls: 1_199_998, lost: noLosses, lostFunctions: [] },
  ...{ underWayAtAttach: 0, functions: 1, probes: 3, program: null },
};

type Written = { readonly event: string; readonly lost?: object; readonly losses?: object };

/** What is written of a view, and how many calls that are said to be. */
const written = (view: LogView): { readonly calls: number | null; readonly lines: readonly Written[] } => {
  const folder = mkdtempSync(join(tmpdir(), 'rsym-export-'));
  try {
    const path = join(folder, 'some.ndjson');
    const steps = exportEvents({ path, replaces: false, view, program: '/bin/demo' });
    for (;;) {
      const { done, value } = steps.next();
      if (done)
        return {
          calls: value,
          lines: readFileSync(path, 'utf8')
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line)),
        };
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('calls that are not there any more are a loss: ahead of all, and in the end line', () => {
  const view = { ...logOf([call(3), call(4), end]), came: 1_199_998, forgotten: 1_199_995, refused: 1 };
  const { calls, lines } = written(view);
  expect(calls).toBe(2);
  expect(lines.map(({ event }) => event)).toEqual(['lost', 'call', 'call', 'end']);
  expect(lines[0]?.losses).toMatchObject({ entries: 0, not_kept: 1_199_996 });
  expect(lines[3]?.lost).toMatchObject({ entries: 0, not_kept: 1_199_996 });
});

test('where all are there, nothing is said of it', () => {
  const { calls, lines } = written(logOf([call(3), call(4), end]));
  expect(calls).toBe(2);
  expect(lines.map(({ event }) => event)).toEqual(['call', 'call', 'end']);
  expect(lines[2]?.lost).not.toHaveProperty('not_kept');
});
