import { describe, expect, test } from 'vitest';
import { parseFilter } from '../../src/expr/filter.ts';
import type { BoolNode } from '../../src/expr/tree.ts';
import { CallChoice } from '../../src/trace/call-choice.ts';
import { Correlator, type EndedCall } from '../../src/trace/correlate.ts';
import { isSample } from '../../src/trace/sample.ts';
import { functionStatistics } from '../../src/trace/session-statistics.ts';
import type { ProbeSite } from '../../src/trace/site.ts';
import { reference, str, u64 } from './shown-values.ts';
import { argument, mainThread, probeSite, register, result, TracedMachine } from './traced-machine.ts';

const sp = 0x7fe0n;
const args = [
  argument('a', u64, [register('rdi')]),
  argument('p', reference(u64), [register('rsi')]),
  argument('s', str, [register('rdx'), register('rcx', 8)]),
];
const plan = { args, ret: result };

type Run = Partial<ConstructorParameters<typeof TracedMachine>[1]> & { readonly site?: Partial<ProbeSite> };
type Call = { readonly a?: bigint; readonly p?: bigint; readonly ret?: bigint };

/** What is told of calls, one after the other; memory of the process is at 0x5000. */
const told = (text: string, calls: readonly Call[], { site: given = {}, ...options }: Run = {}) => {
  const when: BoolNode = parseFilter(text, plan);
  const site = probeSite({ plan, when, ...given });
  const traced = new TracedMachine([site], options);
  traced.machine.user.write(0x5000n, Buffer.from('0700000000000000', 'hex'));
  for (const { a = 0n, p = 0x5000n, ret = 0n } of calls) {
    traced.enter(mainThread, 0, sp, { rdi: a, rsi: p });
    traced.exit(mainThread, 0, sp, { rax: ret });
  }
  const thinning = options.thinning ?? { sample: 1, rateLimit: null };
  const choice = new CallChoice([site], thinning, traced.plan.decides);
  const shown: EndedCall[] = [];
  const correlator = new Correlator(
    {
      entered: ({ enter }) => choice.entered(enter) !== 'dropped',
      ended: (call) => choice.ended(call) && shown.push(call),
      stale: () => {},
      isUnderWay: () => false,
    },
    { tracked: () => true, exitOutcome: () => 'returned' },
  );
  const records = traced.records();
  for (const record of records) correlator.accept(record);
  const { undecided, notSampled } = choice.leftOut(
    traced.machine.entries('functions').map(({ value }) => functionStatistics(value)),
  );
  return {
    records: records.length,
    shown: shown.map(({ enter }) => enter.capture.slots[0]?.bytes[0]),
    undecided,
    notSampled,
    pending: traced.pending().length,
    notes: traced.plan.notes,
  };
};

const some = [{ a: 1n }, { a: 5n }, { a: 6n, p: 0n }, { a: 7n, p: 0x9000n }];

describe('a condition on the beginning of a call', () => {
  test('keeps the records of other calls from being written', () => {
    expect(told('a > 4', some)).toEqual({
      records: 6,
      shown: [5, 6, 7],
      undecided: {},
      notSampled: 0,
      pending: 0,
      notes: [],
    });
  });

  test('is counted by the reason where it is not known, and not told', () => {
    expect(told('p == 7', some)).toMatchObject({ records: 4, shown: [1, 5], undecided: { null: 1, unreadable: 1 } });
    expect(told('a < 6 && p == 7', some)).toMatchObject({ records: 4, shown: [1, 5], undecided: {} });
    expect(told('a > 5 || p == 7', some)).toMatchObject({ records: 8, shown: [1, 5, 6, 7], undecided: {} });
  });

  test('that the reader decides tells the same', () => {
    for (const text of ['a > 4', 'p == 7', 'a < 6 && p == 7', 'p == 7 && ret == 0', 'p == 7 && ret == 1']) {
      const { records, notes, ...rest } = told(text, some, { leavesConditions: true });
      expect([records, notes]).toEqual([8, []]);
      expect(told(text, some)).toMatchObject(rest);
    }
  });

  test('comes before the choice of samples', () => {
    const calls = Array.from({ length: 20 }, (_, i) => ({ a: BigInt(i) }));
    const shown = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19].filter((_, call) => isSample(call, 3));
    for (const leavesConditions of [false, true])
      expect(told('a % 2 == 1', calls, { thinning: { sample: 3, rateLimit: null }, leavesConditions })).toMatchObject({
        shown,
        notSampled: 10 - shown.length,
      });
  });

  test('of a call that loops to its own entry is asked once', () => {
    const site = probeSite({ plan, when: parseFilter('a == 3', plan), loopsToEntry: true });
    const traced = new TracedMachine([site]);
    for (const first of [3n, 5n]) {
      for (let a = first; a > 0n; a--) traced.enter(mainThread, 0, sp, { rdi: a });
      traced.exit(mainThread, 0, sp);
    }
    expect(traced.records().map(({ kind }) => kind)).toEqual(['enter', 'exit']);
    expect(traced.counter(0, 'loopHits')).toBe(2 + 4);
    expect(traced.pending()).toEqual([]);
  });

  test('of a call that loops, without room to know it by, is counted as lost', () => {
    const site = probeSite({ plan, when: parseFilter('a == 3', plan), loopsToEntry: true });
    const traced = new TracedMachine([site], { pending: 1 });
    traced.enter(mainThread, 0, sp, { rdi: 3n });
    traced.enter(mainThread, 0, sp - 64n, { rdi: 5n });
    expect(traced.counter(0, 'pendingFull')).toBe(1);
  });

  test('may wait for pages', () => {
    const site = probeSite({ plan, when: parseFilter('p == 7', plan), loopsToEntry: true });
    const traced = new TracedMachine([site], { coldPages: true });
    traced.machine.cold.write(0x5000n, Buffer.from('0700000000000000', 'hex'));
    traced.enter(mainThread, 0, sp, { rsi: 0x5000n });
    traced.enter(mainThread, 0, sp - 64n, { rsi: 0x9000n });
    expect(traced.records().map(({ kind }) => kind)).toEqual(['enter']);
    expect(traced.pending()).toHaveLength(2);
  });
});

describe('a condition on the end of a call', () => {
  const calls = [
    { a: 1n, ret: 0n },
    { a: 2n, p: 0n, ret: 0n },
    { a: 3n, p: 0n, ret: 1n },
    { a: 4n, ret: 1n },
  ];

  test('is decided by the reader, from calls for which the rest is not false', () => {
    const { notes, ...rest } = told('a > 1 && ret == 1', calls);
    expect(rest).toMatchObject({ records: 6, shown: [3, 4], undecided: {} });
    expect(notes).toEqual([expect.stringContaining('those for which the rest holds')]);
    expect(told('ret == 1', calls).notes).toEqual([expect.stringContaining('every one')]);
  });

  test('that is false makes up for a beginning of which it is not known', () => {
    expect(told('p == 7 && ret == 1', calls)).toMatchObject({ records: 8, shown: [4], undecided: { null: 1 } });
  });
});

test('what the kernel cannot tell is told by the reader, and said so', () => {
  const { notes, ...rest } = told('a > 4 && s.contains("x")', some);
  expect(rest).toMatchObject({ records: 6, shown: [], undecided: { null: 3 } });
  expect(notes).toEqual([expect.stringMatching(/^--when is decided by rsym in part, from events of app::f: /)]);
});
