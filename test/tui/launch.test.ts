import { describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import type { ListedProcess } from '../../src/query/process-list.ts';
import { filtered, newLaunch } from '../../src/tui/launch/state.ts';
import { launchedRows } from '../../src/tui/launch/update.ts';
import { modeOf } from '../../src/tui/state.ts';
import type { Action } from '../../src/tui/step.ts';
import { effectsOf, facts, follow, pageNews, state, typed } from './states.ts';

const command = (name: (Action & { kind: 'command' })['command']): Action => ({ kind: 'command', command: name });
const launch = follow(state(), 'open', facts(0), ...pageNews, 'trace');

const begun = (shown: typeof launch): unknown => {
  const [effect] = effectsOf(shown, command('begin'));
  return effect?.kind === 'live' && effect.ask.kind === 'begin' ? effect.ask.request : effect;
};

const process = (pid: number, overrides: Partial<ListedProcess> = {}): ListedProcess => ({
  pid,
  relation: 'runs',
  comm: 'demo',
  user: 'root',
  command: '/bin/demo',
  ...overrides,
});

const found = (...processes: ListedProcess[]): Action => ({
  kind: 'launch',
  news: { kind: 'processes', found: processes, hidden: 0, isDone: true },
});

describe('the options', () => {
  test('Tab goes past the other choices: walking over them would choose them', () => {
    const at = follow(launch, 'next-row');
    expect(at.launch).toMatchObject({ cursor: 'when', choice: 'run' });
    expect(follow(at, 'previous-row').launch).toMatchObject({ cursor: 'run', choice: 'run' });
    expect(follow(at, 'next-row', 'next-row', 'next-row', 'next-row').launch.cursor).toBe('run');
  });

  test('are in the request where they differ from the default', () => {
    expect(begun(launch)).toEqual({ title: 'demo::hello', specs: ['demo::hello'], scope: { kind: 'run', args: [] } });
    const chosen = follow(launch, 'next-row', 'next-row', typed('10'), 'next-row', 'switch', 'next-row', 'switch');
    expect(modeOf(chosen)).toBe('switch');
    expect(begun(chosen)).toMatchObject({ sample: 10, children: true, returns: 'fast' });
  });

  test.each(['0', 'x', '1.5', '1000000001'])('one of %s is refused, at its field', (text) => {
    const wrong = follow(launch, 'next-row', 'next-row', typed(text), 'begin');
    expect(wrong).toMatchObject({ level: 'launch', launch: { fault: { at: 'sample' } } });
  });

  test('children of every process are refused', () => {
    const wrong = follow(
      launch,
      'previous-choice',
      'previous-choice',
      'switch',
      'previous-choice',
      'previous-choice',
      'previous-choice',
      'begin',
    );
    expect(wrong.launch).toMatchObject({ choice: 'everywhere', children: true, fault: { at: 'children' } });
  });
});

describe('a condition', () => {
  const typedIn = follow(launch, 'next-row', typed('nope > 1'));
  const checking = follow(typedIn, 'begin');
  const [effect] = effectsOf(typedIn, command('begin'));
  if (effect?.kind !== 'launch' || effect.ask.kind !== 'check') throw new Error('nothing is checked');

  test('is checked before anything is attached', () => {
    expect(effect).toMatchObject({ ask: { request: { when: 'nope > 1', specs: ['demo::hello'] } } });
    expect(checking.level).toBe('launch');
  });

  test('its fault is shown at its field', () => {
    const error = new RsymError('usage', 'there is no `nope`');
    const { checking: request } = checking.launch;
    if (request === null) throw new Error('nothing is checked');
    const wrong = follow(checking, { kind: 'launch', news: { kind: 'checked', request, error } });
    expect(wrong).toMatchObject({ level: 'launch', launch: { fault: { at: 'when', error }, checking: null } });
    const right = follow(checking, { kind: 'launch', news: { kind: 'checked', request, error: null } });
    expect(right).toMatchObject({ level: 'live', live: { request: { when: 'nope > 1' } } });
  });

  test('an answer that is no longer wanted begins nothing', () => {
    const { checking: request } = checking.launch;
    if (request === null) throw new Error('nothing is checked');
    const late: Action = { kind: 'launch', news: { kind: 'checked', request, error: null } };
    expect(follow(checking, 'erase', late).level).toBe('launch');
    expect(follow(checking, 'back', late).level).toBe('detail');
  });
});

describe('a process', () => {
  const picking = follow(launch, 'next-choice', 'next-choice');
  test('is looked for once its choice is reached, and again by a key', () => {
    const before = follow(launch, 'next-choice');
    expect(effectsOf(before, command('next-choice'))).toEqual([{ kind: 'launch', ask: { kind: 'list' } }]);
    const listed = follow(picking, found(process(7)));
    expect(effectsOf(follow(listed, 'previous-choice'), command('next-choice'))).toEqual([]);
    expect(effectsOf(listed, command('list-processes'))).toEqual([{ kind: 'launch', ask: { kind: 'list' } }]);
  });

  test('is picked from the list, which typing filters', () => {
    const listed = follow(picking, found(process(12), process(123), process(9, { command: '/bin/demo serve' })));
    expect(begun(listed)).toMatchObject({ scope: { kind: 'processes', pids: [12] } });
    expect(begun(follow(listed, 'next-choice'))).toMatchObject({ scope: { kind: 'processes', pids: [123] } });
    expect(begun(follow(listed, typed('serve')))).toMatchObject({ scope: { kind: 'processes', pids: [9] } });
    const digits = follow(listed, typed('12'));
    expect(filtered(digits.launch).map(({ pid }) => pid)).toEqual([12, 123]);
    expect(begun(digits)).toMatchObject({ scope: { kind: 'processes', pids: [12] } });
  });

  test('words that stand side by side come first', () => {
    const apart = process(1, { command: '/120/demo serve 7' });
    const listed = follow(picking, found(apart, process(2, { command: '/demo serve 120' })));
    expect(filtered(follow(listed, typed('serve 120')).launch).map(({ pid }) => pid)).toEqual([2, 1]);
  });

  test('or typed, one or several', () => {
    expect(begun(follow(picking, typed('77')))).toMatchObject({ scope: { kind: 'processes', pids: [77] } });
    const listed = follow(picking, found(process(12)));
    expect(begun(follow(listed, typed('12 13')))).toMatchObject({ scope: { kind: 'processes', pids: [12, 13] } });
  });

  test('the list is left at its ends', () => {
    const listed = follow(picking, found(process(12), process(13)));
    expect(follow(listed, 'next-choice').launch.cursor).toBe('process');
    expect(follow(listed, 'next-choice', 'next-choice').launch.cursor).toBe('wait');
    expect(follow(listed, 'previous-choice').launch.cursor).toBe('command');
  });

  test('one that is named from the start is chosen', () => {
    const given = newLaunch(state().file, 42);
    expect(given).toMatchObject({ choice: 'process', cursor: 'process', fields: { process: { text: '42' } } });
  });
});

test('waiting for one: the next alone, whose children are not followed', () => {
  const waiting = follow(launch, 'next-choice', 'next-choice', 'next-choice');
  expect(begun(waiting)).toMatchObject({ scope: { kind: 'next' } });
  const family = follow(waiting, 'next-row', 'next-row', 'next-row', 'switch', 'begin');
  expect(family.launch).toMatchObject({ choice: 'wait', children: true, fault: { at: 'children' } });
});

describe('from the list', () => {
  test('what is to be traced is named by work; until then nothing begins', () => {
    const { state: named, effects } = launchedRows(state(), [1, 3]);
    expect(effects).toContainEqual({ kind: 'launch', ask: { kind: 'name', rows: [1, 3] } });
    expect(effectsOf(named, command('begin'))).toEqual([]);
    const targets = { title: '2 functions', specs: ['demo::main', '0x1030'] };
    const known = follow(named, { kind: 'launch', news: { kind: 'named', targets } });
    expect(begun(known)).toMatchObject(targets);
    expect(follow(known, 'back').level).toBe('list');
    expect(follow(known, 'begin', 'back').level).toBe('list');
  });
});
