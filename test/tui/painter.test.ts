import xterm from '@xterm/headless';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Painter } from '../../src/tui/terminal/painter.ts';

const size = { columns: 20, rows: 5 };

const screenOf = async (...writes: readonly string[]): Promise<string> => {
  const terminal = new xterm.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true });
  // As the screen is used: without wrapping.
  await new Promise<void>((done) => terminal.write(`\x1b[?7l${writes.join('')}`, done));
  const lines = Array.from({ length: size.rows }, (_, y) => terminal.buffer.active.getLine(y)?.translateToString(true));
  terminal.dispose();
  return lines.join('\n').trimEnd();
};

test('what is on the screen is the newest frame', async () => {
  const line = fc.stringMatching(/^[a-zé日 ]{0,10}$/).map((text) => text.trimEnd());
  const frame = fc.array(line, { minLength: 1, maxLength: size.rows }).map((lines) => lines.join('\n'));
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 5 }), async (frames) => {
      const painter = new Painter();
      const shown = await screenOf(...frames.map((one) => painter.paint(one, size)));
      expect(shown).toBe(frames.at(-1)?.trimEnd());
    }),
    { numRuns: 50 },
  );
});

test('a full row keeps its last character, and a row too many moves nothing', async () => {
  const full = 'x'.repeat(size.columns);
  const frame = [full, full, full, full, full, 'too many'].join('\n');
  expect(await screenOf(new Painter().paint(frame, size))).toBe([full, full, full, full, full].join('\n'));
});

test('only what changed is written', () => {
  const painter = new Painter();
  painter.paint('one\ntwo\nthree', size);
  expect(painter.paint('one\ntwo\nthree', size)).toBe('');
  const change = painter.paint('one\n2\nthree', size);
  expect(change).toContain('2');
  expect(change).not.toMatch(/one|three/);
  painter.forget();
  expect(painter.paint('one\n2\nthree', size)).toMatch(/one.*three/s);
});

test('the scrollback is never cleared', () => {
  const painter = new Painter();
  expect(painter.paint('a', size) + painter.paint('b', { columns: 5, rows: 2 })).not.toContain('\x1b[3J');
});
