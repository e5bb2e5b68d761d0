import { decimalAbove } from '../debug-text.ts';

/** 16-bit floats: a sign, 5 bits of exponent, 10 of fraction. */
const magnitudeOf = (bits: number): number => {
  const exponent = bits >> 10;
  const fraction = bits & 0x3ff;
  return exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
};

/** The number with the fewest digits that rounds to the float of these bits. */
export const shortestF16 = (bits: number): number => {
  const magnitude = bits & 0x7fff;
  if (magnitude > 0x7c00) return Number.NaN;
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  if (magnitude === 0x7c00) return sign * Number.POSITIVE_INFINITY;
  if (magnitude === 0) return sign * 0;
  const value = magnitudeOf(magnitude);
  const below = (magnitudeOf(magnitude - 1) + value) / 2;
  const above = (magnitudeOf(magnitude + 1) + value) / 2;
  // A number right between two floats rounds to the one whose last bit is 0.
  const isEven = (magnitude & 1) === 0;
  const isNear = (other: number): boolean =>
    (other > below && other < above) || (isEven && (other === below || other === above));
  for (let digits = 1; digits < 6; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (isNear(shorter)) return sign * shorter;
    const next = decimalAbove(value, digits);
    if (isNear(next)) return sign * next;
  }
  return sign * value;
};
