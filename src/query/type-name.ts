import { RsymError } from '../base/errors.ts';
import type { DebugType, DebugTypes, TypeId } from '../elf/type-model.ts';
import { type NamePart, writeType } from '../elf/type-name.ts';

export type Language = 'rust' | 'c' | 'c++';

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
  id === null ? (language === 'rust' ? '()' : 'void') : write(types, id, language, '');

/** `const char *path`: a declaration of `name` in C or C++. */
export const declarationOf = (
  types: DebugTypes,
  id: TypeId | null,
  name: string,
  language: Exclude<Language, 'rust'> = 'c',
): string => (id === null ? `void ${name}`.trimEnd() : write(types, id, language, name));

const write = (types: DebugTypes, id: TypeId, language: Language, declared: string): string => {
  const read = (inner: TypeId): NamePart | null => {
    const type = readType(types, inner);
    return type && partOf(type, language);
  };
  return writeType(read, read(id), language, declared);
};

const partOf = (type: DebugType, language: Language): NamePart => {
  // What C writes around others is to be written around a declared name too: the type's whole name does not help.
  const path = (language === 'rust' && type.name) || null;
  switch (type.kind) {
    case 'pointer':
    case 'array':
    case 'function':
      return { ...type, path };
    case 'qualifier':
      return type.of === 'typedef' || type.of === 'other'
        ? { kind: 'named', path: type.name || '?' }
        : { ...type, path };
    default:
      return { kind: 'named', path: type.name || '?' };
  }
};
