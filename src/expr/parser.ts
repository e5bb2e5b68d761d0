import { Cursor } from './cursor.ts';
import { parsePattern } from './pattern-parser.ts';
import { levels } from './precedence.ts';
import type { BinaryOperator, Expression, Name } from './syntax.ts';
import type { Span } from './token.ts';

/** Operators one inside the other at most: what walks a tree may recurse. */
const mostHigh = 400;

/**
 * Reads an expression.
 *
 * @throws {RsymError} `usage`, with the text and carets below what is wrong.
 */
export const parseExpression = (text: string, examples: readonly string[] = []): Expression =>
  new Parser(new Cursor(text)).whole(examples);

class Parser {
  readonly #cursor: Cursor;
  readonly #heights = new WeakMap<Expression, number>();

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  whole(examples: readonly string[]): Expression {
    const cursor = this.#cursor;
    if (cursor.isEnd) throw cursor.fault(cursor.next, 'the expression is empty', { hints: examples });
    const expression = this.#expression();
    if (cursor.isEnd) return expression;
    if (cursor.isSign('=')) throw cursor.expected('an operator', { why: 'values are compared by `==`' });
    if (cursor.isSign(','))
      throw cursor.expected('an operator or the end', {
        why: 'several values at once are a tuple',
        hints: [`(${cursor.text.trim()})`],
      });
    throw cursor.expected('an operator or the end');
  }

  #expression(): Expression {
    return this.#cursor.nested(() => this.#binary(0));
  }

  /** Notes how high a tree has become. */
  #high<E extends Expression>(expression: E, ...parts: readonly Expression[]): E {
    const height = 1 + Math.max(0, ...parts.map((part) => this.#heights.get(part) ?? 0));
    if (height > mostHigh)
      throw this.#cursor.fault(expression, `the expression has more than ${mostHigh} operators one inside the other`);
    this.#heights.set(expression, height);
    return expression;
  }

  /** Operators of a level and of those that bind tighter. */
  #binary(level: number): Expression {
    const operators = levels[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    const isComparing = operators.includes('==');
    for (let count = 0; ; count++) {
      const sign = this.#cursor.next;
      const isIs = isComparing && this.#cursor.isWord('is');
      if (!isIs && !(sign.kind === 'sign' && operators.includes(sign.text as BinaryOperator))) return left;
      if (isComparing && count > 0)
        throw this.#cursor.fault(sign, "comparisons can't be chained", {
          why: 'as in Rust: each is written on its own',
          hints: ['a < b && b < c'],
        });
      this.#cursor.take();
      left = isIs ? this.#is(left) : this.#operation(left, sign, level);
    }
  }

  #operation(left: Expression, sign: Span, level: number): Expression {
    const operator = this.#cursor.text.slice(sign.at, sign.end) as BinaryOperator;
    const right = this.#binary(level + 1);
    const { at, end } = sign;
    return this.#high(
      { kind: 'binary', operator, left, right, sign: { at, end }, at: left.at, end: right.end },
      left,
      right,
    );
  }

  #is(of: Expression): Expression {
    const pattern = parsePattern(this.#cursor);
    return this.#high({ kind: 'is', of, pattern, at: of.at, end: pattern.end }, of);
  }

  #unary(): Expression {
    const { at } = this.#cursor.next;
    for (const operator of ['!', '-'] as const) {
      if (!this.#cursor.accept(operator)) continue;
      const of = this.#cursor.nested(() => this.#unary());
      return this.#high({ kind: 'unary', operator, of, at, end: of.end }, of);
    }
    if (this.#cursor.isSign('&', '*', '&&'))
      throw this.#cursor.expected('a value', { why: 'references are followed without a sign' });
    return this.#postfix();
  }

  #postfix(): Expression {
    const cursor = this.#cursor;
    let of = this.#primary();
    for (;;) {
      const opened = cursor.next;
      if (cursor.accept('.')) of = this.#member(of);
      else if (cursor.accept('[')) {
        const index = this.#expression();
        cursor.expect(']', opened);
        of = this.#high({ kind: 'index', of, index, at: of.at, end: cursor.taken }, of, index);
      } else if (cursor.isSign('(') && (of.kind === 'name' || of.kind === 'path')) {
        throw cursor.fault(of, "functions can't be called", {
          why: 'what is asked of a value is written behind it; a variant with fields is asked for by `is`',
          hints: ['name.len() > 5', `ret is ${isVariantName(of) ? cursor.text.slice(of.at, of.end) : 'Some'}(_)`],
        });
      } else return of;
    }
  }

  #member(of: Expression): Expression {
    const cursor = this.#cursor;
    const name = this.#fieldName();
    const opened = cursor.next;
    if (!cursor.accept('(')) return this.#high({ kind: 'field', of, name, at: of.at, end: name.end }, of);
    const { items: given } = cursor.list(')', opened, () => this.#expression());
    return this.#high({ kind: 'call', of, method: name, given, at: of.at, end: cursor.taken }, of, ...given);
  }

  #fieldName(): Name {
    const { next } = this.#cursor;
    if (next.kind !== 'number') return this.#cursor.name('the name of a field or a method');
    this.#cursor.take();
    return { text: next.text, at: next.at, end: next.end };
  }

  #primary(): Expression {
    const cursor = this.#cursor;
    const { next } = cursor;
    const { at, end } = next;
    if (next.kind === 'literal') {
      cursor.take();
      return { kind: 'literal', literal: next.literal, at, end };
    }
    if (cursor.accept('(')) return this.#bracketed(next);
    if (next.kind !== 'word') throw cursor.expected('a value');
    if (!next.isRaw && (next.text === 'true' || next.text === 'false')) {
      cursor.take();
      return { kind: 'literal', literal: { kind: 'bool', value: next.text === 'true' }, at, end };
    }
    if (!next.isRaw && (next.text === '_' || next.text === 'is')) throw cursor.expected('a value');
    return this.#path();
  }

  #path(): Expression {
    const cursor = this.#cursor;
    const first = cursor.name('a name');
    const segments = [first.text];
    while (cursor.accept('::')) segments.push(cursor.name('a name').text);
    const span = { at: first.at, end: cursor.taken };
    return segments.length === 1 ? { kind: 'name', name: first.text, ...span } : { kind: 'path', segments, ...span };
  }

  /** Parentheses around an expression, which leave no mark but where it is; or a tuple. */
  #bracketed(opened: Span): Expression {
    const cursor = this.#cursor;
    const { items, hasComma } = cursor.list(')', opened, () => this.#expression());
    const span = { at: opened.at, end: cursor.taken };
    const [only] = items;
    if (only === undefined || items.length > 1 || hasComma)
      return this.#high({ kind: 'tuple', items, ...span }, ...items);
    return this.#high({ ...only, ...span }, only);
  }
}

/** As Rust has it, by its first letter. */
const isVariantName = (of: Expression): boolean =>
  /^\p{Lu}/u.test((of.kind === 'path' ? of.segments.at(-1) : of.kind === 'name' ? of.name : '') ?? '');
