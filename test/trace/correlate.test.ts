import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Step, World } from './thread-model.ts';

const kinds: readonly Step['kind'][] = [
  ...(['call', 'call', 'call', 'call', 'return', 'return', 'return'] as const),
  ...(['tail-call', 'panic', 'longjmp', 'vanish', 'switch', 'end', 'drain'] as const),
];
const steps = (among: readonly Step['kind'][]): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom(...among),
      thread: fc.nat({ max: 2 }),
      a: fc.nat({ max: 50 }),
      b: fc.nat({ max: 50 }),
    }),
    { maxLength: 120, size: 'max' },
  );

const run = (history: readonly Step[], ringBytes: number): World => {
  const world = new World(3, ringBytes);
  for (const step of history) world.step(step);
  world.finish();
  return world;
};

/** Compares what the trace said with what the model knows. */
const check = (world: World): void => {
  const told = world.frames.filter((frame) => frame.id !== null);
  const enters = new Map(world.records.flatMap((r) => (r.kind === 'enter' ? [[r.sequence, r]] : [])));
  expect(world.entered.map(({ enter }) => enter.sequence).sort((a, b) => a - b)).toEqual([...enters.keys()]);
  expect(world.ended.map(({ enter }) => enter.sequence).sort((a, b) => a - b)).toEqual(told.map(({ id }) => id));
  const calls = new Map(world.ended.map((call) => [call.enter.sequence, call]));
  for (const frame of told) {
    const call = calls.get(frame.id ?? 0);
    expect(frame.outcomes, JSON.stringify({ ...frame, sp: String(frame.sp) })).toContain(call?.outcome);
    if (frame.parent !== undefined) expect(call?.parent).toBe(frame.parent);
    if (frame.depth !== undefined) expect(call?.depth).toBe(frame.depth);
    const entry = call?.enter.time ?? 0n;
    const times = world.records.flatMap((record) =>
      record.tid !== call?.enter.tid
        ? []
        : record.kind === 'exit'
          ? record.callId === frame.id
            ? [record.time - entry]
            : []
          : record.kind === 'enter'
            ? []
            : [record.time - entry],
    );
    if (call?.outcome === 'left' || call?.outcome === 'running') expect(call.duration).toBe(null);
    else if (call?.duration !== null) expect(times).toContain(call?.duration);
    else expect(call.outcome).toBe('exited');
    // A tail call's record is kept too, though it tells nothing of a result in registers.
    expect(call?.ret !== null).toBe(call?.outcome === 'returned' || call?.outcome === 'tail-call');
    expect(call?.ret?.capture.values.length ?? 0).toBe(call?.outcome === 'returned' ? 1 : 0);
  }
};

describe('any history of threads is told as it was', () => {
  test('with room for every record', () => {
    fc.assert(
      fc.property(steps(kinds), (history) => {
        const world = run(history, 1 << 20);
        check(world);
        const isPanicSeen = world.frames.every(({ outcomes }) => outcomes.length !== 2);
        if (isPanicSeen) return;
        for (const call of world.ended) {
          const frame = world.frames.find(({ id }) => id === call.enter.sequence);
          if (frame?.outcomes.length === 2) expect(call.outcome).toBe('unwound');
        }
      }),
      { numRuns: 150 },
    );
  });

  test('with a ring that overflows', () => {
    fc.assert(
      fc.property(steps([...kinds, 'drain', 'drain']), fc.constantFrom(200, 500, 900), (history, ringBytes) => {
        check(run(history, ringBytes));
      }),
      { numRuns: 150 },
    );
  });
});

describe('a call whose exit was lost is told as left, though its frame', () => {
  /** An outer call, and an inner one whose exit finds the ring full. */
  const world = (): World => {
    const made = new World(2, 200);
    for (const kind of ['call', 'call', 'return', 'drain'] as const) made.step({ kind, thread: 0, a: 0, b: 0 });
    expect(made.traced.counter(0, 'lostExits')).toBe(1);
    return made;
  };

  test.each([
    ['panic', ['left', 'left']],
    ['end', ['left', 'exited']],
    ['drain', ['left', 'running']],
  ] as const)('is passed by: %s', (kind, outcomes) => {
    const made = world();
    made.step({ kind, thread: 0, a: 0, b: 0 });
    made.finish();
    check(made);
    expect(made.ended.map(({ outcome }) => outcome)).toEqual(outcomes);
  });
});

test('the caller is on the same stack, where a thread has two', () => {
  const world = new World(1, 1 << 20);
  for (const kind of ['call', 'switch', 'call', 'switch', 'call', 'switch', 'call'] as const)
    world.step({ kind, thread: 0, a: 0, b: 0 });
  world.finish();
  expect(world.entered.map(({ parent, depth }) => [parent, depth])).toEqual([
    [null, 0],
    [1, 1],
    [1, 1],
    [2, 2],
  ]);
});

describe('the table of calls under way', () => {
  test('holds nothing of a thread that has ended', () => {
    const among = kinds.filter((kind) => kind !== 'end');
    fc.assert(
      fc.property(steps(among), (history) => {
        const world = new World(3, 1 << 20);
        for (const step of history) world.step(step);
        for (let thread = 0; thread < 3; thread++) world.step({ kind: 'end', thread, a: 0, b: 0 });
        world.finish();
        expect(world.traced.pending()).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('not even of a panic through more frames than a landing forgets, past a function that then returns', () => {
    const world = new World(1, 1 << 20);
    const step = (kind: Step['kind'], a = 0): void => world.step({ kind, thread: 0, a, b: 0 });
    for (let i = 0; i < 101; i++) step('call', i === 0 ? 0 : 1);
    step('panic', 99);
    step('return');
    step('end');
    world.finish();
    expect(world.ended.filter(({ outcome }) => outcome === 'unwound')).toHaveLength(100);
    expect(world.traced.pending()).toEqual([]);
  });
});
