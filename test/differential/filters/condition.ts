/** A value's place, as the program's source has it (an expression of the value itself) and as rsym's language names it. */
export type Place = { readonly rust: string; readonly rsym: string };

/** A question twice: `rust` is of the prelude's type `Answer`. */
export type Condition = {
  readonly rust: string;
  readonly rsym: string;
  /** What holds it together. */
  readonly form: 'one' | 'and' | 'or';
};

/** A whole number twice: `rust` is of the prelude's type `Known`. */
export type NumberTerm = { readonly rust: string; readonly rsym: string };

/** What is asked of a value by `is`; `rust` makes an `Answer` of a place. */
export type TestPattern = { readonly rsym: string; readonly rust: (place: string) => string };

export const one = (rsym: string, rust: string): Condition => ({ rsym, rust, form: 'one' });

const held = ({ rsym, form }: Condition, isLoose: boolean): string => (form === 'one' || isLoose ? rsym : `(${rsym})`);

export const both = (a: Condition, b: Condition): Condition => ({
  rsym: `${held(a, a.form === 'and')} && ${held(b, false)}`,
  rust: `and(${a.rust}, || ${b.rust})`,
  form: 'and',
});

/** A conjunction binds closer, so it stands as it is. */
export const either = (a: Condition, b: Condition): Condition => ({
  rsym: `${held(a, true)} || ${held(b, b.form === 'and')}`,
  rust: `or(${a.rust}, || ${b.rust})`,
  form: 'or',
});

export const opposite = (a: Condition): Condition => one(`!(${a.rsym})`, `not(${a.rust})`);

/** `rust` with names of its pattern's bindings in scope, where it matches; no match is no. */
export const matched = (
  place: Place,
  pattern: { readonly rust: string; readonly rsym: string },
  then: Condition | null,
): Condition => ({
  rsym: `${place.rsym} is ${pattern.rsym}${then === null ? '' : ` && ${held(then, then.form === 'and')}`}`,
  rust: `match &${place.rust} { ${pattern.rust} => ${then?.rust ?? 'Some(true)'}, #[allow(unreachable_patterns)] _ => Some(false) }`,
  form: then === null ? 'one' : 'and',
});
