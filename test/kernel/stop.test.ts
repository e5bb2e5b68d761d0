import { readFileSync, realpathSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startCli } from '../support/cli.ts';
import { describeNeeding } from '../support/need.ts';
import { type Running, start } from '../support/process.ts';

describeNeeding(['kernel'], 'a trace that is told to stop', () => {
  let watched: Running;
  let libc: string;

  beforeEach(async () => {
    watched = start('cat');
    watched.write('ready\n');
    await watched.waitFor('ready');
    libc = realpathSync(/\/.*\/libc[.-][^ ]*$/m.exec(readFileSync(`/proc/${watched.pid}/maps`, 'utf8'))?.[0] ?? '');
  });
  afterEach(() => watched[Symbol.asyncDispose]());

  const trace = () =>
    startCli(['trace', libc, 'write(fd: i32, data: usize, length: usize) -> isize', '-p', String(watched.pid)]);

  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    test(`${signal}: status ${status}, the closing line, and the program lives on`, async () => {
      await using traced = trace();
      await traced.waitFor(/probes/, { stream: 'stderr' });
      watched.write('one\n');
      await traced.waitFor(/write\(fd: 1, .*length: 4\) -> 4/);
      traced.kill(signal);
      const done = await traced.finished;
      expect({ status: done.status, signal: done.signal }).toEqual({ status, signal: null });
      expect(done.stderr).toMatch(/1 call/);
      watched.write('two\n');
      await watched.waitFor('two');
    });

  test('its reader goes away: the next call ends it, with status 0', async () => {
    await using traced = trace();
    await traced.waitFor(/probes/, { stream: 'stderr' });
    traced.child.stdout?.destroy();
    // One write may still fit into the pipe that is being closed.
    for (let i = 0; i < 50 && traced.child.exitCode === null; i++) {
      watched.write('x\n');
      await new Promise((done) => setTimeout(done, 100));
    }
    const done = await traced.finished;
    expect({ status: done.status, signal: done.signal }).toEqual({ status: 0, signal: null });
    expect(done.stderr).not.toMatch(/EPIPE|internal/);
  });
});
