import { expect, test } from 'vitest';
import { readScope } from '../../src/tui/launch/scope.ts';

test.each([
  ['12', [12]],
  ['1 4194304', [1, 4194304]],
  [' 3,4 ,5', [3, 4, 5]],
])('processes %j', (text, pids) => expect(readScope('process', text)).toEqual({ kind: 'processes', pids }));

test.each([
  ['', 'a process id is missing'],
  [' , ', 'a process id is missing'],
  ['0', 'not a process id: 0'],
  ['4194305', 'not a process id: 4194305'],
  ['1 x', 'not a process id: x'],
])('no processes %j', (text, message) => expect(readScope('process', text)).toMatchObject({ code: 'usage', message }));
