import { closingOf, splitPath, splitTop } from '../base/path.ts';

/** Where a function stands in a tree of crates, modules and types, and what is left of its name there. */
export type Place = { readonly branch: readonly string[]; readonly leaf: string };

/** The branches of functions that have no path: those of C, methods of `u8` or `[T]`. */
const pathless = '(no path)';

/** A name as long as a book need not be taken apart to its end. */
const longestName = 4_096;

/**
 * The place of a demangled name: `rustc_middle::mir::pretty::write_mir_fn` is in three branches; a method is in those of its
 * type, what is inside a function beside that.
 */
export const placeOf = (name: string): Place => {
  if (name.length > longestName) return { branch: [pathless], leaf: name };
  const segments = name.includes('<') || name.includes('(') ? splitPath(name) : name.split('::');
  const [first = ''] = segments;
  // What a template of C++ returns stands before its path.
  if (segments.length > 1 && /^[\w:* &]+ \w+$/.test(first)) segments[0] = first.slice(first.lastIndexOf(' ') + 1);
  if (first.startsWith('<')) return methodPlace(first, segments.slice(1).join('::'));
  const parts = segments.findIndex((segment, i) => i > 0 && /^[<{(]/.test(segment));
  const own = parts < 0 ? segments.length - 1 : parts - 1;
  const branch = segments.slice(0, own).map(withoutArguments);
  return { branch: branch.length === 0 ? [pathless] : branch, leaf: segments.slice(own).join('::') };
};

/** `<T as Trait>::method`: below the type, or the first type inside `&T` and `[T]` that has a path, else below the trait. */
const methodPlace = (type: string, method: string): Place => {
  const inner = type.slice(1, closingOf(type) - 1).replace(/^impl /, '');
  const [self = '', trait] = splitTop(inner, ' as ');
  const leaf = trait === undefined ? method : `${method} (${lastWord(trait)})`;
  const branch = pathIn(self) ?? (trait === undefined ? null : pathIn(trait)) ?? [pathless];
  return self.startsWith(branch[0] ?? '') ? { branch, leaf } : { branch, leaf: `<${inner}>::${method}` };
};

const path = /[\p{L}_][\p{L}\p{N}_]*(?:::[\p{L}_][\p{L}\p{N}_]*)+/u;
const pathIn = (type: string): readonly string[] | null => path.exec(type)?.[0].split('::') ?? null;

const withoutArguments = (segment: string): string => /^[^<(]+/.exec(segment)?.[0] ?? segment;
const lastWord = (trait: string): string => withoutArguments(splitPath(trait).at(-1) ?? trait);
