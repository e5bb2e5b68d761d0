import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { debugPath, matchDebug } from './debug-match.ts';
import { openPath } from './function-path.ts';
import { nearest } from './nearest.ts';
import { type Pattern, parsePattern } from './pattern.ts';
import type { SelectSources } from './select-model.ts';

const suggestions = 5;

/** The error that says that nothing is called so, why that may be, and what is called nearly so. */
export const nothingSelected = (sources: SelectSources, pattern: Pattern): RsymError => {
  const { image, symbols } = sources;
  const near = nearTo(sources, pattern).map(sanitize);
  const isImported = symbols.byRaw(pattern.text).some((row) => symbols.undefined(row));
  return new RsymError('not-found', `nothing in ${sanitize(image.path)} matches ${sanitize(pattern.text)}`, {
    reason: isImported
      ? 'the file only imports it: its code is in a library'
      : (reasonOf(sources, pattern) ?? undefined),
    hints: near.length > 0 ? [`the nearest: ${near.join(', ')}`] : [],
  });
};

/** Of a function whose code went into others, closures and async bodies may be left: those first. */
const nearTo = (sources: SelectSources, pattern: Pattern): string[] => {
  if (pattern.kind === 'address') return [];
  const bodies = new Set<string>();
  for (const name of namesOf(sources)) if (name.startsWith(`${pattern.text}::{`)) bodies.add(name);
  const all = bodies.size > 0 ? [...bodies].sort() : nearest(pattern.text, namesOf(sources), suggestions);
  return all.slice(0, suggestions);
};

const reasonOf = (sources: SelectSources, pattern: Pattern): string | null => {
  const { image, symbols, debug } = sources;
  if (pattern.kind === 'address') return 'no function that the file knows has code there';
  const open = pattern.kind === 'path' ? openPath(pattern.text) : pattern.text;
  if (open !== pattern.text && isKnown(sources, parsePattern(open)))
    return `${sanitize(open)} is there, but not with these generic arguments, or its names don't tell them`;
  if (debug.level === 'none') {
    const what = image.stripped
      ? 'the file is stripped and has no debug info: only exported functions have names'
      : 'the file has no debug info: a function that was inlined everywhere leaves no trace';
    return [what, ...debug.notes.map(sanitize)].join('\n');
  }
  return symbols.length === 0 ? 'the file has no symbols, and its debug info has no such function' : null;
};

const isKnown = ({ symbols, debug }: SelectSources, pattern: Pattern): boolean => {
  const { exact, loose } = matchDebug(pattern, debug);
  if (exact.length + loose.length > 0) return true;
  return symbols.functions().some((row) => pattern.matches(symbols.name(row), symbols.raw(row), null));
};

function* namesOf({ symbols, debug }: SelectSources): Generator<string> {
  const rows = symbols.functions();
  symbols.prepare(rows);
  for (const row of rows) yield symbols.name(row);
  for (let id = 0; id < debug.functionCount; id++) yield debugPath(debug, id);
}
