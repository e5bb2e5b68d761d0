import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import { bindings } from '../../src/tui/keys.ts';
import { listHeight } from '../../src/tui/layout.ts';
import { modeOf } from '../../src/tui/state.ts';
import type { Action } from '../../src/tui/step.ts';
import { effectsOf, eventsSoFar, facts, follow, page, pageNews, probeCosts, state, typed } from './states.ts';

const found = (...rows: number[]): Action => ({
  kind: 'list',
  news: { kind: 'found', rows: Uint32Array.from(rows), done: true, fault: null },
});
const command = (name: (Action & { kind: 'command' })['command']): Action => ({ kind: 'command', command: name });

describe('the list', () => {
  test('typing asks for a search and goes to the top', () => {
    const start = follow(state(100), 'last');
    expect(start.list.cursor).toBe(99);
    expect(effectsOf(start, typed('he'))).toMatchObject([{ kind: 'list', ask: { kind: 'search', text: 'he' } }]);
    expect(follow(start, typed('he')).list).toMatchObject({ cursor: 0, top: 0, search: { text: 'he', at: 2 } });
  });

  test('moving the cursor in the search asks for nothing', () => {
    expect(effectsOf(follow(state(), typed('he')), command('left'))).toEqual([]);
  });

  test('fewer rows keep the cursor among them', () => {
    expect(follow(state(100), 'last', found(3, 4)).list).toMatchObject({ cursor: 1, top: 0 });
    expect(follow(state(100), 'last', found()).list).toMatchObject({ cursor: 0, top: 0 });
  });

  test('Enter opens the function under the cursor; there may be none', () => {
    const start = follow(state(), 'down');
    expect(effectsOf(start, command('open'))).toEqual([
      { kind: 'detail', ask: { kind: 'inspect', row: 1, returns: 'safe' } },
    ]);
    expect(follow(start, 'open')).toMatchObject({ level: 'detail', detail: { row: 1, facts: null } });
    expect(follow(start, found(), 'open').level).toBe('list');
  });
});

describe('a function', () => {
  const open = follow(state(), 'open', facts(0));

  test('a faulty signature stays in its field, with the place of the fault', () => {
    const faulty = follow(open, 'sign', typed('(i: i33)'), 'accept');
    expect(modeOf(faulty)).toBe('signature');
    expect(faulty.detail?.fault?.reason?.split('\n')[1]?.trim()).toBe('^^^');
    expect(follow(faulty, 'erase').detail?.fault).toBeNull();
  });

  test('a good one is taken, and Esc gives up the next', () => {
    const signed = follow(open, 'sign', typed('(i: i32)'), 'accept');
    expect(modeOf(signed)).toBe('detail');
    const again = follow(signed, 'sign', typed(' -> nonsense'), 'back');
    expect(again.detail?.signature.text).toBe('(i: i32)');
    expect(modeOf(again)).toBe('detail');
  });

  test('facts of another function are not shown', () => {
    const other = follow(open, facts(3), page({ kind: 'costs', costs: probeCosts() }, 3));
    expect(other.detail).toMatchObject({ facts: { row: 0 }, costs: null });
  });

  test('tracing begins with what was chosen, the function named as rsym trace takes it', () => {
    const ready = follow(open, 'sign', typed('(i: i32) -> i32'), 'accept', 'trace', typed("1 'two 3'"));
    expect(effectsOf(ready, command('begin'))).toEqual([
      {
        kind: 'live',
        ask: {
          kind: 'begin',
          request: {
            title: 'demo::hello(i: i32) -> i32',
            specs: ['demo::hello(i: i32) -> i32'],
            scope: { kind: 'run', args: ['1', 'two 3'] },
          },
        },
      },
    ]);
    expect(follow(ready, 'begin')).toMatchObject({
      level: 'live',
      live: { request: { title: 'demo::hello(i: i32) -> i32' } },
    });
  });

  test('what is wrong with the choice is said, and nothing begins', () => {
    for (const [choice, text] of [
      [[], "1 'two"],
      [['next-choice'], ''],
      [['next-choice', 'next-choice'], '12 x'],
      [['next-choice', 'next-choice'], '0'],
    ] as const) {
      const wrong = follow(open, 'trace', ...choice, typed(text), 'begin');
      expect(wrong).toMatchObject({ level: 'launch', live: null });
      expect(wrong.launch.fault?.error).toBeInstanceOf(RsymError);
    }
  });

  test('a library can not be run', () => {
    const library = follow(state(5, undefined, { runnable: false }), 'open', facts(0), 'trace');
    expect(library.launch.choice).toBe('command');
    expect(follow(library, 'previous-choice').launch.cursor).toBe('returns');
  });
});

const commands = fc.constantFrom(...new Set(bindings.map((binding) => binding.command)));
const anyAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: commands.map(command) },
  { weight: 2, arbitrary: fc.string().map((text) => typed(text.replace(/[\0-\x1f]/g, ''))) },
  {
    weight: 1,
    arbitrary: fc
      .record({ columns: fc.integer({ min: 1, max: 300 }), rows: fc.integer({ min: 1, max: 100 }) })
      .map((size): Action => ({ kind: 'resized', size })),
  },
  { weight: 1, arbitrary: fc.array(fc.nat(4)).map((rows) => found(...rows)) },
  { weight: 1, arbitrary: fc.nat(4).map(facts) },
  { weight: 1, arbitrary: fc.constantFrom(...pageNews) },
  { weight: 2, arbitrary: fc.nat(300).map(eventsSoFar) },
);

test('whatever happens, cursors stay in range and the chosen row on the screen', () => {
  fc.assert(
    fc.property(fc.array(anyAction, { maxLength: 60 }), (actions) => {
      const end = follow(state(30), ...actions);
      const { list, detail, live } = end;
      const last = Math.max(0, list.rows.length - 1);
      expect(list.cursor).toBeGreaterThanOrEqual(0);
      expect(list.cursor).toBeLessThanOrEqual(last);
      expect(list.top).toBeLessThanOrEqual(list.cursor);
      expect(list.cursor).toBeLessThan(list.top + listHeight(end.size));
      expect(end.help ?? 0).toBeGreaterThanOrEqual(0);
      expect(detail?.top ?? 0).toBeGreaterThanOrEqual(0);
      expect(end.level === 'detail' && detail === null).toBe(false);
      expect(end.level === 'live' && end.live === null).toBe(false);
      if (live?.held) {
        expect(live.cursor).toBeLessThan(Math.max(1, live.held.end));
        expect(live.cursor).toBeGreaterThanOrEqual(0);
      }
      expect(live?.opened && !live.held).toBeFalsy();
    }),
  );
});
