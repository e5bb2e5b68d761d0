import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Browser } from '../../src/query/browse.ts';
import * as updates from '../../src/tui/update.ts';
import { FakeTerminal } from '../support/fake-terminal.ts';
import { testWith } from '../support/need.ts';

vi.mock(import('../../src/tui/update.ts'), async (original) => {
  const { update } = await original();
  return { update: vi.fn(update) };
});
afterEach(() => {
  vi.restoreAllMocks();
});

const provoked = new Error('provoked');
const provoke = (): never => {
  throw provoked;
};

describe('a defect is what runScreen rejects with, and the terminal is restored', () => {
  test('while a key changes the state', async () => {
    const fake = new FakeTerminal();
    const ended = fake.run();
    await fake.shows('functions');
    vi.mocked(updates.update).mockImplementationOnce(provoke);
    fake.input.write('x');
    await expect(ended).rejects.toBe(provoked);
    fake.expectRestored();
  });

  test('while a frame is drawn', async () => {
    const fake = new FakeTerminal();
    const ended = fake.run();
    await fake.shows('functions');
    vi.spyOn(Browser.prototype, 'entry').mockImplementation(provoke);
    fake.input.write('\x1b[B');
    await expect(ended).rejects.toBe(provoked);
    fake.expectRestored();
  });

  test('in work behind the screen', async () => {
    const fake = new FakeTerminal();
    vi.spyOn(Browser.prototype, 'function').mockImplementation(provoke);
    const ended = fake.run();
    await fake.shows('functions');
    fake.input.write('\r');
    await expect(ended).rejects.toBe(provoked);
    fake.expectRestored();
  });

  test('before the first frame', async () => {
    const fake = new FakeTerminal();
    vi.spyOn(Browser.prototype, 'entry').mockImplementation(provoke);
    await expect(fake.run()).rejects.toBe(provoked);
    fake.expectRestored();
  });

  test('while names are read', async () => {
    const fake = new FakeTerminal();
    vi.spyOn(Browser.prototype, 'search').mockImplementation(provoke);
    await expect(fake.run()).rejects.toBe(provoked);
    fake.expectRestored();
  });
});

test('a terminal that hangs up ends the screen as an interruption', async () => {
  const fake = new FakeTerminal();
  const ended = fake.run();
  await fake.shows('functions');
  fake.input.end();
  expect(await ended).toEqual({ interrupted: true, running: [] });
  fake.expectRestored();
});

test('what was typed before the first frame is not lost', async () => {
  const fake = new FakeTerminal();
  fake.input.write('hello');
  const ended = fake.run();
  await fake.shows('search: ');
  await fake.shows('hello');
  fake.input.write('\x03');
  expect(await ended).toMatchObject({ interrupted: true });
});

testWith('linux')('being told to stop, at any moment', async () => {
  for (const turns of [0, 1, 3, 30]) {
    const fake = new FakeTerminal();
    const stop = new AbortController();
    const ended = fake.run(stop.signal);
    for (let i = 0; i < turns; i++) await turn();
    stop.abort();
    expect(await ended).toEqual({ interrupted: true, running: [] });
    if (fake.input.raw.length > 0) fake.expectRestored();
  }
});
