import type { Address } from '../base/units.ts';
import type { AddressRange, DebugCopy, DebugFunction, DieOffset, Frame, LineRow } from './function-model.ts';
import type { DebugTypes } from './type-model.ts';
import type { DebugScope } from './variable-model.ts';

/** What a file's DWARF tells: nothing; line numbers and copies; those with declarations of parameters and types. */
export type DebugLevel = 'none' | 'lines' | 'types';

/** Where debug info was read from. */
export type DebugSource = {
  /** The file itself, or a separate one. */
  readonly path: string;
  readonly how: 'own' | 'debug-link' | 'build-id' | 'given';
};

/** What one unit says of the compiler that made it; `count` units say the same. */
export type Producer = {
  readonly producer: string;
  readonly language: string;
  readonly version: number;
  readonly count: number;
};

/** Counts of functions in debug info, those in `dead` apart: their code was discarded by the linker. */
export type DebugCounts = {
  /** DIEs of functions with code of their own. */
  readonly outOfLine: number;
  /** DIEs of inlined instances. */
  readonly inlined: number;
  readonly deadOutOfLine: number;
  readonly deadInlined: number;
  /** Functions of which at least one inlined copy is left, and no code of their own. */
  readonly inlinedOnly: number;
  /** DIEs of functions that are defined, but neither inlined nor out of line: folded onto another, or optimised away. */
  readonly withoutCode: number;
  readonly units: number;
};

/** The debug info of an image: functions, copies and lines by way of an index, types when they are asked for. */
export type DebugInfo = Disposable & {
  readonly source: DebugSource | null;
  readonly level: DebugLevel;
  /** What could not be read, or may surprise: one line each, for the user. */
  readonly notes: readonly string[];
  readonly counts: DebugCounts;
  readonly producers: () => readonly Producer[];
  readonly functionCount: number;
  readonly copyCount: number;
  readonly function: (id: number) => DebugFunction;
  readonly copy: (id: number) => DebugCopy;
  /** Cheaper than `function(id)` where only the names are asked for. */
  readonly path: (id: number) => string;
  readonly dwarfPath: (id: number) => string;
  readonly linkageName: (id: number) => string | null;
  /** How many copies of the function are out of line, and how many inlined. */
  readonly copyCounts: (id: number) => { readonly outOfLine: number; readonly inlined: number };
  /** Functions of this linkage name, or of this DWARF path where they have none. */
  readonly byLinkageName: (name: string) => readonly number[];
  /**
   * Functions whose linkage name contains the one text, or whose `dwarfPath` contains the other: what a search need look
   * at where every match is known to have them. An empty text is in every name.
   */
  readonly containing: (linkage: string, dwarfPath: string) => readonly number[];
  /** Copies out of line that are entered at this address. */
  readonly copiesAt: (at: Address) => readonly number[];
  /**
   * Rows of all copies out of line in the unit that has a DIE, and in others of the same root file, which a Rust crate is split
   * into; in the order of their DIEs.
   */
  readonly copiesOfCrate: (die: DieOffset) => readonly number[];
  /** The functions under way at an address, the innermost first; empty where debug info does not cover it. */
  readonly frames: (at: Address) => readonly Frame[];
  /** Rows of the line table in a range, by address. */
  readonly lines: (range: AddressRange) => readonly LineRow[];
  /** What DIEs of functions and types say; null where `level` is not `types`. */
  readonly types: DebugTypes | null;
  /**
   * Parameters and variables of a copy, those of what is inlined into it left out, with where they live.
   * Throws RsymError `input` where the DIE is damaged.
   */
  readonly scope: (copy: DebugCopy) => DebugScope;
  /** The canonical frame address while the instruction at `at` is about to run, by call frame information; null: unknown. */
  readonly frameAddress: (at: Address) => { readonly register: number; readonly offset: bigint } | null;
};
