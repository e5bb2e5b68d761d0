import { ffiScalar, headerScalar, rustScalar } from './scalar-names.ts';
import type { Tokens } from './tokens.ts';
import { node, pointer, pointerTo, type TypeNode, type Unsized } from './type-node.ts';

/** Crates whose types are known by their last segment; a path into any other crate is unknown. */
const knownRoots = ['core', 'std', 'alloc', 'libc', 'ffi', 'raw', 'ptr'];

/** Types of std without a size of their own. `Path` and `OsStr` are bytes that are nearly always text. */
const unsizedNames: Readonly<Record<string, Unsized>> = { str: 'str', Path: 'str', OsStr: 'str', CStr: 'cstr' };

/** Reads one Rust type. */
export const parseRustType = (tokens: Tokens): TypeNode => tokens.nested(() => parse(tokens));

const parse = (tokens: Tokens): TypeNode => {
  const at = tokens.next.at;
  if (tokens.accept('&')) return reference(tokens, at);
  if (tokens.accept('*')) {
    if (!tokens.accept('const', 'mut')) throw tokens.fault('expected `const` or `mut` behind `*`');
    const target = parseRustType(tokens);
    return node(tokens, at, (name) => pointerTo(target, name, 'text'));
  }
  if (tokens.accept('!')) return node(tokens, at, (name) => ({ kind: 'never', name }));
  if (tokens.is('(')) return parenthesised(tokens, at);
  if (tokens.is('[')) return bracketed(tokens, at);
  if (tokens.is('<')) {
    tokens.skipBracketed();
    path(tokens);
    return node(tokens, at, null);
  }
  if (tokens.is('fn', 'unsafe', 'extern', 'for')) return functionPointer(tokens, at);
  if (tokens.accept('dyn')) {
    bounds(tokens);
    return node(tokens, at, null, { unsized: 'dyn' });
  }
  if (tokens.accept('impl')) {
    bounds(tokens);
    return node(tokens, at, null, { why: 'stands for a type that the signature does not name' });
  }
  return named(tokens, at);
};

const reference = (tokens: Tokens, at: number): TypeNode => {
  if (tokens.next.kind === 'lifetime') tokens.take();
  tokens.accept('mut');
  const target = parseRustType(tokens);
  return node(tokens, at, (name) => pointerTo(target, name, 'none'), { nonNull: true });
};

const parenthesised = (tokens: Tokens, at: number): TypeNode => {
  tokens.expect('(');
  if (tokens.accept(')')) return node(tokens, at, (name) => ({ kind: 'unit', name }));
  const first = parseRustType(tokens);
  if (tokens.accept(')')) return { ...first, at, text: tokens.textFrom(at) };
  while (tokens.accept(',') && !tokens.is(')')) parseRustType(tokens);
  tokens.expect(')');
  return node(tokens, at, null);
};

const bracketed = (tokens: Tokens, at: number): TypeNode => {
  tokens.expect('[');
  const { shape } = parseRustType(tokens);
  const array = tokens.accept(';');
  while (array && !tokens.is(']') && tokens.next.kind !== 'end') tokens.take();
  tokens.expect(']');
  return node(tokens, at, null, array ? {} : { unsized: 'slice', ...(shape && { element: shape }) });
};

const functionPointer = (tokens: Tokens, at: number): TypeNode => {
  if (tokens.accept('for')) tokens.skipBracketed();
  tokens.accept('unsafe');
  if (tokens.accept('extern') && tokens.next.kind === 'string') tokens.take();
  tokens.expect('fn');
  if (!tokens.is('(')) throw tokens.fault('expected `(`');
  tokens.skipBracketed();
  if (tokens.accept('->')) parseRustType(tokens);
  return node(tokens, at, pointer, { nonNull: true });
};

/** `A + B<'a> + 'static + ?Sized` */
const bounds = (tokens: Tokens): void => {
  do {
    tokens.accept('?');
    if (tokens.is('(')) tokens.skipBracketed();
    else if (tokens.next.kind === 'lifetime') tokens.take();
    else {
      if (tokens.accept('for')) tokens.skipBracketed();
      path(tokens);
    }
  } while (tokens.accept('+'));
};

type Path = { readonly names: readonly string[]; readonly generics: readonly TypeNode[] };

/** A path with generics, `Fn(A) -> B` included; `generics` are the last segment's types. */
const path = (tokens: Tokens): Path => {
  const names: string[] = [];
  let generics: TypeNode[] = [];
  tokens.accept('::');
  while (tokens.next.kind === 'word') {
    names.push(tokens.take().text);
    if (tokens.is('::') && tokens.second.text === '<') tokens.take();
    generics = [];
    if (tokens.accept('<')) {
      while (!tokens.is('>')) {
        const generic = genericArgument(tokens);
        if (generic) generics.push(generic);
        if (!tokens.accept(',')) break;
      }
      tokens.expect('>');
    } else if (tokens.is('(')) {
      tokens.skipBracketed();
      if (tokens.accept('->')) parseRustType(tokens);
    }
    if (!tokens.accept('::')) return { names, generics };
  }
  if (names.length === 0) throw tokens.fault(tokens.next.kind === 'end' ? 'a type is missing' : 'expected a type');
  return { names, generics };
};

/** A type; lifetimes, constants and `Item = T` count for nothing here. */
const genericArgument = (tokens: Tokens): TypeNode | null => {
  if (tokens.next.kind === 'lifetime') tokens.take();
  else if (tokens.is('{')) tokens.skipBracketed();
  else if (/^[-\d"']/.test(tokens.next.text))
    while (!tokens.is(',', '>', ')') && tokens.next.kind !== 'end') tokens.take();
  else {
    const type = parseRustType(tokens);
    if (!tokens.accept('=')) return type;
    parseRustType(tokens);
  }
  return null;
};

const named = (tokens: Tokens, at: number): TypeNode => {
  const { names, generics } = path(tokens);
  const name = names.at(-1) ?? '';
  const known = names.length === 1 || knownRoots.includes(names[0] ?? '');
  if (!known) return node(tokens, at, null);
  const [first] = generics;
  if (first !== undefined) return smart(tokens, at, name, first);
  if (name === 'char') return node(tokens, at, (text) => ({ kind: 'char', name: text }));
  if (name === 'c_void') return node(tokens, at, null, { why: 'has no value' });
  const unsized = Object.hasOwn(unsizedNames, name) ? unsizedNames[name] : undefined;
  if (unsized !== undefined) return node(tokens, at, null, { unsized, why: 'has no size: it is passed by reference' });
  const scalar = rustScalar(name) ?? ffiScalar(name) ?? headerScalar(name);
  return node(tokens, at, (text) => scalar && { ...scalar, name: text }, { cChar: name === 'c_char' });
};

/** Std's types that are a pointer, by the pointer's target. */
const smart = (tokens: Tokens, at: number, name: string, target: TypeNode): TypeNode => {
  switch (name) {
    case 'Box':
    case 'NonNull':
      return node(tokens, at, (text) => pointerTo(target, text, 'none'), { nonNull: true });
    case 'Rc':
    case 'Arc':
    case 'Weak': {
      // They point to the counters, which lie before the value: what an unsized one holds isn't at the address.
      const shape = target.unsized === null ? pointer : (text: string) => ({ kind: 'fat', name: text }) as const;
      return node(tokens, at, shape, { nonNull: true });
    }
    case 'Pin':
      return target.shape === null
        ? node(tokens, at, null)
        : node(tokens, at, (text) => target.shape && { ...target.shape, name: text }, { nonNull: target.nonNull });
    case 'Option': {
      const some = target.shape;
      return some === null || !target.nonNull
        ? node(tokens, at, null)
        : node(tokens, at, (text) => ({ kind: 'option', some, name: text }));
    }
    default:
      return node(tokens, at, null);
  }
};
