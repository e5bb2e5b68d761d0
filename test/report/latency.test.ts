import { describe, expect, test } from 'vitest';
import { address } from '../../src/base/units.ts';
import { GroupedSites } from '../../src/query/grouped-calls.ts';
import { Latencies } from '../../src/query/latencies.ts';
import type { LatencyWatch } from '../../src/query/latency.ts';
import { histogramLines, wantsBlocks } from '../../src/report/histogram.ts';
import { latencySummary, latencyTable, untimedLines } from '../../src/report/latency.ts';
import { latencyJson } from '../../src/report/latency-json.ts';
import { makePalette } from '../../src/report/terminal-colour.ts';
import { displayWidth } from '../../src/report/terminal-width.ts';
import { bucketCount, bucketOf } from '../../src/trace/aggregate/histogram.ts';
import type { AggregateGroup } from '../../src/trace/aggregate/model.ts';
import type { ProbeSite } from '../../src/trace/site.ts';
import { probeSite } from '../trace/traced-machine.ts';

const groupOf = (site: number, durations: readonly bigint[]): AggregateGroup => {
  const buckets = Array.from({ length: bucketCount }, () => 0n);
  for (const ns of durations) buckets[bucketOf(ns)]! += 1n;
  const sum = durations.reduce((all, ns) => all + ns, 0n);
  const longest = [...durations].sort((a, b) => (a < b ? 1 : -1))[0] ?? 0n;
  return { site, key: null, calls: BigInt(durations.length), durations: { sum, longest, buckets } };
};

const sites: readonly ProbeSite[] = [
  probeSite({ name: 'app::slow' }),
  probeSite({ name: 'app::fast\u001b[2J' }),
  probeSite({ name: 'app::slow' }),
  probeSite({ name: 'app::never' }),
];
const noGaps = sites.map(() => 0n);
const noGapsAtAll = { unwound: noGaps, skipped: noGaps, undecided: noGaps };
const lost = { groups: 0n, pending: 0n, processes: 0, events: 0n };
const reading = (
  groups: readonly AggregateGroup[],
  gaps: Partial<Record<'unwound' | 'skipped' | 'undecided', bigint[]>> = {},
) => {
  const all = { ...noGapsAtAll, ...gaps };
  return {
    latencies: new Latencies(new GroupedSites(sites), { groups, gaps: all, lost, seconds: 2 }, null),
    seconds: 2,
    lost,
    program: null,
    notes: [],
    isLast: true,
  };
};
const watch: LatencyWatch = {
  path: '/bin/app',
  patterns: [],
  notes: [],
  by: null,
  when: null,
  sample: 1,
  functions: [],
  untimed: [],
  readings: () => {
    throw new Error('nobody reads');
  },
};
const style = { palette: makePalette(false), top: 20, columns: null, isLive: false, hasBlocks: false };
const calls = [groupOf(0, [1_000n, 3_000n]), groupOf(1, [10n, 10n, 12n]), groupOf(2, [4_000_000n])];

describe('the table', () => {
  test('all copies of a function together, the most time first, names without control characters', () => {
    const lines = latencyTable(reading(calls).latencies, watch, style);
    expect(lines.slice(0, 3)).toEqual([
      'CALLS     P50     P90     P99   P99.9     MAX     AVG   TOTAL   SHARE  FUNCTION',
      '    3  3.07µs  4.00ms  4.00ms  4.00ms  4.00ms  1.33ms  4.00ms  100.0%  app::slow',
      '    3    10ns    12ns    12ns    12ns    12ns    10ns    32ns   <0.1%  app::fast\\x1b[2J',
    ]);
    expect(lines.join('\n')).not.toContain('never');
  });

  test('keys of several functions stand one below the other, behind names that are not too long', () => {
    const long = `app::${'x'.repeat(80)}`;
    const known = new GroupedSites([...sites, probeSite({ name: long })]);
    const groups = [groupOf(0, [9_000n]), groupOf(4, [1_000n])].map((group) => ({
      ...group,
      key: { kind: 'int', value: 7n } as const,
    }));
    const latencies = new Latencies(known, { ...reading([]), groups, gaps: noGapsAtAll }, null);
    const others = { address: address(0n), aliases: [], signature: null, copies: { own: 1, inlined: 0 }, doubts: [] };
    const of = (name: string) => ({ ...others, name, raw: name, returns: 'sites' }) as const;
    const lines = latencyTable(latencies, { ...watch, by: 'n', functions: [of('app::slow'), of(long)] }, style);
    const [head, ...rows] = lines.slice(0, 3).map((line) => line.slice(line.lastIndexOf('  ') + 2));
    expect([head, ...rows]).toEqual(['KEY', '7', '7']);
    expect(new Set(lines.slice(0, 3).map((line) => line.lastIndexOf('  '))).size).toBe(1);
  });

  test('no line is wider than the terminal, and none too much where its height counts', () => {
    const { latencies } = reading(calls);
    for (const columns of [40, 60, 80, 120])
      for (const line of latencyTable(latencies, watch, { ...style, columns }))
        expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    for (const lines of [3, 6, 10])
      expect(latencyTable(latencies, watch, { ...style, lines }).length).toBeLessThanOrEqual(lines);
  });

  test('rows beyond the top are summed up', () => {
    const lines = latencyTable(reading(calls).latencies, watch, { ...style, top: 1 });
    expect(lines[2]).toBe('3 calls in 1 more function, 32ns');
  });
});

describe('the histogram', () => {
  const latencyOf = (durations: readonly bigint[]) => {
    const found = reading([groupOf(0, durations)]).latencies.functions.find(({ latency }) => latency.calls > 0n);
    if (found === undefined) throw new Error('no calls');
    return found.latency;
  };

  test('a row for each power of two between the shortest and the longest, as long as its calls are many', () => {
    const durations = [0n, 1n, 9n, 9n, 9n, 9n];
    expect(histogramLines(latencyOf(durations), { columns: 60, hasBlocks: false })).toEqual([
      '  [0ns,  2ns) 2 ######################',
      '  [2ns,  4ns) 0',
      '  [4ns,  8ns) 0',
      '  [8ns, 16ns) 4 ############################################',
    ]);
  });

  test('one call among many is still seen', () => {
    const many = latencyOf([...Array.from({ length: 10_000 }, () => 100n), 1_000_000n]);
    expect(histogramLines(many, { columns: 80, hasBlocks: true }).at(-1)).toMatch(/ 1 ▏$/);
    expect(histogramLines(many, { columns: 80, hasBlocks: false }).at(-1)).toMatch(/ 1 #$/);
  });

  test('blocks where the locale has them', () => {
    expect(wantsBlocks({})).toBe(true);
    expect(wantsBlocks({ LANG: 'de_DE.UTF-8' })).toBe(true);
    expect(wantsBlocks({ LANG: 'de_DE.UTF-8', LC_ALL: 'C' })).toBe(false);
    expect(wantsBlocks({ LANG: 'POSIX', LC_ALL: '' })).toBe(false);
  });
});

test('the summary tells of calls without a duration', () => {
  const told = reading(calls, { unwound: [1n, 0n, 2n, 0n], undecided: [0n, 1n, 0n, 0n], skipped: [9n, 0n, 0n, 0n] });
  expect(latencySummary(told, { ...watch, sample: 4 })).toBe(
    '6 calls of 2 functions in 2.0 s; 0 functions timed; 9 calls not timed: only one in 4 is; 3 calls not timed: they ended without returning; 1 call not timed: --when could not be decided',
  );
});

test('the document: numbers of 64 bits are texts, and without calls there is no percentile', () => {
  const told = reading(calls, { unwound: [1n, 0n, 2n, 0n] });
  const document = JSON.parse(JSON.stringify(latencyJson(told, watch, 7, [])));
  expect(document).toMatchObject({ schema: 1, calls: '6', probes: 7, groups: [] });
  expect(document.functions).toMatchObject([
    {
      name: 'app::slow',
      calls: '3',
      sum_ns: '4004000',
      avg_ns: '1334666',
      p50_ns: '3071',
      max_ns: '4000000',
      unwound: '3',
    },
    {
      buckets: [
        { low_ns: '10', high_ns: '10', calls: '2' },
        { low_ns: '12', high_ns: '12', calls: '1' },
      ],
    },
    { name: 'app::never', calls: '0', avg_ns: null, p50_ns: null, max_ns: null, buckets: [] },
  ]);
});

test('copies that are left out, one line each', () => {
  const copy = {
    kind: 'inlined',
    address: 0x10n,
    caller: null,
    callSite: { file: 'a.rs', line: 3, column: 1 },
  } as const;
  expect(untimedLines([{ function: 'f', copy, reason: 'it is inlined' }])).toEqual([
    "f inlined at a.rs:3 can't be timed: it is inlined",
  ]);
});
