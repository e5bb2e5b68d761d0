import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellCommand } from '../../src/base/shell.ts';
import { shellRows } from '../../src/tui/copied/lines.ts';
import { commandFor } from '../../src/tui/keys.ts';
import { follow, state, typed } from './states.ts';

const words = [
  ['printf', '%s\\n', 'a', 'b'],
  ['printf', '%s\\n', 'x'.repeat(200), 'a text with blanks '.repeat(12), "it's 'quoted' ".repeat(9), '\\'.repeat(90)],
  ['printf', '%s\\n', "'".repeat(60), ' '.repeat(70), 'demo::hello(i: i32) -> i32', '日本 '.repeat(30)],
];

test.each(words)('rows of a command are the same command to a shell', (...command) => {
  const whole = shellCommand(...command);
  const run = (text: string): string => execFileSync('/bin/sh', ['-c', text], { encoding: 'utf8' });
  for (const columns of [40, 57, 120, 4_000]) expect(run(shellRows(whole, columns).join('\n'))).toBe(run(whole));
});

test('no row is wider than the screen', () => {
  for (const command of words)
    for (const row of shellRows(shellCommand(...command.filter((word) => !word.includes('日'))), 40))
      expect(row.length).toBeLessThanOrEqual(40);
});

test('what was copied is closed by any key, and scrolled where it does not fit', () => {
  const copied = follow(state(), 'copy');
  expect(copied.copied?.command).toBe('rsym ls /bin/demo');
  for (const key of ['x', 'y', 'q', 'enter', 'f5', 'escape']) expect(commandFor('copied', key, false)).toBe('back');
  expect(follow(copied, 'back')).toEqual({ ...copied, copied: null });
  expect(follow(copied, 'down').copied).toBeNull();
  expect(follow(copied, typed('pasted'))).toEqual({ ...copied, copied: null });
  const long = follow(state(), typed('x'.repeat(900)), 'copy', 'down', 'down');
  expect(long.copied).toMatchObject({ top: 2 });
});
