import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBytes, sanitize, sanitizeBytes } from '../../src/base/text.ts';

describe('sanitize', () => {
  const cases: [string, string][] = [
    ['plain <T as U>::f', 'plain <T as U>::f'],
    ['größe 名前 🦀', 'größe 名前 🦀'],
    ['\x1b[2Jx', '\\x1b[2Jx'],
    ['a\nb\tc\rd', 'a\\x0ab\\x09c\\x0dd'],
    ['\x7f\x80\x9b31m\0', '\\x7f\\x80\\x9b31m\\x00'],
    ['a\u202eb\u2066c\u200f', 'a\\u{202e}b\\u{2066}c\\u{200f}'],
    ['a\u2028b\u2029', 'a\\u{2028}b\\u{2029}'],
    ['a\u200bb\u200dc\ufeff\u00ad', 'a\\u{200b}b\\u{200d}c\\u{feff}\\xad'],
    ['\u3164\u115f', '\\u{3164}\\u{115f}'],
    ['\u{e0041}', '\\u{e0041}'],
    ['a\ud800b\udc00', 'a\\u{d800}b\\u{dc00}'],
    ['back\\slash', 'back\\slash'],
  ];
  test.each(cases)('%j', (given, shown) => expect(sanitize(given)).toBe(shown));

  test('no result holds a control, format, separator or surrogate character, and doing it twice changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const safe = sanitize(text);
        expect(safe).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(sanitize(safe)).toBe(safe);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('decodeBytes', () => {
  const cases: [string, number[], string][] = [
    ['a lone continuation', [0x61, 0x80, 0x62], 'a\\x80b'],
    ['an overlong form', [0xc0, 0xaf], '\\xc0\\xaf'],
    ['a surrogate', [0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
    ['above U+10FFFF', [0xf4, 0x90, 0x80, 0x80], '\\xf4\\x90\\x80\\x80'],
    ['a cut sequence', [0xe2, 0x82], '\\xe2\\x82'],
    ['a cut sequence before text', [0xf0, 0x9f, 0xa6, 0x41], '\\xf0\\x9f\\xa6A'],
    ['valid around invalid', [0xc3, 0xa9, 0xff, 0xf0, 0x9f, 0xa6, 0x80], 'é\\xff🦀'],
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
  ];
  test.each(cases)('%s', (_what, bytes, text) => expect(decodeBytes(Uint8Array.from(bytes))).toBe(text));

  test('valid UTF-8 is unchanged; other bytes are each kept, in order, as \\xNN', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeBytes(new TextEncoder().encode(text))).toBe(text);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        fc.pre(!bytes.includes(0x5c));
        const text = decodeBytes(bytes);
        const back = text
          .split(/(\\x[0-9a-f]{2})/)
          .map((part, i) => (i % 2 === 1 ? Buffer.from(part.slice(2), 'hex') : Buffer.from(part, 'utf8')));
        expect(Buffer.concat(back)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  test('a megabyte of invalid bytes is decoded, and sanitised', () => {
    expect(decodeBytes(new Uint8Array(1 << 20).fill(0xff))).toHaveLength(4 << 20);
    expect(sanitizeBytes(Uint8Array.from([0x1b, 0xff, 0xe2, 0x80, 0xae]))).toBe('\\x1b\\xff\\u{202e}');
  });
});
