import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordOrder } from '../../src/trace/order.ts';
import type { TraceRecord } from '../../src/trace/record.ts';

const record = (sequence: number, time: bigint): TraceRecord => ({
  kind: 'landing',
  fn: 0,
  sequence,
  time,
  tgid: 1,
  tid: 1,
  sp: 0n,
});
const windowNs = 2_000_000;
/** Far more than the window. */
const waitNs = 3_000_000_000;

/** Records in the order in which they happened, and how late each comes to the ring. */
const arrivals = fc
  .array(fc.tuple(fc.nat({ max: 3_000_000 }), fc.nat({ max: windowNs - 1 })), { maxLength: 200, size: 'max' })
  .map((gaps) => {
    let now = 0;
    return gaps
      .map(([gap, late], i) => {
        now += gap;
        return { record: record(i + 1, BigInt(now)), at: now + late };
      })
      .sort((a, b) => a.at - b.at)
      .map((one) => one.record);
  });

test('what comes less than the window late comes out sorted, whole, and once', () => {
  fc.assert(
    fc.property(arrivals, fc.array(fc.nat({ max: 20 }), { maxLength: 50 }), (records, reads) => {
      const order = new RecordOrder();
      const out: TraceRecord[] = [];
      let at = 0;
      for (const count of [...reads, records.length]) {
        for (const one of records.slice(at, at + count)) order.add(one);
        at += count;
        out.push(...order.take(false));
      }
      out.push(...order.take(true));
      expect(out.map(({ sequence }) => sequence)).toEqual(records.map((_, i) => i + 1));
      expect(order.take(true)).toEqual([]);
    }),
  );
});

test('what waited for a page has the time before that: it comes out where it was made', () => {
  const order = new RecordOrder();
  const now = 2n * BigInt(waitNs);
  order.add(record(1, now));
  order.add(record(3, now - BigInt(waitNs)));
  expect(order.take(false)).toEqual([]);
  order.add(record(2, now + 10n));
  expect(order.take(false)).toEqual([]);
  order.add(record(4, now + BigInt(windowNs) + 20n));
  expect(order.take(false).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  // Nothing before it is held: it is as old as what is out.
  order.add(record(6, now));
  order.add(record(5, now + BigInt(windowNs) + 30n));
  expect(order.take(false)).toEqual([]);
  order.add(record(7, now + 2n * BigInt(windowNs) + 40n));
  expect(order.take(false).map(({ sequence }) => sequence)).toEqual([4, 5, 6]);
});

test('what is younger than the window is held back until nothing comes', () => {
  const order = new RecordOrder();
  order.add(record(2, 10n));
  order.add(record(1, 5n));
  expect(order.take(false)).toEqual([]);
  order.add(record(3, BigInt(windowNs) + 10n));
  expect(order.take(false).map(({ sequence }) => sequence)).toEqual([1, 2]);
  expect(order.take(false)).toEqual([]);
  expect(order.take(true).map(({ sequence }) => sequence)).toEqual([3]);
});
