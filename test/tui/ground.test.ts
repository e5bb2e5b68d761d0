import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { exactColours, hasManyColours, makeTheme } from '../../src/tui/parts/theme.ts';
import { askBackground, groundIn, groundOf } from '../../src/tui/terminal/ground.ts';
import { mouseIn } from '../../src/tui/terminal/mouse.ts';
import { program } from '../support/cli.ts';
import { FakeTerminal } from '../support/fake-terminal.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { inShell } from '../support/shell-terminal.ts';
import { Terminal } from '../support/terminal.ts';

test.each([
  [{}, 'unknown'],
  [{ COLORFGBG: '15;0' }, 'dark'],
  [{ COLORFGBG: '0;15' }, 'light'],
  [{ COLORFGBG: '0;default;7' }, 'light'],
  [{ COLORFGBG: '7;8' }, 'dark'],
  [{ COLORFGBG: '12;default' }, 'unknown'],
  [{ COLORFGBG: 'x;y' }, 'unknown'],
  [{ COLORFGBG: '0;15', RSYM_THEME: 'dark' }, 'dark'],
  [{ RSYM_THEME: 'light' }, 'light'],
  [{ RSYM_THEME: 'none' }, 'none'],
  [{ RSYM_THEME: '' }, 'unknown'],
])('%o', (env, ground) => expect(groundIn(env)).toBe(ground));

test('a theme that does not exist is wrong use', () => {
  expect(() => groundIn({ RSYM_THEME: 'solarized' })).toThrow(/RSYM_THEME is 'solarized'/);
});

test('a mouse that is neither on nor off is wrong use', () => {
  expect(mouseIn({})).toBe(true);
  expect(mouseIn({ RSYM_MOUSE: 'off' })).toBe(false);
  expect(() => mouseIn({ RSYM_MOUSE: 'bogus' })).toThrow(/RSYM_MOUSE is 'bogus'/);
});

test('the background that a terminal tells', () => {
  expect(groundOf('11;rgb:fdfd/f6f6/e3e3')).toBe('light');
  expect(groundOf('11;rgb:0000/2b2b/3636')).toBe('dark');
  expect(groundOf('10;rgb:ffff/ffff/ffff')).toBeUndefined();
  expect(groundOf('11;?')).toBeUndefined();
});

describe('colours', () => {
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };

  test.each(['dark', 'light'] as const)('can be read on %s', (ground) => {
    for (const colour of Object.values(exactColours[ground])) {
      const [high = 1, low = 0] = [luminance(colour), ground === 'dark' ? luminance('#202020') : 1].sort(
        (a, b) => b - a,
      );
      expect((high + 0.05) / (low + 0.05), colour).toBeGreaterThanOrEqual(4.5);
    }
  });

  test('exact ones only where the ground is known and the terminal has them', () => {
    const exact = /\x1b\[38;2;/;
    expect(makeTheme(true, 'dark', true).faint('a')).toMatch(exact);
    expect(makeTheme(true, 'unknown', true).faint('a')).toBe('\x1b[90ma\x1b[39m');
    expect(makeTheme(true, 'light').warning('a')).toBe('\x1b[31ma\x1b[39m');
    expect(makeTheme(false, 'light', true).warning('a')).toBe('a');
    expect([{ COLORTERM: 'truecolor' }, { COLORTERM: '24bit' }, { COLORTERM: '1' }, {}].map(hasManyColours)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('a terminal is asked for its background', () => {
  const env = { COLORTERM: 'truecolor', LC_ALL: 'C.UTF-8' };
  const start = (answer: string, environment: NodeJS.ProcessEnv = env) => {
    const fake = new FakeTerminal();
    fake.output.on('data', (text: string) => {
      if (answer !== '' && text.includes(askBackground)) fake.input.write(answer);
    });
    return { fake, ended: fake.run(undefined, environment) };
  };
  const codeOf = (colour: string): string =>
    `38;2;${[1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)).join(';')}m`;
  const [light, dark] = [codeOf(exactColours.light.faint), codeOf(exactColours.dark.faint)];

  test('its answer decides, in the first frame; and again when its window gets the focus', async () => {
    const { fake, ended } = start('\x1b]11;rgb:ffff/ffff/ffff\x07\x1b[?62;4c');
    await fake.shows('functions');
    expect(fake.written).toContain(light);
    expect(fake.written).not.toContain('\x1b[90m');
    const asked = (): number => fake.written.split(askBackground).length - 1;
    expect(asked()).toBe(1);
    fake.input.write('\x1b[I');
    for (let i = 0; i < 1000 && asked() < 2; i++) await turn();
    expect(asked()).toBe(2);
    fake.input.write('\x1b]11;rgb:0000/0000/0000\x07\x1b[?62;4c');
    await fake.shows(dark);
    fake.input.write('\x03');
    await ended;
    fake.expectRestored();
  });

  test('one that does not know the question answers the next, and shows the 16 colours', async () => {
    const { fake, ended } = start('\x1b[?1;2c');
    await fake.shows('functions');
    expect(fake.written).toContain('\x1b[90m');
    fake.input.write('\x03');
    await ended;
  });

  test('one that never answers is waited for, but not long; what comes late still counts', async () => {
    const { fake, ended } = start('');
    await fake.shows('functions');
    expect(fake.written).not.toContain(light);
    fake.input.write('\x1b]11;rgb:ffff/ffff/ffff\x1b\\');
    await fake.shows(light);
    fake.input.write('\x03');
    await ended;
  });

  test.each([{ RSYM_THEME: 'light' }, { COLORFGBG: '0;15' }, { NO_COLOR: '1' }])(
    '%o: there is no need',
    async (said) => {
      const { fake, ended } = start('', { ...env, ...said });
      await fake.shows('functions');
      expect(fake.written).not.toContain(askBackground);
      fake.input.write('\x03');
      await ended;
    },
  );
});

describeNeeding(['tmux', 'linux'], 'in a terminal', () => {
  const styled = async (env: Readonly<Record<string, string>>): Promise<string> => {
    await using terminal = new Terminal([process.execPath, program, fixture('hello/debug-v0')], { env });
    await terminal.waitFor(/\d+ functions/);
    return terminal.styledScreen();
  };

  test('none, 16 colours, and exact ones', async () => {
    expect(await styled({ RSYM_THEME: 'none' })).not.toMatch(/\x1b\[[0-9;]*(?:3[0-8]|9[0-7])/);
    const few = await styled({ RSYM_THEME: 'light', COLORTERM: '' });
    expect(few).toMatch(/\x1b\[(?:\d+;)*34m/);
    expect(few).not.toMatch(/38[;:]/);
    // tmux shows them by the nearest of its 256 colours, or as they are.
    expect(await styled({ RSYM_THEME: 'light', COLORTERM: 'truecolor' })).toMatch(/\x1b\[[0-9;:]*38[;:]/);
  });

  test('a theme that does not exist is told before the screen opens', async () => {
    await using terminal = inShell([fixture('hello/debug-v0')], { RSYM_THEME: 'pink' });
    const { text } = await terminal.waitFor(/status \d/);
    expect(text).toContain("rsym: RSYM_THEME is 'pink'");
    expect(text).toContain('status 2');
  });
});
