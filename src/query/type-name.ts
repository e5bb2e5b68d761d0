import { RsymError } from '../base/errors.ts';
import type { DebugType, DebugTypes, TypeId } from '../elf/debug-model.ts';

export type Language = 'rust' | 'c' | 'c++';

/** Types inside types; what a damaged file nests deeper is cut. */
const maxDepth = 24;

/** A type's DIE; null where there is none or it is damaged. */
export const readType = (types: DebugTypes, id: TypeId): DebugType | null => {
  try {
    return types.type(id);
  } catch (error) {
    if (error instanceof RsymError && error.code === 'input') return null;
    throw error;
  }
};

/** How a type is written in its language. Null is nothing: `()` or `void`. Not sanitised. */
export const typeName = (types: DebugTypes, id: TypeId | null, language: Language): string =>
  language === 'rust' ? rustName(types, id, 0) : declaration(types, id, '', 0);

const rustName = (types: DebugTypes, id: TypeId | null, depth: number): string => {
  if (id === null) return '()';
  const type = depth > maxDepth ? null : readType(types, id);
  if (type === null) return '?';
  const inner = (other: TypeId | null): string => rustName(types, other, depth + 1);
  switch (type.kind) {
    case 'array':
      return type.counts.reduceRight((element, count) => `[${element}; ${count ?? '_'}]`, inner(type.element));
    case 'pointer':
      return type.name || `*mut ${inner(type.target)}`;
    case 'qualifier':
      return type.name || inner(type.target);
    case 'function':
      return (
        type.name ||
        `fn(${type.parameters.map(inner).join(', ')})${type.returns === null ? '' : ` -> ${inner(type.returns)}`}`
      );
    default:
      return type.name || '?';
  }
};

/**
 * A declaration of C: types grow around what is declared, from the inside out. `declared` is that so far: a name,
 * `*name`, `(*name)(int)`.
 */
const declaration = (types: DebugTypes, id: TypeId | null, declared: string, depth: number): string => {
  const join = (base: string): string => (declared === '' ? base : `${base} ${declared}`);
  if (id === null) return join('void');
  const type = depth > maxDepth ? null : readType(types, id);
  if (type === null) return join('?');
  const around = (target: TypeId | null, inner: string): string => declaration(types, target, inner, depth + 1);
  switch (type.kind) {
    case 'pointer': {
      const sign = type.of === 'reference' ? '&' : type.of === 'rvalue-reference' ? '&&' : '*';
      const target = type.target === null ? null : readType(types, type.target);
      const pointed = `${sign}${declared}`;
      return around(type.target, target?.kind === 'array' || target?.kind === 'function' ? `(${pointed})` : pointed);
    }
    case 'array':
      return around(type.element, `${declared}${type.counts.map((count) => `[${count ?? ''}]`).join('')}`);
    case 'function': {
      const list = type.parameters.map((parameter) => around(parameter, '')).join(', ');
      return around(type.returns, `${declared}(${list || 'void'})`);
    }
    case 'qualifier': {
      if (type.of === 'typedef' || type.of === 'other') return join(type.name || '?');
      const word = type.of === 'atomic' ? '_Atomic' : type.of;
      const target = type.target === null ? null : readType(types, type.target);
      // `char *const p`, but `const char *p`.
      if (target?.kind === 'pointer') return around(type.target, declared === '' ? word : `${word} ${declared}`);
      return `${word} ${around(type.target, declared)}`;
    }
    default:
      return join(type.name || '?');
  }
};

/** `const char *path`: a declaration of `name`. */
export const declarationOf = (types: DebugTypes, id: TypeId | null, name: string): string =>
  declaration(types, id, name, 0);
