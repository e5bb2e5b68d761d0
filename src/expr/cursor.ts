import type { RsymError } from '../base/errors.ts';
import { type Fault, type FaultDetails, faultsIn, quoted } from './fault.ts';
import { Lexer } from './lexer.ts';
import type { Name } from './syntax.ts';
import type { Span, Token } from './token.ts';

/** Longer than anything a person writes: what is done with a tree is bounded by it. */
export const longestText = 8_192;
const maxDepth = 64;

/** The tokens of an expression, one after the other. */
export class Cursor {
  readonly text: string;
  readonly #fault: Fault;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  /** @throws {RsymError} `usage` where it is too long, or something in it isn't a token. */
  constructor(text: string) {
    this.text = text;
    this.#fault = faultsIn(text);
    if (text.length > longestText)
      throw this.#fault({ at: longestText, end: longestText + 1 }, 'the expression is too long', {
        why: `it may have ${longestText} characters`,
      });
    this.#tokens = new Lexer(text, this.#fault).tokens();
  }

  get next(): Token {
    return this.peek(0);
  }

  peek(ahead: number): Token {
    const at = this.text.length;
    return this.#tokens[this.#index + ahead] ?? { kind: 'end', at, end: at + 1 };
  }

  take(): Token {
    const taken = this.next;
    this.#index++;
    return taken;
  }

  /** Where the last token taken ends. */
  get taken(): number {
    return this.#tokens[this.#index - 1]?.end ?? 0;
  }

  get isEnd(): boolean {
    return this.next.kind === 'end';
  }

  isSign(...texts: readonly string[]): boolean {
    const { next } = this;
    return next.kind === 'sign' && texts.includes(next.text);
  }

  isWord(text: string): boolean {
    const { next } = this;
    return next.kind === 'word' && !next.isRaw && next.text === text;
  }

  accept(sign: string): boolean {
    if (!this.isSign(sign)) return false;
    this.#index++;
    return true;
  }

  /** Takes the sign that must be next. `opened`: the bracket that it closes. */
  expect(sign: string, opened: Span | null = null): void {
    if (this.accept(sign)) return;
    if (opened !== null && this.next.kind === 'end')
      throw this.fault(opened, `this bracket is never closed by \`${sign}\``);
    throw this.expected(`\`${sign}\``);
  }

  /** A fault at the next token, which isn't what was expected there. */
  expected(what: string, details: FaultDetails = {}): RsymError {
    const { next } = this;
    const found = next.kind === 'end' ? 'the expression ends' : `found ${quoted(this.text.slice(next.at, next.end))}`;
    return this.#fault(next, `expected ${what}, ${found}`, details);
  }

  fault(span: Span, message: string, details: FaultDetails = {}): RsymError {
    return this.#fault(span, message, details);
  }

  /** A name: of a field, a method, or one segment of a path. */
  name(what: string): Name {
    const { next } = this;
    if (next.kind !== 'word') throw this.expected(what);
    this.#index++;
    return { text: next.text, at: next.at, end: next.end };
  }

  /** Runs `parse` one level deeper, which bounds the stack. */
  nested<T>(parse: () => T): T {
    if (++this.#depth > maxDepth) throw this.#fault(this.next, `the expression is nested more than ${maxDepth} deep`);
    const result = parse();
    this.#depth--;
    return result;
  }

  /** Items between brackets, the opening one of which is taken; whether a comma is behind the last one. */
  list<T>(closing: string, opened: Span, item: () => T): { readonly items: readonly T[]; readonly hasComma: boolean } {
    const items: T[] = [];
    let hasComma = false;
    while (!this.isSign(closing)) {
      items.push(item());
      hasComma = this.accept(',');
      if (!hasComma) break;
    }
    this.expect(closing, opened);
    return { items, hasComma };
  }
}
