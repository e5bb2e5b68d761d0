import { expect, test } from 'vitest';
import { run, start } from './process.ts';

const node = (code: string): string[] => ['-e', code];

test('run gives status, signal and both streams', () => {
  const done = run(
    process.execPath,
    node('process.stdin.pipe(process.stdout); console.error("e"); process.exitCode = 3'),
    {
      input: Buffer.from([0xff, 0x00, 0x41]),
    },
  );
  expect(done).toMatchObject({ status: 3, signal: null, stderr: 'e\n' });
  expect([...done.stdoutBytes]).toEqual([0xff, 0x00, 0x41]);
  expect(run(process.execPath, node('process.kill(process.pid, "SIGTERM"); setTimeout(() => 0, 9e4)')).signal).toBe(
    'SIGTERM',
  );
});

test('a hang and a missing program are errors', () => {
  expect(() => run(process.execPath, node('setTimeout(() => 0, 9e4)'), { timeout: 300 })).toThrow('ETIMEDOUT');
  expect(() => run('/nonexistent/program')).toThrow('ENOENT');
});

test('the environment is what the test says', () => {
  process.env['NO_COLOR'] = '1';
  const shown = (env: Record<string, string>): string =>
    run(process.execPath, node('console.log(process.env.NO_COLOR, process.env.PATH)'), { env, path: '/only' }).stdout;
  expect(shown({})).toBe('undefined /only\n');
  expect(shown({ NO_COLOR: '2' })).toBe('2 /only\n');
});

test('start waits for output, answers, and reports the end', async () => {
  await using child = start(
    process.execPath,
    node('console.log("ready"); process.stdin.on("data", (d) => console.log("got", String(d)))'),
  );
  await child.waitFor('ready');
  child.write('ping');
  expect(await child.waitFor(/got \w+/)).toBe('got ping');
  child.closeInput();
  expect(await child.finished).toMatchObject({ status: 0, signal: null });
  await expect(child.waitFor('never')).rejects.toThrow('it ended before never');
});

test('what a failed test leaves running is ended', async () => {
  let pid = 0;
  {
    await using child = start(process.execPath, node('console.log("up"); setTimeout(() => 0, 9e4)'));
    await child.waitFor('up');
    pid = child.pid;
  }
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
