import { closingOf, splitPath, splitTop, topLevel } from '../base/path.ts';

/**
 * One segment of a path.
 *
 *   plain   `push`, `Vec<u8>`, `gen::<u8>` (the turbofish belongs to its segment), `{closure#0}`, C++'s `f(int) const`
 *   impl    `<T as Trait>`, `<[u8]>`, and the legacy mangling's `<impl Trait for T>`
 */
export type Segment = PlainSegment | ImplSegment;
export type PlainSegment = {
  readonly kind: 'plain';
  /** Without generics, parameters and suffix. */
  readonly name: string;
  /** null: none are written. */
  readonly generics: readonly string[] | null;
  /** C++ parameters with what follows them, blanks left out: `(int)const`. */
  readonly parameters: string | null;
  /** What a compiler or linker appended: `.llvm.123`, `.cold`, `@@GLIBC_2.2.5`, ` [clone .cold]`. */
  readonly suffix: string;
};
export type ImplSegment = { readonly kind: 'impl'; readonly self: string; readonly trait: string | null };

const genericsOf = (bracketed: string): string[] =>
  splitTop(bracketed.slice(1, bracketed.endsWith('>') ? -1 : undefined), ',').map((part) => part.trim());

const word = /^\w+$/;

const plain = (text: string): PlainSegment => {
  if (word.test(text)) return { kind: 'plain', name: text, generics: null, parameters: null, suffix: '' };
  const own = text.startsWith('r#') ? text.slice(2) : text;
  // Conversion operators and `operator new` have a blank inside their name.
  const blank = own.startsWith('operator ') ? '' : ' ';
  // A bracket at the start is the name itself: `{closure#0}`, `(anonymous namespace)`.
  const end = topLevel(own, `<([.@:${blank}`).find((at) => at > 0) ?? own.length;
  const name = own.slice(0, end);
  let rest = own.slice(end).replace(/^::/, '');
  let generics: string[] | null = null;
  const angle = rest.trimStart();
  if (angle.startsWith('<')) {
    const close = closingOf(angle);
    generics = genericsOf(angle.slice(0, close));
    rest = angle.slice(close);
  }
  if (!rest.startsWith('(')) return { kind: 'plain', name, generics, parameters: null, suffix: rest };
  const clone = rest.indexOf(' [clone ');
  const parameters = (clone < 0 ? rest : rest.slice(0, clone)).replaceAll(' ', '');
  return { kind: 'plain', name, generics, parameters, suffix: clone < 0 ? '' : rest.slice(clone) };
};

const impl = (text: string): ImplSegment => {
  const inner = text.slice(1, text.endsWith('>') ? -1 : undefined).trim();
  const [self = '', trait] = splitTop(inner, ' as ');
  if (trait !== undefined || !inner.startsWith('impl ')) return { kind: 'impl', self, trait: trait ?? null };
  const [first = '', type] = splitTop(inner.slice('impl '.length), ' for ');
  return type === undefined ? { kind: 'impl', self: first, trait: null } : { kind: 'impl', self: type, trait: first };
};

/** A return type (C++ templates) or words such as `vtable for` stand before the path, with a blank between. */
const withoutWordsBefore = (segments: readonly string[]): readonly string[] => {
  for (let i = segments.length - 1; i >= 0; i--) {
    const text = segments[i] ?? '';
    if (text.startsWith('<') || text.startsWith('operator')) continue;
    const [blank, paren] = [topLevel(text, ' '), topLevel(text, '(').find((at) => at > 0) ?? text.length];
    const last = blank.filter((at) => at < paren && text[at + 1] !== '[' && text[at + 1] !== '<').at(-1);
    if (last !== undefined) return [text.slice(last + 1), ...segments.slice(i + 1)];
  }
  return segments;
};

/** The texts of a path's segments; a turbofish stays with its segment, as in `gen::<u8>`. */
const textsOf = (path: string): string[] => {
  if (path === '') return [];
  const texts: string[] = [];
  const parts = splitPath(path);
  for (const part of path.includes(' ') ? withoutWordsBefore(parts) : parts) {
    const last = texts.length - 1;
    const turbofish = part.startsWith('<') && !part.startsWith('<impl ') && last >= 0 && !texts[last]?.startsWith('<');
    if (turbofish) texts[last] = `${texts[last]}::${part}`;
    else texts.push(part);
  }
  return texts;
};

/** The segments of a demangled name, each read when it is first asked for: most names are told apart by their last. */
export class NamePath {
  readonly #texts: readonly string[];
  readonly #segments: (Segment | undefined)[] = [];

  constructor(texts: readonly string[]) {
    this.#texts = texts;
  }

  get length(): number {
    return this.#texts.length;
  }

  /** Negative indexes count from the end. */
  at(index: number): Segment | undefined {
    const i = index < 0 ? this.#texts.length + index : index;
    const text = this.#texts[i];
    if (text === undefined) return undefined;
    this.#segments[i] ??= text.startsWith('<') ? impl(text) : plain(text);
    return this.#segments[i];
  }

  /** Where the last `<…>` segment is; -1: there is none. */
  get implAt(): number {
    return this.#texts.findLastIndex((text) => text.startsWith('<'));
  }

  /** `count` segments from the end, below another path. */
  below(path: string, count: number): NamePath {
    return new NamePath([...textsOf(path), ...this.#texts.slice(this.#texts.length - count)]);
  }
}

const typeWord = /^(?:dyn|impl|fn|for|unsafe|extern)\b/;
const isPath = (type: string): boolean => /^[\p{L}_{]/u.test(type) && type !== '_' && !typeWord.test(type);

export const pathOf = (name: string): NamePath => {
  const path = new NamePath(textsOf(name));
  const first = path.at(0);
  if (first?.kind !== 'impl' || first.trait !== null || !isPath(first.self)) return path;
  // `<alloc::vec::Vec<u8>>::push` is the path `alloc::vec::Vec<u8>::push`: an inherent method's type is a path.
  return path.below(first.self, path.length - 1);
};

/**
 * The other paths by which a method of an implementation can be called: without the module that the legacy mangling
 * puts before it, below its type (`String::fmt`), and below its trait (`Display::fmt`).
 */
export const otherPathsOf = (path: NamePath): NamePath[] => {
  const at = path.implAt;
  const segment = path.at(at);
  if (at < 0 || segment?.kind !== 'impl') return [];
  const below = [segment.self, segment.trait ?? ''].filter((type) => type !== '' && isPath(type));
  const rest = path.length - at - 1;
  return [...(at > 0 ? [path.below('', rest + 1)] : []), ...below.map((type) => path.below(type, rest))];
};
