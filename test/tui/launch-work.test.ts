import { expect, test } from 'vitest';
import type { Browser } from '../../src/query/browse.ts';
import type { PageThread } from '../../src/query/page-thread.ts';
import type { LaunchNews } from '../../src/tui/launch/state.ts';
import { LaunchWork } from '../../src/tui/launch/work.ts';

/** Looks a function up for some milliseconds, as in a large file. */
const busy = (row: number): { title: string; spec: string } => {
  const end = performance.now() + 2;
  while (performance.now() < end);
  return { title: `function ${row}`, spec: `f${row}` };
};

const working = (): { work: LaunchWork; told: LaunchNews[]; goOn: () => boolean } => {
  const told: LaunchNews[] = [];
  const waiting: { isWanted: () => boolean; work: () => void }[] = [];
  const work = new LaunchWork({ traceable: busy } as unknown as Browser, {} as PageThread, {
    tell: (news) => told.push(news),
    later: (isWanted, next) => waiting.push({ isWanted, work: next }),
    drawSoon: () => undefined,
    notice: () => undefined,
    fail: (error) => {
      throw error;
    },
  });
  const goOn = (): boolean => {
    const next = waiting.shift();
    if (next === undefined || !next.isWanted()) return false;
    next.work();
    return true;
  };
  return { work, told, goOn };
};

const rows = Array.from({ length: 30 }, (_, i) => i);
const named = (title: string, specs: string[]): LaunchNews => ({ kind: 'named', targets: { title, specs } });

test('one function is looked up at once: Enter may be the next key', () => {
  const { work, told } = working();
  work.do({ kind: 'name', rows: [7] });
  expect(told).toEqual([named('function 7', ['f7'])]);
});

test('many are looked up behind the key, a few at a time', () => {
  const { work, told, goOn } = working();
  work.do({ kind: 'name', rows });
  expect(told).toEqual([]);
  let steps = 0;
  while (goOn()) steps++;
  expect(steps).toBeGreaterThan(3);
  expect(told).toEqual([
    named(
      '30 functions',
      rows.map((row) => `f${row}`),
    ),
  ]);
});

test('no longer where the choice was left', () => {
  const { work, told, goOn } = working();
  work.do({ kind: 'name', rows });
  work.do({ kind: 'leave' });
  while (goOn());
  expect(told).toEqual([]);
});
