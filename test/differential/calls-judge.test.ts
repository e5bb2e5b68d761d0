import { describe, expect, test } from 'vitest';
import { align } from './calls/align.ts';
import { compareTexts } from './calls/debug-form.ts';
import { canonicalName, providedName } from './calls/function-name.ts';
import { judge } from './calls/judge.ts';
import { readPrinted, readTrace } from './calls/lines.ts';

describe('texts', () => {
  const kindOf = (want: string, got: string, hasOrder = true): string => {
    const comparison = compareTexts(want, got, hasOrder);
    return comparison.kind === 'part' ? comparison.lacks.join(', ') : comparison.kind;
  };

  test.each([
    ['7', '8'],
    ['"abc"', '"abd"'],
    ['"abc"', '"ab"'],
    ['"abc"', '"x"…'],
    ["'\\''", "'\"'"],
    ['Some(1)', 'None'],
    ['Some(1)', '1'],
    ['[1, 2]', '[1, 2, 3]'],
    ['[1, 2, 3]', '[1, 3, …]'],
    ['Point { x: 1, y: 2 }', 'Point { x: 1, z: 2 }'],
    ['Point { x: 1, y: 2 }', 'Point { x: 2, y: <gone> }'],
    ['Point { x: 1, y: 2 }', '(1, 2)'],
    ['{1: 2}', '{1: 3}'],
    ['{1, 2}', '{1, 1}'],
    ['[1, 2]', '[3 at 0x10]'],
    ['1..5', '1..6'],
    ['()', '((), ())'],
  ])('%s differs from %s', (want, got) => {
    expect(kindOf(want, got, false)).toBe('different');
  });

  test.each([
    ['"a, b: {"', '"a, b: {"', 'equal'],
    ['Point { x: 1, y: 2 }', 'Point { x: 1, y: <gone> }', 'gone'],
    ['Some("abcdef")', 'Some("abc"… (6 bytes))', 'truncated'],
    ['[1, 2, 3, 4]', '[1, 2, …]', 'truncated'],
    ['[1, 2, 3, 4]', '[1, …, 4]', 'truncated'],
    ['(1, [2, 3])', '(<unreadable 0x10>, [2, <depth>])', 'unreadable, depth'],
    ['1..5', '1..<gone>', 'gone'],
    ['[[1, 2], [3]]', '[[2 at 0x10], [3]]', 'depth'],
    ['{"a": 1, "b": 2}', '{"b": 2, "a": 1}', 'equal'],
    ['Shelf { of: {1, 2}, n: 0 }', 'Shelf { of: {2, 1}, n: 0 }', 'equal'],
    ['{"a": 1, "b": 2}', '{"b": <gone>, …}', 'gone, truncated'],
    ['[::1]:80', '[::1]:80', 'equal'],
    ['Os { code: 2, message: "No such" }', 'Os { code: 2, message: <unknown> }', 'unknown'],
  ])('%s and %s: %s', (want, got, kind) => {
    expect(kindOf(want, got, false)).toBe(kind);
  });

  test('maps of one order must keep it', () => {
    expect(kindOf('{1: 2, 3: 4}', '{3: 4, 1: 2}')).toBe('different');
  });
});

test.each([
  ['<app::Stack<u8>>::push', 'app::Stack::push'],
  ['app::Stack<T>::push', 'app::Stack::push'],
  ['app::largest::<core::option::Option<i32>>', 'app::largest'],
  ['app::apply::<fn(u8) -> u8>', 'app::apply'],
  ['<app::Square as app::Shape<u8>>::area', '<app::Square as app::Shape>::area'],
  ['app::run::{closure#12}', 'app::run::{closure}'],
  ['app::run::{{closure}}', 'app::run::{closure}'],
  ['app::wait::{async_fn#0}', 'app::wait::{closure}'],
  ['app::draw::<impl app::Shape for app::Square<u8>>::area', '<app::Square as app::Shape>::area'],
  ['app::draw::<impl app::Square>::area::{{closure}}', 'app::Square::area::{closure}'],
])('%s is %s', (name, canonical) => {
  expect(canonicalName(name)).toBe(canonical);
});

test('the older mangling names a provided method without its type', () => {
  expect(providedName('<app::Square as app::Shape>::is_larger')).toBe('app::Shape::is_larger');
  expect(providedName('app::run')).toBeNull();
});

test('a lost event shifts nothing, and one that agrees with nothing is judged all the same', () => {
  const agreement = (a: number, b: number): number => (a === b ? 2 : -2);
  expect(align([1, 2, 3, 4], [1, 3, 4], agreement)).toEqual([1, null, 3, 4]);
  expect(align([1, 2, 3], [1, 9], agreement)).toEqual([1, null, 9]);
  expect(align([2, 4], [1, 2, 3, 4, 5], agreement)).toEqual([2, 4]);
  expect(align([1, 2], [3, 4], agreement)).toEqual([3, 4]);
});

describe('a run', () => {
  type Call = { fn: string; tid?: number; args?: Record<string, string>; ret?: string | null };
  const line = ({ fn, tid = 1, args = {}, ret = null }: Call, entered: number): string =>
    JSON.stringify({ fn, tid, entered, args, types: {}, ret, ret_type: ret === null ? null : 'T' });

  const shown = (name: string, text: string): object => ({ name, type: 'T', value: text, text, evidence: 'verified' });
  const event = ({ fn, tid = 1, args = {}, ret = null }: Call, seq: number): Record<string, unknown> => ({
    event: 'call',
    ts_ns: String(1000 + seq),
    seq,
    tid,
    function: fn,
    copy: { kind: 'symbol' },
    args: Object.entries(args).map(([name, text]) => shown(name, text)),
    ret: ret === null ? null : shown('', ret),
    outcome: 'returned',
  });

  const judgeRun = (lines: readonly Call[], events: readonly object[]) =>
    judge(
      readPrinted(lines.map(line).join('\n')),
      readTrace(events.map((one) => JSON.stringify(one)).join('\n')).calls,
      true,
    );
  const outcomes = (lines: readonly Call[], events: readonly object[]): string[] =>
    judgeRun(lines, events).verdicts.map(({ function: name, call, value, ...verdict }) => {
      const more = verdict.kind === 'not-shown' ? verdict.reason : verdict.kind === 'wrong' ? 'WRONG' : 'shown';
      return `${name} ${call} ${value.name}: ${more}`;
    });

  const twice: Call[] = [
    { fn: 'app::f', args: { a: '1', b: '"x"' }, ret: 'None' },
    { fn: 'app::f', args: { a: '2', b: '"y"' }, ret: '()' },
  ];

  test('shows all', () => {
    expect(outcomes(twice, twice.map(event))).toEqual([
      'app::f 1 a: shown',
      'app::f 1 b: shown',
      'app::f 1 result: shown',
      'app::f 2 a: shown',
      'app::f 2 b: shown',
    ]);
  });

  test('shows some of it, and something else', () => {
    const [first, second] = twice.map(event) as [Record<string, unknown>, Record<string, unknown>];
    const gone = { name: 'a', type: 'T', value: { $missing: 'gone' }, text: '<gone>', evidence: 'gone' };
    const other = { ...first, args: [gone, shown('b', '"z"')], ret: null, outcome: 'entered' };
    expect(outcomes(twice, [other, { ...second, args: [] }])).toEqual([
      'app::f 1 a: gone',
      'app::f 1 b: WRONG',
      'app::f 1 result: no result: symbol, entered',
      'app::f 2 a: no such argument in the event',
      'app::f 2 b: no such argument in the event',
    ]);
  });

  test('lacks an event and has others', () => {
    const judgement = judgeRun(
      [...twice, { fn: 'app::g', args: { n: '1' } }, { fn: 'app::f', tid: 2, args: { a: '9', b: '"t"' } }],
      [event(twice[1]!, 1), event({ fn: 'app::h' }, 2), event({ fn: 'app::f', tid: 2, args: { a: '8', b: '"t"' } }, 3)],
    );
    expect(judgement.verdicts.map(({ kind }) => kind).join(' ')).toBe(
      'not-shown not-shown not-shown shown shown not-shown wrong shown',
    );
    expect(judgement.silent).toEqual(['app::g']);
    expect([...judgement.others]).toEqual([['app::h', 1]]);
    expect([...judgement.excess]).toEqual([]);
  });

  test('of a generic function keeps its instances apart', () => {
    const typed = (type: string, text: string): string =>
      JSON.stringify({ fn: 'app::g', tid: 1, entered: 0, args: { v: text }, types: { v: type }, ret: null });
    const seen = { ...event({ fn: 'app::g' }, 1), args: [{ ...shown('v', '[1, 2]'), type: '&[u8]' }] };
    const { verdicts, excess } = judge(
      readPrinted([typed('&[&str; 1]', '["x"]'), typed('&[u8; 2]', '[1, 2]')].join('\n')),
      readTrace([seen, seen].map((one) => JSON.stringify(one)).join('\n')).calls,
      true,
    );
    expect(verdicts.map(({ kind }) => kind)).toEqual(['not-shown', 'shown']);
    expect([...excess]).toEqual([['app::g', 1]]);
  });

  test('counts another value in place of a unit as wrong', () => {
    const unit = { fn: 'app::u', ret: '()' };
    expect(outcomes([unit], [event(unit, 1)])).toEqual([]);
    expect(outcomes([unit], [event({ ...unit, ret: '5' }, 1)])).toEqual(['app::u 1 result: WRONG']);
  });
});
