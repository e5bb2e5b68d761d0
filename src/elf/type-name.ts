import type { CoreType } from '../core/debug-types.ts';
import { deepest, type ReadType } from './type-layout.ts';
import type { TypeId, TypeLanguage } from './type-model.ts';

/** What one name may take: its characters, and some for each type looked at. A name of names may double with every level. */
const longest = 1 << 16;
const perType = 16;
const mostDimensions = 64;

type Inner = TypeId | null;

/** A type as far as its name needs it: one that is named as `path` says, or one that is written around others. */
export type NamePart =
  | { readonly kind: 'named'; readonly path: string }
  /** A path is the type's own name: rustc gives pointers one. C has none for what it writes around others. */
  | ({ readonly path: string | null } & (
      | { readonly kind: 'pointer'; readonly of: keyof typeof signs; readonly target: Inner }
      | { readonly kind: 'array'; readonly element: Inner; readonly counts: readonly (bigint | null)[] }
      | {
          readonly kind: 'function';
          readonly parameters: readonly Inner[];
          readonly returns: Inner;
          readonly isVariadic?: boolean;
        }
      | {
          readonly kind: 'qualifier';
          readonly of: 'typedef' | 'const' | 'volatile' | 'restrict' | 'atomic' | 'other';
          readonly target: Inner;
        }
    ));

/** Gives what names a type, or null where its DIE is damaged. */
export type ReadPart = (id: TypeId) => NamePart | null;

/** The name of a type in its language, put together from those of other types where its DIE has none. */
export const nameOf = (read: ReadType, type: CoreType, language: TypeLanguage): string =>
  writeType(
    (id) => {
      const inner = read(id);
      return inner && partOf(inner, language);
    },
    partOf(type, language),
    language,
  );

/**
 * How a type is written in its language; in C and C++ as the declaration of `declared`, which may be empty: `char *s`.
 * What is too long or too deep ends in `…`. Not sanitised.
 */
export const writeType = (
  read: ReadPart,
  type: NamePart | null,
  language: TypeLanguage,
  declared: string = '',
): string => {
  const writer = new TypeWriter(read, language);
  return language === 'rust' ? writer.rust(type, 0) : writer.declaration(type, declared, 0);
};

const tagWords = { struct: 'struct', union: 'union', enumeration: 'enum' } as const;
const signs = { pointer: '*', reference: '&', 'rvalue-reference': '&&', member: '::*' } as const;

const partOf = (type: CoreType, language: TypeLanguage): NamePart => {
  const { path } = type;
  switch (type.kind) {
    case 'pointer':
    case 'array':
    case 'function':
    case 'qualifier':
      return type;
    case 'struct':
    case 'union':
    case 'enumeration':
      if (language === 'rust') break;
      if (path === null) return { kind: 'named', path: `${tagWords[type.kind]} {...}` };
      return { kind: 'named', path: language === 'c++' ? path : `${tagWords[type.kind]} ${path}` };
  }
  return { kind: 'named', path: path ?? (language === 'rust' ? `{unnamed ${type.kind}}` : '?') };
};

/** Writes one name. */
class TypeWriter {
  readonly #read: ReadPart;
  readonly #language: TypeLanguage;
  #room = longest;

  constructor(read: ReadPart, language: TypeLanguage) {
    this.#read = read;
    this.#language = language;
  }

  rust(type: NamePart | null, depth: number): string {
    if (type === null) return '?';
    if (!this.#enter(depth)) return '…';
    if (type.kind === 'named' || type.path !== null) return this.#take(type.path ?? '?');
    const of = (id: Inner, none: string): string => (id === null ? none : this.rust(this.#read(id), depth + 1));
    switch (type.kind) {
      case 'array':
        return this.#counts(type.counts, '_').reduceRight(
          (element, count) => `[${element}; ${count}]`,
          of(type.element, '?'),
        );
      case 'pointer':
        return `*mut ${of(type.target, '()')}`;
      case 'function': {
        const listed = this.#list(type.parameters, type.isVariadic, (id) => of(id, '?'));
        return `fn(${listed})${type.returns === null ? '' : ` -> ${of(type.returns, '()')}`}`;
      }
      default:
        return of(type.target, '()');
    }
  }

  /** C writes a type around what is declared, from the inside out: `declared` is that so far, `(*)[3]` or `*`. */
  declaration(type: NamePart | null, declared: string, depth: number): string {
    const join = (base: string): string => (declared === '' ? base : `${base} ${declared}`);
    if (type === null) return join('?');
    if (!this.#enter(depth)) return join('…');
    const around = (id: Inner, inner: string): string =>
      id === null ? (inner === '' ? 'void' : `void ${inner}`) : this.declaration(this.#read(id), inner, depth + 1);
    switch (type.kind) {
      case 'pointer': {
        const pointed = `${signs[type.of]}${declared}`;
        const to = this.#inner(type.target);
        return around(type.target, to?.kind === 'array' || to?.kind === 'function' ? `(${pointed})` : pointed);
      }
      case 'array':
        return around(
          type.element,
          declared +
            this.#counts(type.counts, '')
              .map((count) => `[${count}]`)
              .join(''),
        );
      case 'function': {
        const listed = this.#list(type.parameters, type.isVariadic, (id) => around(id, ''));
        return around(type.returns, `${declared}(${listed || (this.#language === 'c' ? 'void' : '')})`);
      }
      case 'qualifier': {
        if (type.of === 'typedef' || type.path !== null) return join(this.#take(type.path ?? '?'));
        const word = type.of === 'atomic' ? '_Atomic' : type.of === 'other' ? '' : type.of;
        // `char *const`, but `const char`.
        if (this.#inner(type.target)?.kind === 'pointer')
          return around(type.target, declared === '' ? word : `${word} ${declared}`);
        return `${word} ${around(type.target, declared)}`.trimStart();
      }
      default:
        return join(this.#take(type.path));
    }
  }

  #inner(id: Inner): NamePart | null {
    return id === null ? null : this.#read(id);
  }

  /** Whether one more type may be written. */
  #enter(depth: number): boolean {
    if (depth > deepest || this.#room <= 0) return false;
    this.#room -= perType;
    return true;
  }

  #take(text: string): string {
    const room = Math.max(0, this.#room);
    this.#room -= text.length;
    return text.length > room ? `${text.slice(0, room)}…` : text;
  }

  #counts(counts: readonly (bigint | null)[], unknown: string): string[] {
    const texts = counts.slice(0, mostDimensions).map((count) => this.#take(String(count ?? unknown)));
    return counts.length > mostDimensions ? [...texts, '…'] : texts;
  }

  #list(parameters: readonly Inner[], isVariadic: boolean | undefined, write: (id: Inner) => string): string {
    const listed: string[] = [];
    for (const id of parameters) {
      // One without a type costs nothing where it is written.
      this.#room -= 1;
      if (this.#room <= 0) return [...listed, '…'].join(', ');
      listed.push(write(id));
    }
    return [...listed, ...(isVariadic ? ['...'] : [])].join(', ');
  }
}
