import { splitTop } from '../base/path.ts';
import { globMatches } from './glob.ts';
import { readingsOf, type Segment, segmentsOf } from './name-path.ts';

/** A pattern's segment, or any number of them (`**`). */
export type PathPattern = readonly (Segment | '**')[];

/** Beyond this depth of types inside types, only equal text matches. */
const maxDepth = 32;

export const parsePath = (text: string): PathPattern =>
  segmentsOf(text).map((segment) =>
    segment.kind === 'plain' && segment.name === '**' && segment.generics === null ? '**' : segment,
  );

const nameMatches = (pattern: string, name: string): boolean =>
  pattern === name ||
  (pattern.includes('*') && globMatches(pattern, name)) ||
  // The legacy mangling doesn't number closures; a pattern without a number means any of them.
  ((pattern === '{closure}' || pattern === '{{closure}}') && (name.startsWith('{closure#') || name === '{{closure}}'));

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
  return pathMatches(parsePath(pattern), segmentsOf(type), false, depth + 1);
};

/** Whether the pattern covers the whole path, or, if not `anchored`, its last whole segments. */
const pathMatches = (pattern: PathPattern, path: readonly Segment[], anchored: boolean, depth: number): boolean => {
  // Reached[j]: what is done of the pattern covers the first j segments of the path.
  let reached = path.map((_, j) => j === 0 || !anchored);
  reached.push(path.length === 0 || !anchored);
  for (const part of pattern) {
    const next = new Array<boolean>(path.length + 1).fill(false);
    let before = false;
    for (let j = 0; j <= path.length; j++) {
      before ||= reached[j] ?? false;
      const segment = path[j - 1];
      next[j] =
        part === '**'
          ? before
          : segment !== undefined && (reached[j - 1] ?? false) && segmentMatches(part, segment, depth);
    }
    if (!next.includes(true)) return false;
    reached = next;
  }
  return reached[path.length] ?? false;
};

/** How a demangled name matches: `exact` on its whole path, `suffix` on its last whole segments. */
export const matchPath = (pattern: PathPattern, anchored: boolean, name: string): 'exact' | 'suffix' | null => {
  const readings = readingsOf(segmentsOf(name));
  if (readings.some((path) => pathMatches(pattern, path, true, 0))) return 'exact';
  if (anchored) return null;
  return readings.some((path) => pathMatches(pattern, path, false, 0)) ? 'suffix' : null;
};
