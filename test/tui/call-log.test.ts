import { describe, expect, test } from 'vitest';
import { type CallEvent, noLosses, type RecordRoom, type TraceEvent } from '../../src/query/watch.ts';
import { CallLog, mostEvents } from '../../src/tui/live/call-log.ts';
import { callCount, callsAbove, eventAt, firstRow, type LogView, rowCount, rowsFrom } from '../../src/tui/live/log.ts';
import { call } from './states.ts';

const calls = (from: number, count: number): CallEvent[] => Array.from({ length: count }, (_, i) => call(from + i));
const numbers = (view: LogView): number[] => [...rowsFrom(view, firstRow(view), 1)].map(([, { seq }]) => seq);
const isEven = ({ seq }: { readonly seq: number }): boolean => seq % 2 === 0;

const lost = (seq: number): TraceEvent => ({ event: 'lost', time: 0n, seq, losses: noLosses, functions: [] });

/** Goes through all steps; `between` is done after each. */
const chosen = (
  log: CallLog,
  test_: Parameters<CallLog['choose']>[0],
  held: LogView | null,
  between = (): void => {},
) => {
  const steps = log.choose(test_, held);
  for (let count = 0; count < 10_000; count++) {
    const { done, value } = steps.next();
    if (done) return value;
    between();
  }
  throw new Error('it never ends');
};

describe('the log of a trace', () => {
  test('it has the newest events; rows keep their numbers', () => {
    const log = new CallLog(() => []);
    log.add(calls(1, 10));
    expect(numbers(log.newest)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const first = log.newest;
    log.add(calls(11, mostEvents + 1000));
    const { newest } = log;
    expect(rowCount(newest)).toBeGreaterThanOrEqual(mostEvents);
    expect(rowCount(newest)).toBeLessThan(mostEvents + 1000);
    expect(eventAt(newest, firstRow(newest))?.seq).toBe(firstRow(newest) + 1);
    expect(newest.end).toBe(mostEvents + 1010);
    expect(newest.total).toBe(mostEvents + 1010);
    // What was dropped is not there any more, rather than another.
    expect(eventAt(first, 0)).toBeUndefined();
  });

  test('a view that is held stays as it was, however much comes', () => {
    const held: LogView[] = [];
    const log = new CallLog(() => held);
    log.add(calls(1, 300));
    held.push(log.newest);
    for (let round = 0; round < 5; round++) log.add(calls(301 + round * mostEvents, mostEvents));
    const [view] = held.splice(0);
    expect(view && numbers(view)).toEqual(calls(1, 300).map(({ seq }) => seq));
    log.add(calls(1, mostEvents));
    expect(view && eventAt(view, 0)).toBeUndefined();
  });

  test('a condition holds for what is there and what comes', () => {
    const log = new CallLog(() => []);
    log.add(calls(1, 600));
    expect(chosen(log, isEven, null)).toBeNull();
    expect(numbers(log.newest)).toEqual(
      calls(1, 600)
        .map(({ seq }) => seq)
        .filter((seq) => seq % 2 === 0),
    );
    log.add(calls(601, 3));
    expect(numbers(log.newest).slice(-2)).toEqual([600, 602]);
    expect(log.newest.total).toBe(603);
    chosen(log, null, null);
    expect(numbers(log.newest)).toEqual(calls(1, 603).map(({ seq }) => seq));
  });

  test('what comes while it is tried is tried too, also where all else is dropped meanwhile', () => {
    const log = new CallLog(() => []);
    log.add(calls(1, 600));
    let next = 601;
    chosen(log, isEven, null, () => {
      log.add(calls(next, 2000));
      next += 2000;
    });
    const shown = numbers(log.newest);
    expect(shown.every((seq) => seq % 2 === 0)).toBe(true);
    expect(shown.at(-1)).toBe(next - 1);
    expect(shown.length).toBeGreaterThanOrEqual(mostEvents / 2 - 256);
  });

  test('of a held view, only what it had is tried', () => {
    const held: LogView[] = [];
    const log = new CallLog(() => held);
    log.add(calls(1, 5));
    const view = log.newest;
    held.push(view);
    log.add(calls(6, 5));
    const replaced = chosen(log, isEven, view);
    expect(replaced && numbers(replaced)).toEqual([2, 4]);
    expect(numbers(log.newest)).toEqual([2, 4, 6, 8, 10]);
    // And once more, of the one that took its place.
    if (replaced) held.splice(0, 1, replaced);
    const again = chosen(log, null, replaced ?? null);
    expect(again && numbers(again)).toEqual([1, 2, 3, 4, 5]);
  });

  test('a view that is let go while a condition is tried is none any more', () => {
    const held: LogView[] = [];
    const log = new CallLog(() => held);
    log.add(calls(1, 600));
    const view = log.newest;
    held.push(view);
    expect(chosen(log, isEven, view, () => held.splice(0))).toBeNull();
  });

  test('calls for which it can not be decided are not shown, but counted', () => {
    const log = new CallLog(() => []);
    log.add(calls(1, 3));
    chosen(log, ({ seq }) => (seq === 2 ? null : true), null);
    log.add(calls(2, 1));
    expect(log.undecided).toBe(2);
    expect(numbers(log.newest)).toEqual([1, 3]);
  });

  test('an event for which not even an empty block has room is counted', () => {
    const log = new CallLog(() => []);
    const large: TraceEvent = call(1, { keepIn: (_: RecordRoom) => null });
    log.add([large, ...calls(2, 2)]);
    expect(log.refused).toBe(1);
    expect(numbers(log.newest)).toEqual([2, 3]);
  });

  test('it tells how many calls came, and how many of them are not there any more', () => {
    const held: LogView[] = [];
    const log = new CallLog(() => held);
    log.add([call(1, { keepIn: (_: RecordRoom) => null }), ...calls(2, 99)]);
    held.push(log.newest);
    log.add([lost(101), ...calls(102, mostEvents + 2000)]);
    const { came, forgotten, refused } = log.newest;
    expect({ came, refused }).toEqual({ came: mostEvents + 2100, refused: 1 });
    expect(forgotten).toBe(came - refused - callCount(log.newest));
    expect(forgotten).toBeGreaterThan(0);
    expect(held).toMatchObject([{ came: 100, forgotten: 0, refused: 1 }]);
    expect(chosen(log, isEven, held[0] ?? null)).toMatchObject({ came: 100, forgotten: 0, refused: 1 });
    expect(log.newest).toMatchObject({ came, forgotten, refused });
    log.clear();
    expect(log.newest).toMatchObject({ came: 0, forgotten: 0, refused: 0 });
  });

  test('its calls are counted without what else it has, whatever of it is shown', () => {
    const log = new CallLog(() => []);
    log.add([...calls(1, 2), lost(3), ...calls(4, 600), lost(604)]);
    expect(callCount(log.newest)).toBe(602);
    expect([0, 2, 3, 500, 603].map((row) => callsAbove(log.newest, row))).toEqual([0, 2, 2, 499, 602]);
    chosen(log, isEven, null);
    expect(callCount(log.newest)).toBe(301);
    expect([0, 1, 2, 3].map((row) => callsAbove(log.newest, row))).toEqual([0, 1, 1, 2]);
  });

  test('cleared, it begins anew', () => {
    const log = new CallLog(() => []);
    log.add(calls(1, 600));
    log.clear();
    expect(log.newest.end).toBe(0);
    log.add(calls(7, 1));
    expect(numbers(log.newest)).toEqual([7]);
  });
});
