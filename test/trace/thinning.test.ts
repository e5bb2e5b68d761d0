import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mainThread, probeSite, TracedMachine } from './traced-machine.ts';

const sp = 0x7fe0n;
const second = 1_000_000_000n;
const told = (traced: TracedMachine, kind: string) => traced.records().filter((record) => record.kind === kind);

describe('one call in so many', () => {
  test('is told, the first one first, of each function by itself', () => {
    const traced = new TracedMachine([probeSite(), probeSite()], { thinning: { sample: 3, rateLimit: null } });
    const fns = [0, 0, 1, 0, 0, 0, 1, 0, 1, 1];
    for (const fn of fns) {
      traced.enter(mainThread, fn, sp);
      traced.exit(mainThread, fn, sp);
    }
    const records = traced.records();
    expect(records.map(({ kind, fn }) => `${kind} ${fn}`)).toEqual(
      [0, 1, 0, 1].flatMap((fn) => [`enter ${fn}`, `exit ${fn}`]),
    );
    expect([0, 1].map((fn) => traced.counter(fn, 'wanted'))).toEqual([6, 4]);
    expect([0, 1].map((fn) => traced.counter(fn, 'unmatchedExits'))).toEqual([0, 0]);
  });

  test('takes the exit of a call that is not told for no other one’s', () => {
    const traced = new TracedMachine([probeSite()], { thinning: { sample: 2, rateLimit: null } });
    traced.enter(mainThread, 0, sp);
    // It ends unseen; another one has its frame.
    traced.enter(mainThread, 0, sp);
    traced.exit(mainThread, 0, sp);
    expect(traced.records().map(({ kind }) => kind)).toEqual(['enter']);
  });

  test('of a function that branches to its own entry counts no branch', () => {
    const site = probeSite({ loopsToEntry: true });
    const traced = new TracedMachine([site], { thinning: { sample: 3, rateLimit: null } });
    for (let call = 0; call < 7; call++) {
      for (let round = 0; round < 5; round++) traced.enter(mainThread, 0, sp, { rdi: BigInt(call) });
      traced.exit(mainThread, 0, sp);
    }
    expect(traced.counter(0, 'wanted')).toBe(7);
    expect(traced.counter(0, 'loopHits')).toBe(28);
    const records = traced.records();
    expect(records.map(({ kind }) => kind)).toEqual(['enter', 'exit', 'enter', 'exit']);
    expect(traced.pending()).toEqual([]);
  });
});

describe('so many calls in a second', () => {
  test('over all functions are told, whenever they come, and the rest is counted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 1 }), fc.nat({ max: 400_000_000 })), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        (calls, rateLimit) => {
          const traced = new TracedMachine([probeSite(), probeSite()], { thinning: { sample: 1, rateLimit } });
          const seconds = new Map<bigint, number>();
          for (const [fn, after] of calls) {
            traced.machine.now += BigInt(after);
            traced.enter(mainThread, fn, sp);
            const at = traced.machine.now / second;
            seconds.set(at, (seconds.get(at) ?? 0) + 1);
            traced.exit(mainThread, fn, sp);
          }
          const shown = new Map<bigint, number>();
          for (const { time } of told(traced, 'enter')) shown.set(time / second, (shown.get(time / second) ?? 0) + 1);
          for (const [at, count] of seconds) expect(shown.get(at) ?? 0).toBe(Math.min(count, rateLimit));
          const all = [...shown.values()].reduce((sum, count) => sum + count, 0);
          expect(all + traced.counter(0, 'overRate') + traced.counter(1, 'overRate')).toBe(calls.length);
        },
      ),
    );
  });

  test('are those of the second that a late call belongs to, or none', () => {
    const traced = new TracedMachine([probeSite()], { thinning: { sample: 1, rateLimit: 5 } });
    for (const now of [5n * second, 6n * second, 5n * second + 9n]) {
      traced.machine.now = now;
      traced.enter(mainThread, 0, sp);
    }
    expect(told(traced, 'enter')).toHaveLength(2);
    expect(traced.counter(0, 'overRate')).toBe(1);
  });

  test('are counted behind the choice of samples', () => {
    const traced = new TracedMachine([probeSite()], { thinning: { sample: 2, rateLimit: 2 } });
    for (let call = 0; call < 8; call++) traced.enter(mainThread, 0, sp - 8n * BigInt(call));
    expect(told(traced, 'enter')).toHaveLength(2);
    expect([traced.counter(0, 'wanted'), traced.counter(0, 'overRate')]).toEqual([8, 2]);
  });
});
