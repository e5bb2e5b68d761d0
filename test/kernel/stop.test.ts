import { afterEach, beforeEach, expect, test } from 'vitest';
import { startCli } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { type Running, start } from '../support/process.ts';

describeNeeding(['kernel'], 'a trace that is told to stop', () => {
  const program = fixture('endings/debug-v0');
  let watched: Running;

  beforeEach(async () => {
    watched = start(program, ['serve', '120']);
    await watched.waitFor('ready');
  });
  afterEach(() => watched[Symbol.asyncDispose]());

  const trace = () => startCli(['trace', program, 'endings::pair(a: i32, b: i64) -> i64', '-p', String(watched.pid)]);

  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    test(`${signal}: status ${status}, the closing line, and the program lives on`, async () => {
      await using traced = trace();
      await traced.waitFor(/pair\(a: .*\) -> /);
      traced.kill(signal);
      const done = await traced.finished;
      expect({ status: done.status, signal: done.signal }).toEqual({ status, signal: null });
      expect(done.stderr).toMatch(/\d+ calls?; 0 lost/);
      expect(watched.child.exitCode).toBeNull();
    });

  test('its reader goes away: the next call ends it, with status 0', async () => {
    await using traced = trace();
    await traced.waitFor(/pair\(a: .*\) -> /);
    traced.child.stdout?.destroy();
    const done = await traced.finished;
    expect({ status: done.status, signal: done.signal }).toEqual({ status: 0, signal: null });
    expect(done.stderr).not.toMatch(/EPIPE|internal/);
  });
});
