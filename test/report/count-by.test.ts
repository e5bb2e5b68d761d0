import { describe, expect, test } from 'vitest';
import type { Key } from '../../src/expr/key.ts';
import { undecided } from '../../src/expr/outcome.ts';
import type { CountByReading, CountByWatch } from '../../src/query/count-by.ts';
import { type GroupCalls, GroupedCalls, GroupedSites } from '../../src/query/grouped-calls.ts';
import { countBySummary, countByTable } from '../../src/report/count-by.ts';
import { countByJson } from '../../src/report/count-by-json.ts';
import { makePalette } from '../../src/report/terminal-colour.ts';
import { displayWidth } from '../../src/report/terminal-width.ts';
import type { AggregateGroup } from '../../src/trace/aggregate/model.ts';
import { expectGolden } from '../support/golden.ts';
import { probeSite } from '../trace/traced-machine.ts';

const hostile = 'evil\x1b[2J\x07\r\n\u202egnp.exe\u200b';
const text = (content: string, isCut = false): Key => ({
  kind: 'text',
  bytes: Buffer.from(content),
  text: content,
  ...(isCut ? { isCut } : {}),
});
const names = ['app::open', 'app::open', `app::${hostile}`];
const sites = new GroupedSites(
  names.map((name) => probeSite({ name })),
  [],
);
const noGaps = { undecided: [0n, 0n, 0n], skipped: [0n, 0n, 0n], unwound: [0n, 0n, 0n] };
const noLoss = { groups: 0n, pending: 0n, events: 0n, processes: 0 };
const groups: readonly (readonly [number, AggregateGroup['key'], bigint])[] = [
  [0, text('/etc/passwd'), 100n],
  [1, text('/etc/passwd'), 1n],
  [0, text('a path that is cut', true), 70n],
  [2, text(hostile), 12n],
  [2, { kind: 'variant', name: hostile }, 3n],
  [0, undecided('unreadable'), 4n],
  [
    0,
    {
      kind: 'tuple',
      items: [
        { kind: 'int', value: -1n },
        { kind: 'char', value: '名' },
      ],
    },
    2n,
  ],
];
const callsOf = (lost = noLoss, gaps = noGaps): GroupedCalls => {
  const reading = (part: bigint) => ({
    seconds: 5 / Number(part),
    gaps,
    lost,
    groups: groups.map(([site, key, calls]) => ({ site, key, calls: calls / part, durations: null })),
  });
  return new GroupedCalls(sites, reading(1n), new GroupedCalls(sites, reading(2n), null));
};
const watchOf = (functions: readonly string[], by: string | null = 'path'): CountByWatch =>
  ({
    path: '/bin/app',
    by,
    when: null,
    functions: functions.map((name) => ({ name, doubts: [] })),
  }) as unknown as CountByWatch;
const both = watchOf(['app::open', 'app::evil']);
const readingOf = (calls: GroupedCalls, lost = noLoss): CountByReading => ({
  seconds: 5,
  calls,
  lost,
  program: { pid: 4711, status: 0, signal: null },
  notes: [],
  isLast: true,
});
const full = { groups: 5n, pending: 6n, events: 7n, processes: 1 };
const gaps = { undecided: [2n, 0n, 1n], skipped: [0n, 0n, 0n], unwound: [0n, 1n, 0n] };
const style = { palette: makePalette(false), top: 20, columns: null, isLive: false };
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('the table of groups', () => {
  test('at the end, live, of one function, with few rows, narrow, and with losses', () => {
    const tables = [
      countByTable(callsOf(), both, style),
      countByTable(callsOf(), both, { ...style, isLive: true }),
      countByTable(callsOf(), watchOf(['app::open']), style),
      countByTable(callsOf(), both, { ...style, top: 2 }),
      countByTable(callsOf(), both, { ...style, columns: 40, isLive: true }),
      countByTable(callsOf(full), both, { ...style, top: 2, isLive: true }),
    ];
    expectGolden('report/count-by-tables', tables.map(textOf).join('\n'));
  });

  test('no line is wider than the terminal, and nothing in it moves the cursor', () => {
    for (const columns of [20, 30, 50, 80])
      for (const isLive of [true, false])
        for (const line of countByTable(callsOf(full), both, { ...style, columns, isLive })) {
          expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
          expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        }
  });

  test('all rows together are all calls', () => {
    const calls = callsOf(full);
    for (const top of [1, 3, 20]) {
      const rows = countByTable(calls, both, { ...style, top }).slice(1);
      const sum = rows.reduce((all, row) => all + BigInt(/\d+/.exec(row)?.[0] ?? 0), 0n);
      expect(sum).toBe(calls.total + full.groups);
    }
  });

  test('without calls there is none', () => {
    const nothing = new GroupedCalls(sites, { seconds: 1, groups: [], gaps: noGaps, lost: noLoss }, null);
    expect(countByTable(nothing, both, style)).toEqual([]);
  });
});

test('one line says what was counted, and all that was not', () => {
  expect(countBySummary(readingOf(callsOf()), both)).toBe(
    '192 calls in 6 groups in 5.0 s; 2 functions counted; the program exited with 0',
  );
  expect(countBySummary(readingOf(callsOf()), watchOf(['app::open'], null))).toMatch(
    /^192 calls in 5\.0 s; 1 function /,
  );
  expectGolden('report/count-by-summary', `${countBySummary(readingOf(callsOf(full, gaps), full), both)}\n`);
});

test('JSON has every group with its copies, and what is in none', () => {
  const document = countByJson(readingOf(callsOf(full, gaps), full), both, 3, ['a note']);
  expectGolden('report/count-by.json', `${JSON.stringify(document, null, 1)}\n`);
  const { groups: told } = document as { groups: readonly { calls: string; copies: readonly { calls: string }[] }[] };
  for (const { calls, copies } of told)
    expect(copies.reduce((sum, each) => sum + BigInt(each.calls), 0n)).toBe(BigInt(calls));
});

test('without a key a row has none', () => {
  const reading = {
    seconds: 1,
    gaps: noGaps,
    lost: noLoss,
    groups: [{ site: 0, key: null, calls: 3n, durations: null }],
  };
  const calls = new GroupedCalls(sites, reading, null);
  const [only] = calls.all() as [GroupCalls];
  expect(only.key).toBeNull();
  expect(textOf(countByTable(calls, watchOf(['app::open'], null), style))).toBe(
    'TOTAL   SHARE  FUNCTION\n    3  100.0%  app::open\n',
  );
});
