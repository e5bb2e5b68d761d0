import type { Why } from './environment.ts';

/** A value that can't be told, and why. */
export type Undecided = { readonly undecided: Why };

/** A value, if it is known. */
export type Outcome<T> = T | Undecided;

const reasons = new Map<Why, Undecided>();

export const undecided = (why: Why): Undecided => {
  const known = reasons.get(why);
  if (known !== undefined) return known;
  const made = { undecided: why };
  reasons.set(why, made);
  return made;
};

export const isUndecided = (outcome: unknown): outcome is Undecided =>
  typeof outcome === 'object' && outcome !== null && 'undecided' in outcome;
