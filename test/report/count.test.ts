import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { address } from '../../src/base/units.ts';
import type { CountedFunction, CountReading, CountWatch, UncountedCopy } from '../../src/query/count.ts';
import { CountedCalls } from '../../src/query/counted-calls.ts';
import { FunctionList } from '../../src/query/function-list.ts';
import { countSummary, countTable, disarmedLines, uncountedLines } from '../../src/report/count.ts';
import { countJson } from '../../src/report/count-json.ts';
import { makePalette } from '../../src/report/terminal-colour.ts';
import { displayWidth } from '../../src/report/terminal-width.ts';
import { FunctionSites } from '../../src/trace/count/site.ts';
import { expectGolden } from '../support/golden.ts';

const hostile = 'evil\x1b[2J\x07\r\n\u202egnp.exe\u200b::f';
const plain = makePalette(false);

const makeFunction = (name: string, copies = 1, doubts: readonly string[] = []): CountedFunction => ({
  name,
  aliases: [],
  copies: Array.from({ length: copies }, (_, i) => ({
    kind: copies === 1 ? 'symbol' : 'instance',
    address: address(BigInt(0x1000 * (i + 1))),
    caller: null,
    callSite: null,
  })),
  doubts,
});
const functions = [
  makeFunction('app::plain'),
  makeFunction('app::generic', 2),
  makeFunction('app::hot'),
  makeFunction(hostile),
  makeFunction('app::名前::関数'),
  makeFunction('app::doubted', 1, ['calls may be missed']),
  makeFunction('app::never'),
];
const sites = [[0], [1, 2], [3], [4], [5], [6], [7]];
const disarmed = [{ function: 2, seconds: 1.23, rate: 456_789.1 }];
const plan = {
  functions: new FunctionList(functions.length, (fn) => functions[fn]!),
  sitesOf: new FunctionSites(sites.map((own) => own.length)),
  isDoubted: true,
};
const before = new CountedCalls(plan, BigUint64Array.of(90n, 10n, 5n, 800n, 1n, 0n, 0n, 0n), [], 1, null);
const calls = new CountedCalls(
  plan,
  BigUint64Array.of(100n, 30n, 25n, 1_000_000n, 1n, 2n, 60n, 0n),
  disarmed,
  2.5,
  before,
);
const reading: CountReading = {
  seconds: 2.5,
  calls,
  lostProcesses: 0,
  program: { pid: 4711, status: 0, signal: null },
  notes: [],
  isLast: true,
};
const uncounted: UncountedCopy[] = [1, 2, 3, 4].map((i) => ({
  function: `app::f${i}`,
  kind: 'symbol',
  address: address(BigInt(0x100 * i)),
  caller: null,
  callSite: null,
  reason: `lock inc dword ptr [rdi+${i}h]: the kernel refuses instructions with a lock or segment prefix`,
}));
const watch = {
  path: '/bin/app',
  patterns: ['**'],
  functions,
  counted: functions.length,
  uncounted,
  notes: [],
} as unknown as CountWatch;

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('the table', () => {
  const styles = { palette: plain, top: 20, columns: null, isLive: false };

  test('at the end, live, with few rows, narrow and coloured', () => {
    const tables = [
      styles,
      { ...styles, isLive: true },
      { ...styles, top: 2 },
      { ...styles, columns: 40, isLive: true },
      { ...styles, columns: 20 },
      { ...styles, palette: makePalette(true), top: 2 },
    ].map((style) => textOf(countTable(calls, style)));
    expectGolden('report/count-tables', tables.join('\n'));
  });

  test('nothing of a hostile name reaches the terminal', () => {
    for (const line of countTable(calls, styles)) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test('property: no line is wider than the terminal, from 16 columns on', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 120 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 8 }),
        (columns, isLive, top) => {
          for (const line of countTable(calls, { ...styles, columns, isLive, top }))
            expect(displayWidth(line)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  test('the sums are those of all functions', () => {
    const [, ...rows] = countTable(calls, { ...styles, top: 1 });
    const numbers = rows.map((row) => BigInt(/\d+/.exec(row)?.[0] ?? ''));
    expect(numbers.reduce((sum, n) => sum + n)).toBe(calls.total);
  });
});

test('the lines around it', () => {
  const lines = [
    countSummary(reading, watch),
    countSummary(
      { ...reading, seconds: 0.01234, lostProcesses: 3, program: { pid: 1, status: null, signal: null } },
      watch,
    ),
    ...disarmedLines(calls),
    ...uncountedLines(uncounted),
    ...uncountedLines(uncounted.slice(0, 1)),
  ];
  expectGolden('report/count-lines', textOf(lines));
});

test('the document: every function, counts as text', () => {
  expectGolden('report/count-json', `${JSON.stringify(countJson(reading, watch, 9, ['a note']), null, 1)}\n`);
});

test('a number that was shown is never taken back: a jump back to the begin is taken off before the hit there is added', () => {
  const later = new CountedCalls(plan, BigUint64Array.of(90n, 10n, 4n, 800n, 1n, 0n, 0n, 0n), [], 2, before);
  expect([later.of(1).total, later.of(1).recent, later.recent, later.total]).toEqual([15n, 0n, 0n, before.total]);
});
