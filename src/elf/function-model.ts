import type { Address } from '../base/units.ts';

/** A place in source text. Line 0: code the compiler made; column 0: unknown. */
export type SourcePosition = { readonly file: string; readonly line: number; readonly column: number };

/** Half-open: `start` is the first address, `end` the one behind the last. */
export type AddressRange = { readonly start: Address; readonly end: Address };

/** Offset of a DIE in `.debug_info`. */
export type DieOffset = number;

/** A function as the source had it, once for each linkage name: a generic one has an entry for each instance. */
export type DebugFunction = {
  /** Row in the index. */
  readonly id: number;
  /**
   * The demangled linkage name, without hash; where there is none, as `dwarfPath`. Debug info of line tables only may
   * have nothing but the last segment: `isPartial`.
   */
  readonly path: string;
  readonly isPartial: boolean;
  /** Namespaces, types and name as DWARF nests them, with generic arguments: `alloc::vec::Vec<u8, …>::push<u8, …>`. */
  readonly dwarfPath: string;
  /** DW_AT_linkage_name; null where there is none (`#[no_mangle]`, C). */
  readonly linkageName: string | null;
  /** Where it is declared; null where it is not said. Column is always 0. */
  readonly source: SourcePosition | null;
  /** DIEs that tell of it, one for each unit that has it; parameters and types are read from the first that has them. */
  readonly dies: readonly DieOffset[];
  /** DW_CC_nocall: the optimiser changed how it is called. */
  readonly isConventionChanged: boolean;
  /** Rows of its copies, out of line first, then by address. */
  readonly copies: readonly number[];
};

/** A piece of machine code that debug info calls a copy of a function. */
export type DebugCopy = {
  /** Row in the index. */
  readonly id: number;
  readonly kind: 'out-of-line' | 'inlined';
  /** Row of the function. */
  readonly function: number;
  /** Of its first instruction; parts that were moved away may lie below it. */
  readonly address: Address;
  /** Bytes of all ranges together. */
  readonly size: bigint;
  readonly ranges: readonly AddressRange[];
  /** The copy that it is inlined into; null for code out of line. */
  readonly caller: number | null;
  /** DW_AT_call_file, _line and _column; null for code out of line. */
  readonly callSite: SourcePosition | null;
  readonly die: DieOffset;
};

/** One function that is under way at an address: the innermost first, the one out of line last. */
export type Frame = {
  /** Null where no DIE tells the function: assembly, or a unit with line numbers alone. */
  readonly function: DebugFunction | null;
  readonly copy: DebugCopy | null;
  /** Where in that function the address is; null where no line row covers it. */
  readonly position: SourcePosition | null;
};

/** A row of the line table; it holds from its address to that of the next row. */
export type LineRow = {
  readonly address: Address;
  readonly position: SourcePosition;
  readonly isStatement: boolean;
  readonly isPrologueEnd: boolean;
};
