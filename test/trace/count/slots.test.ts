import { describe, expect, test } from 'vitest';
import type { Counters } from '../../../src/trace/count/counters.ts';
import { differences } from '../../../src/trace/count/overlap.ts';
import { Slots } from '../../../src/trace/count/slots.ts';

/** Counters that the test moves. */
const fake = (...words: bigint[]) => ({
  words,
  counters: { read: (slot: number) => BigInt.asUintN(64, words[slot] ?? 0n) } as unknown as Counters,
});

describe('counters and whose they are', () => {
  test('calls count from `begin`; a loop that is under way then takes nothing off', () => {
    const { words, counters } = fake(5n, -1n);
    const slots = new Slots(counters, 2, 0);
    slots.begin();
    expect([...slots.read()]).toEqual([0n, 0n]);
    words[0] = 9n;
    words[1] = 0n;
    expect([...slots.read()]).toEqual([4n, 1n]);
    words[0] = 4n;
    expect([...slots.read()]).toEqual([0n, 1n]);
  });

  test('a jump back whose hit does not come any more leaves no fewer calls than none', () => {
    const { words, counters } = fake(5n, 0n);
    const slots = new Slots(counters, 2, 0);
    slots.begin();
    words[0] = 4n;
    slots.settle(0);
    expect([...slots.read()]).toEqual([0n, 0n]);
  });

  test('a site that moves keeps its calls, those counted twice once', async () => {
    const { words, counters } = fake(0n, 0n, 70n);
    const slots = new Slots(counters, 2, 1);
    slots.begin();
    words[0] = 100n;
    words[1] = 8n;
    const moving = slots.reserve([0]);
    expect(moving).toEqual([{ site: 0, slot: 2, from: 70n }]);
    // The new counter begins later: 30 calls are counted by both.
    words[0] = 150n;
    words[2] = 100n;
    slots.release(await slots.move(moving));
    words[0] = 155n;
    words[2] = 105n;
    expect([...slots.read()]).toEqual([155n, 8n]);
    // The old link is gone.
    words[2] = 205n;
    slots.settle(1);
    words[1] = 99n;
    expect([...slots.read()]).toEqual([255n, 8n]);
    expect(slots.reserve([0, 0]).map(({ slot }) => slot)).toEqual([1, 0]);
    expect(() => slots.reserve([0])).toThrow(/no counter is free/);
  });
});

test('two counters that move together differ by what is seen most often', async () => {
  let calls = 0n;
  let looks = 0;
  const moving = {
    earlier: () => {
      if (looks++ % 3 === 0) calls++;
      return 1_000n + calls;
    },
    // Now and then a call is counted here already, and there not yet.
    later: () => calls + (looks % 7 === 0 ? 1n : 0n),
  };
  const still = { earlier: () => 12n, later: () => 5n };
  expect(await differences([moving, still])).toEqual([1_000n, 7n]);
});
