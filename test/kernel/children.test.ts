import { expect, test } from 'vitest';
import { watchDefaults } from '../../src/query/watch-limits.ts';
import { captureLimits } from '../../src/trace/capture-limits.ts';
import { Session, type SessionOptions } from '../../src/trace/session.ts';
import { cli, cliFail, startCli } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { start } from '../support/process.ts';

type Event = { event: string; pid: number; args: { value: number }[]; ret: { value: number }; calls: number };
const parse = (text: string): Event[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const hello = 'helloworld::hello(i: i32, len: usize) -> i32';

describeNeeding(['kernel'], '--children', () => {
  const path = fixture('hello/never-v0');
  const seen = (text: string): number[] =>
    parse(text)
      .flatMap((e) => (e.event === 'call' ? [Number(e.args[0]?.value)] : []))
      .sort();
  const family = `${path} 1; (sh -c "${path} 2; true"; true); ${path} 3 & wait`;

  test('-c: children and grandchildren by fork and exec; without it none of them', () => {
    const done = cli(['trace', '--json', '--children', path, hello, '-c', `sh -c '${family}'`]);
    const events = parse(done.stdout);
    expect(seen(done.stdout)).toEqual([1, 2, 3]);
    expect(new Set(events.flatMap((e) => (e.event === 'call' ? [e.pid] : []))).size).toBe(3);
    const alone = cli(['trace', '--json', path, hello, '-c', `sh -c '${family}'`]);
    expect(seen(alone.stdout)).toEqual([]);
    const advice = /^rsym: the command runs \/\S+, and what that starts is not watched without --children$/m;
    expect(alone.stderr).toMatch(advice);
    for (const command of ['count', 'latency'])
      expect(cli([command, path, 'helloworld::hello', '-c', `sh -c '${family}'`]).stderr).toMatch(advice);
    // The shell becomes the program here.
    expect(cli(['trace', path, hello, '-c', `sh -c 'exec ${path} 1'`]).stderr).not.toMatch(advice);
  });

  test('another process that runs the same file is not seen', async () => {
    const endings = fixture('endings/release-legacy');
    await using other = start(endings, ['serve', '20']);
    await other.waitFor('ready');
    const work = 'endings::work(n: u32) -> u32';
    const done = cli(['trace', '--json', '--children', endings, work, '-c', `sh -c "${endings} serve 1; true"`]);
    const pids = new Set(parse(done.stdout).flatMap((e) => (e.event === 'call' ? [e.pid] : [])));
    expect(pids.size).toBe(1);
    expect(pids.has(other.pid)).toBe(false);
  });

  test('-p: children there are and those to come; the end is that of the last of them', async () => {
    const endings = fixture('endings/release-legacy');
    const work = 'endings::work(n: u32) -> u32';
    // The shell is gone before its second child is.
    await using shell = start('sh', ['-c', `${endings} serve 2 & read line; ${endings} serve 2 & exit 0`]);
    await shell.waitFor('ready');
    await using traced = startCli(['trace', '--json', '--children', endings, work, '-p', String(shell.pid)]);
    await traced.waitFor(/"event":"call"/);
    shell.write('\n');
    const done = await traced.finished;
    expect(done.status).toBe(0);
    const events = parse(done.stdout);
    const pids = new Set(events.flatMap((e) => (e.event === 'call' ? [e.pid] : [])));
    expect(pids.size).toBe(2);
    expect(pids.has(shell.pid)).toBe(false);
    expect(events.at(-1)?.event).toBe('end');
  });

  test('a line of text names process, thread and program', () => {
    const done = cli(['trace', '--children', path, hello, '-c', `sh -c '${path} 5; true'`]);
    expect(done.stdout).toMatch(/^ *\d\S+ +\S+ {2}(\d+) \1 \S+ helloworld::hello\(i: 5, len: 2\) -> 7\n$/);
  });

  test('the table of watched processes holds those that live, and no others', async () => {
    const { ringBytes, maxString, maxPending } = watchDefaults;
    const limits = captureLimits(maxString);
    const options: SessionOptions = {
      sites: [],
      landings: [],
      coldPages: false,
      watched: 'named',
      children: true,
      ringBytes,
      limits,
      maxPending,
    };
    using session = new Session(options);
    await using shell = start('sh', [
      '-c',
      'echo up; read l; (sleep 60 & echo "child $!"; true); (true); echo b; read l',
    ]);
    await shell.waitFor('up');
    session.scope.watch(shell.pid);
    shell.write('\n');
    const child = Number((await shell.waitFor(/child \d+\nb/)).split(/\s/)[1]);
    expect(session.scope.watched().sort()).toEqual([shell.pid, child].sort());
    process.kill(child);
    shell.kill('SIGKILL');
    await shell.finished;
    for (const deadline = Date.now() + 5_000; session.scope.watched().length > 0 && Date.now() < deadline; );
    expect(session.scope.watched()).toEqual([]);
  });

  test('children of every process are none: wrong use', () => {
    expect(cliFail(['trace', '--children', path, hello])).toMatch(/children of which process/);
  });
});
