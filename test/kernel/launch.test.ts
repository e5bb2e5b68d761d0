import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { start } from '../support/process.ts';
import { expectRestored, inShell } from '../support/shell-terminal.ts';
import type { Terminal } from '../support/terminal.ts';

/** From the list to the choice of what to trace. */
const choose = async (terminal: Terminal, name: string): Promise<void> => {
  await terminal.waitFor(/\d+ functions/);
  terminal.type(name.split('::').at(-1) ?? name);
  await terminal.waitFor(new RegExp(`^› .* ${name}$`, 'm'));
  terminal.press('Enter');
  await terminal.waitFor(/^returns +can be watched, at/m);
  terminal.type('t');
  await terminal.waitFor('Its calls in:');
};

const program = fixture('endings/debug-v0');

describeNeeding(['kernel', 'tmux'], 'the choice of what to trace', () => {
  test('a process from the list, found by what it was started with', async () => {
    await using target = start(program, ['serve', '120']);
    await using other = start(program, ['serve', '121']);
    await target.waitFor('ready');
    await other.waitFor('ready');
    await using terminal = inShell([program]);
    await choose(terminal, 'endings::pair');
    terminal.press('Down', 'Down');
    await terminal.waitFor(new RegExp(`${target.pid} .* serve 120$`, 'm'));
    terminal.type('serve 120');
    await terminal.waitFor(new RegExp(`^› +${target.pid} .* serve 120$`, 'm'));
    terminal.press('Enter');
    await terminal.waitFor(/tracing · .* [1-9][\d,]* calls/);
    terminal.type('y');
    await terminal.waitFor(/^rsym trace /m);
    terminal.press('Escape');
    await terminal.waitFor(/tracing · /);
    terminal.type('q');
    expect((await expectRestored(terminal)).text).toContain('status 0');
  });

  test('the next process: probes are there before it begins, and go when it ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rsym-next-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    // A file of its own: nobody else begins a process of it.
    const hello = join(folder, 'hello');
    copyFileSync(fixture('hello/debug-v0'), hello);
    await using terminal = inShell([hello]);
    await choose(terminal, 'helloworld::hello');
    terminal.press('Down', 'Down', 'Down');
    await terminal.waitFor(/^› the next process/m);
    terminal.press('Enter');
    await terminal.waitFor('waiting for a process…');
    await using target = start(hello, ['1', '2', '3', '4']);
    await terminal.waitFor(new RegExp(`ended · PID ${target.pid} gone · .* 4 calls`));
    terminal.type('y');
    await terminal.waitFor(new RegExp(`^rsym trace .* -p ${target.pid}$`, 'm'));
    terminal.press('Escape');
    await terminal.waitFor('ended · PID');
    terminal.type('q');
    expect((await expectRestored(terminal)).text).toContain('status 0');
  });

  test('a condition that does not fit is refused before anything is started; one that does leaves calls out', async () => {
    const hello = fixture('hello/full-debug');
    await using terminal = inShell([hello]);
    await choose(terminal, 'helloworld::hello');
    terminal.type('1 2 3 4');
    terminal.press('Tab');
    terminal.type('nope > 2');
    terminal.press('Enter');
    const { text } = await terminal.waitFor('there is no `nope`');
    expect(text).toMatch(/^ {2}nope > 2\n {2}\^{4}$/m);
    expect(text).toContain('Its calls in:');
    terminal.press('C-u');
    terminal.type('i > 2');
    terminal.press('Enter');
    await terminal.waitFor(/ended · .* 2 calls · 0 lost/);
    terminal.type('q');
    expect((await expectRestored(terminal)).text).toContain('status 0');
  });

  test('rsym tui -p PID: its program is opened, and the process chosen', async () => {
    await using target = start(program, ['serve', '120']);
    await target.waitFor('ready');
    await using terminal = inShell(['tui', '-p', String(target.pid)]);
    await choose(terminal, 'endings::pair');
    await terminal.waitFor(new RegExp(`^› a running process, PID: ${target.pid}`, 'm'));
    terminal.press('Enter');
    await terminal.waitFor(/tracing · .* [1-9][\d,]* calls/);
    terminal.type('q');
    expect((await expectRestored(terminal)).text).toContain('status 0');
  });
});

describeNeeding(['kernel', 'tmux', 'root', 'setpriv'], 'without the privilege to trace', () => {
  test('what is missing is said before a trace is begun', async () => {
    const drop = ['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all'];
    await using terminal = inShell([fixture('hello/debug-v0')], {}, ['setpriv', ...drop]);
    await choose(terminal, 'helloworld::hello');
    const { text } = await terminal.waitFor(/this process lacks/);
    expect(text).toMatch(/try: /);
    expect(text).toContain('Its calls in:');
    terminal.press('C-c');
    expect((await expectRestored(terminal)).text).toContain('status 130');
  });
});
