import { readFileSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';

const path = (variant: string): string => fixture(`endings/${variant}`);
const signatures = {
  returns: '(n: u32) -> u32',
  recurse: '(n: u32) -> u32',
  tail_first: '(n: u64) -> u64',
  tail_maybe: '(n: u64) -> u64',
  tail_second: '(n: u64) -> u64',
  panics: '(n: u32) -> u32',
  passes: '(n: u32) -> u32',
  cleans_up: '(n: u32) -> u32',
  cleans: '(n: u32) -> u32',
  nests: '(n: u32) -> u32',
  rethrows: '(n: u32) -> u32',
  catches: '(n: u32) -> u32',
  jumps: '(n: u32) -> u32',
  thread_body: '(n: u32) -> u32',
  spin: '(n: u32) -> !',
  leaves: '(code: i32) -> !',
  dies: '(signal: i32) -> i32',
} as const;
type Name = keyof typeof signatures;
const specs = (names: readonly Name[]): string[] => names.map((name) => `endings::${name}${signatures[name]}`);
const everything = specs(Object.keys(signatures) as Name[]);

type Call = {
  event: string;
  seq: number;
  call_id: number;
  parent: number | null;
  depth: number;
  tid: number;
  function: string;
  args: { value: number | string }[];
  ret: { value: number | string } | null;
  outcome: string;
  duration_ns: string | null;
};

const trace = (variant: string, functions: readonly string[], args: readonly string[]) => {
  const file = `${path(variant)}.${process.pid}.trace`;
  const done = cli(['trace', '--json', '-o', file, path(variant), ...functions, '--', ...args]);
  const text = readFileSync(file, 'utf8');
  rmSync(file, { force: true });
  const events = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const calls = events.filter(({ event }) => event === 'call') as Call[];
  return { ...done, calls, end: events.at(-1) };
};

/** `function(argument) outcome value`, without the functions' crate. */
const summary = ({ function: name, args, outcome, ret }: Call): string =>
  `${name.replace('endings::', '')}(${args[0]?.value}) ${outcome}${ret ? ` ${ret.value}` : ''}`;

describeNeeding(['kernel'], 'every way a call can end', () => {
  for (const variant of ['debug-v0', 'release-legacy', 'static-v0']) {
    test(`${variant}: each ending has its own outcome`, () => {
      const { calls, end, stderr } = trace(variant, everything, ['all']);
      expect(end, stderr).toMatchObject({ event: 'end', program: { status: 7, signal: null } });
      expect(Object.values(end.lost).every((count) => count === 0)).toBe(true);
      const seen = new Set(calls.filter(({ function: f }) => f !== 'endings::recurse').map(summary));
      const expected = [
        'returns(14) returned 42',
        // A jump to another function is followed: that one returns in its place.
        'tail_first(20) returned 42',
        'tail_second(21) returned 42',
        'panics(0) returned 0',
        'panics(1) unwound',
        'passes(2) unwound',
        'cleans_up(1) unwound',
        'cleans(1) returned 11',
        'rethrows(2) unwound',
        'catches(1) returned 1',
        'nests(1) unwound',
        'jumps(0) returned 0',
        'jumps(1) left',
        'jumps(2) left',
        'thread_body(5) exited',
        'spin(3) exited',
        'leaves(7) exited',
      ];
      expect(
        expected.filter((line) => !seen.has(line)),
        [...seen].join('\n'),
      ).toEqual([]);
    });

    test(`${variant}: a loop to the entry is one call, recursion has no limit, nesting is told`, () => {
      const { calls } = trace(variant, everything, ['all']);
      expect(calls.filter(({ function: f }) => f === 'endings::spin').length).toBe(1);
      const recursion = calls.filter(({ function: f }) => f === 'endings::recurse');
      expect(recursion.length).toBe(201);
      expect(recursion.every(({ outcome }) => outcome === 'returned')).toBe(true);
      // Each call is the parent of the one with the next smaller argument, one level deeper.
      const byArgument = new Map(recursion.map((call) => [Number(call.args[0]?.value), call]));
      for (let n = 200; n > 0; n--) {
        expect(byArgument.get(n - 1)?.parent).toBe(byArgument.get(n)?.call_id);
        expect(byArgument.get(n - 1)?.depth).toBe((byArgument.get(n)?.depth ?? 0) + 1);
      }
    });

    test(`${variant}: output, exit status and signal are those of the untraced program, 3 times`, () => {
      const plain = run(path(variant), ['all']);
      for (let i = 0; i < 3; i++) {
        const { stdout, end } = trace(variant, everything, ['all']);
        expect(stdout).toBe(plain.stdout);
        expect(end.program).toMatchObject({ status: plain.status, signal: plain.signal });
      }
    }, 120_000);

    test(`${variant}: killed by a signal inside`, () => {
      for (const signal of ['SIGKILL', 'SIGTERM', 'SIGABRT'] as const) {
        const number = { SIGKILL: '9', SIGTERM: '15', SIGABRT: '6' }[signal];
        const plain = run(path(variant), ['kill', number]);
        const { calls, end } = trace(variant, specs(['dies']), ['kill', number]);
        expect(plain.signal).toBe(signal);
        expect(end.program).toMatchObject({ status: null, signal });
        expect(calls.map(summary)).toEqual([`dies(${number}) exited`]);
      }
    });

    test(`${variant}: 10,000 caught panics survive and are proved unwound`, () => {
      const functions = specs(['panics', 'catches', 'cleans_up', 'passes', 'rethrows']);
      const { calls, stdout, end } = trace(variant, functions, ['panics', '10000']);
      expect(stdout).toBe(run(path(variant), ['panics', '10000']).stdout);
      expect(end.program).toMatchObject({ status: 0, signal: null });
      const count = (name: string, outcome: string): number =>
        calls.filter((call) => call.function === `endings::${name}` && call.outcome === outcome).length;
      expect(count('catches', 'returned')).toBe(10_000);
      expect(count('panics', 'unwound')).toBe(10_000);
      expect(calls.every(({ outcome }) => outcome === 'returned' || outcome === 'unwound')).toBe(true);
    }, 120_000);
  }

  test('an uncaught panic, with unwinding and without', () => {
    for (const variant of ['release-legacy', 'abort-v0']) {
      const plain = run(path(variant), ['uncaught']);
      const { calls, end } = trace(variant, specs(['cleans_up', 'panics']), ['uncaught']);
      expect(end.program).toMatchObject({ status: plain.status, signal: plain.signal });
      expect(calls.length).toBe(2);
    }
  });

  test('a uretprobe turns a caught panic into an abort: why it is not the default', () => {
    const { end, stderr } = (() => {
      const file = `${path('release-legacy')}.${process.pid}.fast`;
      const args = ['trace', '--json', '--returns', 'fast', '-o', file, path('release-legacy'), ...specs(['panics'])];
      const done = cli([...args, '--', 'panics', '1']);
      const text = readFileSync(file, 'utf8');
      rmSync(file, { force: true });
      return { ...done, end: JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') };
    })();
    expect(end.program).toMatchObject({ signal: 'SIGABRT' });
    expect(stderr).toMatch(/aborts the program/);
  });
});
