import type { CalledFunction } from '../abi/hypothesis.ts';
import type { Address } from '../base/units.ts';
import type { RustVariant } from '../elf/rust-model.ts';
import { classify } from '../elf/rust-type.ts';
import type { DebugTypes, TypeId } from '../elf/type-model.ts';
import type { DebugScope, DebugVariable } from '../elf/variable-model.ts';

/** The arm of a `match` on an argument that an inlined copy's code begins in. */
export type EntryArm = { readonly argument: string; readonly variant: string };

/** References around an enum that a `match` sees through. */
const mostReferences = 4;

/**
 * Where `at` is in the scope of what only one variant of an argument holds: the argument was looked at before, outside
 * the copy's code, and calls with another variant never came into it. Null: nothing says so.
 */
export const entryArm = (fn: CalledFunction, { variables }: DebugScope, at: Address): EntryArm | null => {
  if (fn.language !== 'rust') return null;
  const bound = variables.filter((variable) => !variable.isParameter && isBegunIn(variable, at));
  if (bound.length === 0) return null;
  for (const { name, type } of fn.parameters) {
    const variants = variantsOf(fn.types, type);
    for (const variant of variants) {
      const others = variants.filter((other) => other !== variant);
      const isOwn = ({ type: held }: DebugVariable): boolean =>
        holds(fn.types, variant, held) && !others.some((other) => holds(fn.types, other, held));
      if (variant.name !== null && others.length > 0 && bound.some(isOwn))
        return { argument: name ?? 'an argument', variant: variant.name };
    }
  }
  return null;
};

const isBegunIn = ({ block }: DebugVariable, at: Address): boolean =>
  block?.some(({ start, end }) => start <= at && at < end) ?? false;

/** Those that a value can be, of an enum or of a reference to one. */
const variantsOf = (types: DebugTypes, id: TypeId | null): readonly RustVariant[] => {
  let at = id;
  for (let depth = 0; at !== null && depth < mostReferences; depth++) {
    const type = types.type(at);
    if (type.kind === 'pointer') at = type.target;
    else {
      const known = classify(types, at);
      return known.kind === 'enum' ? known.variants.filter(({ isInhabited }) => isInhabited) : [];
    }
  }
  return [];
};

/** Whether a variable of a type may be bound to a field, by value or by reference. */
const holds = (types: DebugTypes, { fields }: RustVariant, id: TypeId | null): boolean => {
  if (id === null) return false;
  const type = types.type(id);
  const target = type.kind === 'pointer' ? type.target : null;
  return fields.some((field) => field.type === id || (target !== null && field.type === target));
};
