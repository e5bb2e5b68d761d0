import { expect, test } from 'vitest';
import { cli, cliFail, rsym, startCli } from './cli.ts';

test('one run, seen in three ways', async () => {
  const whole = cli(['--version']);
  expect(rsym(['--version'])).toEqual({ status: 0, stdout: whole.stdout, stderr: '' });
  expect(whole.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  await using running = startCli(['--version']);
  expect((await running.finished).stdoutBytes).toEqual(whole.stdoutBytes);
});

test('cliFail gives the message, and rejects a run that does not fail as rsym fails', () => {
  expect(cliFail(['no-such-command'])).toContain('no-such-command');
  expect(() => cliFail(['--version'])).toThrow('status is 0, not 2; stdout is not empty; there is no message');
  expect(() => cliFail(['no-such-command'], { status: 1 })).toThrow('status is 2, not 1');
});
