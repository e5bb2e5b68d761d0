import { describe, expect, test } from 'vitest';
import { bucketOf } from '../../../src/trace/aggregate/histogram.ts';
import { exitSite, mainThread, probeSite, tailCall } from '../traced-machine.ts';
import { SumsMachine } from './sums-machine.ts';

const f = probeSite();
const other = { tgid: 100, tid: 101 };
const timing = (sites = [f, f], options: { pending?: number; threads?: number; sample?: number } = {}): SumsMachine =>
  new SumsMachine(sites, { of: 'durations', ...options });

/** Lets a call take so long; the machine's own steps take some ns, which `over` is told of. */
const pass = ({ machine }: SumsMachine, ns: bigint): void => {
  machine.now += ns;
};

describe('durations', () => {
  test('of calls of all lengths: sum, longest, and each in its bucket', () => {
    const on = timing();
    const lengths = [0n, 1n, 7n, 8n, 100n, 1_000n, 12_345n, 10n ** 6n, 10n ** 9n, 2n ** 40n, 2n ** 63n - 100n];
    const durations: bigint[] = [];
    for (const ns of lengths) {
      on.enter(mainThread, 0, 0x8000n);
      const from = on.machine.now;
      pass(on, ns);
      on.exit(mainThread, 0, 0x8000n);
      // The entry's clock was read last before `from`, the exit's first when its program began.
      durations.push(ns + 10n + 1n);
      expect(on.machine.now > from + ns).toBe(true);
    }
    const sums = on.sums(0)!;
    expect(sums.calls).toBe(BigInt(lengths.length));
    expect(sums.durations?.sum).toBe(durations.reduce((sum, ns) => sum + ns, 0n));
    expect(sums.durations?.longest).toBe(durations.at(-1));
    const buckets = Array.from({ length: sums.durations?.buckets.length ?? 0 }, () => 0n);
    for (const ns of durations) buckets[bucketOf(ns)]! += 1n;
    expect(sums.durations?.buckets).toEqual(buckets);
    expect(on.sums(1)).toBeNull();
    expect(on.pending).toBe(0);
  });

  test('recursion: each call is one, the outer ones are longer', () => {
    const on = timing();
    for (let depth = 0n; depth < 50n; depth++) on.enter(mainThread, 0, 0x8000n - 0x40n * depth);
    for (let depth = 49n; depth >= 0n; depth--) on.exit(mainThread, 0, 0x8000n - 0x40n * depth);
    expect(on.sums(0)).toMatchObject({ calls: 50n });
    expect(on.pending).toBe(0);
  });

  test('an exit without an entry counts nothing, and one ends only its own thread and function', () => {
    const on = timing();
    on.exit(mainThread, 0, 0x8000n);
    on.enter(mainThread, 0, 0x8000n);
    on.exit(other, 0, 0x8000n);
    on.exit(mainThread, 1, 0x8000n);
    expect(on.sums(0)).toBeNull();
    on.exit(mainThread, 0, 0x8000n);
    on.exit(mainThread, 0, 0x8000n);
    expect(on.sums(0)).toMatchObject({ calls: 1n });
  });

  test('several exits, a tail call among them', () => {
    const on = timing([probeSite({ returns: { mode: 'sites', exits: [exitSite(), tailCall()] } })]);
    for (const which of [0, 1, 1]) {
      on.enter(mainThread, 0, 0x8000n);
      on.exit(mainThread, 0, 0x8000n, which);
    }
    expect(on.sums(0)).toMatchObject({ calls: 3n });
  });

  test('a branch back to the begin is the same call', () => {
    const on = timing([probeSite({ loopsToEntry: true })]);
    for (let turn = 0; turn < 5; turn++) on.enter(mainThread, 0, 0x8000n);
    on.exit(mainThread, 0, 0x8000n);
    expect(on.sums(0)).toMatchObject({ calls: 1n });
    expect(on.counter(0, 'loopHits')).toBe(4);
  });
});

describe('calls that never return are counted, not timed', () => {
  test('an unwinder passes many of them at once', () => {
    const on = timing();
    const deep = 100;
    on.enter(mainThread, 1, 0x8_8000n);
    for (let depth = 0; depth < deep; depth++) on.enter(mainThread, 0, 0x8_0000n - 0x40n * BigInt(depth));
    on.landing(mainThread, 0x8_4000n);
    expect(on.counter(0, 'unwound')).toBe(deep);
    expect(on.counter(1, 'unwound')).toBe(0);
    on.exit(mainThread, 1, 0x8_8000n);
    expect(on.sums(0)).toBeNull();
    expect(on.sums(1)).toMatchObject({ calls: 1n });
    expect(on.pending).toBe(0);
  });

  test('a landing leaves the calls of other stacks alone', () => {
    const on = timing();
    on.machine.mappings = [
      { start: 0x1000n, end: 0x4000n },
      { start: 0x5000n, end: 0x9000n },
    ];
    on.enter(mainThread, 0, 0x2000n);
    on.landing(mainThread, 0x8000n);
    expect(on.counter(0, 'unwound')).toBe(0);
    on.exit(mainThread, 0, 0x2000n);
    expect(on.sums(0)).toMatchObject({ calls: 1n });
  });

  test('a thread ends, or replaces its program, inside of some', () => {
    const on = timing();
    for (const thread of [mainThread, other]) for (const sp of [0x8000n, 0x7000n]) on.enter(thread, 0, sp);
    on.threadEnd(other);
    expect([on.counter(0, 'unwound'), on.pending]).toEqual([2, 2]);
    on.exec(mainThread, 100);
    expect([on.counter(0, 'unwound'), on.pending]).toEqual([4, 0]);
    expect(on.machine.entries('threads')).toEqual([]);
    expect(on.sums(0)).toBeNull();
  });

  test('a frame that a new call uses was left', () => {
    const on = timing();
    on.enter(mainThread, 0, 0x8000n);
    on.enter(mainThread, 0, 0x7000n);
    on.enter(mainThread, 0, 0x7000n);
    expect(on.counter(0, 'unwound')).toBe(1);
    on.exit(mainThread, 0, 0x7000n);
    on.exit(mainThread, 0, 0x8000n);
    expect(on.sums(0)).toMatchObject({ calls: 2n });
    on.threadEnd(mainThread);
    expect(on.counter(0, 'unwound')).toBe(1);
  });
});

describe('without room', () => {
  test('for calls under way: the call is counted as lost', () => {
    const on = timing([f], { pending: 2 });
    for (const sp of [0x8000n, 0x7000n, 0x6000n]) on.enter(mainThread, 0, sp);
    expect(on.counter(0, 'pendingFull')).toBe(1);
    for (const sp of [0x6000n, 0x7000n, 0x8000n]) on.exit(mainThread, 0, sp);
    expect(on.sums(0)).toMatchObject({ calls: 2n });
  });

  test('for threads', () => {
    const on = timing([f], { threads: 1 });
    on.enter(mainThread, 0, 0x8000n);
    on.enter(other, 0, 0x8000n);
    expect(on.counter(0, 'threadsFull')).toBe(1);
  });
});

describe('a sample', () => {
  test('is one of each block of so many calls, for each copy by itself', () => {
    const on = timing([f, f], { sample: 3 });
    for (let call = 0; call < 6; call++) {
      on.enter(mainThread, 0, 0x8000n);
      on.exit(mainThread, 0, 0x8000n);
    }
    on.enter(mainThread, 1, 0x8000n);
    on.exit(mainThread, 1, 0x8000n);
    expect([on.sums(0)?.calls, on.counter(0, 'skipped')]).toEqual([2n, 4]);
    expect([on.sums(1)?.calls, on.counter(1, 'skipped')]).toEqual([1n, 0]);
  });

  test('the end of a call that is not in it does not end one that was left in the same frame', () => {
    const on = timing([f], { sample: 2 });
    on.enter(mainThread, 0, 0x8000n);
    on.enter(mainThread, 0, 0x8000n);
    on.exit(mainThread, 0, 0x8000n);
    expect(on.sums(0)).toBeNull();
    expect([on.counter(0, 'unwound'), on.counter(0, 'skipped')]).toEqual([1, 1]);
  });

  test('nor does one that was left hide those around it from an unwinder', () => {
    const on = timing([f, f], { sample: 2 });
    on.enter(mainThread, 1, 0x8000n);
    on.enter(mainThread, 0, 0x7000n);
    on.enter(mainThread, 0, 0x7000n);
    on.landing(mainThread, 0x9000n);
    expect([on.counter(0, 'unwound'), on.counter(1, 'unwound'), on.pending]).toEqual([1, 1, 0]);
  });

  test('turns of a loop are no calls, also of one that is not in it', () => {
    const on = timing([probeSite({ loopsToEntry: true })], { sample: 2 });
    for (let call = 0; call < 4; call++) {
      for (let turn = 0; turn < 3; turn++) on.enter(mainThread, 0, 0x8000n);
      on.exit(mainThread, 0, 0x8000n);
    }
    expect([on.sums(0)?.calls, on.counter(0, 'skipped'), on.pending]).toEqual([2n, 2, 0]);
    on.enter(mainThread, 0, 0x8000n);
    on.enter(mainThread, 0, 0x7000n);
    on.threadEnd(mainThread);
    expect(on.counter(0, 'unwound')).toBe(1);
  });
});

test('calls that are only counted are counted as they begin, without a table', () => {
  const on = new SumsMachine([f, probeSite({ loopsToEntry: true })], { of: 'calls' });
  on.enter(mainThread, 0, 0x8000n);
  on.enter(mainThread, 0, 0x7000n);
  for (let turn = 0; turn < 3; turn++) on.enter(mainThread, 1, 0x6000n);
  on.exit(mainThread, 1, 0x6000n);
  expect([on.sums(0)?.calls, on.sums(1)?.calls, on.pending]).toEqual([2n, 1n, 0]);
});
