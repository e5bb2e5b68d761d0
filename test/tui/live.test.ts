import { describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import { noLosses } from '../../src/query/watch.ts';
import { visibleRows } from '../../src/tui/live/calls.ts';
import { eventAt, logOf } from '../../src/tui/live/log.ts';
import { type LiveNews, type LiveState, nothingSeen, shownLog } from '../../src/tui/live/state.ts';
import { modeOf, type State } from '../../src/tui/state.ts';
import type { Action } from '../../src/tui/step.ts';
import { call, effectsOf, eventsSoFar, follow, told, tracing, typed } from './states.ts';

const command = (name: (Action & { kind: 'command' })['command']): Action => ({ kind: 'command', command: name });
const news = (one: LiveNews): Action => ({ kind: 'live', news: one });
const liveOf = (state: State): LiveState => {
  if (state.live === null) throw new Error('nothing is traced');
  return state.live;
};
/** The numbers of the events on the screen, which has five rows for them. */
const shown = (state: State): number[] =>
  visibleRows(liveOf(state), 5).map((row) => {
    const event = eventAt(shownLog(liveOf(state)), row);
    return event !== undefined && 'seq' in event ? event.seq : Number.NaN;
  });
const chosen = (state: State): number | undefined => {
  const event = eventAt(shownLog(liveOf(state)), liveOf(state).cursor);
  return event && 'seq' in event ? event.seq : undefined;
};

const begun = tracing();

describe('following and looking back', () => {
  test('the newest events are shown', () => {
    expect(shown(follow(begun, eventsSoFar(3)))).toEqual([1, 2, 3]);
    expect(shown(follow(begun, eventsSoFar(300)))).toEqual([296, 297, 298, 299, 300]);
  });

  test('held still, it shows what it showed, while what is seen is counted', () => {
    const held = follow(begun, eventsSoFar(10), 'pause', eventsSoFar(20));
    expect(shown(held)).toEqual([6, 7, 8, 9, 10]);
    expect(liveOf(held).seen.calls).toBe(20);
    expect(shown(follow(held, 'pause'))).toEqual([16, 17, 18, 19, 20]);
  });

  test('a line up holds it; each line further moves the chosen one', () => {
    const back = follow(begun, eventsSoFar(10), 'up');
    expect(chosen(back)).toBe(9);
    expect(chosen(follow(back, 'up', 'up'))).toBe(7);
    expect(chosen(follow(back, 'first'))).toBe(1);
    expect(shown(follow(back, 'first'))[0]).toBe(1);
    expect(chosen(follow(back, 'down'))).toBe(10);
  });

  test('the end, and a line down from the newest, let it go on', () => {
    const back = follow(begun, eventsSoFar(100), 'page-up');
    expect(liveOf(back).held).not.toBeNull();
    expect(liveOf(follow(back, 'last')).held).toBeNull();
    expect(liveOf(follow(begun, eventsSoFar(100), 'up', 'down', 'down')).held).toBeNull();
  });

  test('a click chooses a call, and holds the view', () => {
    const point = (row: number): Action => ({ kind: 'pointed', row });
    const clicked = follow(begun, eventsSoFar(3), point(4));
    expect(chosen(clicked)).toBe(2);
    expect(liveOf(clicked).held).not.toBeNull();
    for (const row of [0, 1, 2, 6, 11]) expect(liveOf(follow(begun, eventsSoFar(3), point(row))).held).toBeNull();
  });

  test('without events nothing breaks', () => {
    for (const keys of [['up'], ['pause'], ['open-call'], ['pause', 'open-call'], ['find-next'], ['last']] as const)
      expect(shown(follow(begun, ...keys))).toEqual([]);
  });
});

describe('one call', () => {
  const inner = call(1, { callId: 11, parent: 10, depth: 1 });
  const outer = call(2, { callId: 10, parent: 9, depth: 0 });
  const outermost = call(3, { callId: 9 });
  const nested = follow(begun, told([inner, outer, outermost]));

  test('Enter shows the newest, or the chosen one, and holds the view', () => {
    const opened = follow(nested, 'open-call');
    expect(modeOf(opened)).toBe('call');
    expect(chosen(opened)).toBe(3);
    expect(liveOf(opened).held).not.toBeNull();
    expect(chosen(follow(nested, 'up', 'up', 'open-call'))).toBe(1);
  });

  test('its relatives: whom it was called by, further out, and what it called', () => {
    expect(liveOf(follow(nested, 'up', 'up', 'open-call')).opened?.kin).toEqual({
      parent: 1,
      ancestors: [2],
      children: [],
    });
    expect(liveOf(follow(nested, 'up', 'open-call')).opened?.kin).toEqual({
      parent: 2,
      ancestors: [],
      children: [0],
    });
  });

  test('from call to call, and to the one that it was made in', () => {
    const opened = follow(nested, 'first', 'open-call');
    expect(chosen(follow(opened, 'next-call'))).toBe(2);
    expect(chosen(follow(opened, 'previous-call'))).toBe(1);
    expect(chosen(follow(opened, 'parent-call'))).toBe(2);
    expect(chosen(follow(opened, 'parent-call', 'parent-call', 'parent-call'))).toBe(3);
  });

  test('Esc goes back to the calls, which stand still', () => {
    const back = follow(nested, 'open-call', 'back');
    expect(modeOf(back)).toBe('live');
    expect(liveOf(back).held).not.toBeNull();
  });

  test('the end of a trace is no call: the call before it is shown', () => {
    const end = { event: 'end', time: 9n, seq: 4, calls: 3, lost: noLosses, lostFunctions: [] } as const;
    const ended = { ...end, underWayAtAttach: 0, functions: 1, probes: 3, program: null };
    expect(chosen(follow(begun, told([inner, outer, ended]), 'open-call'))).toBe(2);
  });
});

describe('lines that are typed', () => {
  const busy = follow(begun, eventsSoFar(10));

  test('search: from the newest upwards, then on from there, either way', () => {
    const asked = follow(busy, 'search', typed('i: 3'));
    expect(modeOf(asked)).toBe('live-line');
    const log = liveOf(busy).log;
    expect(effectsOf(asked, command('confirm'))).toEqual([
      {
        kind: 'live',
        ask: { kind: 'find', text: 'i: 3', view: log, start: 9, by: -1, seen: liveOf(busy).seen },
      },
    ]);
    const found = follow(asked, 'confirm', news({ kind: 'found', row: 2 }));
    expect(chosen(found)).toBe(3);
    expect(effectsOf(found, command('find-next'))).toMatchObject([{ ask: { start: 1, by: -1 } }]);
    expect(effectsOf(found, command('find-previous'))).toMatchObject([{ ask: { start: 3, by: 1 } }]);
    expect(follow(found, 'find-next', news({ kind: 'found', row: null })).notice).toContain('i: 3');
  });

  test('filter: what is wrong with it stays in its line; Esc gives it up', () => {
    const asked = follow(busy, 'filter', typed('i > x'));
    expect(effectsOf(asked, command('confirm'))).toEqual([
      { kind: 'live', ask: { kind: 'filter', text: 'i > x', held: null } },
    ]);
    const fault = new RsymError('usage', 'there is no `x`', { reason: 'i > x\n    ^' });
    const refused = follow(asked, 'confirm', news({ kind: 'refused', error: fault }));
    expect(liveOf(refused).prompt).toMatchObject({ fault, waits: false });
    expect(liveOf(follow(refused, 'erase')).prompt?.fault).toBeNull();
    expect(liveOf(follow(refused, 'back'))).toMatchObject({ prompt: null, filter: null });
  });

  test('filter: taken, the calls that pass are shown, also of a view that is held', () => {
    const some = logOf([call(2), call(4)]);
    const filtered = {
      kind: 'filtered',
      filter: 'i > 1',
      log: some,
      held: null,
      seen: nothingSeen,
      notes: [],
    } as const;
    const after = follow(busy, 'filter', typed('i > 1'), 'confirm', news(filtered));
    expect(shown(after)).toEqual([2, 4]);
    expect(liveOf(after)).toMatchObject({ prompt: null, filter: 'i > 1' });
    expect(liveOf(follow(after, 'filter')).prompt?.field.text).toBe('i > 1');
    const held = follow(busy, 'pause', 'filter', typed('i'), 'confirm', news({ ...filtered, held: logOf([call(4)]) }));
    expect(shown(held)).toEqual([4]);
  });

  test('nothing in the line: every call is shown', () => {
    expect(effectsOf(follow(busy, 'filter', typed(' ')), command('confirm'))).toMatchObject([{ ask: { text: null } }]);
  });

  test('export: a file that is there is replaced only if that is said once more', () => {
    const asked = follow(busy, 'export', typed('x.json'));
    const view = liveOf(busy).log;
    const ask = { kind: 'export', path: 'x.json', replaces: false, view };
    expect(effectsOf(asked, command('confirm'))).toEqual([{ kind: 'live', ask }]);
    const exists = follow(asked, 'confirm', news({ kind: 'exists' }));
    expect(effectsOf(exists, command('confirm'))).toEqual([{ kind: 'live', ask: { ...ask, replaces: true } }]);
    expect(effectsOf(follow(exists, typed('l')), command('confirm'))).toMatchObject([{ ask: { replaces: false } }]);
    const done = follow(exists, 'confirm', news({ kind: 'exported', path: 'x.json', calls: 10, kept: view }));
    expect(done).toMatchObject({ notice: '10 calls written to x.json', live: { prompt: null } });
  });
});

describe('where older calls are forgotten', () => {
  const view = { ...logOf([call(3), call(4)]), came: 1_199_998, forgotten: 1_199_995, refused: 1 };
  const some = follow(
    begun,
    news({ kind: 'events', log: view, seen: { ...nothingSeen, calls: 1_199_998 }, notes: [] }),
  );

  test('an export tells what was written of it', () => {
    const exported = (calls: number): string | null =>
      follow(some, news({ kind: 'exported', path: 'x.json', calls, kept: view })).notice;
    expect(exported(2)).toBe('the last 2 of 1,199,998 calls written to x.json');
    expect(exported(1)).toBe('1 of the last 2 of 1,199,998 calls written to x.json');
  });

  test('a search tells where it looked', () => {
    const missed = follow(some, 'search', typed('no'), 'confirm', news({ kind: 'found', row: null }));
    expect(missed.notice).toBe('nothing more has ‘no’ in the last 2 of 1,199,998 calls');
  });
});

describe('views', () => {
  test('Tab goes around', () => {
    const views = [1, 2, 3, 4, 5].map((count) => liveOf(follow(begun, ...Array(count).fill('next-view'))).view);
    expect(views).toEqual(['counts', 'latency', 'output', 'notes', 'calls']);
    expect(liveOf(follow(begun, 'previous-view')).view).toBe('notes');
  });

  test('the output follows its end until one looks back', () => {
    const output = (count: number, forgotten = 0): Action =>
      news({
        kind: 'output',
        output: {
          forgotten,
          lines: Array.from({ length: count }, (_, i) => ({ from: 'stdout', text: `line ${forgotten + i}` }) as const),
        },
      });
    const open = follow(begun, 'previous-view', 'previous-view', output(100));
    expect(liveOf(open)).toMatchObject({ view: 'output', outputTop: null });
    const back = follow(open, 'first');
    expect(liveOf(back).outputTop).toBe(0);
    expect(liveOf(follow(back, 'down')).outputTop).toBe(1);
    // Lines that were forgotten move nothing but what was shown of them.
    expect(liveOf(follow(back, output(100, 50), 'down')).outputTop).toBe(51);
    expect(liveOf(follow(back, 'last')).outputTop).toBeNull();
  });
});

describe('beginning, stopping, leaving', () => {
  const ended = follow(begun, eventsSoFar(3), news({ kind: 'finished' }));

  test('Esc stops it and shows the function; late news is not for the screen', () => {
    expect(effectsOf(begun, command('back'))).toEqual([{ kind: 'live', ask: { kind: 'stop' } }]);
    const left = follow(begun, 'back', eventsSoFar(1));
    expect(left).toMatchObject({ level: 'detail', live: null });
  });

  test('stopped, the events stay', () => {
    expect(effectsOf(begun, command('restart'))).toEqual([{ kind: 'live', ask: { kind: 'halt' } }]);
    expect(liveOf(follow(begun, 'restart')).phase).toBe('stopping');
    expect(effectsOf(follow(begun, 'restart'), command('restart'))).toEqual([]);
    expect(shown(ended)).toEqual([1, 2, 3]);
  });

  test('begun again with the same request and filter, without the events', () => {
    const filtered = {
      kind: 'filtered',
      filter: 'i > 1',
      log: logOf([]),
      held: null,
      seen: nothingSeen,
      notes: [],
    } as const;
    const { request } = liveOf(ended);
    expect(effectsOf(ended, command('restart'))).toEqual([{ kind: 'live', ask: { kind: 'begin', request } }]);
    expect(effectsOf(follow(ended, news(filtered)), command('restart'))).toEqual([
      { kind: 'live', ask: { kind: 'begin', request, filter: 'i > 1' } },
    ]);
    expect(liveOf(follow(ended, 'restart'))).toMatchObject({ phase: 'planning', log: { end: 0 } });
  });

  test('a program that was started and still runs is watched again, not started again', () => {
    const running = follow(ended, news({ kind: 'clock', seconds: 1, target: { kind: 'running' } }));
    expect(effectsOf(running, command('restart'))).toMatchObject([
      { ask: { kind: 'begin', request: { scope: { kind: 'processes', pids: [7] } } } },
    ]);
    // And with the request that began it once that program has ended.
    const again = follow(running, 'restart', news({ kind: 'clock', seconds: 1, target: { kind: 'gone' } }));
    expect(liveOf(again).request.scope).toEqual({ kind: 'run', args: [] });
  });

  test('a process that was waited for is watched again while it runs; then another is waited for', () => {
    const waiting = follow(begun, 'back', 'trace', 'next-choice', 'next-choice', 'next-choice', 'begin');
    const came = follow(waiting, news({ kind: 'attached', probes: 3, pid: null }), news({ kind: 'came', pid: 9 }));
    const target = (kind: 'running' | 'gone'): Action => news({ kind: 'clock', seconds: 1, target: { kind } });
    const stopped = follow(came, news({ kind: 'finished' }));
    expect(effectsOf(follow(stopped, target('running')), command('restart'))).toMatchObject([
      { ask: { kind: 'begin', request: { scope: { kind: 'processes', pids: [9] } } } },
    ]);
    expect(effectsOf(follow(stopped, target('gone')), command('restart'))).toMatchObject([
      { ask: { kind: 'begin', request: { scope: { kind: 'next' } } } },
    ]);
  });

  test('cleared: what was lost is not forgotten', () => {
    const lossy = follow(begun, told([call(1)], { losses: { ...noLosses, entries: 3 } }), 'clear');
    expect(liveOf(lossy).seen).toMatchObject({ calls: 0, losses: { entries: 3 } });
  });
});
