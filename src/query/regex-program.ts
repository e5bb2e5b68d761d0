import { faultAt } from '../base/fault.ts';

/** Whether a code point belongs to a class. */
export type CharTest = (code: number) => boolean;
export type Assertion = 'start' | 'end' | 'boundary' | 'inside';

/** A nondeterministic automaton; `next` and `other` are indexes of instructions. */
export type Instruction =
  | { readonly op: 'char'; readonly test: CharTest; next: number }
  | { readonly op: 'split'; next: number; other: number }
  | { readonly op: 'assert'; readonly what: Assertion; next: number }
  | { readonly op: 'match' };

const maxInstructions = 2000;
const maxDepth = 100;

/** 0-9 A-Z _ a-z */
export const isWord: CharTest = (code) =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);
const isDigit: CharTest = (code) => code >= 48 && code <= 57;
const isSpace: CharTest = (code) => /\s/u.test(String.fromCodePoint(code));
const not =
  (test: CharTest): CharTest =>
  (code) =>
    !test(code);

const classes: Readonly<Record<string, CharTest>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };

const ignoringCase =
  (test: CharTest): CharTest =>
  (code) => {
    const char = String.fromCodePoint(code);
    return (
      test(code) || test(char.toLowerCase().codePointAt(0) ?? code) || test(char.toUpperCase().codePointAt(0) ?? code)
    );
  };

/** Code for one part of the expression: compiled again for each copy that a counted repetition needs. */
type Part = (next: number) => number;

/**
 * Compiles what stands between the slashes. No lookaround and no references back: the rest of the usual syntax is
 * regular in the strict sense, so that matching takes time linear in the name whatever the expression is.
 */
export class RegexCompiler {
  readonly program: Instruction[] = [{ op: 'match' }];
  readonly #text: string;
  readonly #end: number;
  readonly #fold: boolean;
  #at: number;
  #depth = 0;

  /** `text` from `from` to `end`; the whole text is shown in error messages. */
  constructor(text: string, from: number, end: number, fold: boolean) {
    this.#text = text;
    this.#at = from;
    this.#end = end;
    this.#fold = fold;
  }

  /** The index of the first instruction. */
  compile(): number {
    const part = this.#alternatives();
    if (this.#at < this.#end) throw this.#fault('this `)` has no partner');
    return part(0);
  }

  #fault(message: string, at = this.#at): Error {
    return faultAt(this.#text, at, 1, `not a regular expression: ${message}`);
  }

  #emit(instruction: Instruction): number {
    if (this.program.length === maxInstructions) throw this.#fault('it is too big');
    return this.program.push(instruction) - 1;
  }

  #peek(): string {
    return this.#at < this.#end ? String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0) : '';
  }

  #take(): string {
    const char = this.#peek();
    this.#at += char.length;
    return char;
  }

  #accept(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at) || this.#at + text.length > this.#end) return false;
    this.#at += text.length;
    return true;
  }

  #alternatives(): Part {
    if (++this.#depth > maxDepth) throw this.#fault(`groups are nested more than ${maxDepth} deep`);
    const parts = [this.#sequence()];
    while (this.#accept('|')) parts.push(this.#sequence());
    this.#depth--;
    return (next) =>
      parts.map((part) => part(next)).reduceRight((other, first) => this.#emit({ op: 'split', next: first, other }));
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (this.#at < this.#end && !'|)'.includes(this.#peek())) parts.push(this.#repeated());
    return (next) => parts.reduceRight((after, part) => part(after), next);
  }

  #repeated(): Part {
    const part = this.#atom();
    const quantifier = this.#quantifier();
    if (quantifier === null) return part;
    if ('*+?'.includes(this.#peek() || ' ')) throw this.#fault(`there is nothing for \`${this.#peek()}\` to repeat`);
    return this.#repeat(part, ...quantifier);
  }

  #quantifier(): readonly [least: number, most: number] | null {
    const start = this.#at;
    const sign = this.#peek();
    let range: readonly [number, number] | null = null;
    if (sign === '*' || sign === '+' || sign === '?') {
      this.#take();
      range = [sign === '+' ? 1 : 0, sign === '?' ? 1 : Number.POSITIVE_INFINITY];
    } else if (sign === '{') {
      const counts = /^\{(\d{1,6})(?:(,)(\d{0,6}))?\}/.exec(this.#text.slice(start, Math.min(start + 16, this.#end)));
      if (counts === null) return null;
      this.#at += counts[0].length;
      const least = Number(counts[1]);
      range = [
        least,
        counts[2] === undefined ? least : counts[3] === '' ? Number.POSITIVE_INFINITY : Number(counts[3]),
      ];
      if (range[1] < least) throw this.#fault('the counts are in the wrong order', start);
    }
    // Whether a repetition is lazy doesn't matter to whether there is a match.
    if (range !== null) this.#accept('?');
    return range;
  }

  #repeat(part: Part, least: number, most: number): Part {
    return (next) => {
      let after = next;
      if (most === Number.POSITIVE_INFINITY) {
        const loop = { op: 'split' as const, next: 0, other: next };
        after = this.#emit(loop);
        loop.next = part(after);
      } else for (let i = least; i < most; i++) after = this.#emit({ op: 'split', next: part(after), other: next });
      for (let i = 0; i < least; i++) {
        const before = this.program.length;
        after = part(after);
        // A part without instructions can be counted to any number.
        if (this.program.length === before) break;
      }
      return after;
    };
  }

  #atom(): Part {
    const start = this.#at;
    const char = this.#take();
    switch (char) {
      case '(':
        return this.#group(start);
      case '[':
        return this.#char(this.#set(start));
      case '.':
        return this.#char((code) => code !== 10 && code !== 13);
      case '^':
        return this.#assert('start');
      case '$':
        return this.#assert('end');
      case '*':
      case '+':
      case '?':
        throw this.#fault(`there is nothing for \`${char}\` to repeat`, start);
      case '\\':
        if (this.#accept('b')) return this.#assert('boundary');
        if (this.#accept('B')) return this.#assert('inside');
        return this.#char(this.#escape(start));
      default:
        return this.#literal(char.codePointAt(0) ?? 0);
    }
  }

  #literal(wanted: number): Part {
    return this.#char((code) => code === wanted);
  }

  #char(test: CharTest): Part {
    const folded = this.#fold ? ignoringCase(test) : test;
    return (next) => this.#emit({ op: 'char', test: folded, next });
  }

  #assert(what: Assertion): Part {
    return (next) => this.#emit({ op: 'assert', what, next });
  }

  #group(start: number): Part {
    if (this.#accept('?') && !this.#accept(':')) {
      const name = /^<[A-Za-z_]\w*>/.exec(this.#text.slice(this.#at, Math.min(this.#at + 80, this.#end)));
      if (name === null) throw this.#fault('only plain groups, `(?:…)` and `(?<name>…)` are understood', start);
      this.#at += name[0].length;
    }
    const inside = this.#alternatives();
    if (!this.#accept(')')) throw this.#fault('this `(` is never closed', start);
    return inside;
  }

  /** A class such as `\d`, or one character; the backslash at `start` has been taken. */
  #escape(start: number): CharTest {
    const char = this.#take();
    if (char === '') throw this.#fault('it ends in a backslash', start);
    const known = Object.hasOwn(classes, char) ? classes[char] : undefined;
    if (known) return known;
    const wanted = this.#escapedCode(char, start);
    return (code) => code === wanted;
  }

  #escapedCode(char: string, start: number): number {
    if (Object.hasOwn(controls, char)) return controls[char] ?? 0;
    if (char === 'x' || char === 'u') {
      const digits = (char === 'x' ? /^[0-9a-f]{2}/i : /^(?:[0-9a-f]{4}|\{[0-9a-f]{1,6}\})/i).exec(
        this.#text.slice(this.#at, Math.min(this.#at + 8, this.#end)),
      )?.[0];
      const code = Number.parseInt(digits?.replace('{', '') ?? '', 16);
      if (digits === undefined || code > 0x10ffff) throw this.#fault(`\`\\${char}\` needs hexadecimal digits`, start);
      this.#at += digits.length;
      return code;
    }
    if (/[1-9]/.test(char)) throw this.#fault('references back to a group are not understood', start);
    if (/[A-Za-z]/.test(char)) throw this.#fault(`\`\\${char}\` is not understood`, start);
    return char.codePointAt(0) ?? 0;
  }

  /** `[a-z_]`, `[^:]`; the opening bracket at `start` has been taken. */
  #set(start: number): CharTest {
    const negated = this.#accept('^');
    const tests: CharTest[] = [];
    while (!this.#accept(']')) {
      if (this.#at >= this.#end) throw this.#fault('this `[` is never closed', start);
      const at = this.#at;
      const low = this.#member();
      if (typeof low === 'function') {
        tests.push(low);
        continue;
      }
      let high: number | CharTest = low;
      if (this.#peek() === '-' && this.#text[this.#at + 1] !== ']' && this.#at + 1 < this.#end) {
        this.#take();
        high = this.#member();
      }
      if (typeof high === 'function') tests.push((code) => code === low || code === 45, high);
      else if (high < low) throw this.#fault('the range is in the wrong order', at);
      else {
        const most = high;
        tests.push((code) => code >= low && code <= most);
      }
    }
    const any: CharTest = (code) => tests.some((test) => test(code));
    // Negation comes after folding: `[^a]` with `i` excludes `A` too.
    const folded = this.#fold ? ignoringCase(any) : any;
    return negated ? not(folded) : folded;
  }

  #member(): number | CharTest {
    const start = this.#at;
    const char = this.#take();
    if (char !== '\\') return char.codePointAt(0) ?? 0;
    if (this.#accept('b')) return 8;
    const next = this.#take();
    if (next === '') throw this.#fault('it ends in a backslash', start);
    return (Object.hasOwn(classes, next) ? classes[next] : undefined) ?? this.#escapedCode(next, start);
  }
}
