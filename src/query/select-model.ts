import type { Address } from '../base/units.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import type { AddressRange, DebugFunction, SourcePosition } from '../elf/function-model.ts';
import type { Image } from '../elf/model.ts';
import type { SymbolTable } from '../elf/symbols.ts';

export type SelectSources = {
  readonly image: Image;
  readonly symbols: SymbolTable;
  readonly debug: DebugInfo;
};

/** Where a copy is known from: rows of the symbol table and of the debug info; null where the one or other lacks it. */
export type CopyRef = {
  readonly symbol: number | null;
  /** The function in debug info. */
  readonly of: number | null;
  readonly copy: number | null;
  readonly isInlined: boolean;
  readonly address: Address;
};

/** A function as a user means it: one path, generic arguments left open, with all the code there is of it. */
export type SelectedFunction = {
  readonly name: string;
  /** Rows in debug info: one for each linkage name. */
  readonly functions: readonly number[];
  /** Code of its own first, then by address. */
  readonly copies: readonly CopyRef[];
  readonly isGeneric: boolean;
  /** What a user may be surprised by. */
  readonly notes: readonly string[];
};

/** A function that another is inlined into. */
export type Caller = {
  readonly name: string;
  /** Where that function's own copy begins. */
  readonly address: Address;
  /** Where it is inlined itself; null for code out of line. */
  readonly callSite: SourcePosition | null;
};

/** All that is known of a copy without looking at its code. Text is not sanitised. */
export type SelectedCopy = {
  /** `symbol`: code of its own; `instance`: code of its own for other generic arguments than its siblings. */
  readonly kind: 'symbol' | 'instance' | 'inlined';
  /** Demangled, closures numbered where debug info tells. */
  readonly name: string;
  /** As DWARF nests it, with generic arguments; null without debug info. */
  readonly dwarfPath: string | null;
  /** The symbol's name, else the linkage name; null where there is neither. */
  readonly raw: string | null;
  readonly address: Address;
  /** Bytes of all ranges together; 0: unknown. */
  readonly size: bigint;
  /** Its code, parts that the compiler moved away included. */
  readonly ranges: readonly AddressRange[];
  readonly hasSymbol: boolean;
  readonly isIfunc: boolean;
  readonly function: DebugFunction | null;
  /** Row in debug info; null where that doesn't tell it. */
  readonly debugCopy: number | null;
  /** Where it is inlined; null for code of its own. */
  readonly callSite: SourcePosition | null;
  /** What it is inlined into, then what that is inlined into, and so on to code out of line. */
  readonly callers: readonly Caller[];
  /** Other names of its address. */
  readonly aliases: readonly string[];
  /** Of a symbol whose code debug info says is another function's: that function. */
  readonly mergedWith: string | null;
};
