/**
 * Rust's `Debug` form of text and numbers. Characters that leave no mark on a screen though Rust prints them (the
 * Hangul fillers, for one) are escaped as well: what comes out is safe on a terminal.
 */

/** What Rust escapes in a `Debug` string: what isn't printable, and what would join the character before it. */
const escaped = /[\p{C}\p{Z}\p{Grapheme_Extend}\p{Default_Ignorable_Code_Point}]/u;
const short: Readonly<Record<string, string>> = { '\0': '\\0', '\t': '\\t', '\r': '\\r', '\n': '\\n', '\\': '\\\\' };

const escapeChar = (char: string, quote: string): string =>
  short[char] ??
  (char === quote
    ? `\\${char}`
    : char !== ' ' && escaped.test(char)
      ? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`
      : char);

/** ASCII of which nothing is escaped: most text. */
const plain = /^[ !#-&(-[\]-~]*$/;

const quoted = (text: string, quote: string): string =>
  plain.test(text)
    ? quote + text + quote
    : `${quote}${Array.from(text, (char) => escapeChar(char, quote)).join('')}${quote}`;

export const debugString = (text: string): string => quoted(text, '"');
export const debugChar = (char: string): string => quoted(char, "'");

/** Bytes that aren't text, as a byte string literal. */
export const debugBytes = (bytes: Uint8Array): string => {
  const parts = Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte);
    if (char !== '\0' && short[char] !== undefined) return short[char];
    if (char === '"') return '\\"';
    return byte >= 0x20 && byte < 0x7f ? char : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return `b"${parts.join('')}"`;
};

/** The decimal number of so many digits that is next above `value`, which is above 0 and isn't one itself. */
export const decimalAbove = (value: number, digits: number): number => {
  const [fraction = '', exponent = ''] = value.toExponential(digits - 1).split('e');
  const near = Number(`${fraction}e${exponent}`);
  return near > value ? near : Number(`${Number(fraction.replace('.', '')) + 1}e${Number(exponent) - digits + 1}`);
};

const single = new DataView(new ArrayBuffer(4));
const isPowerOfTwo = (value: number): boolean => {
  single.setFloat32(0, value);
  return (single.getUint32(0) & 0x7f_ffff) === 0;
};

/** The number with the fewest digits that a 32-bit float rounds to `value`. */
export const shortestF32 = (value: number): number => {
  // The digits of a zero have no sign.
  if (value === 0) return value;
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
    // The next float is twice as far above a power of two as below: a number above may do though it isn't the nearest.
    if (!isPowerOfTwo(value)) continue;
    const above = Math.sign(value) * decimalAbove(Math.abs(value), digits);
    if (Math.fround(above) === value) return above;
  }
  return Number(value.toPrecision(9));
};

/** JavaScript's digits, which are the fewest; where two such numbers are equally near, Rust prints the larger one. */
const shortestDigits = (value: number, text: string): string => {
  // Fewer digits than 15 are never in between.
  if (text.length < 16) return text;
  const digits = (text.split('e')[0] ?? '').replace(/^-?[0.]*|\./g, '').length;
  if (digits < 15 || digits > 17) return text;
  const larger = value.toPrecision(digits);
  return Number(larger) === value ? larger : text;
};

const exponential = (value: number): string => {
  const text = value.toExponential();
  const [fraction = ''] = text.split('e');
  const digits = fraction.replace(/[-.]/g, '').length;
  const larger = digits < 15 ? text : value.toExponential(digits - 1);
  return (Number(larger) === value ? larger : text).replace('e+', 'e');
};

/** A float as `Debug` prints it: always a point or an exponent; exponents from 1e16 on and below 1e-4. */
export const debugFloat = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) return exponential(value);
  const text = shortestDigits(value, String(value));
  return /[.e]/.test(text) ? text : `${text}.0`;
};
