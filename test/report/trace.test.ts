import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallEvent, EndEvent, Losses, Outcome, TraceEvent } from '../../src/query/watch.ts';
import { makePalette } from '../../src/report/terminal-colour.ts';
import { durationText, endLine, lossText, traceText } from '../../src/report/trace.ts';
import { traceJson } from '../../src/report/trace-json.ts';
import { expectGolden } from '../support/golden.ts';

const hostile = 'evil\x1b[2J\x07\r\n\u202egnp.exe\u200b::f';
const none: Losses = { entries: 0, exits: 0, pending: 0, threads: 0, landings: 0, threadEnds: 0, processes: 0 };

const makeCall = (given: Partial<CallEvent> = {}): CallEvent => ({
  event: 'call',
  time: 1_000_000_000n,
  seq: 1,
  callId: 7,
  parent: null,
  depth: 0,
  pid: 100,
  tid: 101,
  comm: 'worker',
  function: 'app::hello',
  copy: { kind: 'symbol', address: 0xffff_ffff_8000_0010n, caller: null, callSite: null },
  args: [
    { name: 'i', type: 'i32', value: -1, text: '-1', evidence: 'given', note: null },
    { name: 's', type: '&str', value: 'a', text: '"a"', evidence: 'given', note: null },
  ],
  ret: {
    name: '',
    type: 'u64',
    value: '18446744073709551615',
    text: '18446744073709551615',
    evidence: 'given',
    note: null,
  },
  outcome: 'returned',
  duration: 1234n,
  ...given,
});
const makeEnd = (given: Partial<EndEvent> = {}): EndEvent => ({
  event: 'end',
  time: 2n,
  seq: 9,
  calls: 1,
  lost: none,
  lostFunctions: [],
  underWayAtAttach: 0,
  functions: 1,
  probes: 3,
  program: null,
  ...given,
});
const outcomes: readonly Outcome[] = ['returned', 'tail-call', 'unwound', 'left', 'exited', 'running', 'entered'];
const events: readonly TraceEvent[] = [
  ...outcomes.map((outcome, i) =>
    makeCall({ outcome, seq: i + 1, depth: i, ...(outcome === 'returned' ? {} : { ret: null, duration: null }) }),
  ),
  makeCall({ event: 'enter', outcome: null, ret: null, duration: null, parent: 3 }),
  makeCall({ function: hostile, comm: hostile.slice(0, 15), depth: 1000 }),
  makeCall({
    args: [
      {
        name: hostile,
        type: 'f64',
        value: { $missing: 'gone' },
        text: '<gone>',
        evidence: 'gone',
        note: 'a vector register',
      },
    ],
    copy: { kind: 'inlined', address: 16n, caller: 'app::main', callSite: { file: 'main.rs', line: 3, column: 9 } },
    duration: 0n,
  }),
  {
    event: 'lost',
    time: 5n,
    seq: 20,
    losses: { entries: 1, exits: 2, pending: 3, threads: 4, landings: 5, threadEnds: 6, processes: 7 },
    functions: [{ function: hostile, entries: 1, exits: 2, pending: 3, threads: 4 }],
  },
  { event: 'note', seq: 21, text: 'a note' },
  makeEnd({ program: { pid: 5, status: 3, signal: null }, underWayAtAttach: 2 }),
  makeEnd({ calls: 2, program: { pid: 5, status: null, signal: 'SIGSEGV' }, lost: { ...none, exits: 2 } }),
  makeEnd({ program: { pid: 5, status: null, signal: null } }),
];

test('what was left out is told at the end, in all and by function', () => {
  const counts = { undecided: { unreadable: 2, null: 1 }, notSampled: 9, overRate: 4 };
  const end = makeEnd({
    leftOut: { ...counts, functions: [{ site: 0, function: hostile, address: 0x10n, ...counts }] },
  });
  expect(traceText(end, { palette: makePalette(false), origin: 0n, threads: false, processes: false })).toContain(
    'left out: 3 undecided (2 unreadable, 1 null), 9 not sampled, 4 over the rate',
  );
  const json = { undecided: counts.undecided, not_sampled: 9, over_rate: 4 };
  expect(JSON.parse(traceJson(end)).left_out).toEqual({
    ...json,
    functions: [{ function: hostile, address: '0x10', ...json }],
  });
  expect(JSON.parse(traceJson(makeEnd()))).not.toHaveProperty('left_out');
});

describe('text', () => {
  const style = { palette: makePalette(false), origin: 999_000_000n, threads: false, processes: false };

  test('of every event', () => {
    const one = events.map((event) => traceText(event, style)).join('');
    const many = events.map((event) => traceText(event, { ...style, threads: true })).join('');
    const family = events
      .slice(0, 2)
      .map((event) => traceText(event, { ...style, processes: true }))
      .join('');
    expectGolden('report/trace', `${one}\n${many}\n${family}`);
  });

  test('is one line each and holds nothing that moves a terminal, coloured or not', () => {
    for (const threads of [true, false]) {
      for (const event of events) {
        const text = traceText(event, { ...style, threads });
        expect(text).toMatch(/^[^\x00-\x1f\x7f-\x9f\u200b\u202e]*\n$/u);
        const coloured = traceText(event, { ...style, threads, palette: makePalette(true) });
        expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(text);
      }
    }
  });

  test.each([
    [0n, '0ns'],
    [999n, '999ns'],
    [1_000n, '1.00µs'],
    [1_234n, '1.23µs'],
    [9_994n, '9.99µs'],
    [9_995n, '10.0µs'],
    [99_960n, '100µs'],
    [999_499n, '999µs'],
    [999_500n, '1.00ms'],
    [12_345_678n, '12.3ms'],
    [999_999_999n, '1.00s'],
    [61_000_000_000n, '61.0s'],
    [86_400_000_000_000n, '86400s'],
  ])('%i ns is %s', (ns, text) => expect(durationText(ns)).toBe(text));

  test('a duration never shows more than it knows, nor a number of four digits below 1000 s', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 999_000_000_000n }), (ns) => {
        const [, digits = '', unit = ''] = /^([\d.]+)(ns|µs|ms|s)$/.exec(durationText(ns)) ?? [];
        expect(digits.replace('.', '').length).toBeLessThanOrEqual(3);
        const value = Number(digits) * { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 }[unit as 'ns'];
        expect(Math.abs(value - Number(ns))).toBeLessThanOrEqual(Number(ns) * 0.00501);
      }),
    );
  });

  test('what was not lost is not mentioned', () => {
    expect(lossText(none)).toBe('');
    expect(endLine(makeEnd())).toBe('1 call; 0 lost');
    expect(endLine(makeEnd({ lost: { ...none, landings: 1 } }))).toContain('LOST 1 unwinder');
  });
});

describe('JSON, schema 1', () => {
  const parsed = events.map((event) => JSON.parse(traceJson(event)) as Record<string, unknown>);
  const decimal = expect.stringMatching(/^\d+$/);
  const shown = { type: expect.any(String), text: expect.any(String), evidence: expect.any(String) };

  test('one line each, with its schema, kind and place in the order', () => {
    for (const event of events) expect(traceJson(event)).toMatch(/^[^\n]+\n$/);
    for (const [i, one] of parsed.entries())
      expect(one).toMatchObject({ schema: 1, event: events[i]?.event, seq: expect.any(Number) });
  });

  test('a call has the fields of the contract, with their types', () => {
    for (const one of parsed.filter(({ event }) => event === 'call' || event === 'enter')) {
      expect(Object.keys(one)).toEqual([
        'schema',
        'event',
        'ts_ns',
        'seq',
        'call_id',
        'parent',
        'depth',
        'pid',
        'tid',
        'comm',
        'function',
        'copy',
        'args',
        'ret',
        'outcome',
        'duration_ns',
      ]);
      expect(one).toMatchObject({
        ts_ns: decimal,
        call_id: expect.any(Number),
        depth: expect.any(Number),
        pid: 100,
        tid: 101,
        comm: expect.any(String),
        copy: {
          kind: expect.stringMatching(/^(symbol|instance|inlined)$/),
          address: expect.stringMatching(/^0x[0-9a-f]+$/),
        },
      });
      for (const arg of one['args'] as object[]) {
        expect(arg).toMatchObject({ ...shown, name: expect.any(String) });
        expect(arg).toHaveProperty('value');
      }
      if (one['ret'] !== null) {
        expect(one['ret']).toMatchObject(shown);
        expect(one['ret']).not.toHaveProperty('name');
      }
      expect(one['duration_ns'] === null || /^\d+$/.test(String(one['duration_ns']))).toBe(true);
      expect(typeof one['duration_ns']).not.toBe('number');
    }
  });

  test('values keep their type and addresses are 64 bits wide', () => {
    expect(parsed[0]).toMatchObject({
      copy: { address: '0xffffffff80000010', caller: null, call_site: null },
      args: [{ value: -1 }, { value: 'a' }],
      ret: { value: '18446744073709551615' },
      outcome: 'returned',
      duration_ns: '1234',
    });
    expect(parsed[9]).toMatchObject({
      args: [{ value: { $missing: 'gone' }, note: 'a vector register' }],
      copy: { kind: 'inlined', caller: 'app::main', call_site: { file: 'main.rs', line: 3, column: 9 } },
      duration_ns: '0',
    });
    expect(parsed[8]).toMatchObject({ function: hostile });
  });

  test('losses and the end', () => {
    const losses = { entries: 1, exits: 2, pending: 3, threads: 4, landings: 5, thread_ends: 6, processes: 7 };
    expect(parsed.find(({ event }) => event === 'lost')).toEqual({
      schema: 1,
      event: 'lost',
      ts_ns: '5',
      seq: 20,
      losses,
      functions: [{ function: hostile, entries: 1, exits: 2, pending: 3, threads: 4 }],
    });
    expect(parsed.find(({ event }) => event === 'end')).toMatchObject({
      ts_ns: '2',
      calls: 1,
      lost: { entries: 0, exits: 0, pending: 0, threads: 0, landings: 0, thread_ends: 0, processes: 0 },
      lost_functions: [],
      under_way_at_attach: 2,
      functions: 1,
      probes: 3,
      program: { pid: 5, status: 3, signal: null },
    });
  });
});
