import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/report/terminal-width.ts';
import { OutputLog } from '../../src/tui/live/output-log.ts';

const linesOf = (...chunks: readonly (string | Uint8Array)[]): string[] => {
  const log = new OutputLog();
  for (const chunk of chunks) log.add('stdout', typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return log.view.lines.map(({ text }) => text);
};

describe('the output of a program', () => {
  test('lines, and one that has not ended', () => {
    expect(linesOf('one\ntw', 'o\nthr')).toEqual(['one', 'two', 'thr']);
    expect(linesOf('\n\n')).toEqual(['', '']);
    expect(linesOf('one\r\ntwo\r', '\n')).toEqual(['one', 'two']);
  });

  test('a carriage return begins the line anew', () => {
    expect(linesOf('10%\r20%\r30%')).toEqual(['30%']);
    expect(linesOf('10%\r', '20%\r', '30%\r', '\ndone\n')).toEqual(['30%', 'done']);
    const log = new OutputLog();
    for (let i = 0; i < 10_000; i++) log.add('stdout', Buffer.from(`${i} of 10000\r`));
    expect(log.view.lines).toEqual([{ from: 'stdout', text: '9999 of 10000' }]);
  });

  test('two streams, each with its own line', () => {
    const log = new OutputLog();
    log.add('stdout', Buffer.from('out '));
    log.add('stderr', Buffer.from('err\n'));
    log.add('stdout', Buffer.from('put\n'));
    expect(log.view.lines).toEqual([
      { from: 'stderr', text: 'err' },
      { from: 'stdout', text: 'out put' },
    ]);
  });

  test('a character that is cut between two chunks is whole', () => {
    const bytes = Buffer.from('日本語\n');
    for (let at = 1; at < bytes.length; at++)
      expect(linesOf(bytes.subarray(0, at), bytes.subarray(at))).toEqual(['日本語']);
    expect(linesOf(Uint8Array.of(0x61, 0xff, 0x0a))).toEqual(['a\\xff']);
  });

  test('colours are left out, other sequences are shown as they are, tabs go to their stops', () => {
    expect(linesOf('\x1b[31mred\x1b[0m \x1b]0;title\x07x\n')).toEqual(['red x']);
    expect(linesOf('\x1bc\x07\u202e\n')).toEqual(['\\x1bc\\x07\\u{202e}']);
    expect(linesOf('a\tb\n')).toEqual(['a       b']);
  });

  test('nothing fills the memory: many lines, or one that never ends', () => {
    const log = new OutputLog();
    for (let i = 0; i < 100; i++) log.add('stdout', Buffer.from('line\n'.repeat(1000)));
    expect(log.view.lines.length).toBe(2_000);
    expect(log.view.forgotten).toBe(98_000);
    const long = linesOf(...Array<string>(100).fill('x'.repeat(1000)));
    expect(long).toEqual([`${'x'.repeat(2_048)}… (${100_000 - 2_048} bytes more)`]);
  });

  test('nothing that could harm a terminal, whatever is written and however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        for (const line of linesOf(...chunks)) {
          expect(/[\0-\x1f\x7f-\x9f]/.test(line)).toBe(false);
          expect(displayWidth(line)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
