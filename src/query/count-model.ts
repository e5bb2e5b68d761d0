import type { Address } from '../base/units.ts';
import type { CountSites, FunctionSites } from '../trace/count/site.ts';
import type { FunctionList } from './function-list.ts';

/** A piece of machine code of a function whose calls are counted by themselves. */
export type CountedCopy = {
  readonly kind: 'symbol' | 'instance' | 'inlined';
  readonly address: Address;
  /** The instance's own name, where it isn't the function's. */
  readonly name?: string;
  /** Of an inlined copy: what it is inlined into, and where. */
  readonly caller: string | null;
  readonly callSite: { readonly file: string; readonly line: number; readonly column: number } | null;
};

/** A function with the copies of it that are counted. */
export type CountedFunction = {
  readonly name: string;
  /** Functions with the same code: their calls are counted here. */
  readonly aliases: readonly string[];
  readonly copies: readonly CountedCopy[];
  /** Why there may be more calls than are counted. */
  readonly doubts: readonly string[];
};

/** A copy that can't be counted, and why. */
export type UncountedCopy = Omit<CountedCopy, 'name'> & { readonly function: string; readonly reason: string };

export type CountPlan = {
  readonly functions: FunctionList;
  readonly uncounted: readonly UncountedCopy[];
  readonly sites: CountSites;
  readonly sitesOf: FunctionSites;
  /** Of some function there may be more calls than are counted. */
  readonly isDoubted: boolean;
  /** One plain line each. */
  readonly notes: readonly string[];
};
