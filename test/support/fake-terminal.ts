import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'vitest';
import { runScreen } from '../../src/tui/start.ts';
import { fixture } from './fixtures.ts';

/** A terminal in this process, which remembers what it was told: for what can't be provoked in a real one. */
export class FakeTerminal {
  readonly input = Object.assign(new PassThrough(), {
    isTTY: true,
    raw: [] as boolean[],
    setRawMode(raw: boolean) {
      this.raw.push(raw);
      return this;
    },
  });
  readonly output = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true, columns: 80, rows: 24 });
  written = '';

  constructor() {
    this.output.on('data', (text: string) => {
      this.written += text;
    });
  }

  /** The screen on the fixture hello, with nothing of the environment but what is given. */
  run(
    signal = new AbortController().signal,
    env: NodeJS.ProcessEnv = { RSYM_THEME: 'dark' },
  ): ReturnType<typeof runScreen> {
    return runScreen(fixture('hello/debug-v0'), {
      input: this.input as unknown as NodeJS.ReadStream,
      output: this.output as unknown as NodeJS.WriteStream,
      env,
      signal,
    });
  }

  /** Waits for something to be written; a bounded number of turns. */
  async shows(what: string): Promise<void> {
    for (let i = 0; i < 300_000; i++) {
      if (this.written.includes(what)) return;
      await turn();
    }
    throw new Error(`never shown: ${what}\n${JSON.stringify(this.written.slice(-2000))}`);
  }

  expectRestored(): void {
    expect(this.input.raw.at(0)).toBe(true);
    expect(this.input.raw.at(-1)).toBe(false);
    const left = this.written.slice(this.written.lastIndexOf('\x1b[?1049h'));
    for (const code of ['?1049l', '?25h', '?7h', '?2004l', '?1004l', '?1000l', '?1006l']) expect(left).toContain(code);
    // Nothing is drawn on the shell's screen.
    expect(left.slice(left.indexOf('\x1b[?1049l')).trim()).toBe('\x1b[?1049l');
  }
}
