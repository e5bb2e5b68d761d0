import { address } from '../base/units.ts';
import type { AddressRange, DebugFunction } from '../elf/function-model.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import { callersOf } from './callers.ts';
import { debugPath } from './debug-match.ts';
import { bareSymbol } from './function-path.ts';
import { coldParts } from './locate.ts';
import type { CopyRef, SelectedCopy, SelectedFunction, SelectSources } from './select-model.ts';
import { languageOf } from './show-signature.ts';
import { symbolDebug } from './symbol-debug.ts';

const isCode = (symbols: SymbolTable, row: number): boolean =>
  !symbols.undefined(row) && (symbols.kind(row) === 'function' || symbols.kind(row) === 'ifunc');

/** Looks up what is known of copies; what serves them all is found once. */
export class CopyReader {
  readonly #sources: SelectSources;
  /** A function's row holds the ids of all its copies: reading it for each copy would take long. */
  readonly #functions = new Map<number, DebugFunction>();
  #cold: ReadonlyMap<string, readonly number[]> | undefined;

  constructor(sources: SelectSources) {
    this.#sources = sources;
  }

  read(fn: SelectedFunction, ref: CopyRef): SelectedCopy {
    const { symbols, debug } = this.#sources;
    const own = ref.of === null ? this.#aliased(ref) : this.#function(ref.of);
    const copy = ref.copy === null ? null : debug.copy(ref.copy);
    const row = ref.symbol;
    const isNamed = own !== null && ref.of !== null && !(own.isPartial && row !== null);
    const name = isNamed ? debugPath(debug, own.id) : symbols.name(row ?? 0);
    return {
      kind: ref.isInlined ? 'inlined' : fn.isGeneric ? 'instance' : 'symbol',
      name,
      dwarfPath: own?.dwarfPath ?? null,
      raw: row === null ? (own?.linkageName ?? null) : symbols.raw(row),
      address: ref.address,
      ...this.#extent(ref),
      hasSymbol: row !== null,
      isIfunc: row !== null && symbols.kind(row) === 'ifunc',
      function: own,
      debugCopy: ref.copy,
      callSite: copy?.callSite ?? null,
      callers: copy === null ? [] : callersOf(debug, symbols, copy.id),
      aliases: ref.isInlined ? [] : this.#aliases(ref, name),
      mergedWith: ref.isInlined ? null : this.#mergedWith(ref, name),
    };
  }

  /**
   * In C a second name of one code (`puts` of `_IO_puts`) is an alias in the source: the same function. Functions of Rust
   * that were merged may have had different types, of which nothing is left.
   */
  #aliased({ symbol, isInlined }: CopyRef): DebugFunction | null {
    const { symbols, debug } = this.#sources;
    if (symbol === null || isInlined) return null;
    const { mergedWith } = symbolDebug(symbols, symbol, debug);
    if (mergedWith === null || symbols.scheme(symbol) !== 'none') return null;
    const other = this.#function(mergedWith);
    return languageOf(debug, other) === 'c' ? other : null;
  }

  #function(id: number): DebugFunction {
    const known = this.#functions.get(id) ?? this.#sources.debug.function(id);
    this.#functions.set(id, known);
    return known;
  }

  /** Debug info knows all parts of a function; of a symbol only those whose names tell. */
  #extent(ref: CopyRef): { size: bigint; ranges: readonly AddressRange[] } {
    const { symbols, debug } = this.#sources;
    if (ref.copy !== null) {
      const { size, ranges } = debug.copy(ref.copy);
      return { size, ranges };
    }
    const row = ref.symbol ?? 0;
    const rows = [row, ...(this.#parts().get(symbols.raw(row)) ?? [])];
    const ranges = rows
      .map((part) => ({
        start: symbols.address(part),
        end: address(BigInt.asUintN(64, symbols.address(part) + symbols.size(part))),
      }))
      .filter(({ start, end }) => end > start);
    return { size: ranges.reduce((all, { start, end }) => all + (end - start), 0n), ranges };
  }

  #parts(): ReadonlyMap<string, readonly number[]> {
    this.#cold ??= coldParts(this.#sources.symbols);
    return this.#cold;
  }

  #aliases(ref: CopyRef, name: string): string[] {
    const { symbols, debug } = this.#sources;
    const raw = ref.symbol === null ? '' : bareSymbol(symbols.raw(ref.symbol));
    const own = new Set([name, ref.symbol === null ? name : symbols.name(ref.symbol)]);
    const found = new Set<string>();
    for (const row of symbols.at(ref.address).filter((row) => isCode(symbols, row))) {
      if (row === ref.symbol || bareSymbol(symbols.raw(row)) === raw) continue;
      const { of } = symbolDebug(symbols, row, debug);
      if (of !== null && of === ref.of) continue;
      // Two instances of a generic function have one name in the legacy mangling.
      const other = of === null ? symbols.name(row) : debugPath(debug, of);
      if (!own.has(other)) found.add(other);
      else if (of !== null) found.add(debug.dwarfPath(of));
    }
    if (ref.copy !== null)
      for (const copy of debug.copiesAt(ref.address)) {
        const { function: of } = debug.copy(copy);
        const other = debugPath(debug, of);
        if (of !== ref.of && !own.has(other)) found.add(other);
      }
    return [...found];
  }

  #mergedWith(ref: CopyRef, name: string): string | null {
    const { symbols, debug } = this.#sources;
    if (ref.symbol === null || ref.copy !== null) return null;
    const { mergedWith } = symbolDebug(symbols, ref.symbol, debug);
    const other = mergedWith === null ? null : debugPath(debug, mergedWith);
    return other === name ? null : other;
  }
}
