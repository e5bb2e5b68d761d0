import type { CoreType } from '../core/debug-types.ts';
import type { TypeId, TypeLanguage } from './debug-model.ts';
import { deepest, type ReadType } from './type-layout.ts';

/** Longer names are cut: a name of names may grow with every level. */
const longest = 1 << 16;

/** The name of a type in its language, put together from those of other types where its DIE has none. */
export const nameOf = (read: ReadType, type: CoreType, language: TypeLanguage): string => {
  const name = language === 'rust' ? rustName(read, type, 0) : declaration(read, type, '', language, 0);
  return name.length > longest ? `${name.slice(0, longest)}…` : name;
};

const rustName = (read: ReadType, type: CoreType, depth: number): string => {
  if (type.path !== null) return type.path;
  if (depth > deepest) return '…';
  const of = (id: TypeId | null, none: string): string => {
    const inner = id === null ? null : read(id);
    return inner ? rustName(read, inner, depth + 1) : id === null ? none : '?';
  };
  switch (type.kind) {
    case 'array':
      return type.counts.reduceRight((element, count) => `[${element}; ${count ?? '_'}]`, of(type.element, '?'));
    case 'pointer':
      return `*mut ${of(type.target, '()')}`;
    case 'function': {
      const returns = type.returns === null ? '' : ` -> ${of(type.returns, '()')}`;
      return `fn(${type.parameters.map((id) => of(id, '?')).join(', ')})${returns}`;
    }
    case 'qualifier':
      return of(type.target, '()');
    default:
      return `{unnamed ${type.kind}}`;
  }
};

const tagWords = { struct: 'struct', union: 'union', enumeration: 'enum' } as const;

/**
 * C writes a type around what is declared, from the inside out: `declared` is that so far, `(*)[3]` or `*`.
 */
const declaration = (
  read: ReadType,
  type: CoreType | null,
  declared: string,
  language: TypeLanguage,
  depth: number,
): string => {
  const join = (base: string): string => (declared === '' ? base : `${base} ${declared}`);
  if (type === null) return join('?');
  if (depth > deepest || declared.length > longest) return join('…');
  const around = (id: TypeId | null, inner: string): string =>
    id === null ? (inner === '' ? 'void' : `void ${inner}`) : declaration(read, read(id), inner, language, depth + 1);
  switch (type.kind) {
    case 'pointer': {
      const pointed = `${signs[type.of]}${declared}`;
      const to = type.target === null ? null : read(type.target);
      return around(type.target, to?.kind === 'array' || to?.kind === 'function' ? `(${pointed})` : pointed);
    }
    case 'array':
      return around(type.element, `${declared}${type.counts.map((count) => `[${count ?? ''}]`).join('')}`);
    case 'function': {
      const listed = type.parameters.map((id) => around(id, ''));
      if (type.isVariadic) listed.push('...');
      return around(type.returns, `${declared}(${listed.join(', ') || (language === 'c' ? 'void' : '')})`);
    }
    case 'qualifier': {
      if (type.of === 'typedef' || type.path !== null) return join(type.path ?? '?');
      const word = type.of === 'atomic' ? '_Atomic' : type.of === 'other' ? '' : type.of;
      const to = type.target === null ? null : read(type.target);
      // `char *const`, but `const char`.
      if (to?.kind === 'pointer') return around(type.target, declared === '' ? word : `${word} ${declared}`);
      return `${word} ${around(type.target, declared)}`.trimStart();
    }
    case 'struct':
    case 'union':
    case 'enumeration': {
      const word = tagWords[type.kind];
      if (type.path === null) return join(`${word} {...}`);
      return join(language === 'c++' ? type.path : `${word} ${type.path}`);
    }
    default:
      return join(type.path ?? '?');
  }
};

const signs = { pointer: '*', reference: '&', 'rvalue-reference': '&&', member: '::*' } as const;
