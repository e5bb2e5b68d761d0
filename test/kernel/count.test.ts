import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CountReading, count } from '../../src/index.ts';
import { cli, cliFail, rsym, program as rsymProgram, startCli } from '../support/cli.ts';
import { codeBytes } from '../support/code-bytes.ts';
import { describeNeeding, testNeeding } from '../support/need.ts';
import { type Finished, type ProcessOptions, run, start } from '../support/process.ts';
import { buildRust } from '../support/rust-program.ts';
import { Temporary } from '../support/temporary.ts';
import { Terminal } from '../support/terminal.ts';

const source = fileURLToPath(new URL('programs/counts.rs', import.meta.url));

type Copy = { readonly kind: string; readonly address: string; readonly calls: string };
type CountedFunction = {
  readonly name: string;
  readonly calls: string;
  readonly lower_bound: boolean;
  readonly disarmed: { readonly seconds: number; readonly calls: string; readonly rate: number } | null;
  readonly copies: readonly Copy[];
};
type Document = {
  readonly schema: number;
  readonly calls: string;
  readonly functions: readonly CountedFunction[];
  /** With `--by` and `--when`. */
  readonly groups?: readonly Pick<CountedFunction, 'calls' | 'lower_bound'>[];
  readonly uncounted: readonly { readonly function: string; readonly reason: string }[];
  readonly program: { readonly status: number | null } | null;
};

const counted = (args: readonly string[], options: ProcessOptions = {}): Finished & { document: Document } => {
  const done = cli(['count', '--json', ...args], options);
  if (done.status !== 0) throw new Error(done.stderr);
  return { ...done, document: JSON.parse(done.stdout) };
};
const callsOf = ({ functions }: Document): Record<string, number> =>
  Object.fromEntries(functions.map(({ name, calls }) => [name.replace(/^counts::/, ''), Number(calls)]));

describeNeeding(['kernel', 'rustc'], 'counting', () => {
  const folder = new Temporary();
  const program = join(folder.path, 'counts');
  const all = ['counts::*', 'loops_if', 'loops_jump', 'loops_table'];

  beforeAll(() => buildRust(source, program, ['-O', '--crate-name=counts']));
  afterAll(() => folder[Symbol.dispose]());

  const once = {
    plain: 3,
    generic: 9,
    small: 3,
    one: 1,
    two: 1,
    recurses: 10,
    loops_if: 1,
    loops_jump: 1,
    loops_table: 1,
  };
  const times = (rounds: number) => Object.fromEntries(Object.entries(once).map(([name, n]) => [name, n * rounds]));

  test('every call once: instances, inlined copies, recursion, and functions that begin with a loop', () => {
    const { document } = counted([program, ...all, '--', '200']);
    expect(callsOf(document)).toMatchObject(times(200));
    const copies = Object.fromEntries(document.functions.map((fn) => [fn.name, fn.copies.map(({ kind }) => kind)]));
    expect(copies['counts::generic']).toEqual(['instance', 'instance']);
    expect(copies['counts::small']).toEqual(['inlined', 'inlined', 'inlined']);
    const generic = document.functions.find(({ name }) => name === 'counts::generic');
    expect(generic?.copies.map(({ calls }) => Number(calls)).sort()).toEqual([1000, 800].sort());
    expect(document.program?.status).toBe(0);
  });

  test('an inlined copy that only some calls come into: no more is said than that there are at least so many', () => {
    const answered = join(folder.path, 'answered');
    buildRust(fileURLToPath(new URL('programs/answered.rs', import.meta.url)), answered, ['-O']);
    for (const by of [[], ['--by', 'pid']]) {
      const { document, stderr } = counted([answered, 'answered::sum', ...by, '--', 'x']);
      expect(stderr).toMatch(/an inlined copy is seen where its code begins/);
      const [seen] = document.groups ?? document.functions;
      if (Number(seen?.calls) === 10) continue;
      expect(seen).toMatchObject({ lower_bound: true });
      expect(stderr).toMatch(/calls may be missed: its code begins where `list` is `Some`/);
    }
  });

  test('four threads at once', () => {
    expect(callsOf(counted([program, ...all, '--', '500', 'threads']).document)).toMatchObject(times(2_000));
  });

  test('with its children, and without', () => {
    expect(callsOf(counted(['--children', program, ...all, '--', '20', 'child']).document)).toMatchObject(times(40));
    expect(callsOf(counted([program, ...all, '--', '20', 'child']).document)).toMatchObject(times(20));
  });

  test('as many calls as `trace` shows', () => {
    for (const name of ['counts::small', 'counts::generic', 'counts::recurses', 'loops_if', 'loops_jump']) {
      const lines = cli(['trace', '--json', program, name, '--', '5']).stdout.trimEnd().split('\n');
      const { calls } = JSON.parse(lines.at(-1) ?? '') as { calls: number };
      expect(Number(counted([program, name, '--', '5']).document.calls), name).toBe(calls);
    }
  });

  test('what the kernel refuses is told, and the rest is counted', () => {
    const { document, stderr } = counted([program, 'locked', 'counts::plain', '--', '2']);
    expect(document.uncounted).toMatchObject([{ function: 'locked', reason: expect.stringMatching(/lock/) }]);
    expect(callsOf(document)).toEqual({ plain: 6 });
    expect(stderr).toMatch(/locked at 0x[0-9a-f]+ can't be counted: lock inc/);
    expect(cliFail(['count', program, 'locked', '--', '1'])).toMatch(/cannot count locked\n.*lock/);
  });

  test('every function of the program and its standard library', () => {
    const { document } = counted([program, '**', '--', '3']);
    expect(document.functions.length).toBeGreaterThan(300);
    expect(callsOf(document)).toMatchObject({ plain: 9, generic: 27, recurses: 30, main: 1 });
  });

  test('a hot function is disarmed; the count of another in its block stays right', async () => {
    const { document, stderr } = counted([
      program,
      'counts::often',
      'counts::seldom',
      '--max-rate',
      '5000',
      '--',
      'serve',
      '2',
    ]);
    const [often, seldom] = ['counts::often', 'counts::seldom'].map((wanted) =>
      document.functions.find(({ name }) => name === wanted),
    );
    expect(often).toMatchObject({ lower_bound: true, disarmed: { calls: often?.calls } });
    expect(often?.disarmed?.rate).toBeGreaterThan(5_000);
    expect(seldom).toMatchObject({ lower_bound: false, disarmed: null });
    expect(stderr).toContain(`seldom ${seldom?.calls}\n`);
    expect(stderr).toMatch(/counts::often was disarmed at \d\.\d s, after \d+ calls/);
  });

  test('a running process, until it is enough; it lives on', async () => {
    await using served = start(program, ['serve', '60']);
    await served.waitFor('ready');
    const done = rsym(['count', program, 'counts::seldom', '-p', String(served.pid), '-d', '0.5']);
    expect(done).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^TOTAL +SHARE +FUNCTION\n *\d+ +100\.0% +counts::seldom\n$/),
    });
    expect(served.child.exitCode).toBeNull();
  });

  test('--interval: a table each time, and one of all at the end', () => {
    const done = rsym(['count', program, 'counts::seldom', '--interval', '0.3', '--', 'serve', '1']);
    expect(done.stdout.match(/LAST 0\.3s/g)?.length).toBeGreaterThanOrEqual(2);
    expect(done.stdout).toMatch(/\n\nTOTAL +SHARE +FUNCTION\n *\d+ +100\.0% +counts::seldom\n$/);
  });

  test('-o: the table goes there, the program has its streams', () => {
    const file = join(folder.path, 'table');
    const done = rsym(['count', program, 'counts::*', '--top', '1', '-o', file, '--', '4']);
    expect(done).toMatchObject({ status: 0, stdout: '' });
    expect(readFileSync(file, 'utf8')).toMatch(/^TOTAL.*\n *40 .*counts::recurses\n.* in 7 more functions\n$/);
  });

  test('SIGINT: the table so far, and status 130', async () => {
    await using served = start(program, ['serve', '60']);
    await served.waitFor('ready');
    await using counting = startCli(['count', program, 'counts::seldom', '-p', String(served.pid)]);
    await counting.waitFor('1 probe', { stream: 'stderr' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    counting.kill('SIGINT');
    const done = await counting.finished;
    expect(done.status).toBe(130);
    expect(done.stdout).toMatch(/^TOTAL.*\n *\d+ +100\.0% +counts::seldom\n$/);
  });

  testNeeding(['tmux'], 'a terminal: the table is drawn in place, and again when its size changes', async () => {
    await using served = start(program, ['serve', '60']);
    await served.waitFor('ready');
    const line = ['count', program, 'counts::*', '-p', String(served.pid), '--interval', '0.2'];
    await using terminal = new Terminal([process.execPath, rsymProgram, ...line], {
      width: 90,
      height: 20,
      env: { NO_COLOR: '1' },
    });
    await terminal.waitFor(/LAST 0\.2s.*\n.*counts::often/);
    const first = Number(/(\d+) .*counts::often/.exec(terminal.screen().text)?.[1]);
    terminal.resize(60, 16);
    await terminal.waitFor(new RegExp(`^ *(?!${first} )\\d+ .*often`, 'm'));
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(terminal.screen().text.match(/FUNCTION/g)).toHaveLength(1);
    terminal.press('C-c');
    expect(await terminal.waitForExit()).toEqual({ status: 130, signal: null });
    const { text } = terminal.screen();
    expect(text).toMatch(/TOTAL +SHARE +FUNCTION/);
    expect(text.match(/FUNCTION/g)).toHaveLength(1);
  });

  testNeeding(['bpftrace'], "functions of libc: bpftrace's numbers, of the same process", async () => {
    await using waiting = start('sh', ['-c', 'read line; exec ls -l /usr/bin /usr/lib /etc']);
    const path = run('ldconfig', ['-p']).stdout.match(/libc\.so\.6 .*x86-64.*=> (\S+)/)?.[1] ?? '';
    const names = ['malloc', 'free', 'getenv', 'fwrite', 'opendir', 'readdir64', 'setlocale'];
    const probes = names
      .map((name) => `uprobe:${path}:${name} /pid == ${waiting.pid}/ { @${name} = count(); }`)
      .join(' ');
    const other = start('bpftrace', ['-p', String(waiting.pid), '-e', `BEGIN { printf("up\\n"); } ${probes}`]);
    await using _other = other;
    await other.waitFor('up');
    await using counting = startCli(['count', '--json', path, ...names, '-p', String(waiting.pid)]);
    await counting.waitFor(/\d probes?/, { stream: 'stderr' });
    waiting.write('\n');
    const { functions } = JSON.parse((await counting.finished).stdout) as Document;
    other.kill('SIGINT');
    const theirs = Object.fromEntries(
      Array.from((await other.finished).stdout.matchAll(/@(\w+): (\d+)/g), ([, name = '', n]) => [name, Number(n)]),
    );
    const ours = Object.fromEntries(
      functions.filter(({ calls }) => calls !== '0').map((fn) => [fn.name, Number(fn.calls)]),
    );
    expect(Object.values(theirs).length).toBeGreaterThan(2);
    expect(Object.values(ours).sort()).toEqual(Object.values(theirs).filter(Boolean).sort());
  });

  test('kill -9 leaves nothing behind', async () => {
    await using served = start(program, ['serve', '60']);
    await served.waitFor('ready');
    const code = codeBytes(served.pid, program);
    await using counting = startCli(['count', program, '**', '-p', String(served.pid)]);
    await counting.waitFor(/\d probes?/, { stream: 'stderr' });
    expect(code.differences().length).toBeGreaterThan(300);
    counting.kill('SIGKILL');
    await expect.poll(code.differences, { timeout: 10_000, interval: 20 }).toEqual([]);
    expect(served.child.exitCode).toBeNull();
  });

  test('the library gives readings', async () => {
    const counting = count({
      target: program,
      functions: ['counts::plain', 'counts::generic'],
      scope: { kind: 'run', args: ['7'] },
      output: 'ignore',
    });
    expect(counting.watch.functions.map(({ name }) => name)).toEqual(['counts::plain', 'counts::generic']);
    const readings: CountReading[] = [];
    for await (const reading of counting) readings.push(reading);
    expect(readings).toHaveLength(1);
    expect(readings[0]?.calls.most(10).map(({ total }) => total)).toEqual([63n, 21n]);
    expect(readings[0]).toMatchObject({ isLast: true, program: { status: 0 } });
  });

  describe('wrong use', () => {
    test('nothing of that name: the nearest', () => {
      expect(cliFail(['count', program, 'counts::generik'], { status: 1 })).toContain('the nearest: counts::generic');
    });
    test.each([
      [[], /missing required argument/],
      [[program], /no function is named/],
      [[program, '**', '--children'], /children of which process/],
      [[program, '**', '--max-rate', '0'], /whole number/],
      [[program, '**', '--interval', 'x'], /number of seconds/],
      [[program, '**', '-p', '1', '--'], /can't be used together/],
      [['/nowhere', '**'], /there is no such file/],
    ] as const)('%j', (args, message) => {
      expect(cliFail(['count', ...args.map((arg) => (arg === program ? program : arg))])).toMatch(message);
    });
  });
});
