import { RsymError } from '../base/errors.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import type { DebugCopy } from '../elf/function-model.ts';
import type { DebugScope, DebugVariable } from '../elf/variable-model.ts';

/** Parameters in a slot that a crate has to have: fewer may be so by chance in an optimised one. */
const fewest = 8;

/** Functions of a crate that are looked at, evenly spread. */
const mostLookedAt = 512;

/**
 * Which crates no optimiser has seen, by where debug info has the parameters of all their functions: without an optimiser each
 * has a slot in the frame all the time, or stays behind the address that is passed. An optimiser puts some into registers,
 * moves them, or drops them, and says of some functions that their convention was changed. Functions that are to be left alone
 * (`#[optimize(none)]`) look unoptimised in an optimised crate, and lose results all the same: a unit may have no others, but the crate has.
 */
export class UnoptimisedCrates {
  readonly #debug: DebugInfo;
  /** By the first copy of the crate. */
  readonly #known = new Map<number, boolean>();

  constructor(debug: DebugInfo) {
    this.#debug = debug;
  }

  /** Whether the copy's crate, and the copy too, are as no optimiser leaves them. */
  has(copy: DebugCopy, scope: DebugScope): boolean {
    return slotsOf(scope) !== null && this.#isCrate(this.#debug.copiesOfCrate(copy.die));
  }

  #isCrate(copies: readonly number[]): boolean {
    const [first] = copies;
    if (first === undefined) return false;
    const known = this.#known.get(first);
    if (known !== undefined) return known;
    const found = this.#look(copies);
    this.#known.set(first, found);
    return found;
  }

  #look(copies: readonly number[]): boolean {
    try {
      return this.#areIn(copies);
    } catch (error) {
      // Damage in another function is none in this one; nor does it show anything.
      if (!(error instanceof RsymError) || error.code !== 'input') throw error;
      return false;
    }
  }

  #areIn(copies: readonly number[]): boolean {
    const step = Math.max(1, copies.length / mostLookedAt);
    let slots = 0;
    for (let at = 0; at < copies.length; at += step) {
      const own = slotsOf(this.#debug.scope(this.#debug.copy(copies[Math.floor(at)] ?? 0)));
      if (own === null) return false;
      slots += own;
    }
    return slots >= fewest;
  }
}

/** How many parameters have a slot; null: one lies as only an optimiser has it. */
const slotsOf = ({ variables, isConventionChanged }: DebugScope): number | null => {
  const parameters = variables.filter(({ isParameter }) => isParameter);
  if (isConventionChanged || !parameters.every(isInMemory)) return null;
  return parameters.filter(isInSlot).length;
};

const isInSlot = ({ locations }: DebugVariable): boolean => {
  const [only, ...others] = locations;
  const [operation, ...more] = only?.operations ?? [];
  return others.length === 0 && only?.range === null && operation?.op === 'frame-offset' && more.length === 0;
};

const inMemory = new Set(['frame-offset', 'register-offset', 'dereference', 'plus-constant']);

/** It has a place all along, in memory and in one piece. */
const isInMemory = ({ constant, locations }: DebugVariable): boolean =>
  constant === null &&
  locations.length > 0 &&
  locations.every(({ operations }) => operations.length > 0 && operations.every(({ op }) => inMemory.has(op)));
