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

const plain = (text: string): PlainSegment => {
  const own = text.startsWith('r#') ? text.slice(2) : text;
  // Conversion operators and `operator new` have a blank inside their name.
  const blank = own.startsWith('operator ') ? '' : ' ';
  // A bracket at the start is the name itself: `{closure#0}`, `(anonymous namespace)`.
  const end = topLevel(own, `<([.@${blank}`).find((at) => at > 0) ?? own.length;
  const name = own.slice(0, end);
  let rest = own.slice(end);
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

/** The segments of a demangled name. */
export const segmentsOf = (path: string): Segment[] => {
  const segments: Segment[] = [];
  const parts = splitPath(path);
  for (const part of path.includes(' ') ? withoutWordsBefore(parts) : parts) {
    const last = segments.at(-1);
    if (!part.startsWith('<')) segments.push(plain(part));
    else if (last?.kind === 'plain' && !part.startsWith('<impl ')) {
      const close = closingOf(part);
      segments[segments.length - 1] = {
        ...last,
        generics: genericsOf(part.slice(0, close)),
        suffix: last.suffix + part.slice(close),
      };
    } else segments.push(...(last === undefined ? inherent(impl(part)) : [impl(part)]));
  }
  return segments;
};

const typePath = /^[\p{L}_{(]/u;
const typeWord = /^(?:dyn|impl|fn|for|unsafe|extern)\b/;

/** `<alloc::vec::Vec<u8>>::push` is the path `alloc::vec::Vec<u8>::push`: an inherent method's type is a path. */
const inherent = (segment: ImplSegment): Segment[] => {
  const { self, trait } = segment;
  if (trait !== null || !typePath.test(self) || typeWord.test(self) || self.startsWith('(') || self === '_')
    return [segment];
  return splitPath(self).some((part) => part.startsWith('<')) ? [segment] : segmentsOf(self);
};

/**
 * The paths by which a name can be called: as written, and for a method of a trait's implementation also below its
 * type (`String::fmt`) and below its trait (`Display::fmt`).
 */
export const readingsOf = (segments: readonly Segment[]): (readonly Segment[])[] => {
  const at = segments.findLastIndex((segment) => segment.kind === 'impl');
  const segment = segments[at];
  if (segment?.kind !== 'impl') return [segments];
  const rest = segments.slice(at + 1);
  const below = [segment.self, segment.trait ?? ''].filter((type) => /^[\p{L}_]/u.test(type) && !typeWord.test(type));
  const paths = below.map((type) => splitPath(type)).filter((parts) => !parts.some((part) => part.startsWith('<')));
  return [segments, segments.slice(at), ...paths.map((parts) => [...parts.map(plain), ...rest])];
};
