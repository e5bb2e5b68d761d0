import type { Literal, Width } from './token.ts';

/** Either a literal, or what is wrong with what was written, and how it could be written instead. */
export type Read =
  | { readonly literal: Literal; readonly wrong?: undefined }
  | { readonly wrong: string; readonly why?: string; readonly hint?: string };

/** Rust's names of integers; usize is of 64 bits, as on every machine that is traced. */
export const widths: ReadonlyMap<string, Width> = new Map(
  ([1, 2, 4, 8, 16] as const).flatMap((size): [string, Width][] => [
    [`u${size * 8}`, { size, signed: false }],
    [`i${size * 8}`, { size, signed: true }],
  ]),
)
  .set('usize', { size: 8, signed: false })
  .set('isize', { size: 8, signed: true });

export const nameOfWidth = ({ size, signed }: Width): string => `${signed ? 'i' : 'u'}${size * 8}`;

export const leastOf = ({ size, signed }: Width): bigint => (signed ? -(1n << BigInt(size * 8 - 1)) : 0n);
export const mostOf = ({ size, signed }: Width): bigint => (1n << BigInt(size * 8 - (signed ? 1 : 0))) - 1n;

/** Nanoseconds of each unit. `µ` has two code points. */
const units: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
]);

/** More digits than any number has that can be compared with a value of a program. */
const mostDigits = 400;

const radixes: Readonly<Record<string, { radix: number; digits: RegExp }>> = {
  '0x': { radix: 16, digits: /^[0-9a-fA-F_]*/ },
  '0o': { radix: 8, digits: /^[0-9_]*/ },
  '0b': { radix: 2, digits: /^[0-9_]*/ },
};

/** Reads a number as it is written, with its suffix or its unit: `0xff_u8`, `1_000`, `1.5e3`, `2.5ms`. */
export const readNumber = (text: string): Read => {
  if (text.length > mostDigits) return { wrong: 'the number is too long' };
  const prefixed = radixes[text.slice(0, 2)];
  if (prefixed !== undefined) {
    const digits = prefixed.digits.exec(text.slice(2))?.[0] ?? '';
    return prefixedInteger(text, prefixed.radix, digits, text.slice(2 + digits.length));
  }
  const [, whole = '', fraction, exponent, suffix = ''] =
    /^(\d[\d_]*)(?:\.(\d[\d_]*)?)?([eE][+-]?_*\d[\d_]*)?(.*)$/su.exec(text) ?? [];
  const hasPoint = text[whole.length] === '.';
  const unit = units.get(suffix);
  if (unit !== undefined && exponent === undefined) return duration(plain(whole), plain(fraction ?? ''), unit);
  if (hasPoint || exponent !== undefined || suffix === 'f32' || suffix === 'f64')
    return float(`${plain(whole)}.${plain(fraction ?? '') || '0'}${plain(exponent ?? '')}`, suffix);
  return integer(BigInt(plain(whole)), suffix);
};

const plain = (digits: string): string => digits.replaceAll('_', '');

const prefixedInteger = (text: string, radix: number, digits: string, suffix: string): Read => {
  const own = plain(digits);
  if (own === '') return { wrong: `there are no digits behind \`${text.slice(0, 2)}\`` };
  const bad = [...own].find((digit) => Number.parseInt(digit, 16) >= radix);
  if (bad !== undefined) return { wrong: `${bad} isn't a digit of a number that begins with \`${text.slice(0, 2)}\`` };
  return integer(BigInt(`${text.slice(0, 2)}${own}`), suffix);
};

const integer = (value: bigint, suffix: string): Read => {
  if (suffix === '') return { literal: { kind: 'integer', value, width: null } };
  const width = widths.get(suffix);
  if (width === undefined) return unknownSuffix(suffix);
  // The least of a signed type is written with a minus before its literal: that much room is for it.
  if (value > mostOf(width) + (width.signed ? 1n : 0n))
    return { wrong: `the number doesn't fit in ${suffix}`, why: `${suffix} ends at ${mostOf(width)}` };
  return { literal: { kind: 'integer', value, width } };
};

const float = (text: string, suffix: string): Read => {
  if (suffix !== '' && suffix !== 'f32' && suffix !== 'f64') return unknownSuffix(suffix);
  const size = suffix === 'f32' ? 4 : suffix === 'f64' ? 8 : null;
  const value = size === 4 ? Math.fround(Number(text)) : Number(text);
  return Number.isFinite(value)
    ? { literal: { kind: 'float', value, size } }
    : { wrong: `the number doesn't fit in ${suffix || 'f64'}` };
};

const duration = (whole: string, fraction: string, unit: bigint): Read => {
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * unit;
  if (scaled % scale !== 0n)
    return { wrong: 'a part of the duration is finer than a nanosecond', why: 'durations are whole nanoseconds' };
  return { literal: { kind: 'duration', nanoseconds: scaled / scale } };
};

const unknownSuffix = (suffix: string): Read => ({
  wrong: `\`${suffix}\` isn't a suffix of numbers`,
  why: 'there are u8 to u128, i8 to i128, usize, isize, f32, f64, and the units of time ns, us, ms, s, m',
});
