/**
 * Splitting of demangled names and types at their top level: what stands inside `<>`, `()`, `[]`, `{}` or quotes
 * is skipped. Total and linear on any text; brackets without a partner are plain text.
 */
const code = (sign: string): number => sign.charCodeAt(0);
const [angle, paren, bracket, brace] = [code('>'), code(')'), code(']'), code('}')];
const [quote, doubleQuote, backslash, arrowTail, doubleArrowTail] = [
  code("'"),
  code('"'),
  code('\\'),
  code('-'),
  code('='),
];
const [letterO, letterP] = [code('o'), code('p')];

/** The closing bracket of each opening one, by character codes; 0: not an opening bracket. */
const closerOf = new Uint8Array(128);
for (const [open, close] of ['<>', '()', '[]', '{}']) closerOf[code(open ?? '')] = code(close ?? '');

/** C++ operators whose signs would pass for brackets, longest first. */
const operator = /operator(?:<=>|<<=|>>=|->\*|<<|>>|<=|>=|->|<|>|\(\)|\[\])/y;
/** A character literal of a const generic, as distinct from a lifetime. */
const quotedChar = /'(?:\\(?:u\{[^}']{0,8}\}|[^u])|[^\\'])'/uy;
const wordSign = /[\p{L}\p{N}_$]/u;

/** Signs that `Nesting` looks at; the rest of a name is passed over quickly. */
const special = new Uint8Array(128);
for (const sign of '<>()[]{}-=\'"') special[code(sign)] = 1;
special[letterO] = 1;

const endOf = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at + 1;
};

/** Walks through a text token by token and knows which brackets are open. */
class Nesting {
  readonly #text: string;
  /** The closing brackets awaited, innermost last. */
  readonly #open: number[] = [];
  /** How often each closing bracket is awaited: keeps a run of strange closers from being searched for each time. */
  readonly #awaited = new Int32Array(128);

  constructor(text: string) {
    this.#text = text;
  }

  get atTop(): boolean {
    return this.#open.length === 0;
  }

  /** The index behind the token at `at`. */
  step(at: number): number {
    const sign = this.#text.charCodeAt(at);
    if (!(sign < 128) || special[sign] === 0) return at + 1;
    const closer = closerOf[sign] ?? 0;
    if (closer !== 0) {
      this.#open.push(closer);
      this.#awaited[closer] = (this.#awaited[closer] ?? 0) + 1;
      return at + 1;
    }
    switch (sign) {
      case angle:
        if (this.#open.at(-1) === angle) this.#pop();
        return at + 1;
      case paren:
      case bracket:
      case brace:
        // A `<` that was a comparison never finds its partner: the enclosing bracket ends it.
        if ((this.#awaited[sign] ?? 0) > 0) while (this.#pop() !== sign);
        return at + 1;
      case arrowTail:
      case doubleArrowTail:
        return this.#text.charCodeAt(at + 1) === angle ? at + 2 : at + 1;
      case quote:
        return endOf(quotedChar, this.#text, at);
      case doubleQuote:
        return this.#quoted(at);
      default:
        return this.#word(at);
    }
  }

  #pop(): number {
    const closer = this.#open.pop() ?? 0;
    this.#awaited[closer] = (this.#awaited[closer] ?? 1) - 1;
    return closer;
  }

  #word(at: number): number {
    if (this.#text.charCodeAt(at + 1) !== letterP) return at + 1;
    return at > 0 && wordSign.test(this.#text[at - 1] ?? '') ? at + 1 : endOf(operator, this.#text, at);
  }

  #quoted(at: number): number {
    for (let i = at + 1; i < this.#text.length; i++) {
      const sign = this.#text.charCodeAt(i);
      if (sign === backslash) i++;
      else if (sign === doubleQuote) return i + 1;
    }
    return this.#text.length;
  }
}

/** Splits at `separator` where it stands outside brackets and quotes. Always at least one part. */
export const splitTop = (text: string, separator: string): string[] => {
  if (!text.includes(separator)) return [text];
  const parts: string[] = [];
  const nesting = new Nesting(text);
  const first = separator.charCodeAt(0);
  let start = 0;
  for (let at = 0; at < text.length; ) {
    if (text.charCodeAt(at) === first && nesting.atTop && text.startsWith(separator, at)) {
      parts.push(text.slice(start, at));
      at += separator.length;
      start = at;
    } else at = nesting.step(at);
  }
  parts.push(text.slice(start));
  return parts;
};

/** The segments of a path: `<a::B<c::D>>::e` has two, `<a::B<c::D>>` and `e`. */
export const splitPath = (path: string): string[] => splitTop(path, '::');

/** Every index at which one of `signs` stands outside brackets and quotes. */
export const topLevel = (text: string, signs: string): number[] => {
  const found: number[] = [];
  const nesting = new Nesting(text);
  for (let at = 0; at < text.length; ) {
    if (nesting.atTop && signs.includes(text[at] ?? '')) found.push(at);
    at = nesting.step(at);
  }
  return found;
};

/** The index behind the bracket that opens at `at`, or the end of the text if it never closes. */
export const closingOf = (text: string, at = 0): number => {
  const rest = text.slice(at);
  const nesting = new Nesting(rest);
  let i = nesting.step(0);
  while (i < rest.length && !nesting.atTop) i = nesting.step(i);
  return at + i;
};
