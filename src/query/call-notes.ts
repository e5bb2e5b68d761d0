import { sanitize } from '../base/text.ts';
import { classify } from '../elf/rust-type.ts';
import type { DebugTypes, TypeId } from '../elf/type-model.ts';
import type { CopyFacts } from './copy-facts.ts';
import type { SelectedCopy } from './select-model.ts';

/** Which calls a probe on a copy sees, and how they end: one plain line each, safe on a terminal. */
export const callNotes = (facts: CopyFacts): string[] => [...exitNotes(facts), ...countNotes(facts)];

const mostTargets = 3;

function* exitNotes({ probe, values }: CopyFacts): Generator<string> {
  if (probe.returns !== 'sites' || probe.tailJumps.count === 0) return;
  const { count, targets } = probe.tailJumps;
  const more = targets.length - mostTargets;
  const names = targets.slice(0, mostTargets).map(sanitize).join(', ') + (more > 0 ? ` and ${more} more` : '');
  const where = `${names === '' ? 'other functions' : names}${count === 1 ? '' : ` at ${count} places`}`;
  const result = values?.result.mode === 'none' ? '' : '; then what that returns is its result';
  yield `${count === probe.exits ? 'has no `ret`: it ends' : 'may end'} by a jump to ${where}${result}`;
}

const mostInlined = 6;

function* countNotes({ copy, types, limit, inlinedThere, own }: CopyFacts): Generator<string> {
  if (/::\{(?:async_fn|async_block|async_closure)#\d+\}$/.test(copy.dwarfPath ?? ''))
    yield 'the body of something async: it runs once for each poll, and returns a `Poll`';
  if (types?.returns != null && isFuture(types.types, types.returns))
    yield 'it only makes the future: what it does is in its `{async_fn#0}`, which runs once for each poll';
  if (copy.kind === 'instance' && own > 1)
    yield `one of ${own} instances with code of their own: a probe here sees calls of this one only`;
  if (limit !== null) yield limit;
  if (inlinedThere.length === 0) return;
  const more = inlinedThere.length - mostInlined;
  const names = inlinedThere.slice(0, mostInlined).map(({ name, callSite, times }) => {
    const site = callSite === null || callSite.line === 0 ? '' : ` at ${fileName(callSite.file)}:${callSite.line}`;
    return sanitize(shortened(name) + site) + (times > 1 ? ` (${times} times)` : '');
  });
  yield `a probe here fires once for each call of the function itself, not of what is inlined into it: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const isFuture = (types: DebugTypes, id: TypeId): boolean => {
  const known = classify(types, id);
  return known.kind === 'coroutine' && known.of === 'async-fn';
};

const mostName = 80;

const shortened = (name: string): string => (name.length <= mostName ? name : `${name.slice(0, mostName - 1)}…`);

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const mostCallers = 3;

/** Of a function without code of its own: what a probe on the functions around it would count. */
export const inlinedNote = (copies: readonly SelectedCopy[]): string | null => {
  const outer = [...new Set(copies.flatMap(({ callers }) => callers.slice(-1).map(({ name }) => name)))];
  if (outer.length === 0) return null;
  const names =
    outer.slice(0, mostCallers).map(sanitize).join(' or ') + (outer.length > mostCallers ? ' and so on' : '');
  return `a probe on ${names} fires once for each call of that function, whatever happens inside; probe the addresses below`;
};
