import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallEvent, CallWriter, Outcome, ShownValue, TraceEvent } from '../../src/query/watch.ts';
import { makePalette } from '../../src/report/terminal-colour.ts';
import { traceText } from '../../src/report/trace.ts';
import { TraceLines } from '../../src/report/trace-lines.ts';

const name = fc.constantFrom('i', 'self', 'naïve', 'evil\x1b[2J\u202e', '');
const value: fc.Arbitrary<ShownValue> = fc.record({
  name,
  type: fc.constant('T'),
  value: fc.constant(null),
  text: fc.constantFrom('1', '"a"', '<gone>', '()', 'Some("ö")'),
  evidence: fc.constantFrom('dwarf', 'given', 'gone'),
  note: fc.constantFrom(null, 'if it is so'),
});
const outcome: fc.Arbitrary<Outcome> = fc.constantFrom(
  'returned',
  'tail-call',
  'unwound',
  'left',
  'exited',
  'running',
  'entered',
);
const origin = fc.bigInt({ min: 0n, max: 1n << 52n });
const call = fc.record({
  event: fc.constantFrom('call', 'enter'),
  seq: fc.nat(),
  callId: fc.nat(),
  parent: fc.constant(null),
  depth: fc.nat(60),
  pid: fc.constantFrom(7, 8),
  tid: fc.constantFrom(7, 8),
  comm: fc.constantFrom('worker', 'a\x07b'),
  function: fc.constantFrom('app::hello', 'app::\x1b[31mred'),
  copy: fc.constant({ kind: 'symbol', address: 16n, caller: null, callSite: null } as const),
  args: fc.array(value, { maxLength: 3 }),
  ret: fc.option(value),
  after: fc.array(value, { maxLength: 1 }),
  outcome: fc.option(outcome),
  duration: fc.option(fc.bigInt({ min: 0n, max: 10n ** 12n })),
}) as fc.Arbitrary<Omit<CallEvent, 'time' | 'writer'>>;

/** Writes what has no note and isn't left to the other way; what it writes before it gives up must not be seen. */
const writerOf = (event: CallEvent, isLeft: (index: number) => boolean): CallWriter => {
  const write = (shown: ShownValue | null | undefined, index: number, to: { text(text: string): void }): boolean => {
    if (!shown || shown.note !== null || isLeft(index)) return false;
    to.text(shown.text);
    return true;
  };
  return {
    names: event.args.map((arg) => arg.name),
    nsSince: (upper, lower) => Number(event.time - ((BigInt(upper) << 32n) | BigInt(lower))),
    writeArgument: (index, to) => write(event.args[index], index, to),
    writeResult: (to) => event.outcome === 'returned' && write(event.ret, -1, to),
  };
};

test('lines as bytes are the lines as text', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ call, since: fc.bigInt({ min: -5_000n, max: 10n ** 13n }), left: fc.constantFrom(-2, -1, 0, 1) }),
      ),
      origin,
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      (calls, start, threads, processes, colour) => {
        const style = { palette: makePalette(colour), origin: start, threads, processes };
        const lines = new TraceLines(style);
        const events = calls.map(({ call: given, since, left }): TraceEvent => {
          const event: CallEvent = { ...given, time: start + since };
          return { ...event, writer: writerOf(event, (index) => index === left) };
        });
        for (const event of events) lines.add(event);
        expect(Buffer.from(lines.take()).toString()).toBe(events.map((event) => traceText(event, style)).join(''));
        expect(lines.take()).toHaveLength(0);
      },
    ),
    { numRuns: 500 },
  );
});
