import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KnownProcess, processState } from '../../src/query/process-state.ts';
import { planWatch } from '../../src/query/watch.ts';
import { isAlive, isThreadAlive } from '../../src/trace/process-stat.ts';
import { rsym } from '../support/cli.ts';
import { describeNeeding } from '../support/need.ts';
import { start } from '../support/process.ts';
import { buildRust } from '../support/rust-program.ts';
import { Temporary } from '../support/temporary.ts';

describeNeeding(['kernel', 'rustc'], 'a process whose main thread has ended', () => {
  const folder = new Temporary();
  const program = join(folder.path, 'mainless');

  beforeAll(() => {
    buildRust(fileURLToPath(new URL('programs/mainless.rs', import.meta.url)), program);
  });
  afterAll(() => folder[Symbol.dispose]());

  test('is there until its other threads end, on the screen too', async () => {
    await using running = start(program);
    const known = new KnownProcess(running.pid);
    await running.waitFor('alone');
    expect([isAlive(running.pid), isThreadAlive(running.pid, running.pid)]).toEqual([true, false]);
    expect([known.state, processState(running.pid)]).toEqual(['running', 'running']);
    process.kill(running.pid, 'SIGSTOP');
    await expect.poll(() => processState(running.pid)).toBe('stopped');
    process.kill(running.pid, 'SIGCONT');
    running.closeInput();
    expect((await running.finished).status).toBe(0);
    expect([known.state, isAlive(running.pid)]).toEqual(['gone', false]);
  });

  test('which was waited for is traced on, until it ends', async () => {
    const calls: string[] = [];
    let running: ReturnType<typeof start> | undefined;
    const watch = planWatch({ target: program, functions: ['ticks(i: u64)'], scope: { kind: 'next' } });
    try {
      for await (const batch of watch.batches(() => (running = start(program)))) {
        for (const event of batch) if (event.event === 'call') calls.push(`${event.args[0]?.text}`);
        if (calls.length >= 50) running?.closeInput();
      }
      expect((await running?.finished)?.status).toBe(0);
    } finally {
      await running?.[Symbol.asyncDispose]();
    }
    expect(calls.slice(0, 50)).toEqual([`${2 ** 40}`, ...Array.from({ length: 49 }, (_, i) => `${i}`)]);
  });

  test('is traced, counted and timed where it is named', async () => {
    await using running = start(program);
    await running.waitFor('alone');
    const pid = `${running.pid}`;
    const traced = rsym(['trace', program, 'ticks(i: u64)', '-p', pid, '-n', '3']);
    expect(traced.stderr).toContain('3 calls; 0 lost');
    for (const verb of ['count', 'latency'])
      expect(rsym([verb, program, 'ticks', '-p', pid, '-d', '0.5']).stderr).toMatch(
        /rsym: [1-9][0-9]* calls of 1 function/,
      );
  });
});
