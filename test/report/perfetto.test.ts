import { describe, expect, test } from 'vitest';
import type { CallEvent, ShownValue } from '../../src/query/watch.ts';
import { PerfettoText } from '../../src/report/perfetto.ts';

const value = (name: string, text: string, note: string | null = null): ShownValue => ({
  name,
  type: 'u64',
  value: text,
  text,
  evidence: 'given',
  note,
});
const origin = 5_000_000_000_000_000n;
const call = (given: Partial<CallEvent> = {}): CallEvent => ({
  event: 'call',
  time: origin + 1_234_567n,
  seq: 1,
  callId: 1,
  parent: null,
  depth: 0,
  pid: 100,
  tid: 100,
  comm: 'app',
  function: 'app::f',
  copy: { kind: 'symbol', address: 0x10n, caller: null, callSite: null },
  args: [],
  ret: null,
  outcome: 'returned',
  duration: 1_001n,
  ...given,
});
const rows = (...calls: readonly CallEvent[]): Record<string, unknown>[] => {
  const text = new PerfettoText(origin);
  const document = text.begin + calls.map((one) => text.add(one)).join('') + text.end;
  return JSON.parse(document).traceEvents;
};

test('calls that are not there any more are told of by a mark', () => {
  const text = new PerfettoText(origin, 12);
  const document = text.begin + text.add(call({})) + text.end;
  const [mark, ...others] = JSON.parse(document).traceEvents;
  expect(mark).toMatchObject({ ph: 'i', s: 'g', args: { not_kept: 12 } });
  expect(others.at(-1)).toMatchObject({ ph: 'X' });
});

describe('a call', () => {
  test('is a slice: µs from the first moment, to the nanosecond', () => {
    const args = [value('n', '7'), value('outcome', '8', 'an assumption')];
    expect(rows(call({ args, ret: value('', '9') })).at(-1)).toEqual({
      ph: 'X',
      name: 'app::f',
      cat: 'returned',
      pid: 100,
      tid: 100,
      ts: 1234.567,
      dur: 1.001,
      args: { n: '7', 'argument outcome': '8?', return: '9', outcome: 'returned', copy: 'symbol at 0x10' },
    });
  });

  test('without a duration is an instant of its thread', () => {
    const row = rows(call({ duration: null, outcome: 'left' })).at(-1);
    expect(row).toMatchObject({ ph: 'i', s: 't', cat: 'left' });
    expect(row).not.toHaveProperty('dur');
  });

  test('of an inlined copy says where it is', () => {
    const copy = { kind: 'inlined', address: 0x20n, caller: 'app::main', callSite: null } as const;
    expect(rows(call({ copy })).at(-1)).toMatchObject({ args: { copy: 'inlined at 0x20 in app::main' } });
  });
});

test('threads and processes are named once, and again when they change their names', () => {
  const worker = { tid: 101, comm: 'worker' };
  const names = rows(call(worker), call(worker), call(), call({ comm: 'new' }))
    .filter(({ ph }) => ph === 'M')
    .map((row) => [row['name'], row['tid'], (row['args'] as { name: string }).name]);
  expect(names).toEqual([
    ['process_name', 101, 'worker'],
    ['thread_name', 101, 'worker'],
    ['process_name', 100, 'app'],
    ['thread_name', 100, 'app'],
    ['process_name', 100, 'new'],
    ['thread_name', 100, 'new'],
  ]);
});

test('beginnings of calls and other events add nothing, and a file without calls is whole', () => {
  const text = new PerfettoText(origin);
  expect(text.add(call({ event: 'enter', outcome: null }))).toBe('');
  expect(text.add({ event: 'note', seq: 1, text: 'a note' })).toBe('');
  expect(JSON.parse(text.begin + text.end)).toEqual({ displayTimeUnit: 'ns', traceEvents: [] });
});

test('hostile names stay inside their strings', () => {
  const args = [value('__proto__', '"}\u2028')];
  const row = rows(call({ function: 'evil"\x1b\u202e', args })).at(-1) as { name: string; args: object };
  expect(row.name).toBe('evil"\x1b\u202e');
  expect(Object.getOwnPropertyDescriptor(row.args, '__proto__')?.value).toBe('"}\u2028');
});
