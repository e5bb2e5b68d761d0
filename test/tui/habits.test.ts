import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { program } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { expectRestored, inShell, screenPid } from '../support/shell-terminal.ts';
import { Terminal } from '../support/terminal.ts';

/** The screen on the fixture hello, which has a few hundred functions. */
const hello = (options: ConstructorParameters<typeof Terminal>[1] = {}): Terminal =>
  new Terminal([process.execPath, program, fixture('hello/debug-v0')], { width: 80, height: 24, ...options });

const ready = /\d+ functions/;
const isThere = (pid: number): boolean => existsSync(`/proc/${pid}`);
/** The row of the screen, counted from 0, on which the list's cursor is. */
const chosenRow = (text: string, mark = '›'): number => text.split('\n').findIndex((line) => line.startsWith(mark));

describeNeeding(['tmux', 'linux'], 'the mouse', () => {
  test('the wheel goes three lines down and up; a click chooses the row; both in a page, too', async () => {
    await using terminal = hello();
    const first = chosenRow((await terminal.waitFor(ready)).text);
    terminal.type('\x1b[<65;10;10M');
    await terminal.waitFor(({ text }) => chosenRow(text) === first + 3);
    terminal.type('\x1b[<64;10;10M');
    await terminal.waitFor(({ text }) => chosenRow(text) === first);
    terminal.type('\x1b[<0;10;12M\x1b[<0;10;12m');
    await terminal.waitFor(({ text }) => chosenRow(text) === 11);
    // On the title, on the line of hints: nothing.
    terminal.type('\x1b[<0;10;1M\x1b[<0;10;24M\x1b[<65;10;10M');
    await terminal.waitFor(({ text }) => chosenRow(text) === 14);
    terminal.press('F1');
    const help = await terminal.waitFor('rsym: keys');
    terminal.type('\x1b[<65;10;10M');
    await terminal.waitFor(({ text }) => text.split('\n')[1] === help.text.split('\n')[4]);
  });

  test('it is the terminal again when the screen is left; RSYM_MOUSE=off leaves it there', async () => {
    const flags = '#{mouse_any_flag}#{mouse_sgr_flag}';
    await using terminal = inShell([fixture('hello/debug-v0')]);
    await terminal.waitFor(ready);
    expect(terminal.ask(flags)).toBe('11');
    terminal.type('q');
    await expectRestored(terminal);
    expect(terminal.ask(flags)).toBe('00');
    await using without = hello({ env: { RSYM_MOUSE: 'off' } });
    await without.waitFor(ready);
    expect(without.ask(flags)).toBe('00');
  });
});

describeNeeding(['tmux', 'linux'], 'leaving', () => {
  const levels: Readonly<Record<string, readonly (readonly [key: string, until: RegExp])[]>> = {
    list: [],
    page: [['Enter', /^returns/m]],
    signature: [
      ['Enter', /^returns/m],
      ['(', /Enter take it/],
    ],
    choice: [
      ['Enter', /^returns/m],
      ['t', /Its calls in:/],
    ],
    help: [
      ['Enter', /^returns/m],
      ['?', /rsym: keys/],
    ],
  };

  test.each(Object.keys(levels))('Ctrl-C on the %s: restored, status 130', async (level) => {
    await using terminal = inShell([fixture('hello/debug-v0')]);
    await terminal.waitFor(ready);
    for (const [key, until] of levels[level] ?? []) {
      terminal.press(key);
      await terminal.waitFor(until);
    }
    terminal.press('C-c');
    expect((await expectRestored(terminal)).text).toContain('status 130');
  });

  test('Ctrl-C before the first frame is not lost', async () => {
    await using terminal = inShell([fixture('hello/debug-v0')]);
    await terminal.waitFor(({ alternate }) => alternate);
    terminal.press('C-c');
    expect((await expectRestored(terminal)).text).toContain('status 130');
  });

  test('the terminal is gone: so is rsym', async () => {
    const terminal = hello();
    await terminal.waitFor(ready);
    const pid = await terminal.pid();
    await terminal[Symbol.asyncDispose]();
    for (let i = 0; i < 200 && isThere(pid); i++) await sleep(50);
    expect(isThere(pid)).toBe(false);
  });
});

describeNeeding(['tmux', 'linux'], 'from the smallest screen to a wide one', () => {
  test.each([
    [40, 10],
    [80, 24],
    [300, 60],
  ])('%i x %i: the list, a page and the keys fill it, and no row is too long', async (width, height) => {
    await using terminal = hello({ width, height });
    await terminal.waitFor(ready);
    for (const [key, until] of [
      ['Enter', /a asm/],
      ['?', /rsym: keys/],
    ] as const) {
      expect(terminal.screen().text.split('\n').length).toBe(height);
      terminal.press(key);
      await terminal.waitFor(until);
    }
  });

  test('below, a word', async () => {
    await using terminal = hello({ width: 39, height: 10 });
    expect((await terminal.waitFor(/least/)).text).toBe('the least is 40x10');
  });
});

describeNeeding(['tmux', 'linux'], 'a paste', () => {
  test('is typed where there is a field, and runs no command where there is none', async () => {
    await using terminal = hello();
    await terminal.waitFor(ready);
    terminal.paste('helloworld::hello\n');
    await terminal.waitFor(/^search: helloworld::hello/m);
    terminal.press('Enter');
    await terminal.waitFor(/^returns/m);
    terminal.paste('q');
    terminal.press('Escape');
    await terminal.waitFor(/^search: helloworld::hello/m);
  });
});

describeNeeding(['tmux', 'linux', 'bash'], 'Ctrl-Z', () => {
  const env = { PS1: 'shell> ', HISTFILE: '' };
  const shell = (): Terminal =>
    new Terminal(['bash', '--norc', '--noprofile', '-i'], {
      width: 90,
      height: 20,
      env: { ...env, TERM: 'tmux-256color' },
    });
  const settings = (text: string): string[] => text.split('\n').filter((line) => /^[0-9a-f]+(:[0-9a-f]+)+$/.test(line));

  test('stops it with the terminal restored; fg brings the screen back, in the size that the terminal has then', async () => {
    await using terminal = shell();
    await terminal.waitFor('shell>');
    terminal.type(`stty -g; '${process.execPath}' '${program}' '${fixture('hello/debug-v0')}'`);
    terminal.press('Enter');
    await terminal.waitFor(ready);
    terminal.type('main');
    await terminal.waitFor(/^search: main/m);
    for (let round = 0; round < 2; round++) {
      terminal.press('C-z');
      await terminal.waitFor(/Stopped/);
      expect(terminal.ask('#{mouse_any_flag}')).toBe('0');
      terminal.type('stty -g; echo "line $((6 * 7))"');
      terminal.press('Enter');
      const { text, alternate, cursorVisible } = await terminal.waitFor('line 42');
      expect({ alternate, cursorVisible }).toEqual({ alternate: false, cursorVisible: true });
      expect(new Set(settings(text)).size).toBe(1);
      if (round === 1) terminal.resize(60, 15);
      terminal.type('fg');
      terminal.press('Enter');
      await terminal.waitFor((screen) => screen.alternate && /^search: main/m.test(screen.text));
    }
    terminal.type('x');
    const back = await terminal.waitFor(/^search: mainx/m);
    expect(back.text.split('\n').length).toBe(15);
    expect(back.cursorVisible).toBe(false);
    terminal.press('C-c');
    await terminal.waitFor(({ text, alternate }) => !alternate && /shell>$/.test(text));
    terminal.type('echo "status $?"');
    terminal.press('Enter');
    await terminal.waitFor('status 130');
  });

  test('a stop from outside, by SIGTSTP and by SIGSTOP, ends as well with fg', async () => {
    await using terminal = shell();
    await terminal.waitFor('shell>');
    terminal.type(`'${process.execPath}' '${program}' '${fixture('hello/debug-v0')}'`);
    terminal.press('Enter');
    await terminal.waitFor(ready);
    for (const signal of ['SIGTSTP', 'SIGSTOP'] as const) {
      process.kill(await screenPid(terminal), signal);
      await terminal.waitFor('shell>');
      terminal.type('fg');
      terminal.press('Enter');
      await terminal.waitFor((screen) => screen.alternate && ready.test(screen.text));
      terminal.press('Down');
      await terminal.waitFor(({ text }) => chosenRow(text) > 2);
    }
  });
});
