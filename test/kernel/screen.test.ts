import { chmodSync, closeSync, copyFileSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { start } from '../support/process.ts';
import { expectRestored, inShell, screenPid } from '../support/shell-terminal.ts';
import type { Terminal } from '../support/terminal.ts';

/** From the list to the choice of what to trace. */
const choose = async (terminal: Terminal, name: string, signature: string): Promise<void> => {
  await terminal.waitFor(/\d+ functions/);
  terminal.type(name.split('::').at(-1) ?? name);
  await terminal.waitFor(new RegExp(`^› .* ${name}$`, 'm'));
  terminal.press('Enter');
  await terminal.waitFor(/^returns +can be watched, at/m);
  terminal.type(signature);
  await terminal.waitFor(signature);
  terminal.press('Enter');
  terminal.type('t');
  await terminal.waitFor('Its calls in:');
};

/** Addresses at which a process's code differs from the file: a probe that was left. */
const changedCode = (pid: number, path: string): string[] => {
  const file = readFileSync(path);
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    return readFileSync(`/proc/${pid}/maps`, 'utf8')
      .split('\n')
      .filter((line) => line.endsWith(path) && line.includes('r-xp'))
      .flatMap((line) => {
        const [, start = '', end = '', offset = ''] = /^(\w+)-(\w+) \S+ (\w+)/.exec(line) ?? [];
        const at = Number(`0x${start}`);
        const held = Buffer.alloc(Number(`0x${end}`) - at);
        readSync(memory, held, 0, held.length, at);
        const linked = file.subarray(Number(`0x${offset}`), Number(`0x${offset}`) + held.length);
        return [...linked.keys()].filter((i) => linked[i] !== held[i]).map((i) => `0x${(at + i).toString(16)}`);
      });
  } finally {
    closeSync(memory);
  }
};

const helloSignature = '(i: i32, len: usize) -> i32';

describeNeeding(['kernel', 'tmux'], 'tracing on the screen', () => {
  for (const variant of ['hello/debug-v0', 'hello/never-legacy'])
    test(`${variant}: search, pick, sign, trace, quit`, async () => {
      await using terminal = inShell([fixture(variant)]);
      await choose(terminal, 'helloworld::hello', helloSignature);
      terminal.type('1 2 3 4');
      terminal.press('Enter');
      const { text } = await terminal.waitFor(/ended · PID \d+ exited with 0 · .* 4 calls · 0 lost/);
      const calls = [...text.matchAll(/hello\(i: (\d+), len: (\d+)\) -> (\d+)/g)].map((match) =>
        match.slice(1).map(Number),
      );
      expect(calls).toEqual([1, 2, 3, 4].map((i) => [i, 5, i + 5]));
      expect(text).toContain('the program exited with 0');
      terminal.type('q');
      expect((await expectRestored(terminal)).text).toContain('status 0');
    });

  test('its values, sums and output; a filter, a search; written to a file; begun again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rsym-screen-'));
    try {
      await using terminal = inShell([fixture('hello/debug-v0')]);
      await choose(terminal, 'helloworld::hello', helloSignature);
      terminal.type('1 2 3 4');
      terminal.press('Enter');
      await terminal.waitFor(/ended · /);
      terminal.press('Enter');
      const { text: values } = await terminal.waitFor(/^call 4 of 4/m);
      expect(values).toMatch(/arguments +i: i32 {2}\(given\)\n +4\n/);
      expect(values).toMatch(/result +i32 {2}\(given\)\n +9\n/);
      terminal.press('Escape', 'Tab');
      await terminal.waitFor(/^ +4 +\d+ +100\.0% +- .* helloworld::hello$/m);
      terminal.press('Tab');
      await terminal.waitFor(/^ {2}p50 .* · 4 timed$/m);
      terminal.press('Tab');
      const { text: output } = await terminal.waitFor(/\[Output 8\]/);
      expect(output).toContain('\n  Hello, world! number 1, 5 arguments\n  returned 6\n');
      terminal.press('Tab', 'Tab');
      await terminal.waitFor(/\[Calls\]/);

      terminal.type('fi > x');
      terminal.press('Enter');
      await terminal.waitFor(/^ {2}i > x\n {6}\^\n(.*\n)*there is no `x`/m);
      terminal.press('C-u');
      terminal.type('i > 2 && ret < 9');
      terminal.press('Enter');
      const { text: some } = await terminal.waitFor(/only i > 2 && ret < 9/);
      expect([...some.matchAll(/hello\(i: (\d)/g)].map(([, i]) => i)).toEqual(['3']);

      const path = join(folder, 'some.ndjson');
      for (const answer of ['1 call written', 'it exists; Enter replaces it']) {
        terminal.type(`e${path}`);
        terminal.press('Enter');
        await terminal.waitFor(answer);
      }
      terminal.press('Escape');
      const [line = '{}'] = readFileSync(path, 'utf8').split('\n');
      expect(JSON.parse(line)).toMatchObject({
        event: 'call',
        args: [{ value: 3 }, { value: '5' }],
        ret: { value: 8 },
      });

      terminal.type('f');
      terminal.press('C-u', 'Enter');
      await terminal.waitFor((screen) => screen.text.match(/hello\(i: \d/g)?.length === 4);
      terminal.type('/I: 2');
      terminal.press('Enter');
      await terminal.waitFor(/^call 2 of 4$/m);
      const started = /PID (\d+) exited/.exec(terminal.screen().text)?.[1];
      terminal.type('s');
      await terminal.waitFor(
        (screen) => / exited with 0 · .* 4 calls/.test(screen.text) && !screen.text.includes(`PID ${started} `),
      );
      terminal.type('q');
      expect((await expectRestored(terminal)).text).toContain('status 0');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a running process: calls go on and on, held, stopped, begun again, quit; it lives on', async () => {
    const program = fixture('endings/debug-v0');
    await using target = start(program, ['serve', '120']);
    await target.waitFor('ready');
    await using terminal = inShell([program]);
    await choose(terminal, 'endings::pair', '(a: i32, b: i64) -> i64');
    for (let round = 0; round < 2; round++) {
      if (round === 0) {
        terminal.press('Down', 'Down');
        terminal.type(String(target.pid));
      }
      terminal.press('Enter');
      await terminal.waitFor(/tracing · .* [1-9][\d,]* calls/);
      await terminal.waitFor(/pair\(a: -?\d+, b: -?\d+\) -> -?\d+/);
      expect(changedCode(target.pid, program).length).toBeGreaterThan(0);
      terminal.press('Space');
      const held = await terminal.waitFor('PAUSED');
      const calls = (screen: string): string[] => screen.split('\n').filter((line) => line.includes('pair(a:'));
      const count = (screen: string): string | undefined => /([\d,]+) calls/.exec(screen)?.[1];
      const later = await terminal.waitFor((screen) => count(screen.text) !== count(held.text));
      expect(calls(later.text)).toEqual(calls(held.text));
      if (round === 0) {
        terminal.press('Escape');
        await terminal.waitFor(/^signature: /m);
        terminal.type('t');
        await terminal.waitFor('Its calls in:');
      }
    }
    terminal.type('q');
    expect((await expectRestored(terminal)).text).toContain('status 0');
    expect(target.child.exitCode).toBeNull();
    expect(changedCode(target.pid, program)).toEqual([]);
  });

  test('SIGTERM while tracing a program that was started: restored, and it runs on', async () => {
    const program = fixture('endings/debug-v0');
    await using terminal = inShell([program]);
    await choose(terminal, 'endings::pair', '(a: i32, b: i64) -> i64');
    terminal.type('serve 20');
    terminal.press('Enter');
    await terminal.waitFor(/tracing · PID \d+ running · .* [1-9][\d,]* calls/);
    process.kill(await screenPid(terminal), 'SIGTERM');
    const { text } = await expectRestored(terminal);
    expect(text).toContain('status 143');
    const pid = Number(/the program that was started, PID (\d+), runs on/.exec(text)?.[1]);
    process.kill(pid, 'SIGKILL');
  });
});

describeNeeding(['kernel', 'tmux', 'root', 'setpriv'], 'without the privilege to trace', () => {
  test('the screen says why and what next, and goes on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rsym-screen-'));
    try {
      chmodSync(folder, 0o755);
      const target = join(folder, 'hello');
      copyFileSync(fixture('hello/debug-v0'), target);
      chmodSync(target, 0o755);
      const drop = ['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all'];
      await using terminal = inShell([target], {}, ['setpriv', ...drop]);
      await choose(terminal, 'helloworld::hello', helloSignature);
      terminal.type('1');
      terminal.press('Enter');
      const { text } = await terminal.waitFor(/^failed$/m);
      expect(text).toMatch(/refused/);
      expect(text).toMatch(/try: /);
      terminal.press('Escape');
      await terminal.waitFor(/^signature: /m);
      terminal.type('q');
      expect((await expectRestored(terminal)).text).toContain('status 0');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
