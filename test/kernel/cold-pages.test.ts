import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { buildRust } from '../support/rust-program.ts';
import { Temporary } from '../support/temporary.ts';
import { lostIn, type Traced, type TracedCall, traced } from '../support/traced.ts';

const source = fileURLToPath(new URL('programs/cold.rs', import.meta.url));
const functions = ['look', 'collections', 'change', 'plain'].map((name) => `cold::${name}`);

const argumentsOf = ({ args }: TracedCall): Record<string, unknown> =>
  Object.fromEntries(args.map(({ name, value }) => [name, value]));

const range = (count: number): number[] => [...Array(count).keys()];
const unreadable = { $missing: 'unreadable' };

/** What a call must show, by the two numbers in its registers. */
const expected = (name: string, thread: string, round: string): object => {
  const each = (separator: string, count: number): string[] =>
    range(count).map((i) => `${thread}${separator}${round}${separator}${i}`);
  const pairs = (texts: readonly string[]): unknown => texts.map((text, i) => [`${i}`, text]);
  const grown = [`${thread}/${round} first`];
  switch (name) {
    case 'cold::look':
      return {
        args: {
          text: `${thread}:${round} `.repeat(12),
          crossing: `${thread} crosses in ${round}`,
          edge: `${thread} ends in ${round}`,
          named: { name: `thread ${thread}`, of: { Some: round } },
          list: each('-', 3),
        },
        ret: `thread ${thread} of ${round}`,
      };
    case 'cold::collections':
      return {
        args: { table: pairs(each('/', 3)), tree: pairs(each('.', 15)) },
        ret: round,
      };
    case 'cold::change':
      return {
        args: { list: grown },
        ret: Number(round) % 3 === 0 ? { Err: round } : { Ok: `${thread}/${round} done` },
        after: [[...grown, `${thread}/${round} more`]],
      };
    default:
      return { args: {}, ret: `${Number(thread) + Number(round)}` };
  }
};

/** A call as in `expected`; a hash table in the order of its keys. */
const seen = (call: TracedCall): unknown => {
  const { thread: _, round: __, go: ___, ...args } = argumentsOf(call);
  const { table } = args;
  const sorted = Array.isArray(table) ? { table: [...table].sort((a, b) => Number(a[0]) - Number(b[0])) } : {};
  return {
    args: { ...args, ...sorted },
    ret: call.ret?.value,
    ...(call.after ? { after: call.after.map(({ value }) => value) } : {}),
  };
};

/** The calls that show something else than they must. */
const wrong = ({ calls }: Traced, { hasResults } = { hasResults: true }): unknown[] =>
  calls
    .map((call) => {
      const { thread, round } = argumentsOf(call) as { thread: string; round: string };
      const must = expected(call.function, thread, round);
      return { is: seen(call), must: hasResults ? must : { ...must, ret: undefined } };
    })
    .filter(({ is, must }) => JSON.stringify(is, keysInOrder) !== JSON.stringify(must, keysInOrder));

const keysInOrder = (_: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)))
    : value;

describeNeeding(['kernel', 'rustc', 'taskset'], 'pages that are not in memory', () => {
  const folder = new Temporary();
  const pages = join(folder.path, 'pages');
  const path = (level: number): string => join(folder.path, `cold-${level}`);
  const threads = 6;
  const rounds = 60;
  const total = threads * rounds * functions.length;
  const onOneCpu = (level: number, ...more: readonly string[]): string =>
    ['taskset', '-c', '0', path(level), String(threads), String(rounds), pages, ...more].join(' ');
  /** Each thread's number for the kernel, and what it made of its calls. */
  const said = (stdout: string): { sums: string[]; tids: Map<string, number> } => {
    const lines = [...stdout.matchAll(/^(\d+) (\d+) (\d+)$/gm)];
    return {
      sums: lines.map(([, , sum = '']) => sum),
      tids: new Map(lines.map(([, thread = '', , tid]) => [thread, Number(tid)])),
    };
  };
  const check = (done: Traced, level: number): void => {
    expect(done.end.program).toEqual({ pid: expect.any(Number), status: 0, signal: null });
    expect(lostIn(done), done.stderr).toBe(0);
    expect(done.calls).toHaveLength(total);
    const { sums, tids } = said(done.stdout);
    expect(sums).toEqual(said(run(path(level), [String(threads), String(rounds), pages]).stdout).sums);
    for (const call of done.calls) expect(call.tid).toBe(tids.get(argumentsOf(call)['thread'] as string));
  };

  beforeAll(() => {
    for (const level of [0, 3]) buildRust(source, path(level), ['--crate-name=cold', `-Copt-level=${level}`]);
  });
  afterAll(() => folder[Symbol.dispose]());

  describe.each([0, 3])('level %i, threads on one CPU', (level) => {
    const trace = (line: string, ...options: readonly string[]): Traced =>
      traced([path(level), ...functions, '--after', '*', ...options, '-c', line]);

    test('without the option nothing waits: what lies there is unreadable', () => {
      const done = trace(onOneCpu(level));
      check(done, level);
      for (const call of done.calls) {
        const { text, crossing, edge, named, list, table, tree } = argumentsOf(call);
        const values = call.function.endsWith('look') ? [text, crossing, edge, named, list] : [table, tree];
        for (const value of values.filter((one) => one !== undefined)) expect(value).toEqual(unreadable);
      }
    });

    test('with it every value is right: text, C strings, collections, results, arguments after the call', () => {
      const done = trace(onOneCpu(level), '--cold-pages');
      check(done, level);
      expect(wrong(done)).toEqual([]);
    });

    test('where all is in memory the answer is the same with it and without', () => {
      for (const options of [[], ['--cold-pages']]) {
        const done = trace(onOneCpu(level, 'warm'), ...options);
        check(done, level);
        expect(wrong(done)).toEqual([]);
      }
    });
  });

  test('with returns by uretprobe, and with entries alone', () => {
    const fast = traced([path(0), 'cold::look', '--cold-pages', '--returns', 'fast', '-c', onOneCpu(0)]);
    expect(lostIn(fast), fast.stderr).toBe(0);
    expect(fast.calls).toHaveLength(threads * rounds);
    expect(wrong(fast)).toEqual([]);
    const off = traced([path(0), 'cold::collections', '--cold-pages', '--returns', 'off', '-c', onOneCpu(0)]);
    expect(lostIn(off), off.stderr).toBe(0);
    expect(off.calls).toHaveLength(threads * rounds);
    expect(wrong(off, { hasResults: false })).toEqual([]);
  });

  test('a thread that waits for a page keeps no call waiting, nor does another on its CPU disturb it', () => {
    const calls = 1_000;
    const line = `taskset -c 0 ${path(0)} late ${calls}`;
    const done = traced([path(0), 'cold::look', '--cold-pages', '-c', line]);
    expect(lostIn(done), done.stderr).toBe(0);
    expect(done.calls).toHaveLength(calls + 1);
    const [waited] = done.calls.filter((call) => argumentsOf(call)['thread'] === '0');
    const near = { crossing: 'near' };
    expect(waited && argumentsOf(waited)).toMatchObject({ ...near, text: 'late text', edge: 'late text', list: [] });
    expect(waited).toMatchObject({ outcome: 'returned', ret: { value: 'late of 0' } });
    // The other one called while this one was held at its entry: those calls are told before it, and are younger.
    const others = done.calls.filter((call) => call !== waited);
    others.forEach((call, i) => {
      const text = `text ${i}`;
      const named = { name: text, of: { Some: `${i}` } };
      expect(argumentsOf(call)).toMatchObject({ ...near, text, edge: `edge ${i}`, named, list: [text] });
      expect(call).toMatchObject({ outcome: 'returned', ret: { value: `${text} of ${i}` } });
      expect(call.call_id).toBeLessThan(waited?.call_id ?? 0);
      expect(BigInt(call.ts_ns)).toBeGreaterThan(BigInt(waited?.ts_ns ?? 0));
    });
  });
});
