import type { Fault } from './fault.ts';
import { quoted } from './fault.ts';
import { type Read, readNumber } from './number.ts';
import { readQuoted } from './quoted.ts';
import type { Span, Token } from './token.ts';

const blank = /\s*/uy;
const wordStart = /[\p{XID_Start}_]/u;
const word = /(?:r#(?=[\p{XID_Start}_]))?[\p{XID_Start}_]\p{XID_Continue}*/uy;
const digits = /\d+/y;
/**
 * A number with all that stands right behind it. A point belongs to it unless another one or a name follows, as in
 * `1..5` and `1.max`.
 */
const number =
  /0[xob][\p{XID_Continue}]*|\d[\d_]*(?:\.(?![.\p{XID_Start}_])(?:\d[\d_]*)?)?(?:[eE][+-]?_*\d[\d_]*)?\p{XID_Continue}*/uy;
const raw = /(b?)r(#*)"/y;
const signs = ['..=', '&&', '||', '==', '!=', '<=', '>=', '<<', '>>', '..', '::', ...'<>|^&+-*/%!()[]{},.@:'];

/** What is written in other languages, or meant otherwise. */
const mistakes: Readonly<Record<string, string>> = {
  '=': 'values are compared by `==`',
  '~': 'every bit is turned over by `!`',
  '?': 'an option is looked into by `is Some(x)`',
};

/** Cuts an expression into tokens, the last of which is the end. */
export class Lexer {
  readonly #text: string;
  readonly #fault: Fault;
  readonly #tokens: Token[] = [];
  #at = 0;

  constructor(text: string, fault: Fault) {
    this.#text = text;
    this.#fault = fault;
  }

  /** @throws {RsymError} `usage` at what isn't a token. */
  tokens(): readonly Token[] {
    for (;;) {
      this.#at = this.#end(blank);
      if (this.#at >= this.#text.length) break;
      this.#tokens.push(this.#next());
      this.#at = this.#tokens.at(-1)?.end ?? this.#at;
    }
    this.#tokens.push({ kind: 'end', at: this.#at, end: this.#at + 1 });
    return this.#tokens;
  }

  /** Where the match of a sticky expression ends; where it begins if there is none. */
  #end(pattern: RegExp): number {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text) ? pattern.lastIndex : this.#at;
  }

  #next(): Token {
    const [text, at] = [this.#text, this.#at];
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
    const last = this.#tokens.at(-1);
    if (char >= '0' && char <= '9') {
      if (last?.kind === 'sign' && last.text === '.') {
        const end = this.#end(digits);
        return { kind: 'number', text: text.slice(at, end), at, end };
      }
      const end = this.#end(number);
      return this.#literal(readNumber(text.slice(at, end)), { at, end });
    }
    if (char === '"') return this.#text_(at + 1, false);
    if (char === "'") return this.#char(at + 1, false);
    if (text.startsWith('b"', at)) return this.#text_(at + 2, true);
    if (text.startsWith("b'", at)) return this.#char(at + 2, true);
    raw.lastIndex = at;
    const [opening, b = '', hashes = ''] = raw.exec(text) ?? [];
    if (opening !== undefined) return this.#raw(at + opening.length, `"${hashes}`, b === 'b');
    if (wordStart.test(char)) {
      const end = this.#end(word);
      const isRaw = text.startsWith('r#', at);
      return { kind: 'word', text: text.slice(isRaw ? at + 2 : at, end), isRaw, at, end };
    }
    const sign = signs.find((one) => text.startsWith(one, at));
    if (sign !== undefined) return { kind: 'sign', text: sign, at, end: at + sign.length };
    const why = mistakes[char];
    throw this.#fault({ at, end: at + char.length }, `${quoted(char)} has no meaning here`, { why });
  }

  #literal(read: Read, span: Span): Token {
    if (read.wrong === undefined) return { kind: 'literal', literal: read.literal, ...span };
    throw this.#fault(span, read.wrong, { why: read.why });
  }

  #text_(start: number, isBytes: boolean): Token {
    const read = readQuoted(this.#text, start, '"', isBytes);
    if (read.wrong !== undefined) throw this.#fault(read, read.wrong);
    return this.#ofPoints(read.points, { at: this.#at, end: read.end }, isBytes);
  }

  #ofPoints(points: readonly number[], span: Span, isBytes: boolean): Token {
    const literal = isBytes
      ? ({ kind: 'bytes', value: Uint8Array.from(points) } as const)
      : ({ kind: 'text', value: points.map((point) => String.fromCodePoint(point)).join('') } as const);
    return { kind: 'literal', literal, ...span };
  }

  /** A byte's literal is a number. */
  #char(start: number, isByte: boolean): Token {
    const read = readQuoted(this.#text, start, "'", isByte);
    const what = isByte ? 'byte' : 'character';
    if (read.wrong !== undefined) throw this.#fault(read, read.wrong);
    const span = { at: this.#at, end: read.end };
    const [point, ...more] = read.points;
    if (point === undefined || more.length > 0)
      throw this.#fault(span, `not one ${what} but ${read.points.length}`, {
        why: "text is written in double quotes; ' is for one character",
      });
    const literal = isByte
      ? ({ kind: 'integer', value: BigInt(point), width: { size: 1, signed: false } } as const)
      : ({ kind: 'char', value: point } as const);
    return { kind: 'literal', literal, ...span };
  }

  /** `r"…"`, `r#"…"#`: nothing is an escape. */
  #raw(start: number, closing: string, isBytes: boolean): Token {
    const close = this.#text.indexOf(closing, start);
    const span = { at: this.#at, end: close < 0 ? start : close + closing.length };
    if (close < 0) throw this.#fault(span, `the closing ${closing} is missing`);
    const points = Array.from(this.#text.slice(start, close), (char) => char.codePointAt(0) ?? 0);
    if (points.some((point) => (isBytes ? point > 0x7f : point >= 0xd800 && point <= 0xdfff)))
      throw this.#fault(span, isBytes ? 'a byte literal has ASCII only' : "this isn't Unicode");
    return this.#ofPoints(points, span, isBytes);
  }
}
