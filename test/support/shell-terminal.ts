import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { program } from './cli.ts';
import { type Screen, Terminal } from './terminal.ts';

/**
 * Runs rsym under a shell that shows the terminal's settings before and after, then a prompt that reads a line. `env`
 * is rsym's alone; `before` is a command that runs it.
 */
export const inShell = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  before: readonly string[] = [],
): Terminal => {
  const script = 'stty -g; "$@"; echo "status $?"; stty -g; printf "prompt> "; read answer; echo "got $answer"';
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return new Terminal(['sh', '-c', script, 'sh', ...before, 'env', ...variables, process.execPath, program, ...args], {
    width: 90,
    height: 20,
  });
};

/** That the shell has its terminal back: the same settings, a cursor, an echo, no alternate screen. */
export const expectRestored = async (terminal: Terminal): Promise<Screen> => {
  const screen = await terminal.waitFor(/^prompt>/m);
  const settings = screen.text.split('\n').filter((line) => /^[0-9a-f]+(:[0-9a-f]+)+$/.test(line));
  expect(settings.length).toBe(2);
  expect(settings[1]).toBe(settings[0]);
  expect({ alternate: screen.alternate, cursor: screen.cursorVisible }).toEqual({ alternate: false, cursor: true });
  terminal.type('echoed');
  await terminal.waitFor('prompt> echoed');
  terminal.press('Enter');
  await terminal.waitFor('got echoed');
  return screen;
};

/** The shell's child; the shell itself is what the terminal knows. */
export const screenPid = async (terminal: Terminal): Promise<number> => {
  const shell = await terminal.pid();
  const [child] = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim().split(' ').map(Number);
  if (!child) throw new Error('the shell has no child');
  return child;
};
