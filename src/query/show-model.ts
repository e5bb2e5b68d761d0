import type { RsymError } from '../base/errors.ts';
import type { ListedInstruction } from '../code/listing.ts';
import type { DebugLevel, DebugSource } from '../elf/debug-model.ts';
import type { SourcePosition } from '../elf/function-model.ts';
import type { SelectedCopy } from './select-model.ts';
import type { ShownProbe } from './show-code.ts';
import type { ShownSignature } from './show-signature.ts';
import type { ShownTypes } from './show-types.ts';
import type { ShownValues } from './shown-values.ts';

export type { PlacedPiece as ShownPiece } from '../abi/placed-argument.ts';
export type { ShownType } from './show-types.ts';
export type { ShownResult, ShownValues } from './shown-values.ts';
export { positionText } from './source-text.ts';

export type ShowOptions = {
  readonly debugFile?: string;
  /** Another build of the same program, whose types and signatures are taken. */
  readonly typesFile?: string;
  /** Copies of each function at most; the others are counted. */
  readonly limit?: number;
  /** With the instructions of each copy. */
  readonly asm?: boolean;
};

export type ShownCopy = SelectedCopy & {
  /** As its own instance was declared; null where nobody tells. */
  readonly signature: ShownSignature | null;
  /** Where arguments and result are; null where debug info tells no types, or the code can't be read. */
  readonly values: ShownValues | null;
  readonly probe: ShownProbe;
  /** Null unless asked for; read when it is walked through. */
  readonly instructions: Iterable<ListedInstruction> | null;
  readonly notes: readonly string[];
};

export type ShownFunction = {
  readonly name: string;
  /** Null where debug info has none, or where instances have different ones: then each copy has its own. */
  readonly signature: ShownSignature | null;
  readonly source: SourcePosition | null;
  readonly dwarfPath: string | null;
  readonly copies: readonly ShownCopy[];
  /** How many copies the limit left out. */
  readonly omitted: number;
  readonly counts: { readonly own: number; readonly inlined: number };
  readonly types: ShownTypes;
  readonly notes: readonly string[];
};

export type ShowAnswer = {
  readonly path: string;
  /** Where types and inlined copies were read from; null: nowhere. */
  readonly debug: { readonly level: DebugLevel; readonly source: DebugSource | null };
  readonly notes: readonly string[];
  /** Of the texts that name nothing, where others do. */
  readonly missing: readonly RsymError[];
  /** One at a time: there may be thousands. Valid while `show` is at it. */
  readonly functions: Iterable<ShownFunction>;
};
