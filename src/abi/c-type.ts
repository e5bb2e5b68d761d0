import type { GivenShape } from './given-shape.ts';
import { cWordsShape, headerScalar } from './scalar-names.ts';
import type { Tokens } from './tokens.ts';
import { node, pointer, type TypeNode } from './type-node.ts';

const typeWords = [
  'signed',
  'unsigned',
  'short',
  'long',
  'int',
  'char',
  '__int128',
  'float',
  'double',
  '_Bool',
  'bool',
];
const qualifiers = [
  'const',
  'volatile',
  'restrict',
  '__restrict',
  '__restrict__',
  '_Nonnull',
  '_Nullable',
  'register',
  '_Atomic',
];
const storage = ['extern', 'static', 'inline', '__inline', '__extension__', '_Noreturn'];
const tags = ['struct', 'union', 'enum', 'class'];

/** Words at which a type is C's, whatever follows. */
export const startsCType = (word: string): boolean =>
  (typeWords.includes(word) && word !== 'bool') ||
  qualifiers.includes(word) ||
  tags.includes(word) ||
  word === 'void' ||
  word === 'va_list' ||
  headerScalar(word) !== null;

type Base = {
  readonly shape: GivenShape | null;
  readonly void: boolean;
  readonly char: boolean;
  readonly enum: boolean;
};

const base = (tokens: Tokens): Base => {
  const words: string[] = [];
  let name: string | null = null;
  let tag: string | null = null;
  for (;;) {
    if (tokens.accept(...qualifiers, ...storage)) continue;
    if (name === null && tokens.is(...typeWords)) {
      words.push(tokens.take().text);
      continue;
    }
    if (name !== null || words.length > 0 || tokens.next.kind !== 'word') break;
    if (tokens.is(...tags)) tag = tokens.take().text;
    if (tokens.next.kind !== 'word') throw tokens.fault('expected a name');
    name = tokens.take().text;
    while (tokens.is('::') && tokens.second.kind === 'word') {
      tokens.take();
      name = `${name}::${tokens.take().text}`;
    }
    if (tokens.is('<')) tokens.skipBracketed();
  }
  if (name === null && words.length === 0)
    throw tokens.fault(tokens.next.kind === 'end' ? 'a type is missing' : 'expected a type');
  const shape =
    name === null
      ? cWordsShape(words, '')
      : tag === 'enum'
        ? cWordsShape(['int'], '')
        : tag === null
          ? headerOf(name)
          : null;
  return {
    shape,
    void: name === 'void' && tag === null,
    char: words.length === 1 && words[0] === 'char',
    enum: tag === 'enum',
  };
};

const headerOf = (name: string): GivenShape | null => (name === 'va_list' ? pointer(name) : headerScalar(name));

const declaredName = (tokens: Tokens): string => {
  if (tokens.is(...typeWords, ...tags, 'void', '_Complex', '_Imaginary'))
    throw tokens.fault(`can't read \`${tokens.next.text}\` here`);
  return tokens.take().text;
};

export type CDeclaration = { readonly type: TypeNode; readonly name: string | null };

/** Reads a C type and the name declared with it, if there is one: `const char *path`, `int (*cb)(void *)`, `char *argv[]`. */
export const parseCDeclaration = (tokens: Tokens): CDeclaration => {
  const at = tokens.next.at;
  const plain = base(tokens);
  let levels = 0;
  let reference = false;
  while (tokens.is('*', '&', ...qualifiers)) {
    const sign = tokens.take().text;
    if (!qualifiers.includes(sign)) levels++;
    reference ||= sign === '&';
  }
  const typeText = tokens.textFrom(at);
  let name: string | null = null;
  let isFunction = false;
  if (tokens.is('(') && tokens.second.text === '*') {
    tokens.expect('(');
    while (tokens.accept('*', ...qualifiers)) levels++;
    if (tokens.next.kind === 'word') name = declaredName(tokens);
    while (tokens.is('[')) tokens.skipBracketed();
    tokens.expect(')');
    if (!tokens.is('(', '[')) throw tokens.fault('expected the parameters of a function pointer');
    tokens.skipBracketed();
    isFunction = true;
  } else if (tokens.next.kind === 'word') name = declaredName(tokens);
  let arrays = 0;
  while (tokens.is('[')) {
    tokens.skipBracketed();
    arrays = 1;
  }
  levels += arrays;
  const text = isFunction ? tokens.textFrom(at) : arrays > 0 ? `${typeText}[]` : typeText;
  const own = (shape: GivenShape | null): GivenShape | null => shape && { ...shape, name: text };
  const shape: GivenShape | null =
    isFunction || levels > 1
      ? pointer(text)
      : levels === 1
        ? plain.char && !reference
          ? { kind: 'cstring', name: text }
          : pointer(text)
        : plain.void
          ? { kind: 'unit', name: text }
          : own(plain.shape);
  const bareChar = text === 'char' && name === null;
  return { name, type: { ...node(tokens, at, null, { cChar: plain.char, bareChar }), text, shape } };
};
