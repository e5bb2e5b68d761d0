import { typeArguments, vtableSides, withoutArguments } from '../elf/rust-name.ts';
import type { DebugTypes, TypeId } from '../elf/type-model.ts';
import { isDamage } from './shape-site.ts';

export type KnownObject = { readonly vtable: bigint; readonly type: TypeId };

/** Types of one trait that are told apart; where there are more, none is. */
const mostTypes = 16;
/** A type may have a vtable in each unit. */
const mostVtables = 64;

/** The vtables of debug info by their trait and by their address; read when they are first asked for. */
export class TraitObjects {
  readonly #types: DebugTypes;
  #byTrait: Map<string, KnownObject[]> | null = null;
  readonly #byAddress = new Map<bigint, TypeId>();

  constructor(types: DebugTypes) {
    this.#types = types;
  }

  /** What a `dyn` of this trait may be: `app::Speak + core::marker::Send`. Empty where there are too many to list. */
  of(trait: string): readonly KnownObject[] {
    const known = this.#read().get(principalOf(trait)) ?? [];
    const isFew = known.length <= mostVtables && new Set(known.map(({ type }) => type)).size <= mostTypes;
    return isFew ? known : [];
  }

  /** The concrete type of the vtable at an address as linked; null where none is known. */
  at(vtable: bigint): TypeId | null {
    this.#read();
    return this.#byAddress.get(vtable) ?? null;
  }

  #read(): Map<string, KnownObject[]> {
    if (this.#byTrait !== null) return this.#byTrait;
    const byTrait = new Map<string, KnownObject[]>();
    for (const { address, name, type } of this.#vtables()) {
      if (type === null) continue;
      this.#byAddress.set(address, type);
      const sides = vtableSides(name);
      if (sides === null) continue;
      const trait = principalOf(sides.trait);
      const known = byTrait.get(trait);
      if (known === undefined) byTrait.set(trait, [{ vtable: address, type }]);
      else known.push({ vtable: address, type });
    }
    this.#byTrait = byTrait;
    return byTrait;
  }

  #vtables(): ReturnType<DebugTypes['vtables']> {
    try {
      return this.#types.vtables();
    } catch (error) {
      if (isDamage(error)) return [];
      throw error;
    }
  }
}

/** The trait whose vtable a `dyn` has: without auto traits and associated types, `core::ops::function::Fn<(u32)>`. */
export const principalOf = (trait: string): string => {
  const principal = trait.slice(0, boundAt(trait));
  const written = typeArguments(principal);
  if (written.length === 0) return principal;
  const types = written.filter((argument) => !/^\w+ ?= ?/.test(argument));
  const path = withoutArguments(principal);
  return types.length === 0 ? path : `${path}<${types.join(', ')}>`;
};

/** Where the first further bound begins, outside of all brackets. */
const boundAt = (trait: string): number => {
  let depth = 0;
  for (let at = 0; at < trait.length; at++) {
    const letter = trait[at]!;
    if (depth === 0 && trait.startsWith(' + ', at)) return at;
    if ('<([{'.includes(letter)) depth++;
    else if ('>)]}'.includes(letter) && !(letter === '>' && trait[at - 1] === '-')) depth--;
  }
  return trait.length;
};
