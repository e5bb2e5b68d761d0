/**
 * Text that came from a file or another process and may reach a terminal. A symbol name can hold escape sequences that
 * move the cursor, bidirectional marks that reorder a line, or nothing visible at all: each such character is shown as
 * an escape instead of being sent.
 */

// Cc: C0, DEL, C1. Cf: bidirectional controls, zero-width characters, tags. Zl, Zp: line and paragraph separators.
// Cs: surrogates without their partner. Default_Ignorable: fillers and selectors that leave no mark on the screen.
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
const plain = /^[\x20-\x7e]*$/;

const escapeOf = (char: string): string => {
  const code = char.codePointAt(0) ?? 0;
  return code <= 0xff ? byteEscape(code) : `\\u{${code.toString(16)}}`;
};

const byteEscape = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`;

/** One line, safe on a terminal: control, format and invisible characters become `\x1b` or `\u{202e}`. */
export const sanitize = (text: string): string => (plain.test(text) ? text : text.replace(unsafe, escapeOf));

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 to text; each byte that is not part of a valid sequence becomes `\xNN`. Nothing else is changed. */
export const decodeBytes = (bytes: Uint8Array): string => {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeBroken(bytes);
  }
};

/** `decodeBytes`, then `sanitize`: for names whose encoding nobody promised. */
export const sanitizeBytes = (bytes: Uint8Array): string => sanitize(decodeBytes(bytes));

const decodeBroken = (bytes: Uint8Array): string => {
  const parts: string[] = [];
  let good = 0; // start of the run of valid sequences not yet decoded
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    if (at > good) parts.push(strict.decode(bytes.subarray(good, at)));
    parts.push(byteEscape(bytes[at] ?? 0));
    good = ++at;
  }
  if (at > good) parts.push(strict.decode(bytes.subarray(good, at)));
  return parts.join('');
};

/**
 * Bytes of the valid UTF-8 sequence at `at`, 0 if there is none. The second byte's range depends on the first
 * (Unicode, table 3-7): it excludes overlong forms, surrogates and code points above U+10FFFF.
 */
const sequenceLength = (bytes: Uint8Array, at: number): number => {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first <= 0xf4 ? 4 : 0;
  if (length === 0 || first < 0xc2) return 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  const second = bytes[at + 1] ?? 0;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) {
    const next = bytes[at + i] ?? 0;
    if (next < 0x80 || next > 0xbf) return 0;
  }
  return length;
};
