import { describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import { renderError } from '../../src/report/error.ts';
import { makePalette, wantsColour } from '../../src/report/terminal-colour.ts';
import { displayWidth, padEnd, padStart, truncateMiddle } from '../../src/report/terminal-width.ts';

describe('colour', () => {
  test('asked of the environment, then of the terminal', () => {
    expect(wantsColour({}, true)).toBe(true);
    expect(wantsColour({}, false)).toBe(false);
    expect(wantsColour({ TERM: 'dumb' }, true)).toBe(false);
    expect(wantsColour({ NO_COLOR: '1' }, true)).toBe(false);
    expect(wantsColour({ NO_COLOR: '' }, true)).toBe(true);
    expect(wantsColour({ FORCE_COLOR: '' }, false)).toBe(true);
    expect(wantsColour({ FORCE_COLOR: 'false' }, true)).toBe(false);
  });

  test('a palette without colour changes nothing', () => {
    for (const paint of Object.values(makePalette(false))) expect(paint('x')).toBe('x');
    for (const paint of Object.values(makePalette(true))) expect(paint('x')).not.toBe('x');
  });
});

describe('width', () => {
  test('wide characters take two columns, combining marks none', () => {
    expect(displayWidth('名前')).toBe(4);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(padEnd('名', 4)).toBe('名  ');
    expect(padStart('名', 4)).toBe('  名');
    expect(padEnd('long', 2)).toBe('long');
  });

  test('a cut text keeps both ends and fits', () => {
    expect(truncateMiddle('abcdefghij', 10)).toBe('abcdefghij');
    expect(truncateMiddle('abcdefghij', 5)).toBe('ab…ij');
    expect(truncateMiddle('abcdefghij', 1)).toBe('…');
    expect(truncateMiddle('abcdefghij', 0)).toBe('');
    for (let columns = 0; columns < 12; columns++)
      expect(displayWidth(truncateMiddle('名前名前名前', columns))).toBeLessThanOrEqual(columns);
  });
});

describe('errors', () => {
  const plain = (error: unknown, debug = false): string => renderError(error, { palette: makePalette(false), debug });

  test('what, why, what next; each on its line, and safe', () => {
    const error = new RsymError('input', 'cannot read a\x1b[2Jb\nc', {
      reason: 'first\nsecond',
      hints: ['one', 'two'],
    });
    expect(plain(error)).toBe('rsym: cannot read a\\x1b[2Jb\\x0ac\n  first\n  second\n  try: one\n  try: two\n');
  });

  test('anything else is a defect: one line and the way to see more', () => {
    for (const thrown of [new TypeError('boom'), 'boom', new RsymError('internal', 'boom')])
      expect(plain(thrown)).toMatch(/^rsym: internal error: boom\n {2}this is a defect of rsym; RSYM_DEBUG=1 .*\n$/);
  });

  test('the stack and the causes only when asked for', () => {
    const error = new RsymError('input', 'outer', { cause: new Error('inner') });
    expect(plain(error)).not.toContain('.ts:');
    expect(plain(error, true)).toMatch(/raised\n {4}at .*terminal\.test\.ts/);
    expect(plain(error, true)).toContain('caused by: inner');
  });
});
