import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordOrder } from '../../src/trace/order.ts';

type Record = { readonly sequence: number; readonly ns: number };

const record = (sequence: number, ns: number): Record => ({ sequence, ns });
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
        return { record: record(i + 1, now), at: now + late };
      })
      .sort((a, b) => a.at - b.at)
      .map((one) => one.record);
  });

test('what comes less than the window late comes out sorted, whole, and once', () => {
  fc.assert(
    fc.property(arrivals, fc.array(fc.nat({ max: 20 }), { maxLength: 50 }), (records, reads) => {
      const order = new RecordOrder<Record>();
      const out: Record[] = [];
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
  const order = new RecordOrder<Record>();
  const now = 2 * waitNs;
  order.add(record(1, now));
  order.add(record(3, now - waitNs));
  expect(order.take(false)).toEqual([]);
  order.add(record(2, now + 10));
  expect(order.take(false)).toEqual([]);
  order.add(record(4, now + windowNs + 20));
  expect(order.take(false).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  // Nothing before it is held: it is as old as what is out.
  order.add(record(6, now));
  order.add(record(5, now + windowNs + 30));
  expect(order.take(false)).toEqual([]);
  order.add(record(7, now + 2 * windowNs + 40));
  expect(order.take(false).map(({ sequence }) => sequence)).toEqual([4, 5, 6]);
});

test('what is younger than the window is held back until nothing comes', () => {
  const order = new RecordOrder<Record>();
  order.add(record(2, 10));
  order.add(record(1, 5));
  expect(order.take(false)).toEqual([]);
  order.add(record(3, windowNs + 10));
  expect(order.take(false).map(({ sequence }) => sequence)).toEqual([1, 2]);
  expect(order.take(false)).toEqual([]);
  expect(order.take(true).map(({ sequence }) => sequence)).toEqual([3]);
});
