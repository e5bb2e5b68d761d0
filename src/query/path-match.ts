import { splitTop } from '../base/path.ts';
import { globMatches } from './glob.ts';
import { type NamePath, otherPathsOf, pathOf, type Segment } from './name-path.ts';

/** A pattern's segment, or any number of them (`**`). */
export type PathPattern = readonly (Segment | '**')[];

/** Beyond this depth of types inside types, only equal text matches. */
const maxDepth = 32;

/** A pattern of more segments matches only equal text: no path that people write has them. */
const maxSegments = 256;

export const parsePath = (text: string): PathPattern => {
  const path = pathOf(text);
  return Array.from({ length: path.length }, (_, i) => {
    const segment = path.at(i) as Segment;
    return segment.kind === 'plain' && segment.name === '**' && segment.generics === null ? '**' : segment;
  });
};

const nameMatches = (pattern: string, name: string): boolean =>
  pattern === name ||
  (pattern.includes('*') && globMatches(pattern, name)) ||
  (pattern.startsWith('{') && name.startsWith('{') && bodyMatches(pattern, name));

const anyBody = /^(?:\{closure\}|\{\{closure\}\})$/;
const numberedBody = /^\{((?:async_|gen_|async_gen_)?(?:closure|fn|block))#(\d+)\}$/;

/**
 * Closures and async bodies. A pattern without a number means any of them. The legacy mangling doesn't number them, and
 * both manglings call an async body a closure: such names match every pattern that may mean them.
 */
const bodyMatches = (pattern: string, name: string): boolean => {
  const [, kind, number] = numberedBody.exec(name) ?? [];
  if (anyBody.test(pattern)) return number !== undefined || anyBody.test(name);
  const [, wantedKind, wantedNumber] = numberedBody.exec(pattern) ?? [];
  if (wantedNumber === undefined) return false;
  if (anyBody.test(name)) return true;
  return number === wantedNumber && (kind === 'closure' || wantedKind === 'closure');
};

/** A cold part is a piece of a function, not a function of that name. */
const coldPart = /\.cold\b/;

const segmentMatches = (pattern: Segment, segment: Segment, depth: number): boolean => {
  if (pattern.kind === 'plain' && pattern.name === '*' && pattern.generics === null) return true;
  if (pattern.kind === 'impl')
    return (
      segment.kind === 'impl' &&
      typeMatches(pattern.self, segment.self, depth) &&
      (pattern.trait === null
        ? segment.trait === null
        : segment.trait !== null && typeMatches(pattern.trait, segment.trait, depth))
    );
  if (segment.kind === 'impl') return false;
  const named =
    pattern.suffix === ''
      ? (nameMatches(pattern.name, segment.name) && !coldPart.test(segment.suffix)) ||
        (pattern.name.includes('*') && globMatches(pattern.name, segment.name + segment.suffix))
      : nameMatches(pattern.name, segment.name) && suffixMatches(pattern.suffix, segment.suffix);
  return (
    named &&
    (pattern.parameters === null || pattern.parameters === segment.parameters) &&
    (pattern.generics === null ||
      (segment.generics !== null && listMatches(pattern.generics, segment.generics, depth, true)))
  );
};

/** `@VERSION` and `@@VERSION` (the default) name the same version; where the file gives none, any will do. */
const suffixMatches = (pattern: string, suffix: string): boolean =>
  pattern.startsWith('@')
    ? suffix === '' || pattern.replace(/^@+/, '') === suffix.replace(/^@+/, '')
    : pattern === suffix || (pattern.includes('*') && globMatches(pattern, suffix));

const listMatches = (patterns: readonly string[], types: readonly string[], depth: number, open: boolean): boolean =>
  (open ? patterns.length <= types.length : patterns.length === types.length) &&
  patterns.every((pattern, i) => typeMatches(pattern, types[i] ?? '', depth + 1));

const pointer = /^(?:&(?:'\w+ )?(?:mut )?|\*const |\*mut )/;
const inside = (text: string): string => text.slice(1, -1);

/** Whether a type matches: `_` is any type, paths match on their last whole segments with generics left open. */
const typeMatches = (pattern: string, type: string, depth: number): boolean => {
  if (pattern === type || pattern === '_' || pattern === '**') return true;
  if (depth > maxDepth) return false;
  const pointed = pointer.exec(pattern)?.[0];
  if (pointed !== undefined) {
    const other = pointer.exec(type)?.[0];
    return (
      other?.replace(/'\w+ /, '') === pointed.replace(/'\w+ /, '') &&
      typeMatches(pattern.slice(pointed.length), type.slice(other.length), depth + 1)
    );
  }
  for (const [left, right, separator] of [
    ['[', ']', ';'],
    ['(', ')', ','],
  ] as const)
    if (pattern.startsWith(left) && pattern.endsWith(right))
      return (
        type.startsWith(left) &&
        type.endsWith(right) &&
        listMatches(
          splitTop(inside(pattern), separator).map((part) => part.trim()),
          splitTop(inside(type), separator).map((part) => part.trim()),
          depth,
          false,
        )
      );
  if (/^(?:dyn|impl|fn|for|unsafe|extern)\b/.test(pattern) || /^[&*[(]/.test(type))
    return pattern.replaceAll(' ', '') === type.replaceAll(' ', '');
  return covers(parsePath(pattern), pathOf(type), depth + 1) !== null;
};

/** How a name matches: `exact` on its whole path, `suffix` on its last whole segments. */
export type Match = 'exact' | 'suffix' | null;

/** A pattern with `**` speaks of the whole path, another one of its last segments. */
const covers = (pattern: PathPattern, path: NamePath, depth: number): Match => {
  if (pattern.length > maxSegments) return null;
  if (pattern.includes('**')) return coversWhole(pattern, path, depth) ? 'exact' : null;
  if (pattern.length > path.length) return null;
  for (let i = 1; i <= pattern.length; i++) {
    const [part, segment] = [pattern.at(-i), path.at(-i)];
    if (part === undefined || part === '**' || segment === undefined || !segmentMatches(part, segment, depth))
      return null;
  }
  return pattern.length === path.length ? 'exact' : 'suffix';
};

const coversWhole = (pattern: PathPattern, path: NamePath, depth: number): boolean => {
  // reached[j]: what is done of the pattern covers the first j segments of the path.
  let reached = new Array<boolean>(path.length + 1).fill(false);
  reached[0] = true;
  for (const part of pattern) {
    const next = new Array<boolean>(path.length + 1).fill(false);
    let before = false;
    for (let j = 0; j <= path.length; j++) {
      before ||= reached[j] ?? false;
      if (part === '**') next[j] = before;
      else if (j > 0 && reached[j - 1]) {
        const segment = path.at(j - 1);
        next[j] = segment !== undefined && segmentMatches(part, segment, depth);
      }
    }
    if (!next.includes(true)) return false;
    reached = next;
  }
  return reached[path.length] ?? false;
};

const plainTail = /^(?:\w+|\{[\w:]*#?\d*\})$/;

/** The last segment where nothing but a word follows the last `::`; null: the whole name must be read to know. */
const tailOf = (name: string): Segment | null => {
  const at = name.lastIndexOf('::');
  const tail = at < 0 ? '' : name.slice(at + 2);
  return plainTail.test(tail) ? { kind: 'plain', name: tail, generics: null, parameters: null, suffix: '' } : null;
};

/** Matches a demangled name; with `rooted` only its whole path counts. */
export const matchPath = (pattern: PathPattern, rooted: boolean, name: string): Match => {
  const last = pattern.at(-1);
  const tail = tailOf(name);
  if (tail !== null && last !== undefined && last !== '**') {
    if (!segmentMatches(last, tail, 0)) return null;
    if (pattern.length === 1) return rooted ? null : 'suffix';
  }
  const path = pathOf(name);
  let best = covers(pattern, path, 0);
  if (best !== 'exact')
    for (const other of otherPathsOf(path)) {
      const found = covers(pattern, other, 0);
      if (found === 'exact') return found;
      best ??= found;
    }
  return best === 'suffix' && rooted ? null : best;
};
