import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cli, cliFail, program } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { expectRestored, inShell, screenPid } from '../support/shell-terminal.ts';
import { Terminal } from '../support/terminal.ts';
import { wasmWithNames } from '../support/wasm-names.ts';

test('without a terminal it says so, and what to do instead', () => {
  for (const args of [['tui', process.execPath], [process.execPath]]) {
    expect(cliFail(args)).toMatch(/the screen needs a terminal[\s\S]*rsym ls/);
  }
  expect(cli(['tui', '--help']).stdout).toContain('Type to search');
});

describeNeeding(['tmux', 'linux'], 'the screen in a terminal', () => {
  const hello = fixture('hello/debug-v0');
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rsym-screen-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  test('search, look, help, back, quit: the terminal is as it was', async () => {
    await using terminal = inShell([hello]);
    await terminal.waitFor(/\d+ functions/);
    terminal.type('hello');
    await terminal.waitFor(/^› .* helloworld::hello$/m);
    terminal.press('Enter');
    await terminal.waitFor(/^returns +can be watched, at/m);
    expect(terminal.screen()).toMatchObject({ alternate: true, cursorVisible: false });
    terminal.press('?');
    await terminal.waitFor('type its signature');
    terminal.press('Escape');
    await terminal.waitFor(/^returns +can be watched, at/m);
    terminal.type('5');
    await terminal.waitFor(/^raw name +_R/m);
    terminal.press('Escape');
    await terminal.waitFor('search: hello');
    terminal.press('Escape');
    await terminal.waitFor(/^search: +part of a name/m);
    terminal.type('q');
    expect((await expectRestored(terminal)).text).toContain('status 0');
  });

  test('mark, save, and open what was saved', async () => {
    const saved = join(folder, 'saved.txt');
    {
      await using terminal = inShell([hello]);
      await terminal.waitFor(/\d+ functions/);
      terminal.type('helloworld::');
      await terminal.waitFor(/^› {2}.* helloworld::/m);
      terminal.press('Down', 'Up', 'Space', 'Space');
      await terminal.waitFor('2 marked');
      terminal.press('w');
      await terminal.waitFor('save the marked functions to:');
      terminal.type(saved);
      terminal.press('Enter');
      await terminal.waitFor('2 functions saved to');
      terminal.press('q');
      await expectRestored(terminal);
    }
    await using terminal = inShell([hello, '--selection', saved].flatMap((arg, i) => (i === 0 ? ['tui', arg] : [arg])));
    await terminal.waitFor('2 functions marked');
    terminal.press('Escape', 'm');
    const { text } = await terminal.waitFor(/^2 of /m);
    expect(text.match(/^[› ]\* /gm)?.length).toBe(2);
    terminal.press('q');
    await expectRestored(terminal);
  });

  test('a selection that can not be read is an error before the screen', () => {
    expect(cliFail(['tui', hello, '--selection', join(folder, 'nothing')])).toMatch(/the screen needs a terminal/);
  });

  test('a tree is opened, branch by branch', async () => {
    await using terminal = inShell([hello]);
    await terminal.waitFor(/\d+ functions/);
    terminal.press('Escape', 'v');
    await terminal.waitFor(/^ +▸ helloworld \d+$/m);
    terminal.press('/');
    terminal.type('helloworld');
    await terminal.waitFor(/^› +▸ .*helloworld/m);
    terminal.press('Down', 'Up', 'Right');
    await terminal.waitFor(/^› +▾ helloworld/m);
    await terminal.waitFor('helloworld::hello');
    terminal.press('q');
    await expectRestored(terminal);
  });

  test('a function: its copies, its instructions, and the command that shows the same', async () => {
    const path = fixture('inlined/release');
    await using terminal = new Terminal([process.execPath, program, path], { width: 110, height: 50 });
    await terminal.waitFor(/\d+ functions/);
    terminal.type('inlined::mixed');
    await terminal.waitFor(/^› .* inlined::mixed$/m);
    terminal.press('Enter');
    const { text } = await terminal.waitFor(/^probes +\d+ probes: \d+ stepped/m);
    expect(text).toMatch(/^ +0x[0-9a-f]+ +\d+ +inlined into inlined::holder at \S+:\d+/m);
    expect(text).toMatch(/ value: u64 +rdi +verified$/m);
    terminal.type('a');
    await terminal.waitFor(/^→ 0x[0-9a-f]+ {2}\w+ .* │ \S+:\d+/m);
    terminal.type('n');
    await terminal.waitFor(/^copy 2 of 3: inlined into/m);
    terminal.type('y');
    await terminal.waitFor(/^rsym show \S+/m);
    expect(terminal.ask('#{mouse_any_flag}')).toBe('0');
    terminal.type('x');
    await terminal.waitFor(/^copy 2 of 3: inlined into/m);
    expect(terminal.ask('#{mouse_any_flag}')).toBe('1');
    terminal.press('Escape');
    await terminal.waitFor(/^\[1\] signature$/m);
  });

  test('Ctrl-C quits from a field, too', async () => {
    await using terminal = inShell([hello]);
    await terminal.waitFor(/\d+ functions/);
    terminal.type('quit');
    await terminal.waitFor('search: quit');
    terminal.press('C-c');
    expect((await expectRestored(terminal)).text).toContain('status 130');
  });

  test('it follows the size of the terminal', async () => {
    await using terminal = new Terminal([process.execPath, program, hello], { width: 100, height: 30 });
    await terminal.waitFor(/\d+ functions/);
    for (const [columns, rows] of [
      [40, 10],
      [120, 40],
      [20, 5],
      [60, 12],
    ] as const) {
      terminal.resize(columns, rows);
      const last = columns < 40 ? /the least is 40x10/ : /Enter show · \? help/;
      await terminal.waitFor((screen) => last.test(screen.text.split('\n')[columns < 40 ? 0 : rows - 1] ?? ''));
    }
  });

  test('CI and NO_COLOR in the environment: still a screen, without colour', async () => {
    await using terminal = new Terminal([process.execPath, program, hello], { env: { CI: 'true', NO_COLOR: '1' } });
    await terminal.waitFor(/\d+ functions/);
    expect(terminal.styledScreen()).not.toMatch(/\x1b\[[0-9;]*(?:3[0-7]|9[0-7])m/);
  });

  for (const [signal, status] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)
    test(`${signal}: the terminal is restored, status ${status}`, async () => {
      await using terminal = inShell([hello]);
      await terminal.waitFor(/\d+ functions/);
      process.kill(await screenPid(terminal), signal);
      expect((await expectRestored(terminal)).text).toContain(`status ${status}`);
    });

  describe('an error', () => {
    const restoredAfter = async (args: readonly string[]): Promise<string> => {
      await using terminal = inShell(args);
      const { text } = await expectRestored(terminal);
      expect(text).toContain('status 2');
      expect(text).not.toMatch(/^\s+at /m);
      expect(text.match(/^rsym: /gm)?.length).toBe(1);
      return text;
    };

    test('no such file', async () => {
      expect(await restoredAfter([join(folder, 'nothing')])).toContain('there is no such file');
    });
    test('a defect, while the screen is shown', async () => {
      const crash = "process.on('SIGUSR2', () => { throw new Error('provoked') })";
      const preload = `--import=data:text/javascript,${encodeURIComponent(crash)}`;
      await using terminal = inShell([hello], { NODE_OPTIONS: preload });
      await terminal.waitFor(/\d+ functions/);
      process.kill(await screenPid(terminal), 'SIGUSR2');
      const { text } = await expectRestored(terminal);
      expect(text).toMatch(/^rsym: internal error: provoked$/m);
      expect(text).toContain('status 2');
      expect(text).not.toMatch(/^\s+at /m);
    });

    test('not an image', async () => {
      await restoredAfter([file('text', 'plain text')]);
    });
    test('a directory', async () => {
      await restoredAfter([folder]);
    });
  });

  test('the file vanishes: tracing says so, the screen goes on', async () => {
    const path = file('vanishing', '');
    rmSync(path);
    const copy = file('copy', wasmWithNames(['one']));
    await using terminal = inShell([copy]);
    await terminal.waitFor('1 functions');
    rmSync(copy);
    terminal.press('Enter');
    await terminal.waitFor(/^returns/m);
    terminal.press('t');
    await terminal.waitFor('Its calls in:');
    terminal.type('true');
    terminal.press('Enter');
    await terminal.waitFor(/there is no such file/);
    terminal.type('q');
    expect((await expectRestored(terminal)).text).toContain('status 0');
  });

  test('names that attack terminals', async () => {
    const names = [
      'red\x1b[31m\x1b[2J',
      'bidi\u202eevil',
      'line\nbreak\r',
      'bell\x07',
      'zero\u200bwidth',
      '宽宽宽宽宽',
      'e\u0301'.repeat(200),
    ];
    const path = file('attack\x1b[31m.wasm', wasmWithNames(names));
    chmodSync(path, 0o644);
    await using terminal = new Terminal([process.execPath, program, path], { width: 60, height: 14 });
    const { text } = await terminal.waitFor(`${names.length} functions`);
    for (const shown of [
      'red\\x1b[31m\\x1b[2J',
      'bidi\\u{202e}evil',
      'line\\x0abreak\\x0d',
      'bell\\x07',
      'zero\\u{200b}width',
    ])
      expect(text).toContain(shown);
    const rows = text.split('\n');
    expect(rows.length).toBe(14);
    expect(rows[0]).toContain('attack\\x1b[31m.wasm');
    expect(rows[13]).toContain('Enter show');
    terminal.type('red');
    await terminal.waitFor('1 of 7');
    terminal.press('Enter');
    await terminal.waitFor(/^returns/m);
    terminal.type('5');
    expect((await terminal.waitFor(/^name +red/m)).text).toContain('red\\x1b[31m\\x1b[2J');
  });
});
