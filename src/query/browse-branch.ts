/** Where a function stands in a tree of crates, modules and types, and what is left of its name there. */
export type Place = { readonly branch: readonly string[]; readonly leaf: string };

/** The branch of functions that have no path: those of C, methods of `u8` or `[T]`. */
const pathless = '(no path)';

/** A name as long as a book need not be taken apart to its end. */
const longestName = 4_096;

/**
 * The place of a demangled name: `rustc_middle::mir::pretty::write_mir_fn` is in three branches; a method is in those of its
 * type, what is inside a function beside that. Total; takes a microsecond or two, as it looks at no more than it must.
 */
export const placeOf = (name: string): Place => {
  if (name.length > longestName) return { branch: [pathless], leaf: name };
  if (name.startsWith('<')) return methodPlace(name);
  const branch: string[] = [];
  let at = 0;
  while (at < name.length) {
    const end = segmentEnd(name, at);
    // The function's own segment: the last, or the one before its arguments and what is inside it.
    if (end >= name.length || /[<{(]/.test(name[end + 2] ?? '')) break;
    branch.push(ownName(name.slice(at, end)));
    at = end + 2;
  }
  return { branch: branch.length === 0 ? [pathless] : branch, leaf: name.slice(at) };
};

/** What a template of C++ returns stands before its path; arguments stand behind a name. */
const ownName = (segment: string): string => {
  const plain = /^[^<(]+/.exec(segment)?.[0] ?? segment;
  return plain.slice(plain.lastIndexOf(' ') + 1);
};

const [open, close, colon] = ['<', '>', ':'].map((sign) => sign.charCodeAt(0)) as [number, number, number];

/** Whether a `>` closes nothing: `->` and `=>`. */
const isArrow = (name: string, at: number): boolean => name[at - 1] === '-' || name[at - 1] === '=';

/** Where the segment at `from` ends: before the next `::` outside of `<>` and `()`, or at the end. */
const segmentEnd = (name: string, from: number): number => {
  let depth = 0;
  for (let at = from; at < name.length; at++) {
    const sign = name.charCodeAt(at);
    if (sign === open || sign === 0x28) depth++;
    else if ((sign === close && !isArrow(name, at)) || sign === 0x29) depth--;
    else if (sign === colon && depth <= 0 && name.charCodeAt(at + 1) === colon) return at;
  }
  return name.length;
};

/** `<T as Trait>::method`: below the type, or the first type inside `&T` and `[T]` that has a path, else below the trait. */
const methodPlace = (name: string): Place => {
  const end = segmentEnd(name, 0);
  const inner = name.slice(1, end - 1);
  const method = name.slice(end + 2);
  const as = asAt(inner);
  const self = as < 0 ? inner.replace(/^impl /, '') : inner.slice(0, as);
  const trait = as < 0 ? '' : inner.slice(as + ' as '.length);
  const ofType = pathIn(self);
  if (ofType !== null && self.startsWith(ofType)) {
    const leaf = trait === '' ? method : `${method} (${lastWord(trait)})`;
    return { branch: ofType.split('::'), leaf };
  }
  const other = ofType ?? pathIn(trait);
  return { branch: other === null ? [pathless] : other.split('::'), leaf: name };
};

/** Where ` as ` stands outside of `<>`; -1: nowhere. */
const asAt = (inner: string): number => {
  let depth = 0;
  for (let at = 0; at < inner.length; at++) {
    const sign = inner.charCodeAt(at);
    if (sign === open) depth++;
    else if (sign === close && !isArrow(inner, at)) depth--;
    else if (sign === 0x20 && depth === 0 && inner.startsWith(' as ', at)) return at;
  }
  return -1;
};

const path = /[\p{L}_][\p{L}\p{N}_]*(?:::[\p{L}_][\p{L}\p{N}_]*)+/u;
const pathIn = (type: string): string | null => path.exec(type)?.[0] ?? null;

const lastWord = (trait: string): string => {
  const plain = /^[^<(]+/.exec(trait)?.[0] ?? trait;
  return plain.split('::').at(-1) ?? plain;
};
