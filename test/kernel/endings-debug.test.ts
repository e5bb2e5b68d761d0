import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { buildRust } from '../support/rust-program.ts';
import { Temporary } from '../support/temporary.ts';
import { lostIn, type TracedCall, traced } from '../support/traced.ts';

const sources = fileURLToPath(new URL('../../fixtures/endings', import.meta.url));

/** `function(argument) outcome value`, without the crate. */
const summary = ({ function: name, args, outcome, ret }: TracedCall): string =>
  `${name.replace('endings::', '')}(${args[0]?.text ?? ''}) ${outcome}${ret ? ` ${ret.text}` : ''}`;

const counted = (items: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const item of items) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
};

// What an optimiser may inline (`entered`, where nobody looks at the result) or never ends.
const drivers = /^endings::(main|all|count_panics|start_spinning|serve)/;

/** Of the mode `all`, as the README of the fixture says. */
const endingsOfAll = {
  'returns(14) returned 42': 1,
  // A jump to another function is followed to where that returns.
  'tail_first(20) returned 42': 1,
  'tail_second(21) returned 42': 1,
  'tail_maybe(8) returned 8': 1,
  'tail_maybe(9) returned 18': 1,
  'tail_second(9) returned 18': 1,
  'catches(0) returned 0': 1,
  'panics(0) returned 0': 1,
  'catches(1) returned 1': 1,
  'cleans_up(1) unwound': 1,
  'cleans(1) returned 11': 1,
  'catches(2) returned 1': 2,
  'rethrows(2) unwound': 2,
  'passes(2) unwound': 2,
  'panics(2) unwound': 2,
  'catches(3) returned 1': 1,
  'passes(3) unwound': 1,
  'panics(3) unwound': 1,
  'nests(1) unwound': 1,
  'panics(1) unwound': 2,
  'jumps(0) returned 0': 1,
  'jumps_from_c(0) returned 0': 1,
  'jumps(1) left': 1,
  'jumps_from_c(1) left': 1,
  'jumps(2) left': 1,
  'jumps_from_c(2) left': 1,
  'thread_start(5) exited': 1,
  'thread_body(5) exited': 1,
  'spin(3) exited': 1,
  'leaves(7) exited': 1,
};

describeNeeding(['kernel', 'rustc', 'cc'], 'every way a call can end, told by debug info', () => {
  const folder = new Temporary();
  const path = (level: number): string => join(folder.path, `level-${level}`, 'endings');

  beforeAll(() => {
    const foreign = join(folder.path, 'foreign.o');
    run('cc', ['-O2', '-c', join(sources, 'foreign.c'), '-o', foreign]);
    for (const level of [0, 3]) {
      run('mkdir', ['-p', join(path(level), '..')]);
      buildRust(join(sources, 'main.rs'), path(level), [
        '--crate-name=endings',
        `-Copt-level=${level}`,
        `-Clink-arg=${foreign}`,
      ]);
    }
  });
  afterAll(() => folder[Symbol.dispose]());

  for (const level of [0, 3]) {
    test(`level ${level}: each ending has its own outcome, as often as it happens`, () => {
      const plain = run(path(level), ['all']);
      const done = traced([path(level), 'endings::*', '--', 'all']);
      expect(done.stdout).toBe(plain.stdout);
      expect(done.end.program, done.stderr).toMatchObject({ status: 7, signal: null });
      expect(lostIn(done)).toBe(0);
      const calls = done.calls.filter(({ function: name }) => !drivers.test(name));
      const recursion = calls.filter(({ function: name }) => name === 'endings::recurse');
      expect(counted(recursion.map(summary))).toEqual(
        Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`recurse(${n}) returned ${n}`, 1])),
      );
      expect(counted(calls.filter((call) => !recursion.includes(call)).map(summary))).toEqual(endingsOfAll);
    });

    test(`level ${level}: 10,000 caught panics survive and are proved unwound`, () => {
      const done = traced([path(level), 'endings::*', '--', 'panics', '10000']);
      expect(done.stdout).toBe(run(path(level), ['panics', '10000']).stdout);
      expect(done.end.program).toMatchObject({ status: 0, signal: null });
      expect(lostIn(done)).toBe(0);
      const calls = done.calls.filter(({ function: name }) => !drivers.test(name));
      expect(counted(calls.map(({ function: name, outcome }) => `${name} ${outcome}`))).toEqual({
        'endings::catches returned': 10_000,
        'endings::panics unwound': 10_000,
        'endings::passes unwound': 6_666,
        'endings::rethrows unwound': 3_333,
        'endings::cleans_up unwound': 3_334,
        'endings::cleans returned': 3_334,
      });
      // Its number goes with each panic, from where it is caught to where it begins.
      const byId = new Map(calls.map((call) => [call.call_id, call]));
      for (const call of calls.filter(({ function: name }) => name === 'endings::panics')) {
        const outer = byId.get(call.parent ?? 0);
        expect(outer?.args[0]?.value).toBe(call.args[0]?.value);
      }
    }, 120_000);
  }

  test('mixed endings of two threads for a second: every call is told, each as the program says', () => {
    const named = ['work', 'pair', 'catches'].map((name) => `endings::${name}`);
    const done = traced([path(3), ...named, '--', 'serve', '1', '200']);
    expect(done.end.program, done.stderr).toMatchObject({ status: 0, signal: null });
    expect(lostIn(done)).toBe(0);
    const said = Object.fromEntries(
      [...done.stdout.matchAll(/^(work|pair|catches) (\d+)$/gm)].map((m) => [m[1], Number(m[2])]),
    );
    expect(counted(done.calls.map(({ function: name, outcome }) => `${name} ${outcome}`))).toEqual({
      'endings::work returned': said['work'],
      'endings::pair returned': said['pair'],
      'endings::catches returned': said['catches'],
    });
  });
});
