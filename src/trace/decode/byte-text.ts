import { debugString } from '../debug-text.ts';

/**
 * `Debug` of bytes that are text for the most part: runs of UTF-8 as `debugString` has them, every other byte as an
 * escape.
 */
const mixed = (bytes: Uint8Array, run: (text: string) => string, byte: (value: number) => string): string => {
  const parts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      parts.push(byte(bytes[at] ?? 0));
      at++;
      continue;
    }
    let end = at + length;
    for (let next = length; next > 0 && end < bytes.length; end += next) next = sequenceLength(bytes, end);
    parts.push(run(Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString('utf8')));
    at = end;
  }
  return `"${parts.join('')}"`;
};

/**
 * Bytes of the valid UTF-8 sequence at `at`, 0 if there is none. The second byte's range depends on the first
 * (Unicode, table 3-7): it excludes overlong forms, surrogates and code points above U+10FFFF.
 */
const sequenceLength = (bytes: Uint8Array, at: number): number => {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  const second = bytes[at + 1] ?? 0;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) if ((bytes[at + i] ?? 0) >> 6 !== 0b10) return 0;
  return length;
};

const inner = (quoted: string): string => quoted.slice(1, -1);
const twoDigits = (value: number): string => value.toString(16).padStart(2, '0');

/** OsStr and Path. */
export const debugOsString = (bytes: Uint8Array): string =>
  mixed(
    bytes,
    (text) => inner(debugString(text)),
    (byte) => `\\x${twoDigits(byte).toUpperCase()}`,
  );

const shortC: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\t': '\\t',
  '\r': '\\r',
  '\n': '\\n',
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
};
const cChar = (char: string): string => {
  const code = char.charCodeAt(0);
  if (code > 0x7f) return inner(debugString(char));
  return shortC[char] ?? (code < 0x20 || code === 0x7f ? `\\x${twoDigits(code)}` : char);
};

/** CStr: ASCII as in a byte string literal, with both quotes escaped. */
export const debugCString = (bytes: Uint8Array): string =>
  mixed(
    bytes,
    (text) => Array.from(text, cChar).join(''),
    (byte) => `\\x${twoDigits(byte)}`,
  );
