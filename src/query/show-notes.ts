import { sanitize } from '../base/text.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import { changedNote } from './abi-notes.ts';
import { inlinedNote } from './call-notes.ts';
import type { SelectedCopy, SelectedFunction } from './select-model.ts';
import { languageOf } from './show-signature.ts';

type Known = {
  readonly fn: SelectedFunction;
  /** Those that are shown. */
  readonly copies: readonly SelectedCopy[];
  /** Copies with code of their own. */
  readonly own: number;
  readonly debug: DebugInfo;
  readonly typesNote: string | null;
  readonly hasSignatures: boolean;
  /** Why signatures could not be read. */
  readonly damage: readonly string[];
  readonly differ: boolean;
};

/** What a user may be surprised by in a function's answer; one line each, safe on a terminal. */
export const functionNotes = ({
  fn,
  copies,
  own,
  debug,
  typesNote,
  hasSignatures,
  damage,
  differ,
}: Known): string[] => {
  const inlined = fn.copies.length - own;
  const notes: string[] = [];
  if (own === 0 && inlined > 0) {
    notes.push(
      `no code of its own: inlined ${inlined === 1 ? 'once' : `${inlined} times`}; ${separateAdvice(debug, fn)}`,
    );
    const note = inlinedNote(copies);
    if (note !== null) notes.push(note);
  }
  if (fn.copies.length === 0) notes.push('no code is left of it: it was discarded as unused');
  const partial = fn.functions.map((id) => debug.function(id)).find(({ isPartial }) => isPartial);
  if (partial && fn.copies.some(({ isInlined }) => isInlined))
    notes.push('line tables name functions by the last part of their path: those of this name are shown as one');
  else if (partial && debug.copyCounts(partial.id).inlined > 0)
    notes.push(
      `line tables name functions by the last part of their path: inlined copies are shown under ${sanitize(partial.path)}`,
    );
  if (differ) notes.push('its instances have different signatures: each copy shows its own');
  notes.push(...fn.notes.map(sanitize));
  if (typesNote !== null) notes.push(typesNote);
  for (const reason of damage) notes.push(`its declaration is damaged: ${sanitize(reason)}`);
  const lack = damage.length > 0 ? null : lackOf(debug, fn, hasSignatures);
  if (lack !== null) notes.push(lack);
  return notes;
};

/** What gives a function code of its own. */
const separateAdvice = (debug: DebugInfo, { functions }: SelectedFunction): string => {
  const [first] = functions;
  const isRust = first === undefined || languageOf(debug, debug.function(first)) === 'rust';
  return `${isRust ? '`#[inline(never)]`' : '`__attribute__((noinline))`'} would give it some`;
};

const advice = 'build with `debug = 2` for them';

const lackOf = (debug: DebugInfo, fn: SelectedFunction, hasSignatures: boolean): string | null => {
  if (debug.level === 'none')
    return hasSignatures
      ? "no debug info of its own: inlined copies aren't known"
      : `no debug info: copies are from symbols alone, inlined copies and types aren't known; ${advice}`;
  if (hasSignatures) return null;
  if (debug.level === 'lines') return `debug info has line tables and copies only, no types; ${advice}`;
  return fn.functions.length === 0
    ? 'debug info does not know this function'
    : 'debug info has no types for this function';
};

/** The same for one copy. */
export const copyNotes = (copy: SelectedCopy, debug: DebugInfo, isUnreadable: boolean): string[] => {
  const notes: string[] = [];
  if (copy.mergedWith !== null)
    notes.push(
      copy.function === null
        ? `merged with ${sanitize(copy.mergedWith)}: its code is that function's`
        : `another name of ${sanitize(copy.mergedWith)}, whose signature and source are shown`,
    );
  const aliases = copy.aliases.filter((name) => name !== copy.mergedWith);
  if (aliases.length > 0) notes.push(`shares its address with ${listed(aliases)}`);
  const clone = copy.kind === 'inlined' || copy.raw === null ? null : cloneNote(copy.raw);
  if (clone !== null) notes.push(clone);
  if (copy.function?.isConventionChanged) notes.push(changedNote(languageOf(debug, copy.function) === 'rust'));
  if (copy.kind !== 'inlined' && !copy.hasSymbol) notes.push('no symbol: known from debug info alone');
  if (copy.isIfunc) notes.push('a resolver (IFUNC): it answers which implementation is called');
  if (copy.kind !== 'inlined' && copy.function === null && debug.level !== 'none' && copy.mergedWith === null)
    notes.push('debug info does not cover it');
  if (isUnreadable) notes.push('no disassembly: this version reads the code of linked 64-bit x86 ELF files only');
  return notes;
};

/** GCC's inter-procedural passes name what they made of a function in a suffix of its symbol. */
const cloneNote = (raw: string): string | null => {
  if (/\.(?:isra|constprop)\.\d+/.test(raw))
    return `the compiler made a copy with changed parameters: ${sanitize(raw)}`;
  if (/\.part\.\d+/.test(raw))
    return `only a part of the function: ${sanitize(raw)}; the rest is inlined into its callers`;
  return null;
};

const mostNames = 8;

const listed = (names: readonly string[]): string => {
  const more = names.length - mostNames;
  return names.slice(0, mostNames).map(sanitize).join(', ') + (more > 0 ? ` and ${more} more` : '');
};
