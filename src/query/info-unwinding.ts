import type { Image } from '../elf/model.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import type { SymbolsInfo, Unwinding, UnwindSymbol } from './info-model.ts';

const raisers = ['_Unwind_RaiseException', '__cxa_throw', '_Unwind_Resume_or_Rethrow', '_Unwind_ForcedUnwind'];

const hasSection = (image: Image, ...names: readonly string[]): boolean =>
  image.sections.some(({ name, size }) => size > 0n && names.includes(name));

/** Whether exceptions and panics can unwind in an ELF image, as far as its symbols and sections tell. */
export const unwindingOf = (image: Image, table: SymbolTable, symbols: SymbolsInfo, hasRust: boolean): Unwinding => {
  const raises = raisers.flatMap((name) => whence(table, name) ?? []);
  const hasFrames = hasSection(image, '.eh_frame', '.ARM.exidx');
  const areAllKnown = symbols.table === 'full';
  return {
    verdict: !hasFrames ? 'no' : raises.length > 0 ? 'yes' : areAllKnown ? 'through' : 'unknown',
    raises,
    hasFrames,
    hasLandingPads: hasSection(image, '.gcc_except_table', '.ARM.extab'),
    panic: hasRust ? panicOf(image, table, areAllKnown, raises) : null,
  };
};

const whence = (table: SymbolTable, name: string): UnwindSymbol | null => {
  const [row] = table.byRaw(name);
  return row === undefined ? null : { name, how: table.undefined(row) ? 'imports' : 'contains' };
};

/**
 * A panic starts in `__rust_start_panic`, of which the crates panic_unwind and panic_abort each have one: the former
 * raises an exception, and leaves symbols with its name.
 */
const panicOf = (
  image: Image,
  table: SymbolTable,
  areAllKnown: boolean,
  raises: readonly UnwindSymbol[],
): NonNullable<Unwinding['panic']> => {
  const raise = raises.find(({ name }) => name === '_Unwind_RaiseException');
  const has = (text: string): boolean => table.containingText(text, table.located(), 'raw').length > 0;
  if (has('12panic_unwind')) return { strategy: 'unwind', evidence: 'it has the crate panic_unwind' };
  if (raise) {
    const evidence = `it ${raise.how} ${raise.name}, as panics that unwind and exceptions of C++ need it`;
    return { strategy: 'unknown', evidence };
  }
  const runtime = image.needed.find((name) => /^lib(std|rustc_driver)-[0-9a-f]+\.so/.test(name));
  if (runtime !== undefined) return { strategy: 'unknown', evidence: `its panics are those of ${runtime}` };
  if (areAllKnown && has('__rust_start_panic')) {
    return {
      strategy: 'abort',
      evidence: 'it starts panics, with neither the crate panic_unwind nor _Unwind_RaiseException',
    };
  }
  const evidence = areAllKnown
    ? 'no symbol of it starts a panic'
    : image.needed.some((name) => name.startsWith('libgcc_s.'))
      ? 'stripped; it uses libgcc_s but does not import _Unwind_RaiseException, as with panic=abort'
      : 'its symbols are gone';
  return { strategy: 'unknown', evidence };
};
