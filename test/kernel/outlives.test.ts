import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planTextWatch } from '../../src/query/watch.ts';
import type { LiveNews } from '../../src/tui/live/state.ts';
import { LiveWork } from '../../src/tui/live/work.ts';
import { program as rsym } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { Temporary } from '../support/temporary.ts';
import { Terminal } from '../support/terminal.ts';

const hello = fixture('hello/debug-v0');
const functions = ['helloworld::hello(i: i32, len: usize) -> i32'];
const soon = { timeout: 15_000, interval: 20 };

/** A program that writes for about two seconds, then leaves a proof that it could. */
const writer = (folder: Temporary): { readonly script: string; readonly proof: string } => {
  const proof = join(folder.path, 'proof');
  const script = folder.file(
    'script',
    `#!/bin/sh
PATH=/usr/bin:/bin
for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.2; echo $i || exit 1; done
cat /proc/$$/stat >${proof}.new
(echo open >/dev/tty) 2>/dev/null && echo terminal >>${proof}.new
mv ${proof}.new ${proof}
`,
  );
  chmodSync(script, 0o755);
  return { script, proof };
};

/** Of /proc/PID/stat: the session, and the terminal that controls it (0: none). */
const sessionOf = (stat: string): { readonly pid: number; readonly session: number; readonly terminal: number } => {
  const [, , , session, terminal] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid: Number.parseInt(stat, 10), session: Number(session), terminal: Number(terminal) };
};

/** Processes of this one that hold probes, or did. */
const keepers = (): string[] =>
  readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ').filter(isKeeper);

const isKeeper = (pid: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'rsym-keeper\n';
  } catch {
    return false; // it has ended
  }
};

describeNeeding(['kernel'], 'a program whose output is read outlives its reader', () => {
  for (const [how, end, status] of [
    ['exits', 'process.exit(0)', 0],
    ['is ended by SIGKILL', "process.kill(process.pid, 'SIGKILL')", null],
  ] as const)
    test(`which ${how}, without any other program in PATH`, async () => {
      using folder = new Temporary();
      const { script, proof } = writer(folder);
      const nothing = join(folder.path, 'empty');
      mkdirSync(nothing);
      const library = new URL('../../dist/index.js', import.meta.url).href;
      const watcher = `
        import { trace } from ${JSON.stringify(library)};
        const output = () => ${end};
        const scope = { kind: 'command', line: ${JSON.stringify(script)} };
        for await (const _ of trace({ target: ${JSON.stringify(hello)}, functions: ${JSON.stringify(functions)}, scope, output }));
      `;
      // It ends at the first line, when the probes are planted and the program runs.
      const done = run(process.execPath, ['--input-type=module', '-e', watcher], { path: nothing });
      expect({ status: done.status, stderr: done.stderr }).toEqual({ status, stderr: '' });
      expect(existsSync(proof)).toBe(false);
      await expect.poll(() => existsSync(proof), soon).toBe(true);
    });

  test('or is there still: it reads on when the trace has ended, and no process is left in the end', async () => {
    using folder = new Temporary();
    const { script, proof } = writer(folder);
    const before = keepers();
    let written = '';
    const stop = new AbortController();
    const watch = planTextWatch({
      target: hello,
      functions,
      scope: { kind: 'command', line: script },
      signal: stop.signal,
      output: (_, bytes) => {
        written += Buffer.from(bytes).toString();
        stop.abort();
      },
    });
    for await (const _ of watch.batches());
    expect(existsSync(proof)).toBe(false);
    expect(keepers().length).toBe(before.length + 1);
    await expect.poll(() => existsSync(proof), soon).toBe(true);
    await expect.poll(() => written, soon).toBe('1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n');
    await expect.poll(keepers, soon).toEqual(before);
  });
});

describeNeeding(['kernel', 'tmux'], 'a program that the screen started', () => {
  test('goes on when the terminal is closed, has a session of its own and no terminal', async () => {
    using folder = new Temporary();
    const { script, proof } = writer(folder);
    {
      await using terminal = new Terminal([process.execPath, rsym, hello]);
      await terminal.waitFor(/\d+ functions/);
      terminal.type('hello');
      await terminal.waitFor(/^› .*helloworld::hello$/m);
      terminal.press('Enter');
      await terminal.waitFor(/^returns +can be watched, at/m);
      terminal.type('t');
      await terminal.waitFor('Its calls in:');
      terminal.press('Down');
      terminal.type(script);
      terminal.press('Enter');
      await terminal.waitFor(/Output [1-9]/);
    }
    expect(existsSync(proof)).toBe(false);
    await expect.poll(() => existsSync(proof), soon).toBe(true);
    const [stat = '', ...rest] = readFileSync(proof, 'utf8').split('\n');
    const { pid, session, terminal } = sessionOf(stat);
    expect({ session, terminal, rest }).toEqual({ session: pid, terminal: 0, rest: [''] });
  });
});

describeNeeding(['kernel'], 'the screen’s account of a started program', () => {
  test('it is stopped only before it is let run', async () => {
    const told: LiveNews[] = [];
    const desk = {
      tell: (news: LiveNews) => void told.push(news),
      later: () => undefined,
      drawSoon: () => undefined,
      notice: () => undefined,
      fail: (error: unknown) => {
        throw error;
      },
    };
    const work = new LiveWork(hello, desk, () => null);
    const scope = { kind: 'run', args: ['1'] } as const;
    work.do({ kind: 'begin', request: { title: '', specs: functions, scope } });
    await expect.poll(() => told.some(({ kind }) => kind === 'finished'), soon).toBe(true);
    await work.close();
    const states = told.flatMap((news) => (news.kind === 'clock' ? [news.target.kind] : []));
    expect(states.length).toBeGreaterThan(0);
    expect(states).not.toContain('stopped');
  });
});
