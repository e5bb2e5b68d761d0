import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cli, cliFail, startCli } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding, testNeeding } from '../support/need.ts';
import { run, start } from '../support/process.ts';

const endings = (): string => fixture('endings/release-legacy');
const work = 'endings::work(n: u32) -> u32';
const served = [
  'endings::work(n: u32) -> u32',
  'endings::pair(a: i32, b: i64) -> i64',
  'endings::catches(n: u32) -> u32',
];

type Event = { event: string; function: string; pid: number; lost: Record<string, number>; calls: number };
const parse = (text: string): Event[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** `FUNCTION CALLS` lines that the program prints at its end. */
const printed = (text: string): Map<string, number> =>
  new Map(
    [...text.matchAll(/^(work|pair|catches) (\d+)$/gm)].map(([, name, count]) => [`endings::${name}`, Number(count)]),
  );

/** The first bytes of a function as they are in a running process, and as they are in its file. */
const textOf = (pid: number, path: string, symbol: RegExp): { memory: string; file: string } => {
  const row =
    run('nm', [path])
      .stdout.split('\n')
      .find((line) => symbol.test(line)) ?? '';
  const address = Number.parseInt(row, 16);
  const map = readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .find((line) => line.includes(path) && / r-xp /.test(line)) as string;
  const [, start = '', , offset = ''] = /^(\w+)-(\w+) \S+ (\w+)/.exec(map) ?? [];
  const header = run('readelf', ['-lW', path]).stdout;
  const load = [...header.matchAll(/LOAD\s+0x(\w+) 0x(\w+) \S+ \S+ \S+ R E/g)][0];
  const fileOffset = address - Number.parseInt(load?.[2] ?? '', 16) + Number.parseInt(load?.[1] ?? '', 16);
  const dd = (from: string, skip: number): string =>
    run('dd', [`if=${from}`, 'bs=1', 'count=8', `skip=${skip}`, 'iflag=skip_bytes']).stdoutBytes.toString('hex');
  return {
    memory: dd(`/proc/${pid}/mem`, Number.parseInt(start, 16) + fileOffset - Number.parseInt(offset, 16)),
    file: dd(path, fileOffset),
  };
};

describeNeeding(['kernel'], 'a running process', () => {
  test('every call is shown: as many as the program counts, over two threads', () => {
    const path = endings();
    const file = `${path}.${process.pid}.calls`;
    const done = cli(['trace', '--json', '-o', file, path, ...served, '--', 'serve', '2', '300']);
    const events = parse(readFileSync(file, 'utf8'));
    rmSync(file);
    const counts = printed(done.stdout);
    expect(counts.get('endings::work')).toBeGreaterThan(1000);
    for (const [name, count] of counts) {
      expect(events.filter((e) => e.event === 'call' && e.function === name).length, name).toBe(count);
    }
  });

  test('what a small ring loses is counted: shown and lost make up all calls', () => {
    const path = endings();
    const file = `${path}.${process.pid}.lost`;
    const done = cli(['trace', '--json', '--ring', '4096', '-o', file, path, ...served, '--', 'serve', '1', '0']);
    const events = parse(readFileSync(file, 'utf8'));
    rmSync(file);
    const all = [...printed(done.stdout).values()].reduce((a, b) => a + b, 0);
    const end = events.at(-1);
    expect(end?.lost['entries']).toBeGreaterThan(0);
    expect((end?.calls ?? 0) + (end?.lost['entries'] ?? 0)).toBe(all);
    // Losses are told at intervals; their sum is the total.
    const told = events.filter(({ event }) => event === 'lost') as unknown as { losses: { entries: number } }[];
    expect(told.reduce((sum, { losses }) => sum + losses.entries, 0)).toBe(end?.lost['entries']);
  });

  test('calls that the table of --pending has no room for are told by function, in text and in JSON', () => {
    const path = endings();
    const args = ['--pending', '1', path, 'endings::recurse(n: u32) -> u32', ...served, '--', 'serve', '2'];
    const told = cli(['trace', '--json', ...args]);
    const events = parse(told.stdout);
    const end = events.at(-1) as Event & { lost_functions: Record<string, number>[] };
    expect(end.lost['pending']).toBeGreaterThan(0);
    const lost = events.filter(({ event }) => event === 'lost') as unknown as {
      losses: { pending: number };
      functions: { function: unknown; pending: number }[];
    }[];
    // At intervals, not only at the end; what is told by function is what is told in all.
    expect(lost.length).toBeGreaterThan(1);
    expect(lost.reduce((sum, { losses }) => sum + losses.pending, 0)).toBe(end.lost['pending']);
    for (const { losses, functions } of lost)
      expect(functions.reduce((sum, { pending }) => sum + pending, 0)).toBe(losses.pending);
    expect(lost.some(({ functions }) => functions.some((f) => f.function === 'endings::recurse'))).toBe(true);

    const shown = cli(['trace', ...args]);
    expect(shown.stdout).toMatch(
      /^LOST \d+ calls not shown: the table of calls under way was full \(.*endings::recurse \d+/m,
    );
    expect(shown.stderr).toMatch(/LOST \d+ calls not shown: the table of calls under way was full/);
    expect(cliFail(['trace', '--pending', '0', path, work])).toMatch(/--pending/);
    expect(cliFail(['trace', '--pending', '99999999', path, work])).toMatch(/--pending must be a whole number/);
  });

  test('-p: only that process, though another runs the same file; both run on', async () => {
    const path = endings();
    await using one = start(path, ['serve', '8']);
    await using other = start(path, ['serve', '8']);
    await one.waitFor('ready');
    await other.waitFor('ready');
    const done = cli(['trace', '--json', path, work, '-p', String(one.pid), '-n', '200']);
    const calls = parse(done.stdout).filter(({ event }) => event === 'call');
    expect(calls.length).toBe(200);
    expect(new Set(calls.map(({ pid }) => pid))).toEqual(new Set([one.pid]));
    const both = cli(['trace', '--json', path, work, '-p', String(one.pid), '-p', String(other.pid), '-n', '400']);
    const pids = new Set(parse(both.stdout).flatMap((e) => (e.event === 'call' ? [e.pid] : [])));
    expect(pids).toEqual(new Set([one.pid, other.pid]));
    expect([one.child.exitCode, other.child.exitCode]).toEqual([null, null]);
  });

  test('-p of a process that is gone is refused before all else; one that does not run the file is told', async () => {
    const file = fixture('hello/never-v0');
    const gone = start('true', []);
    await gone.finished;
    expect(cliFail(['trace', file, 'helloworld::hello', '-p', String(gone.pid)])).toBe(
      `rsym: process ${gone.pid} does not exist\n`,
    );
    await using other = start('sleep', ['60']);
    expect(cli(['trace', file, 'helloworld::hello', '-p', String(other.pid), '-d', '0.1']).stderr).toContain(
      `rsym: process ${other.pid} has not loaded ${realpathSync(file)}: nothing is seen until it does\n`,
    );
  });

  test('with neither PID nor command: every process that runs the file, also one that starts later', async () => {
    const path = endings();
    await using traced = startCli(['trace', '--json', path, work, '-d', '6']);
    await traced.waitFor(/probes/, { stream: 'stderr' });
    await using later = start(path, ['serve', '1']);
    await traced.waitFor(new RegExp(`"pid":${later.pid},`));
  });

  test('the process ends: the trace ends by itself', async () => {
    const path = endings();
    await using target = start(path, ['serve', '2']);
    await target.waitFor('ready');
    const done = cli(['trace', '--json', path, work, '-p', String(target.pid)]);
    expect(done.status).toBe(0);
    expect(parse(done.stdout).at(-1)?.event).toBe('end');
    expect(done.stderr).toMatch(new RegExp(`rsym: process ${target.pid} has ended\\n`));
  });

  testNeeding(
    ['kernel', 'nm', 'readelf'],
    'kill -9 of rsym leaves no probe: the text is the file’s again, the program lives',
    async () => {
      const path = realpathSync(endings());
      await using target = start(path, ['serve', '10']);
      await target.waitFor('ready');
      const symbol = / t .*endings.*work/;
      await using traced = startCli(['trace', path, work, '-p', String(target.pid)]);
      await traced.waitFor(/-> /);
      const during = textOf(target.pid, path, symbol);
      expect(during.memory).not.toBe(during.file);
      expect(during.memory.slice(0, 2)).toBe('cc');
      traced.kill('SIGKILL');
      await traced.finished;
      const deadline = Date.now() + 5_000;
      while (textOf(target.pid, path, symbol).memory !== during.file && Date.now() < deadline);
      expect(textOf(target.pid, path, symbol).memory).toBe(during.file);
      expect(target.child.exitCode).toBe(null);
      expect(readlinkSync(`/proc/${target.pid}/exe`)).toBe(path);
    },
  );
});
