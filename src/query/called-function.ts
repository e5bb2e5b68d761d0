import { compilerOf } from '../abi/compiler.ts';
import type { CalledFunction } from '../abi/hypothesis.ts';
import { lastSegment } from '../elf/rust-name.ts';
import type { DebugTypes, TypeId } from '../elf/type-model.ts';
import type { DebugScope, DebugVariable } from '../elf/variable-model.ts';
import type { SelectedCopy } from './select-model.ts';
import { typeName } from './type-name.ts';

/** What debug info says of how a copy's function is called. */
export const calledFunction = (selected: SelectedCopy, scope: DebugScope, types: DebugTypes): CalledFunction => {
  const declared = selected.function === null ? null : types.signature(selected.function);
  return {
    types,
    compiler: compilerOf(scope.producer),
    language: scope.language === 'rust' || scope.language === 'c++' ? scope.language : 'c',
    path: selected.name,
    dwarfPath: selected.dwarfPath ?? selected.name,
    isMangled: selected.function?.linkageName != null,
    generics: declared?.generics ?? [],
    parameters: parametersOf(scope, selected.dwarfPath ?? ''),
    returns: declared?.returns ?? null,
    isNoReturn: declared?.isNoReturn ?? false,
    isVariadic: declared?.isVariadic ?? false,
  };
};

/** The context of a poll is an argument of the body of an async function, though debug info has it as a variable. */
const parametersOf = ({ variables }: DebugScope, dwarfPath: string): DebugVariable[] => {
  const declared = variables.filter(({ isParameter }) => isParameter);
  const isPoll = /^\{async_\w+#\d+\}/.test(lastSegment(dwarfPath));
  const context = isPoll
    ? variables.find(({ name, isParameter }) => name === '_task_context' && !isParameter)
    : undefined;
  const isListed = context === undefined || declared.some(({ type }) => type === context.type);
  return isListed ? declared : [...declared, context];
};

/** Of a function type that is a type argument, it may be a function item. */
export const isFunctionItem = ({ types, generics }: CalledFunction, id: TypeId | null): boolean => {
  if (id === null || !generics.some(({ type }) => type === id)) return false;
  const type = types.type(id);
  return type.kind === 'pointer' && type.target !== null && types.type(type.target).kind === 'function';
};

/** Whether it gives back what can be computed with. */
export const isNumber = ({ types, returns }: CalledFunction): boolean => {
  const type = returns === null ? null : types.type(returns);
  return type?.kind === 'base' && type.encoding !== 'bool' && type.encoding !== 'char';
};

/** Bytes of a type; null where they aren't told. */
export const sizeOf = (types: DebugTypes, id: TypeId | null): number | null => {
  if (id === null) return 0;
  let type = types.type(id);
  for (let depth = 0; type.kind === 'qualifier' && depth < 32; depth++) {
    if (type.target === null) return null;
    type = types.type(type.target);
  }
  if (type.kind === 'pointer') return Number(type.size ?? 8n);
  return type.size === null ? null : Number(type.size);
};

export const namedParameter = (
  fn: CalledFunction,
  variable: DebugVariable | undefined,
): { name: string | null; type: string | null; typeId: TypeId | null } => {
  const type = variable?.type ?? null;
  const name = type === null ? null : typeName(fn.types, type, fn.language);
  return { name: variable?.name ?? null, type: name, typeId: type };
};

/** A parameter without size has no name in debug info: a variable of the function has it. */
export const named = (parameter: DebugVariable | undefined, { variables }: DebugScope): DebugVariable | undefined => {
  if (parameter === undefined || parameter.name !== null) return parameter;
  const own = variables.filter(
    ({ isParameter, block, type, line }) =>
      !isParameter && block === null && type === parameter.type && line === parameter.line,
  );
  const [only, ...others] = own;
  return only === undefined || others.length > 0 ? parameter : { ...parameter, name: only.name };
};
