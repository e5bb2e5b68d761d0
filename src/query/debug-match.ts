import type { DebugInfo } from '../elf/debug-model.ts';
import { lastName, numberedPath } from './function-path.ts';
import type { Match, Pattern } from './pattern.ts';

/** Rows of functions in debug info that a pattern matches. */
export type DebugMatches = {
  readonly exact: readonly number[];
  readonly loose: readonly number[];
  /** Functions of which debug info has nothing but the last segment, where that is the pattern's. */
  readonly partial: readonly number[];
};

/**
 * The function's path, its closures and async bodies told apart. A linkage name of C that isn't mangled is an alias
 * within the library (`__GI_abort`): the source has the name.
 */
export const debugPath = (debug: DebugInfo, id: number): string => {
  const path = debug.path(id);
  if (path === debug.linkageName(id)) return debug.dwarfPath(id) || path;
  return path.includes('{') ? numberedPath(path, debug.dwarfPath(id)) : path;
};

/**
 * How a function of debug info matches: by its linkage name, its path, or its path with the generic arguments that
 * the legacy mangling leaves out.
 */
const matchFunction = (pattern: Pattern, debug: DebugInfo, id: number): Match => {
  const raw = debug.linkageName(id) ?? '';
  const path = debugPath(debug, id);
  const found = pattern.match(path, raw, null);
  if (found === 'exact' || pattern.kind === 'symbol') return found;
  // As `ls` shows it, and as DWARF nests it.
  const own = debug.path(id);
  if (own !== path && pattern.text === own) return 'exact';
  const dwarfPath = debug.dwarfPath(id);
  return dwarfPath === path ? found : best(found, pattern.match(dwarfPath, '', null));
};

const best = (a: Match, b: Match): Match => (a === 'exact' || b === null ? a : b);

/** The functions of debug info that a pattern of names matches, inlined-only ones among them. */
export const matchDebug = (pattern: Pattern, debug: DebugInfo): DebugMatches => {
  const [exact, loose, partial]: [number[], number[], number[]] = [[], [], []];
  if (pattern.kind === 'address') return { exact, loose, partial };
  const last = pattern.kind === 'path' ? lastName(pattern.text) : '';
  for (const id of possible(pattern, last, debug)) {
    const match = matchFunction(pattern, debug, id);
    // Of a path that is known in part nothing is exact.
    if (match === 'exact' && !isPartial(debug, id)) exact.push(id);
    else if (match !== null) loose.push(id);
    else if (last !== '' && isNamed(debug, id, last)) partial.push(id);
  }
  return { exact, loose, partial };
};

/** The functions whose names hold the text that every match has, in their order: looking at all would take long. */
const possible = (pattern: Pattern, last: string, debug: DebugInfo): Iterable<number> => {
  const { rawLiteral } = pattern;
  const literal = pattern.kind === 'symbol' ? rawLiteral : pattern.literal;
  if (literal === null || rawLiteral === null) return Array.from({ length: debug.functionCount }, (_, id) => id);
  const named = debug.containing(rawLiteral, literal);
  // Of what is known in part, the last segment is all there is.
  const partial = last === '' || last === literal ? [] : debug.containing(last, last);
  return new Set([...named, ...partial].sort((a, b) => a - b));
};

const isNamed = (debug: DebugInfo, id: number, last: string): boolean => {
  // A part of a path has no other part; DWARF's own name is cheaper to look at than a demangled one.
  const dwarfPath = debug.dwarfPath(id);
  return dwarfPath.startsWith(last) && isPartial(debug, id) && lastName(debug.path(id)) === last;
};

const isPartial = (debug: DebugInfo, id: number): boolean =>
  debug.linkageName(id) === null && debug.function(id).isPartial;
