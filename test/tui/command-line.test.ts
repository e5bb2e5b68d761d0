import { describe, expect, test } from 'vitest';
import { commandLine } from '../../src/tui/command-line.ts';
import type { Action } from '../../src/tui/step.ts';
import { effectsOf, facts, follow, pageNews, state, typed } from './states.ts';

const open = follow(state(), 'open', facts(0), ...pageNews);

describe('the list', () => {
  test.each([
    ['', 'rsym ls /bin/demo'],
    ['hello', 'rsym ls /bin/demo /hello/i'],
    ['Vec<', "rsym ls /bin/demo '/Vec</'"],
    ['a.b', "rsym ls /bin/demo '/a\\.b/i'"],
    ['*::push', "rsym ls /bin/demo '*::push'"],
    ["it's", "rsym ls /bin/demo '/it'\\''s/i'"],
  ])('%j', (text, line) => expect(commandLine(follow(state(), typed(text)))).toBe(line));
});

test('a function, and its instructions', () => {
  expect(commandLine(open)).toBe('rsym show /bin/demo demo::hello');
  expect(commandLine(follow(open, 'code'))).toBe('rsym show /bin/demo demo::hello --asm');
  expect(commandLine(follow(state(), 'open'))).toBeNull();
});

describe('a trace', () => {
  const launch = follow(open, 'trace');
  test('with what differs from its defaults', () => {
    expect(commandLine(launch)).toBe('rsym trace /bin/demo demo::hello --');
    const all = follow(
      launch,
      typed("1 'two 3'"),
      'next-row',
      typed('i > 2'),
      'next-row',
      typed('5'),
      'next-row',
      'switch',
      'next-row',
      'switch',
    );
    const line = "rsym trace /bin/demo demo::hello --children --when 'i > 2' --sample 5 --returns fast -- 1 'two 3'";
    expect(commandLine(all)).toBe(line);
  });

  test('of another command, a process, every process, with a signature', () => {
    expect(commandLine(follow(launch, 'next-choice', typed('sh -c "a b"')))).toBe(
      'rsym trace /bin/demo demo::hello -c \'sh -c "a b"\'',
    );
    expect(commandLine(follow(launch, 'next-choice', 'next-choice', typed('7 8')))).toBe(
      'rsym trace /bin/demo demo::hello -p 7 -p 8',
    );
    const signed = follow(
      open,
      'sign',
      typed('(i: i32) -> i32'),
      'accept',
      'trace',
      'previous-choice',
      'previous-choice',
    );
    expect(commandLine(follow(signed, 'previous-choice', 'previous-choice', 'previous-choice'))).toBe(
      "rsym trace /bin/demo 'demo::hello(i: i32) -> i32'",
    );
  });

  test('is the same while it runs', () => {
    const running = follow(launch, typed('1 2'), 'begin');
    expect(commandLine(running)).toBe(commandLine(follow(launch, typed('1 2'))));
  });

  test('of a process that is waited for: none, until it has a number', () => {
    const waiting = follow(launch, 'next-choice', 'next-choice', 'next-choice');
    expect(commandLine(waiting)).toBeNull();
    expect(follow(waiting, 'copy').notice).toBe('no command does the same');
    const live = follow(waiting, 'begin', { kind: 'live', news: { kind: 'attached', probes: 3, pid: null } });
    expect(commandLine(live)).toBeNull();
    const came = follow(live, { kind: 'live', news: { kind: 'came', pid: 9 } });
    expect(commandLine(came)).toBe('rsym trace /bin/demo demo::hello -p 9');
  });

  test('nothing that is faulty', () => expect(commandLine(follow(launch, typed("'")))).toBeNull());
});

test('a key copies it, and says so', () => {
  const copy: Action = { kind: 'command', command: 'copy' };
  expect(effectsOf(open, copy)).toEqual([{ kind: 'copy', text: 'rsym show /bin/demo demo::hello' }]);
  expect(follow(open, 'copy').copied).toMatchObject({ command: 'rsym show /bin/demo demo::hello' });
  expect(effectsOf(follow(state(), 'open'), copy)).toEqual([]);
});
