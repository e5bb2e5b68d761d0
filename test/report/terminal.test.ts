import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import { renderError } from '../../src/report/error.ts';
import { makePalette, wantsColour } from '../../src/report/terminal-colour.ts';
import { displayWidth, padEnd, padStart, truncateEnd, truncateMiddle } from '../../src/report/terminal-width.ts';

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
    const { isPlain, ...plain } = makePalette(false);
    const { isPlain: isColourPlain, ...coloured } = makePalette(true);
    expect([isPlain, isColourPlain]).toEqual([true, false]);
    for (const paint of Object.values(plain)) expect(paint('x')).toBe('x');
    for (const paint of Object.values(coloured)) expect(paint('x')).not.toBe('x');
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

  test('a long text is as wide as its graphemes, whatever they are', () => {
    const parts = [
      'a',
      'é',
      '名',
      'e\u0301',
      '\u0301',
      '👩‍👩‍👧',
      '🇩🇪',
      '🇩',
      '👍🏽',
      '각',
      '\u1100',
      '\u1161',
      'ｶﾞ',
      'क्षि',
      '\u200d',
    ];
    const odd = [...parts, '\u{e0100}', '\ud83d', '\udc4d', '\r', '\n', '\u0600', '#\ufe0f\u20e3', '\x1b[1m'];
    const text = fc.array(fc.constantFrom(...odd), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 30 }), fc.nat(4), (some, times, ahead) => {
        // Each way of cutting it comes up: what stands in front moves it.
        const long = 'x'.repeat(ahead) + some.join('').repeat(times);
        expect(displayWidth(long)).toBe(stringWidth(long));
      }),
      { numRuns: 400 },
    );
    for (const part of odd) {
      const long = `x${part.repeat(300)}`;
      expect(displayWidth(long), JSON.stringify(part)).toBe(stringWidth(long));
    }
  });

  test('the work for a text grows with its length: no piece that is segmented is longer than some graphemes', () => {
    const { segment } = Intl.Segmenter.prototype;
    const lengths: number[] = [];
    Intl.Segmenter.prototype.segment = function (text: string) {
      lengths.push(text.length);
      return segment.call(this, text);
    };
    try {
      expect(displayWidth('名'.repeat(20_000))).toBe(40_000);
      expect(displayWidth('aé'.repeat(10_000))).toBe(20_000);
    } finally {
      Intl.Segmenter.prototype.segment = segment;
    }
    expect(Math.max(...lengths)).toBeLessThan(1_000);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThan(4 * 40_000);
  });

  test('a cut text keeps both ends and fits', () => {
    expect(truncateMiddle('abcdefghij', 10)).toBe('abcdefghij');
    expect(truncateEnd('abc', 3)).toBe('abc');
    expect(truncateEnd('漢字かな', 5)).toBe('漢字');
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

  test('a log as the cause is shown line by line', () => {
    const error = new RsymError('unsupported', 'outer', { cause: new Error('program p\n0: (b7) r0 = 0\nbad \x1b') });
    expect(plain(error)).toBe('rsym: outer\n');
    expect(plain(error, true)).toContain('\n  caused by: program p\n0: (b7) r0 = 0\nbad \\x1b\n');
  });
});

test('characters whose width is known without looking it up have that width', () => {
  for (let code = 0x20; code <= 0x25ff; code++) {
    const char = String.fromCharCode(code);
    expect(displayWidth(char), code.toString(16)).toBe(stringWidth(char));
    // With a letter before and behind: nothing joins them.
    if (displayWidth(char) === 1 && code < 0x300) expect(displayWidth(`a${char}b`)).toBe(stringWidth(`a${char}b`));
  }
});
