import { faultAt } from '../base/fault.ts';

export type Token = {
  readonly kind: 'word' | 'lifetime' | 'string' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
};

const token =
  /\s*(?:([\p{L}_][\p{L}\p{N}_]*|\p{N}[\p{N}\w]*)|('[\p{L}_][\p{L}\p{N}_]*)|("[^"]*")|(->|::|\.\.\.|[^\s]))/uy;

/** Nesting beyond this is a mistake or an attack; it also bounds the parser's own stack. */
const maxDepth = 64;

/** Reads the tokens of a part of a signature, one ahead; knows where it is for error messages. */
export class Tokens {
  readonly whole: string;
  readonly #end: number;
  #at: number;
  #depth = 0;
  #next: Token;
  /** Index behind the last token taken. */
  taken: number;

  constructor(whole: string, from: number, end: number) {
    this.whole = whole;
    this.#at = from;
    this.#end = end;
    this.taken = from;
    this.#next = this.#read();
  }

  #read(): Token {
    token.lastIndex = this.#at;
    const found = token.exec(this.whole);
    if (found === null || token.lastIndex > this.#end) return { kind: 'end', text: '', at: this.#end };
    this.#at = token.lastIndex;
    const [, word, lifetime, quoted, sign] = found;
    const text = word ?? lifetime ?? quoted ?? sign ?? '';
    const kind = word ? 'word' : lifetime ? 'lifetime' : quoted ? 'string' : 'sign';
    return { kind, text, at: this.#at - text.length };
  }

  atEnd(): boolean {
    return this.#next.kind === 'end';
  }

  get next(): Token {
    return this.#next;
  }

  /** The token after the next one. */
  get second(): Token {
    const [at, next] = [this.#at, this.#next];
    const second = this.#read();
    this.#at = at;
    this.#next = next;
    return second;
  }

  take(): Token {
    const taken = this.#next;
    this.taken = taken.at + taken.text.length;
    this.#next = this.#read();
    return taken;
  }

  is(...texts: readonly string[]): boolean {
    return this.#next.kind !== 'end' && texts.includes(this.#next.text);
  }

  accept(...texts: readonly string[]): boolean {
    if (!this.is(...texts)) return false;
    this.take();
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.fault(`expected \`${text}\``);
  }

  /** The text from `at` to the last token taken, its blanks normalised. */
  textFrom(at: number): string {
    return this.whole.slice(at, this.taken).replaceAll(/\s+/g, ' ').trim();
  }

  fault(message: string, at = this.#next.at, length = Math.max(1, this.#next.text.length)): Error {
    return faultAt(this.whole, at, length, message);
  }

  /** Runs `parse` one level deeper. */
  nested<T>(parse: () => T): T {
    if (++this.#depth > maxDepth) throw this.fault(`types inside types, more than ${maxDepth} deep`);
    try {
      return parse();
    } finally {
      this.#depth--;
    }
  }

  /** Takes a bracket and all up to its partner. */
  skipBracketed(): void {
    const start = this.#next.at;
    const open: string[] = [];
    do {
      const { kind, text } = this.take();
      if (kind === 'end') throw this.fault('a bracket is never closed', start, 1);
      if (text === '(' || text === '[' || text === '{' || text === '<') open.push(text);
      else if (text === ')' || text === ']' || text === '}' || text === '>') open.pop();
    } while (open.length > 0);
  }
}
