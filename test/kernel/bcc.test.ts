import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startCli } from '../support/cli.ts';
import { codeBytes } from '../support/code-bytes.ts';
import { describeNeeding } from '../support/need.ts';
import { type Running, run, start } from '../support/process.ts';
import { buildRust } from '../support/rust-program.ts';
import { Temporary } from '../support/temporary.ts';

const source = fileURLToPath(new URL('programs/libc-calls.rs', import.meta.url));

type Rows = Readonly<Record<string, number>>;
type Bucket = { readonly min?: number; readonly max?: number; readonly count: number };
type Group = { readonly text: string; readonly function: string; readonly calls: string };
type Buckets = readonly { readonly low_ns: string; readonly high_ns: string; readonly calls: string }[];
type Answer = {
  readonly calls: string;
  readonly groups: readonly Group[];
  readonly functions: readonly { readonly name: string; readonly calls: string; readonly buckets: Buckets }[];
};

const groups = ({ groups }: Answer): Rows => Object.fromEntries(groups.map(({ text, calls }) => [text, Number(calls)]));
const functions = (answer: Answer): Rows =>
  Object.fromEntries(
    answer.functions.flatMap(({ name, calls }) => (calls === '0' ? [] : [[name, Number(calls)] as const])),
  );
const sum = (rows: Rows): number => Object.values(rows).reduce((all, calls) => all + calls, 0);

/** What rsym is asked, each by a process of its own; all of them watch one process at the same time. */
const questions = {
  strlen: ['count', 'libc', 'strlen(s: *const c_char)', '--by', 's'],
  sizes: ['count', 'libc', 'malloc(size: usize)', '--by', 'size'],
  powers: ['count', 'libc', 'malloc(size: usize)', '--by', 'size.next_power_of_two()'],
  small: ['count', 'libc', 'malloc(size: usize)', '--when', 'size == 16'],
  results: ['count', 'libc', 'read(i32, *mut u8, usize) -> isize', '--by', 'ret'],
  allocating: ['count', 'libc', '*alloc*'],
  times: ['latency', 'libc', 'read(i32, *mut u8, usize) -> isize', 'usleep(u32) -> i32'],
} as const;
type Question = keyof typeof questions;

/** As strlen_count, funccount, funclatency and argdist of BCC do it. */
const script = (libc: string, strlen: string, program: string): string => `
uprobe:${libc}:${strlen} { @strlen[str(arg0)] = count(); }
uprobe:${libc}:malloc { @sizes[arg0] = count(); @hist = hist(arg0); }
uprobe:${libc}:malloc /arg0 == 16/ { @small = count(); }
uprobe:${libc}:read { @begun_read[tid] = nsecs; }
uretprobe:${libc}:read /@begun_read[tid]/ {
  @results[retval] = count(); @read = hist(nsecs - @begun_read[tid]); delete(@begun_read[tid]);
}
uprobe:${libc}:usleep { @begun[tid] = nsecs; }
uretprobe:${libc}:usleep /@begun[tid]/ { @usleep = hist(nsecs - @begun[tid]); delete(@begun[tid]); }
uprobe:${program}:*libc_calls*led* { @functions[func] = count(); }`;

const places = 4;

describeNeeding(['kernel', 'rustc', 'bpftrace'], "BCC's examples: bpftrace's answers, of the same calls", () => {
  const folder = new Temporary();
  const program = join(folder.path, 'libc-calls');
  const answers: Partial<Record<Question | 'rust', Answer>> = {};
  const theirs: Record<string, unknown> = {};

  beforeAll(async () => {
    buildRust(source, program, ['-O', '--crate-name=libc_calls']);
    // A copy of its own: bpftrace 0.17 plants its probes in every process that has the file.
    const file = join(folder.path, 'libc.so.6');
    const libc = run('ldconfig', ['-p']).stdout.match(/libc\.so\.6 .*x86-64.*=> (\S+)/)?.[1] ?? '';
    copyFileSync(libc, file);
    await using calling = start(program, [], { env: { LD_LIBRARY_PATH: folder.path } });
    const [, strlen = ''] = (await calling.waitFor(/^strlen 0x\w+\n/)).trim().split(' ');
    const begin = /^(\w+)-\S+ \S+ 00000000 /m.exec(run('grep', [file, `/proc/${calling.pid}/maps`]).stdout)?.[1];
    const implementation = `0x${(BigInt(strlen) - BigInt(`0x${begin}`)).toString(16)}`;
    const code = codeBytes(calling.pid, file);
    await using other = start('bpftrace', [
      '-f',
      'json',
      '-p',
      String(calling.pid),
      '-e',
      script(file, implementation, program),
    ]);
    await vi.waitUntil(() => code.differences().length === places, { timeout: 60_000, interval: 50 });
    const own = codeBytes(calling.pid, program);
    await vi.waitUntil(() => own.differences().length === 2, { timeout: 60_000, interval: 50 });
    const asked: { readonly name: Question | 'rust'; readonly running: Running }[] = [];
    try {
      for (const [name, line] of Object.entries({ ...questions, rust: ['count', program, 'libc_calls::*led'] })) {
        const [verb = '', target = '', ...rest] = line;
        const of = target === 'libc' ? file : target;
        const running = startCli([verb, of, ...rest, '--json', '-p', String(calling.pid)]);
        asked.push({ name: name as Question, running });
        await running.waitFor(/\d probes?/, { stream: 'stderr', timeout: 60_000 });
      }
      calling.write('\n');
      for (const { name, running } of asked) answers[name] = JSON.parse((await running.finished).stdout) as Answer;
    } finally {
      for (const { running } of asked) await running[Symbol.asyncDispose]();
    }
    other.kill('SIGINT');
    for (const line of (await other.finished).stdout.split('\n').filter((text) => text.startsWith('{'))) {
      const { type, data } = JSON.parse(line) as { type: string; data: Record<string, unknown> };
      if (type === 'map' || type === 'hist') Object.assign(theirs, data);
    }
  }, 400_000);
  afterAll(() => folder[Symbol.dispose]());

  const ours = (name: Question | 'rust'): Answer => {
    const answer = answers[name];
    if (answer === undefined) throw new Error(`no answer of ${name}`);
    return answer;
  };
  const rows = (name: string): Rows => (theirs[`@${name}`] ?? {}) as Rows;
  const hist = (name: string): readonly Bucket[] => (theirs[`@${name}`] ?? []) as readonly Bucket[];

  test('strlen_count: how often each text is measured', () => {
    const quoted = Object.fromEntries(
      Object.entries(rows('strlen')).map(([text, calls]) => [JSON.stringify(text), calls]),
    );
    expect(groups(ours('strlen'))).toEqual(quoted);
    expect(quoted).toMatchObject({ '"a"': 3, '"beta"': 5, '"a text of some length"': 7, '""': 2 });
  });

  test('funccount: functions of libc and of the program', () => {
    // It has another name too, under which it may be counted.
    const { malloc, __libc_malloc: other } = functions(ours('allocating'));
    expect(malloc ?? other).toBe(sum(rows('sizes')));
    expect(functions(ours('rust'))).toEqual({ 'libc_calls::doubled': 9, 'libc_calls::tripled': 4 });
    expect(Object.values(rows('functions')).sort()).toEqual([4, 9]);
  });

  test('argdist: by an argument, under a condition, by powers of two, by the result', () => {
    expect(groups(ours('sizes'))).toEqual(rows('sizes'));
    expect(rows('sizes')['24']).toBeGreaterThanOrEqual(7);
    expect(Number(ours('small').calls)).toBe(theirs['@small']);
    expect(groups(ours('results'))).toEqual(
      Object.fromEntries(
        Object.entries(rows('results')).map(([value, calls]) => [String(BigInt.asIntN(64, BigInt(value))), calls]),
      ),
    );
    // A bucket of theirs ends before a power of two, one of ours with it.
    const powers: Record<string, number> = {};
    for (const [size, calls] of Object.entries(rows('sizes'))) {
      const power = 2 ** Math.ceil(Math.log2(Number(size)));
      powers[power] = (powers[power] ?? 0) + calls;
    }
    expect(groups(ours('powers'))).toEqual(powers);
    expect(hist('hist').reduce((all, { count }) => all + count, 0)).toBe(sum(rows('sizes')));
  });

  test('funclatency: as many calls, and none shorter than it slept', () => {
    for (const { name, calls, buckets } of ours('times').functions) {
      const other = hist(name);
      expect(Number(calls), name).toBe(other.reduce((all, { count }) => all + count, 0));
      // The same calls, by two clocks one inside the other: the ranges meet.
      const [low, high] = [Number(buckets[0]?.low_ns), Number(buckets.at(-1)?.high_ns)];
      expect(Math.max(...other.map(({ max = Number.POSITIVE_INFINITY }) => max)), name).toBeGreaterThanOrEqual(low);
      expect(Math.min(...other.map(({ min = 0 }) => min)) / 64, name).toBeLessThanOrEqual(high);
    }
    const sleeps = ours('times').functions.find(({ name }) => name === 'usleep');
    expect(Number(sleeps?.calls)).toBe(6);
    expect(sleeps?.buckets.every(({ high_ns: high }) => Number(high) >= 20_000_000)).toBe(true);
    expect(hist('usleep').every(({ max = Number.POSITIVE_INFINITY }) => max >= 20_000_000)).toBe(true);
  });
});
