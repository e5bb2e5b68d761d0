import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { program } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { screenPid } from '../support/shell-terminal.ts';
import { Terminal } from '../support/terminal.ts';

const stateOf = (pid: number): string => / ([A-Z]) \d/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
const callsIn = (text: string): number => Number(/([\d,]+) calls/.exec(text)?.[1]?.replace(/,/g, '') ?? -1);

describeNeeding(['kernel', 'tmux', 'bash'], 'Ctrl-Z while a program that rsym started is traced', () => {
  test('stops both; with fg both go on, and so do the calls; without rsym the program does', async () => {
    const shell = ['bash', '--norc', '--noprofile', '-i'];
    await using terminal = new Terminal(shell, { width: 90, height: 20, env: { PS1: 'shell> ', HISTFILE: '' } });
    await terminal.waitFor('shell>');
    terminal.type(`'${process.execPath}' '${program}' '${fixture('endings/debug-v0')}'`);
    terminal.press('Enter');
    await terminal.waitFor(/\d+ functions/);
    terminal.type('pair');
    await terminal.waitFor(/^› .* endings::pair$/m);
    terminal.press('Enter');
    await terminal.waitFor(/^\[1\] signature$/m);
    terminal.type('t');
    await terminal.waitFor('Its calls in:');
    terminal.type('serve 30');
    terminal.press('Enter');
    const { text } = await terminal.waitFor(/PID \d+ running · .* [1-9][\d,]* calls/);
    const pids = [await screenPid(terminal), Number(/PID (\d+)/.exec(text)?.[1])];

    terminal.press('C-z');
    await terminal.waitFor((screen) => !screen.alternate && screen.text.includes('Stopped'));
    expect(pids.map(stateOf)).toEqual(['T', 'T']);
    terminal.type('fg');
    terminal.press('Enter');
    const back = await terminal.waitFor((screen) => screen.alternate && callsIn(screen.text) > 0);
    await terminal.waitFor((screen) => callsIn(screen.text) > callsIn(back.text) + 100);
    expect(pids.map(stateOf)).not.toContain('T');

    // Killed where it stands, it leaves no stopped program behind.
    terminal.press('C-z');
    await expect.poll(() => pids.map(stateOf), { timeout: 10_000 }).toEqual(['T', 'T']);
    const [rsym = 0, started = 0] = pids;
    process.kill(rsym, 'SIGKILL');
    await expect.poll(() => stateOf(started), { timeout: 10_000 }).not.toBe('T');
    process.kill(started, 'SIGKILL');
  });
});
