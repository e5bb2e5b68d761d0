/** Type arguments that a user never writes, since they are the defaults of the standard library's types. */
const defaultArguments = [
  'alloc::alloc::Global',
  'std::hash::random::RandomState',
  'std::collections::hash::map::RandomState',
];

/** A name as rustc wrote it, without default type arguments: `alloc::vec::Vec<u8>`. */
export const withoutDefaults = (name: string): string => {
  let text = name;
  for (const argument of defaultArguments) {
    // Behind another argument only: `Foo<alloc::alloc::Global>` says something.
    text = text.replaceAll(`, ${argument}>`, '>').replaceAll(`, ${argument},`, ',');
  }
  return text;
};

/** Where each piece that `isEnd` ends begins and ends, outside of all brackets. */
const outside = (name: string, isMark: (at: number) => boolean): number[] => {
  const found: number[] = [];
  let depth = 0;
  for (let at = 0; at < name.length; at++) {
    const letter = name[at]!;
    if (depth === 0 && isMark(at)) found.push(at);
    if ('<([{'.includes(letter)) depth++;
    else if ('>)]}'.includes(letter) && !(letter === '>' && name[at - 1] === '-')) depth = Math.max(0, depth - 1);
  }
  return found;
};

/** `Vec<u8>` of `alloc::vec::Vec<u8>`. */
export const lastSegment = (name: string): string => {
  const marks = outside(name, (at) => name.startsWith('::', at));
  const last = marks.at(-1);
  return last === undefined ? name : name.slice(last + 2);
};

/** `alloc::vec::Vec` of `alloc::vec::Vec<u8>`. */
export const withoutArguments = (name: string): string => {
  const open = outside(name, (at) => name[at] === '<').at(-1);
  return open === undefined || open === 0 || !name.endsWith('>') ? name : name.slice(0, open);
};

/** The type arguments of a name's last segment: `u8` and `Global` of `Vec<u8, Global>`. */
export const typeArguments = (name: string): string[] => {
  const base = withoutArguments(name);
  if (base === name) return [];
  const inner = name.slice(base.length + 1, -1);
  const commas = outside(inner, (at) => inner.startsWith(', ', at));
  return [-2, ...commas].map((start, index) => inner.slice(start + 2, commas[index]));
};

/** `<Concrete as Trait>::{vtable_type}`: both sides; null where the name has another form. */
export const vtableSides = (name: string): { concrete: string; trait: string } | null => {
  const end = name.lastIndexOf('>::{vtable');
  if (!name.startsWith('<') || end < 0) return null;
  const inner = name.slice(1, end);
  const as = outside(inner, (at) => inner.startsWith(' as ', at)).at(-1);
  return as === undefined ? null : { concrete: inner.slice(0, as), trait: inner.slice(as + 4) };
};

/** `dyn Trait` without its parentheses: `(dyn Trait + core::marker::Send)`. */
export const traitOf = (name: string): string => name.replace(/^\((dyn .*)\)$/s, '$1').replace(/^dyn /, '');
