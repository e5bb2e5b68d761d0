import { RsymError } from '../base/errors.ts';
import { faultAt } from '../base/fault.ts';
import { closingOf, topLevel } from '../base/path.ts';
import { parseCDeclaration, startsCType } from './c-type.ts';
import type { GivenShape } from './given-shape.ts';
import { parseRustType } from './rust-type.ts';
import { rustScalar } from './scalar-names.ts';
import { Tokens } from './tokens.ts';
import { node, pointer, type TypeNode } from './type-node.ts';

export type GivenType = { readonly text: string; readonly shape: GivenShape };
export type GivenArg = GivenType & { readonly name: string | null };

/** A function's signature as a user gives it, in Rust's notation or C's. */
export type Signature = {
  /** The pattern that names the function. */
  readonly path: string;
  readonly args: readonly GivenArg[];
  /** More arguments follow that aren't named (`...`). */
  readonly variadic: boolean;
  readonly ret: GivenType;
};

/** What a user writes to name a function: a pattern, with a signature or without. */
export type Spec = { readonly pattern: string; readonly signature: Signature | null };

const maxLength = 65_536;
const maxArgs = 128;
const readable =
  'write what a signature can give: integers, floats, bool, char, pointers, references, &str, slices, Box, C strings';

/**
 * Tells a signature from a bare pattern and reads it. A signature is a path, or a glob of paths, that ends outside
 * all brackets with a parenthesised list, then perhaps `-> type`; or a C prototype.
 *
 * @throws {RsymError} `usage`, with the place of the fault, if there is a signature that can't be read.
 */
export const parseSpec = (text: string): Spec => {
  if (text.length > maxLength)
    throw new RsymError('usage', `the function's name is longer than ${maxLength} characters`);
  const found = argumentList(text);
  if (found === null) return { pattern: text.trim(), signature: null };
  const { open, close } = found;
  const prefix = prefixOf(text, open);
  const { args, variadic } = parseArgs(new Tokens(text, open + 1, close - 1));
  const ret = parseReturn(text, close, prefix.returns);
  const returnsInC = prefix.returns !== null;
  // What a bare `char` is taken for if nothing else tells: paths and arrows are Rust's.
  const looksLikeRust = prefix.path.includes('::') || (!returnsInC && ret.type.at > close);
  const settled = settle(text, looksLikeRust, [...args, ret], returnsInC);
  const given = settled.slice(0, -1).filter(({ type }, _, all) => !(all.length === 1 && type.text === 'void'));
  const signature: Signature = {
    path: prefix.path,
    args: given.map((arg) => {
      const type = byValue(text, arg.type, true);
      return arg.name === 'self' && type.shape.kind === 'pointer'
        ? { name: arg.name, text: type.text, shape: receiverShape(prefix.path, type.shape) }
        : { name: arg.name, ...type };
    }),
    variadic,
    ret: byValue(text, settled.at(-1)?.type ?? ret.type, false),
  };
  return { pattern: prefix.path, signature };
};

/**
 * What `&self` is, where the path tells the type that the method is of: a reference to `str`, a slice or a trait
 * object is a pair. Elsewhere the type is taken to have a size, and the reference to be a pointer.
 */
const receiverShape = (path: string, sized: GivenShape): GivenShape => {
  // `<str>::find`, `<str as Pattern>::f`, `<impl str>::find`, `<impl Trait for [u8]>::f`, `<dyn Any>::is`
  const [, self] = /<(?:impl\s+)?(?:[^<>]*\sfor\s+)?(str\b|\[|dyn\b)/.exec(path) ?? [];
  switch (self) {
    case 'str':
      return { kind: 'str', name: sized.name };
    case '[':
      return { kind: 'slice', name: sized.name };
    case 'dyn':
      return { kind: 'fat', name: sized.name };
    default:
      return sized;
  }
};

/** One line in Rust's order: `path(name: type, …) -> type`. */
export const formatSignature = ({ path, args, variadic, ret }: Signature): string => {
  // C's `char` by a name that means the same in both languages.
  const type = ({ text, shape }: GivenType): string => (text === 'char' && shape.kind === 'int' ? 'c_char' : text);
  const list = args.map((arg) => (arg.name === null ? type(arg) : `${arg.name}: ${type(arg)}`));
  return `${path}(${[...list, ...(variadic ? ['...'] : [])].join(', ')})${ret.shape.kind === 'unit' ? '' : ` -> ${type(ret)}`}`;
};

/** Where the list of arguments is; null: the text is a pattern only. */
const argumentList = (text: string): { open: number; close: number } | null => {
  // A regular expression's own brackets come before its closing slash.
  const from = text.trimStart().startsWith('/') ? text.lastIndexOf('/') + 1 : 0;
  for (const at of topLevel(text.slice(from), '(')) {
    const open = from + at;
    const close = closingOf(text, open);
    if (text.slice(0, open).trim() === '') {
      if (text.slice(close).trim() === '') throw faultAt(text, open, 1, 'the function has no name');
      continue;
    }
    if (text[close - 1] !== ')') throw faultAt(text, open, 1, 'the list of arguments is never closed');
    const rest = text.slice(close).trimStart();
    if (rest.startsWith('(') && /^\(\s*\*/.test(text.slice(open, open + 80)))
      throw faultAt(text, open, close - open, "can't read a function that returns a function", [
        'put the return type last, as a pointer: `name(type, …) -> void *`',
      ]);
    if (rest === '' || rest.startsWith(';') || rest.startsWith('->'))
      return /^\s*\*+\s*$/.test(text.slice(open + 1, close - 1)) ? null : { open, close };
    if (!continuesPath.test(rest))
      throw faultAt(text, text.length - rest.length, 1, "can't read what follows the arguments");
  }
  return null;
};

/** What follows a parenthesis that isn't a list of arguments: C++'s names, clones, globs. */
const continuesPath = /^(?:::|[[.@&*({]|(?:const|volatile|noexcept)\b)/;

const rustWords = /^\s*(?:pub(?:\s*\([^)]*\))?\s+)?(?:const\s+)?(?:unsafe\s+)?(?:extern\s+(?:"[^"]*"\s+)?)?fn\s+/;

/** What stands before the list: the path, after a C prototype's return type or Rust's `pub fn`. */
const prefixOf = (text: string, open: number): { path: string; returns: Tokens | null } => {
  const before = text.slice(0, open);
  const asynchronous = /\basync\s+(?:unsafe\s+)?(?:extern\s+)?fn\b/.exec(before);
  if (asynchronous)
    throw faultAt(text, asynchronous.index, asynchronous[0].length, "an async function's signature can't be given");
  const words = rustWords.exec(before)?.[0];
  if (words !== undefined) {
    const named = before.slice(words.length).trim();
    const generics = topLevel(named, '<').find((at) => at > 0);
    const path =
      generics !== undefined && closingOf(named, generics) === named.length ? named.slice(0, generics) : named;
    return { path, returns: null };
  }
  const trimmed = before.trimEnd();
  const blank = topLevel(trimmed, ' \t\n').at(-1);
  if (blank === undefined || trimmed.slice(0, blank).trim() === '' || /(?:^|::)operator\s/.test(trimmed))
    return { path: trimmed.trim(), returns: null };
  const name = /^[*&]*/.exec(trimmed.slice(blank + 1))?.[0] ?? '';
  const start = blank + 1 + name.length;
  if (start === trimmed.length) throw faultAt(text, start, 1, 'the name of the function is missing');
  return { path: trimmed.slice(start), returns: new Tokens(text, 0, start) };
};

type Parsed = { readonly name: string | null; readonly type: TypeNode; readonly language: 'rust' | 'c' | null };

const parseArgs = (tokens: Tokens): { args: Parsed[]; variadic: boolean } => {
  const args: Parsed[] = [];
  while (!tokens.atEnd()) {
    if (tokens.accept('...')) {
      tokens.accept(',');
      if (!tokens.atEnd()) throw tokens.fault('`...` must come last');
      return { args, variadic: true };
    }
    if (args.length === maxArgs) throw tokens.fault(`more than ${maxArgs} arguments`);
    args.push(parseArg(tokens));
    if (!tokens.atEnd()) tokens.expect(',');
  }
  return { args, variadic: false };
};

const parseArg = (tokens: Tokens): Parsed => {
  const { at } = tokens.next;
  const receiver = /^&\s*(?:'\w+\s+)?(?:mut\s+)?self(?=\s*(?:[,)]|$))/.exec(tokens.whole.slice(at, at + 200));
  if (receiver) {
    while (!tokens.accept('self')) tokens.take();
    const text = tokens.textFrom(at).replace(/self$/, 'Self');
    return { name: 'self', type: { ...node(tokens, at, null), text, shape: pointer(text) }, language: 'rust' };
  }
  if (tokens.is('mut') && tokens.second.kind === 'word') tokens.take();
  if (tokens.is('self') && tokens.second.text !== ':') {
    tokens.take();
    return { name: 'self', type: node(tokens, at, null), language: 'rust' };
  }
  if (tokens.next.kind !== 'word' || tokens.second.text !== ':') return parseType(tokens);
  const name = tokens.take().text;
  tokens.expect(':');
  const { type } = parseType(tokens);
  // Behind `name:` a type is Rust's, unless it is written with words that only C has.
  const rustChar: TypeNode = { ...type, bareChar: false, shape: { kind: 'char', name: 'char' } };
  return { name, type: type.bareChar ? rustChar : type, language: 'rust' };
};

/** A type of either language, with the name that C declares in it. */
const parseType = (tokens: Tokens): Parsed => {
  const { next, second } = tokens;
  if (next.kind === 'word' && second.kind === 'word' && rustScalar(second.text) && !startsCType(next.text))
    throw tokens.fault('expected `:` behind the name', second.at, second.text.length);
  const inC =
    next.kind === 'word' &&
    (startsCType(next.text) ||
      (['*', '&'].includes(second.text) && rustScalar(next.text)?.kind !== 'int') ||
      (second.kind === 'word' && !['fn', 'unsafe', 'extern', 'for', 'dyn', 'impl', 'mut'].includes(next.text)));
  if (inC) {
    const { name, type } = parseCDeclaration(tokens);
    return { name, type, language: type.bareChar || type.text === 'bool' ? null : 'c' };
  }
  const type = parseRustType(tokens);
  if (!tokens.is('*', '&', 'const')) return { name: null, type, language: type.shape === null ? null : 'rust' };
  // C++: `std::string const&`
  while (tokens.accept('*', '&', 'const'));
  const pointed = { ...node(tokens, type.at, pointer), at: type.at };
  return { name: tokens.next.kind === 'word' ? tokens.take().text : null, type: pointed, language: 'c' };
};

const unit: GivenShape = { kind: 'unit', name: '()' };

const parseReturn = (text: string, close: number, before: Tokens | null): Parsed => {
  const tokens = new Tokens(text, close, text.length);
  const arrow = tokens.next;
  if (tokens.accept('->') && before !== null) throw tokens.fault('the return type is given twice', arrow.at, 2);
  const ends = arrow.text === '->' ? tokens : before;
  const ret: Parsed =
    ends === null
      ? { name: null, type: { ...node(tokens, close, () => unit), text: '()' }, language: null }
      : before === null
        ? parseType(tokens)
        : { ...parseCDeclaration(before), language: 'c' };
  if (ret.name !== null && ends !== null)
    throw ends.fault('expected only a type', ends.taken - ret.name.length, ret.name.length);
  if (before !== null && !before.atEnd()) throw before.fault(`can't read \`${before.next.text}\` here`);
  tokens.accept(';');
  if (!tokens.atEnd()) throw tokens.fault(`can't read \`${tokens.next.text}\` here`);
  return ret;
};

/** Settles what a bare `char` is: 32 bits in Rust, 8 in C. */
const settle = (text: string, looksLikeRust: boolean, all: readonly Parsed[], prototype: boolean): Parsed[] => {
  const c = prototype || all.some(({ language }) => language === 'c');
  const rust = all.some(({ language }) => language === 'rust') || (!c && looksLikeRust);
  return all.map((one) => {
    if (!one.type.bareChar || (c && (prototype || !rust))) return one;
    if (c === rust)
      throw faultAt(text, one.type.at, 4, "`char` could be Rust's or C's", [
        "write `name: char` for Rust's, of 32 bits, or `c_char` for C's, of 8",
      ]);
    return { ...one, type: { ...one.type, shape: { kind: 'char', name: 'char' } } };
  });
};

const byValue = (text: string, type: TypeNode, argument: boolean): GivenType => {
  const { shape } = type;
  const nothing = argument && (shape?.kind === 'never' || (shape?.kind === 'unit' && type.text === 'void'));
  if (shape !== null && !nothing) return { text: type.text, shape };
  throw faultAt(
    text,
    type.at,
    type.text.length,
    `the type \`${shown(type.text)}\` ${nothing ? 'has no value' : type.why}`,
    [
      readable,
      'write the pointer, `&T` or `*const T`, if one is passed',
      'leave out the signature to see the registers as they are',
    ],
  );
};

const shown = (text: string): string =>
  (text.length > 80 ? `${text.slice(0, 79)}…` : text).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '?');
