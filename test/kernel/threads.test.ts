import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchDefaults } from '../../src/query/watch-limits.ts';
import { describeNeeding } from '../support/need.ts';
import { buildRust } from '../support/rust-program.ts';
import { Temporary } from '../support/temporary.ts';
import { lostIn, type Traced, type TracedCall, traced } from '../support/traced.ts';

const source = fileURLToPath(new URL('programs/threads.rs', import.meta.url));
const threads = 8;

/** What the program said of its threads: their kernel's numbers, by their own. */
const threadsOf = ({ stdout }: Traced): Map<string, number> =>
  new Map([...stdout.matchAll(/^(\d) (\d+)$/gm)].map(([, thread = '', tid]) => [thread, Number(tid)]));

const shown = ({ args }: TracedCall): unknown[] => args.map(({ value }) => value);

/** The rounds that each thread was seen in. */
const roundsOf = (calls: readonly TracedCall[]): number[] => {
  const rounds = new Map<unknown, number>();
  for (const { args } of calls) rounds.set(args[0]?.value, (rounds.get(args[0]?.value) ?? 0) + 1);
  return [...rounds.values()];
};

describeNeeding(['kernel', 'rustc', 'taskset'], 'eight threads on one CPU', () => {
  const folder = new Temporary();
  const path = (level: number): string => join(folder.path, `threads-${level}`);
  const onOneCpu = (level: number, ...args: readonly string[]): string =>
    ['taskset', '-c', '0', path(level), ...args].join(' ');

  beforeAll(() => {
    for (const level of [0, 3]) buildRust(source, path(level), ['--crate-name=threads', `-Copt-level=${level}`]);
  });
  afterAll(() => folder[Symbol.dispose]());

  for (const level of [0, 3]) {
    test(`level ${level}: every record holds its own thread's values`, () => {
      const rounds = 1000;
      const done = traced([path(level), 'threads::warm', '-c', onOneCpu(level, String(rounds))]);
      expect(lostIn(done), done.stderr).toBe(0);
      expect(roundsOf(done.calls)).toEqual(Array(threads).fill(rounds));
      const tids = threadsOf(done);
      for (const call of done.calls) {
        const [thread = '', round = ''] = shown(call) as string[];
        const owned = thread.repeat(40);
        expect([call.tid, ...shown(call), call.ret?.value]).toEqual([
          tids.get(thread),
          thread,
          round,
          `${thread}:${round}`,
          owned,
          Array(Number(round) % 13).fill(thread),
          { name: `thread ${thread}`, of: { Some: thread } },
          owned,
        ]);
      }
    });

    test(`level ${level}: a text on pages that are gone is right or marked, never another's`, () => {
      const rounds = 400;
      const done = traced([
        ...[path(level), 'threads::cold', '-c'],
        onOneCpu(level, String(rounds), join(folder.path, 'pages')),
      ]);
      expect(lostIn(done), done.stderr).toBe(0);
      expect(roundsOf(done.calls)).toEqual(Array(threads).fill(rounds));
      const tids = threadsOf(done);
      const count = { read: 0, unreadable: 0 };
      for (const call of done.calls) {
        const [thread = '', round, text] = shown(call) as string[];
        expect(call.tid).toBe(tids.get(thread));
        const isUnreadable = JSON.stringify(text) === '{"$missing":"unreadable"}';
        if (!isUnreadable)
          expect(text, `round ${round}`).toEqual({ $items: thread.repeat(watchDefaults.maxString), $len: '2148' });
        count[isUnreadable ? 'unreadable' : 'read']++;
      }
      // Every fourth call has all its pages, and half of the calls have none.
      expect(count.read).toBeGreaterThanOrEqual((threads * rounds) / 4);
      expect(count.unreadable).toBeGreaterThan((threads * rounds) / 8);
    });
  }
});
