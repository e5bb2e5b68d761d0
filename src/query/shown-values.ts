import type { PlacedArgument } from '../abi/placed-argument.ts';
import type { PlacedResult } from '../abi/result-places.ts';
import type { Address } from '../base/units.ts';
import type { TypeId } from '../elf/type-model.ts';
import type { EntryArm } from './entry-arm.ts';
import type { StaleMemory } from './stale-memory.ts';

export type ShownArgumentPlace = PlacedArgument & {
  readonly name: string | null;
  readonly type: string | null;
  /** The type in debug info; null where it has none. */
  readonly typeId: TypeId | null;
  /** It points to an object that nobody reads any more: what is there needn't be its value. */
  readonly isUnread?: true;
  /** No parameter declares it: a closure's captures, the context of a poll. */
  readonly isHidden?: true;
};

export type ShownResult = PlacedResult & {
  readonly type: string;
  readonly typeId: TypeId | null;
  /** Of an inlined copy: the caller's variable that holds it, and where that can be read. */
  readonly bound: { readonly variable: string; readonly at: Address } | null;
};

/** Where a copy's arguments and result are. */
export type ShownValues = {
  /** Where the arguments are read; null: nowhere. */
  readonly at: Address | null;
  readonly args: readonly ShownArgumentPlace[];
  readonly result: ShownResult;
  /** In how many places control comes into the copy; a probe is at one. */
  readonly entries: number;
  /** Of an inlined copy: calls with other variants never come into its code. */
  readonly arm?: EntryArm;
  /** Of a closure whose environment no parameter declares: the variables that it captured. */
  readonly captures: readonly ShownArgumentPlace[];
  /** Memory behind the arguments' pointers that isn't believed where they are read. */
  readonly stale: Pick<StaleMemory, 'behindPointers' | 'places'>;
  /** What was assumed of the way it is called: one line each. */
  readonly assumptions: readonly string[];
};

/** At a function's entry everything is stored that was before. */
export const noneStale = { behindPointers: null, places: [] };
