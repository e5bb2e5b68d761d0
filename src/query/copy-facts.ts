import type { DebugTypes, TypeId } from '../elf/type-model.ts';
import type { InlinedThere } from './inlined-into.ts';
import type { SelectedCopy } from './select-model.ts';
import type { ShownProbe } from './show-code.ts';
import type { ShownValues } from './shown-values.ts';

/** What is known of a copy when its notes are written. */
export type CopyFacts = {
  readonly copy: SelectedCopy;
  readonly values: ShownValues | null;
  readonly probe: ShownProbe;
  /** Why a trace misses calls of it; null where nothing is known against it. */
  readonly limit: string | null;
  readonly inlinedThere: readonly InlinedThere[];
  /** Types of the values; null where the language isn't Rust, or there are none. `ids` of the arguments that are declared. */
  readonly types: {
    readonly types: DebugTypes;
    readonly ids: readonly (TypeId | null)[];
    readonly returns: TypeId | null;
    /** Minor version of the compiler; null: not told. */
    readonly rustc: number | null;
  } | null;
  /** Copies of the function that have code of their own. */
  readonly own: number;
};
