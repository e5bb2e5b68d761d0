import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeNeeding } from './need.ts';
import { Terminal } from './terminal.ts';

const script = `
  process.stdin.setRawMode(true);
  process.stdout.write('\\x1b[?1049h\\x1b[?25l\\x1b[2J\\x1b[Hsize ' + process.stdout.columns + 'x' + process.stdout.rows + ' grün');
  process.stdout.on('resize', () => process.stdout.write('\\r\\nnow ' + process.stdout.columns));
  process.stdin.on('data', (d) => {
    process.stdout.write('\\r\\nkey ' + JSON.stringify(String(d)));
    if (String(d) === 'q') { process.stdout.write('\\x1b[?25h\\x1b[?1049lbye'); process.exit(5); }
  });`;

describeNeeding(['tmux'], 'the terminal', () => {
  test('shows, takes keys and sizes, and tells how the program ended', async () => {
    await using terminal = new Terminal([process.execPath, '-e', script], { width: 60, height: 12 });
    expect(await terminal.waitFor('grün')).toMatchObject({
      text: 'size 60x12 grün',
      alternate: true,
      cursorVisible: false,
    });
    terminal.type('a;');
    await terminal.waitFor(/key "a;"|key "a"\s+key ";"/);
    terminal.press('Up');
    await terminal.waitFor('\\u001b[A');
    terminal.resize(40, 10);
    await terminal.waitFor('now 40');
    terminal.press('q');
    expect(await terminal.waitForExit()).toEqual({ status: 5, signal: null });
    expect(await terminal.waitFor('bye')).toMatchObject({ text: 'bye', alternate: false, cursorVisible: true });
  });

  test('a program that leaves the terminal changed is found out', async () => {
    const changed = new Map<string, boolean>();
    for (const leave of ['', 'process.kill(process.pid, "SIGKILL")']) {
      await using terminal = new Terminal([
        process.execPath,
        '-e',
        `console.log("first"); process.stdin.once('data', () => { process.stdin.setRawMode(true); ${leave}; process.exit(); })`,
      ]);
      await terminal.waitFor('first');
      const before = terminal.modes();
      terminal.press('Enter');
      await terminal.waitForExit();
      changed.set(leave, terminal.modes() !== before);
    }
    expect([...changed.values()]).toEqual([false, true]);
  });

  test('variables reach the program, and its death by signal is seen', async () => {
    await using terminal = new Terminal(['sh', '-c', 'echo "it is $ANSWER"; kill -9 $$'], { env: { ANSWER: 'a b' } });
    await terminal.waitFor('it is a b');
    expect(await terminal.waitForExit()).toEqual({ status: null, signal: 'SIGKILL' });
  });

  test('the program ends with the terminal', async () => {
    let pid = 0;
    {
      await using terminal = new Terminal(['sleep', '90']);
      pid = await terminal.pid();
      process.kill(pid, 0);
    }
    // Whoever inherits it may be slow to collect it: a zombie counts as gone.
    const state = (): string => {
      try {
        return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] === 'Z' ? 'gone' : 'there';
      } catch {
        return 'gone';
      }
    };
    await expect.poll(state, { timeout: 10_000 }).toBe('gone');
  });
});
