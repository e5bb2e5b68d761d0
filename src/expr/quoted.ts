/** What a quoted literal says, as code points (of a byte string: bytes), or where and how it is wrong. */
export type Quoted =
  | { readonly points: readonly number[]; readonly end: number; readonly wrong?: undefined }
  | { readonly wrong: string; readonly at: number; readonly end: number };

const simple: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, '\\': 92, '0': 0, "'": 39, '"': 34 };

type Escape =
  | { readonly point: number | null; readonly end: number }
  | { readonly wrong: string; readonly end: number };

/**
 * Reads from behind an opening quote to the closing one, with Rust's escapes. `isBytes`: of a byte string, which has
 * every byte as `\xff`, and only ASCII besides.
 */
export const readQuoted = (text: string, start: number, quote: string, isBytes: boolean): Quoted => {
  const points: number[] = [];
  let at = start;
  while (at < text.length) {
    const point = text.codePointAt(at) ?? 0;
    const char = String.fromCodePoint(point);
    if (char === quote) return { points, end: at + 1 };
    if (char === '\\') {
      const sequence = readEscape(text, at + 1, isBytes);
      if ('wrong' in sequence) return { wrong: sequence.wrong, at, end: sequence.end };
      if (sequence.point !== null) points.push(sequence.point);
      at = sequence.end;
      continue;
    }
    if (point >= 0xd800 && point <= 0xdfff) return { wrong: "this isn't Unicode", at, end: at + 1 };
    if (isBytes && point > 0x7f)
      return { wrong: 'a byte literal has ASCII only; write other bytes as \\xNN', at, end: at + char.length };
    points.push(point);
    at += char.length;
  }
  return { wrong: `the closing ${quote} is missing`, at: start - 1, end: start };
};

/** Behind a backslash. A line's end is left out, with the blanks that follow it. */
const readEscape = (text: string, at: number, isBytes: boolean): Escape => {
  const char = text[at] ?? '';
  const known = simple[char];
  if (known !== undefined) return { point: known, end: at + 1 };
  if (char === '\n') return { point: null, end: at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 1) };
  if (char === 'x') {
    const digits = /^[0-9a-fA-F]{2}/.exec(text.slice(at + 1, at + 3))?.[0];
    if (digits === undefined) return { wrong: '\\x has two hexadecimal digits', end: at + 1 };
    const point = Number.parseInt(digits, 16);
    if (!isBytes && point > 0x7f)
      return { wrong: `\\x goes to 7f in text; write \\u{${digits}}, or b"…" for bytes`, end: at + 3 };
    return { point, end: at + 3 };
  }
  if (char === 'u' && !isBytes) {
    const [all = '', digits = ''] = /^\{([0-9a-fA-F][0-9a-fA-F_]*)\}/.exec(text.slice(at + 1, at + 20)) ?? [];
    const own = digits.replaceAll('_', '');
    const point = Number.parseInt(own, 16);
    if (all === '' || own.length > 6) return { wrong: '\\u is followed by one to six digits in braces', end: at + 1 };
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
      return { wrong: 'there is no such character', end: at + 1 + all.length };
    return { point, end: at + 1 + all.length };
  }
  return { wrong: 'this escape is unknown', end: at + char.length };
};
