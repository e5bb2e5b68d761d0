import { expect, test } from 'vitest';
import { judge } from './filters/judge.ts';
import { type Answer, readEvents, readLines, undecidedIn } from './filters/lines.ts';
import { filterProgram } from './filters/program.ts';

const answers = 'TFTU?' as string;
const text = [...answers].map((answer, call) => `f1 ${call * 10} ${call * 10 + 5} F${answer}`).join('\n');
const lines = readLines(`f0 1 2 TT\n${text}\nnoise`, 'f1');
const all = new Set(['a0', 'ret']);
const verdict = (calls: readonly bigint[] | number, undecided: number, known: ReadonlySet<string> | null = all) =>
  judge(
    { expression: 'a0 is Some(b1) && b1 > 3 || "a1" == a0', index: 1, lines, known: lines.map(() => known) },
    { calls, undecided },
  );

test('lines of one function, and their answers', () => {
  expect(lines.map((line) => line.answers[1])).toEqual([...answers] as Answer[]);
});

test('what agrees', () => {
  const good = { faults: [], decided: 3, excused: 0, undecidable: 1 };
  expect(verdict([2n, 23n], 1)).toEqual(good);
  expect(verdict([2n, 23n, 41n], 1)).toEqual(good);
  expect(verdict(2, 1)).toEqual(good);
  expect(verdict(2, 2)).toEqual(good);
});

test.each([
  ['shown though it is false', [2n, 13n, 23n], 1, /call 1 is shown, and is F/],
  ['shown though nothing can be said', [2n, 23n, 33n], 0, /call 3 is shown, and is U/],
  ['not shown', [2n], 2, /call 2 isn't shown, and is T/],
  ['not shown, and not told', [2n], 1, /missing silently/],
  ['shown twice', [2n, 3n, 4n, 23n], 1, /4 calls, not/],
  ['another call', [2n, 23n, 99n], 1, /that the program didn't make/],
  ['undecided though all is known', [2n, 23n], 4, /and the values are known/],
  ['counted too few', 1, 1, /1 calls, not/],
  ['counted too many', 4, 1, /4 calls, not/],
] as const)('%s', (_, calls, undecided, message) => {
  expect(verdict(calls as readonly bigint[] | number, undecided).faults.join('; ')).toMatch(message);
});

test('a value that no call shows excuses what is undecided, not what is missing', () => {
  const unknown = new Set(['ret']);
  expect(verdict([], 4, unknown)).toMatchObject({ faults: [], excused: 3 });
  expect(verdict([], 2, unknown).faults.join()).toMatch(/missing silently/);
  expect(verdict([2n, 12n], 2, unknown).faults.join()).toMatch(/call 1 is shown/);
});

test('events: which values are known in full', () => {
  const event = {
    event: 'call',
    ts_ns: '7',
    args: [
      { name: 'a0', value: 1, evidence: 'abi' },
      { name: 'a1', value: { Some: { $missing: 'unreadable' } }, evidence: 'abi' },
      { name: 'a2', value: 1, evidence: 'conflict' },
    ],
    ret: null,
    outcome: 'returned',
    duration_ns: '5',
  };
  const end = { event: 'end', lost: {}, left_out: { undecided: { gone: 2, index: 1 } } };
  const read = readEvents(`${JSON.stringify(event)}\n${JSON.stringify(end)}\n`);
  expect(read.calls).toEqual([{ time: 7n, known: new Set(['a0', 'duration']) }]);
  expect(undecidedIn(read.end)).toBe(3);
});

test('a program is the same for a seed', () => {
  expect(filterProgram(3, 20)).toEqual(filterProgram(3, 20));
  const { functions } = filterProgram(4, 300);
  expect(functions.flatMap(({ expressions }) => expressions)).toHaveLength(300);
  expect(new Set(functions.flatMap(({ expressions }) => expressions)).size).toBeGreaterThan(250);
});
