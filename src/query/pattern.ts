import { RsymError } from '../base/errors.ts';
import { topLevel } from '../base/path.ts';
import { type Match, matchPath, parsePath } from './path-match.ts';
import { parseRegex } from './regex.ts';

export type { Match };

/** What a user writes to name functions. Matching reads the short demangled form, without hash. */
export type Pattern = {
  readonly text: string;
  readonly kind: 'path' | 'regex' | 'symbol' | 'address';
  /** ASCII text that occurs in the demangled name of every match, to rule names out cheaply; null: none is known. */
  readonly literal: string | null;
  /** The same for the raw symbol name. */
  readonly rawLiteral: string | null;
  /** Names are never equal to an address; callers that have no addresses can refuse such a pattern. */
  readonly address: bigint | null;
  /** How it matches whatever the name: `**`, `*`. Null: that depends on the name. */
  readonly everything: Match;
  /** Where one name matches exactly, it alone is usually what was meant. */
  match(name: string, raw: string, address: bigint | null): Match;
  matches(name: string, raw: string, address: bigint | null): boolean;
};

const maxLength = 65_536;

/**
 * Reads a pattern:
 *
 *   hello, world::hello    the last whole segments of a path; generics that aren't written are open
 *   ::world::hello         the whole path
 *   main::{closure#0}      bodies inside functions; `{{closure}}` is any of them, and what the legacy mangling writes
 *   alloc::vec::*::push    `*` is one segment or a part of one, `**` any number (then the whole path must match)
 *   <_ as Display>::fmt    implementations; `_` is any type
 *   /regex/, /regex/i      anywhere in the demangled name
 *   _R…, _ZN…, malloc@V    the symbol itself, its version optional
 *   0x1234                 an address
 *
 * @throws {RsymError} `usage` if the text is empty, too long, or a faulty regular expression.
 */
export const parsePattern = (text: string): Pattern => {
  const own = text.trim();
  if (own === '') throw new RsymError('usage', 'the pattern is empty', { hints: ["every function: '**'"] });
  if (own.length > maxLength) throw new RsymError('usage', `the pattern is longer than ${maxLength} characters`);
  if (/^0x[0-9a-f_]+$/i.test(own)) return addressPattern(own);
  if (own.startsWith('/')) return regexPattern(own);
  if (/^__?(?:R[A-Z0-9]|Z)[\w.$@]*$/.test(own)) return symbolPattern(own);
  return pathPattern(own);
};

type Kind = Pick<Pattern, 'kind' | 'match'> &
  Partial<Pick<Pattern, 'literal' | 'rawLiteral' | 'address' | 'everything'>>;
const pattern = (text: string, own: Kind): Pattern => ({
  text,
  literal: null,
  rawLiteral: null,
  address: null,
  everything: null,
  ...own,
  matches: (name, raw, address) => own.match(name, raw, address) !== null,
});

const addressPattern = (text: string): Pattern => {
  const digits = text.slice(2).replaceAll('_', '');
  if (digits === '' || digits.length > 16)
    throw new RsymError('usage', `not an address: ${text}`, { reason: 'an address has 1 to 16 hexadecimal digits' });
  const wanted = BigInt(`0x${digits}`);
  return pattern(text, {
    kind: 'address',
    address: wanted,
    match: (_name, _raw, address) => (address === wanted ? 'exact' : null),
  });
};

const regexPattern = (text: string): Pattern => {
  const test = parseRegex(text);
  const words = text.endsWith('/') ? regexWords(text.slice(1, -1)) : [];
  return pattern(text, {
    kind: 'regex',
    literal: words[0] ?? null,
    rawLiteral: words.find((word) => !abbreviated.includes(word)) ?? null,
    match: (name) => (test(name) ? 'exact' : null),
  });
};

/** Words that every match must contain, longest first; none where the expression isn't a plain sequence. */
const regexWords = (source: string): string[] =>
  /[|()[\]\\]/.test(source)
    ? []
    : [...(source.match(/[A-Za-z_]\w*(?![\w*?{])/g) ?? [])].sort((a, b) => b.length - a.length);

const version = /@.*$/s;

/** The same symbol; a version is compared where both have one. */
const sameSymbol = (wanted: string, raw: string): boolean => {
  if (wanted === raw) return true;
  if (!raw.includes('@') && !wanted.includes('@')) return false;
  const [ours, theirs] = [version.exec(wanted)?.[0], version.exec(raw)?.[0]];
  if (ours !== undefined && theirs !== undefined && ours.replace(/^@+/, '') !== theirs.replace(/^@+/, '')) return false;
  return wanted.replace(version, '') === raw.replace(version, '');
};

const symbolPattern = (text: string): Pattern => {
  const bare = text.replace(version, '');
  return pattern(text, {
    kind: 'symbol',
    rawLiteral: bare,
    match: (_name, raw) => {
      if (!raw.includes(bare)) return null;
      if (sameSymbol(text, raw)) return 'exact';
      // ThinLTO appends a suffix to the symbols that it promotes.
      return raw.startsWith(`${bare}.llvm.`) ? 'suffix' : null;
    },
  });
};

const pathPattern = (text: string): Pattern => {
  const rooted = text.startsWith('::');
  const path = rooted ? text.slice(2) : text;
  const parsed = parsePath(path);
  const words = wordsOf(path);
  const [literal = null] = words;
  const rawLiteral = topLevel(path, ' ').length > 0 ? null : (words.find((word) => inSymbol(word, path)) ?? null);
  // These two say nothing about a name, and are asked about every one.
  const all = path === '**' ? 'exact' : path === '*' && !rooted ? 'suffix' : null;
  return pattern(text, {
    kind: 'path',
    literal,
    rawLiteral,
    everything: all,
    match: (name, raw) => {
      if (sameSymbol(path, raw) || name === path) return 'exact';
      if (all !== null) return all;
      for (const word of words) if (!name.includes(word)) return null;
      return matchPath(parsed, rooted, name);
    },
  });
};

/** Words that manglings abbreviate: what occurs in a demangled name needn't occur in its symbol. */
const abbreviated =
  'std string basic_string basic_istream basic_ostream basic_iostream allocator char_traits operator new delete ' +
  'anonymous namespace closure shim vtable typeinfo thunk guard variable impl as for dyn mut const fn unsafe extern ' +
  'char bool str true false i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f16 f32 f64 f128 int unsigned signed ' +
  'long short float double void wchar_t char8_t char16_t char32_t nullptr_t lambda unnamed type auto decltype ' +
  'nullptr static_cast reinterpret_cast const_cast dynamic_cast abi default arg clone volatile restrict noexcept ' +
  'enable_if sizeof alignof this global';
const abbreviatedWords = new Set(abbreviated.split(' '));

/** Whether a word of a pattern must occur in the symbol. Next to a `*` it may be a part of an abbreviated one. */
const inSymbol = (word: string, path: string): boolean =>
  path.includes(`*${word}`) || path.includes(`${word}*`) ? !abbreviated.includes(word) : !abbreviatedWords.has(word);

/** Words of a pattern that a match may lack or spell otherwise. */
const implied = /^(?:_|r|as|for|impl|mut|const)$/;

/** The words that every match must contain (bodies have several spellings), those that its symbol most likely contains first, then longer ones. */
const wordsOf = (path: string): string[] =>
  [...new Set(path.replace(/\{\{?[\w#*]*\}?\}|'\w+|[@.].*$/gs, ' ').match(/[A-Za-z_]\w*/g))]
    .filter((word) => !implied.test(word))
    .sort((a, b) => Number(abbreviatedWords.has(a)) - Number(abbreviatedWords.has(b)) || b.length - a.length);
