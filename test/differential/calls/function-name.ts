/** `text` without what stands in angle brackets; the `>` of an arrow closes none. */
const withoutGenerics = (text: string): string => {
  let out = '';
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === '<') depth += 1;
    else if (char === '>' && text[i - 1] !== '-' && depth > 0) depth -= 1;
    else if (depth === 0) out += char;
  }
  return out.replaceAll(/::(?=::|$)/g, '');
};

/** Where the bracket that opens `text` closes. */
const closingAt = (text: string): number => {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '<') depth += 1;
    else if (text[i] === '>' && text[i - 1] !== '-') {
      depth -= 1;
      if (depth === 0) return i;
    }
  }
  return -1;
};

/** An implementation that stands in another module than its type, as the older mangling writes it, as the newer does. */
const elsewhere = (name: string): string | null => {
  const start = name.indexOf('<impl ');
  const end = start < 0 ? -1 : closingAt(name.slice(start));
  if (end < 0) return null;
  const [trait = '', type] = name.slice(start + '<impl '.length, start + end).split(' for ');
  return `<${type === undefined ? trait : `${type} as ${trait}`}>${name.slice(start + end + 1)}`;
};

/**
 * One name for all that a function is called by both manglings and by debug info: without generic arguments and numbers of
 * closures, which the older mangling doesn't have.
 *
 *   <app::Stack<u8>>::push, app::Stack<T>::push          app::Stack::push
 *   <app::Square as app::Shape>::area                    <app::Square as app::Shape>::area
 *   app::run::{closure#0}, app::run::{{closure}}         app::run::{closure}
 *   app::wait::{async_fn#0}                              app::wait::{closure}
 *   app::draw::<impl app::Shape for app::Square>::area   <app::Square as app::Shape>::area
 */
export const canonicalName = (name: string): string => {
  const implementation = elsewhere(name);
  if (implementation !== null) return canonicalName(implementation);
  const closures = name.replaceAll(/\{\{closure\}\}|\{(?:closure|async_fn|async_block)(?:_env)?#\d+\}/g, '{closure}');
  if (!closures.startsWith('<')) return withoutGenerics(closures);
  const end = closingAt(closures);
  if (end < 0) return closures;
  const [type = '', trait] = closures.slice(1, end).split(/ as (?=[\w<])/);
  const rest = withoutGenerics(closures.slice(end + 1));
  return trait === undefined
    ? withoutGenerics(type) + rest
    : `<${withoutGenerics(type)} as ${withoutGenerics(trait)}>${rest}`;
};

/** A method that the trait provides, as the older mangling names it: without the type. Null for other functions. */
export const providedName = (canonical: string): string | null => {
  const found = /^<.* as (.*)>(::.*)$/.exec(canonical);
  return found === null ? null : found[1]! + found[2]!;
};

/**
 * A type's name as debug info and `type_name` agree on it: without paths, lifetimes, allocators; an array behind a
 * reference is a slice, which it may have become.
 */
export const plainType = (type: string): string =>
  type
    .replaceAll(/'\w+ /g, '')
    .replaceAll(/(?:\w+::)+/g, '')
    .replaceAll(/, Global\b/g, '')
    .replaceAll(/, RandomState\b/g, '')
    .replaceAll(/; \d+\]/g, ']');
