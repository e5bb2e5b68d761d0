import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Browser } from '../../src/query/browse.ts';
import { runScreen } from '../../src/tui/start.ts';
import * as updates from '../../src/tui/update.ts';
import { fixture } from '../support/fixtures.ts';
import { testWith } from '../support/need.ts';

vi.mock(import('../../src/tui/update.ts'), async (original) => {
  const { update } = await original();
  return { update: vi.fn(update) };
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A terminal that remembers what it was told. */
class Fake {
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

  run(signal = new AbortController().signal): ReturnType<typeof runScreen> {
    return runScreen(fixture('hello/debug-v0'), {
      input: this.input as unknown as NodeJS.ReadStream,
      output: this.output as unknown as NodeJS.WriteStream,
      env: { RSYM_THEME: 'dark' },
      signal,
    });
  }

  /** Waits for something on the screen; a bounded number of turns. */
  async shows(what: string): Promise<void> {
    for (let i = 0; i < 100_000; i++) {
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

const provoked = new Error('provoked');
const provoke = (): never => {
  throw provoked;
};

describe('a defect is what runScreen rejects with, and the terminal is restored', () => {
  test('while a key changes the state', async () => {
    const fake = new Fake();
    const ended = fake.run();
    await fake.shows('functions');
    vi.mocked(updates.update).mockImplementationOnce(provoke);
    fake.input.write('x');
    await expect(ended).rejects.toBe(provoked);
    fake.expectRestored();
  });

  test('while a frame is drawn', async () => {
    const fake = new Fake();
    const ended = fake.run();
    await fake.shows('functions');
    vi.spyOn(Browser.prototype, 'entry').mockImplementation(provoke);
    fake.input.write('\x1b[B');
    await expect(ended).rejects.toBe(provoked);
    fake.expectRestored();
  });

  test('in work behind the screen', async () => {
    const fake = new Fake();
    vi.spyOn(Browser.prototype, 'probe').mockImplementation(provoke);
    const ended = fake.run();
    await fake.shows('functions');
    fake.input.write('\r');
    await expect(ended).rejects.toBe(provoked);
    fake.expectRestored();
  });

  test('before the first frame', async () => {
    const fake = new Fake();
    vi.spyOn(Browser.prototype, 'entry').mockImplementation(provoke);
    await expect(fake.run()).rejects.toBe(provoked);
    fake.expectRestored();
  });

  test('while names are read', async () => {
    const fake = new Fake();
    vi.spyOn(Browser.prototype, 'search').mockImplementation(provoke);
    await expect(fake.run()).rejects.toBe(provoked);
    fake.expectRestored();
  });
});

test('a terminal that hangs up ends the screen as an interruption', async () => {
  const fake = new Fake();
  const ended = fake.run();
  await fake.shows('functions');
  fake.input.end();
  expect(await ended).toEqual({ interrupted: true, running: [] });
  fake.expectRestored();
});

test('what was typed before the first frame is not lost', async () => {
  const fake = new Fake();
  fake.input.write('hello');
  const ended = fake.run();
  await fake.shows('search: ');
  await fake.shows('hello');
  fake.input.write('\x03');
  expect(await ended).toMatchObject({ interrupted: true });
});

testWith('linux')('being told to stop, at any moment', async () => {
  for (const turns of [0, 1, 3, 30]) {
    const fake = new Fake();
    const stop = new AbortController();
    const ended = fake.run(stop.signal);
    for (let i = 0; i < turns; i++) await turn();
    stop.abort();
    expect(await ended).toEqual({ interrupted: true, running: [] });
    if (fake.input.raw.length > 0) fake.expectRestored();
  }
});
