import { formatSignature } from '../abi/signature.ts';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { type Address, address } from '../base/units.ts';
import type { ProbeSite } from '../trace/site.ts';
import { type AfterRequest, afterNotes } from './after-plan.ts';
import type { ImageCode, ReturnsChoice } from './exits.ts';
import { ProbePlanner } from './probe-plan.ts';
import type { SelectedCopy, SelectSources } from './select-model.ts';
import { type Wanted, WantedFunctions } from './wanted.ts';

export type TracePlanRequest = {
  /** Patterns, perhaps with a signature. */
  readonly functions: readonly string[];
  readonly returns: ReturnsChoice;
  readonly depth: number;
  readonly after: readonly AfterRequest[];
  readonly isRedacted: ((path: string, type: string) => boolean) | null;
  readonly pids: readonly number[];
  /** With more inlined copies than this, of all functions together, only code of their own is probed. */
  readonly mostInlined?: number;
  /** A call that ends by a jump to another function ends where that returns, also where nothing is known of the result. */
  readonly isTimed?: boolean;
  /** Nobody asks for arguments and results. */
  readonly withoutValues?: boolean;
  /** What reads the file's code, where it is made already. */
  readonly code?: ImageCode;
};

/** A function that will be watched. */
export type WatchedFunction = {
  readonly name: string;
  readonly raw: string;
  readonly address: Address;
  readonly aliases: readonly string[];
  /** As given, in Rust's notation; null: debug info tells, or registers are shown. */
  readonly signature: string | null;
  readonly returns: ProbeSite['returns']['mode'];
  /** Copies of it that are watched. */
  readonly copies: { readonly own: number; readonly inlined: number };
  /** Why there may be more calls than are seen. */
  readonly doubts: readonly string[];
};

export type TracePlan = {
  readonly sites: readonly ProbeSite[];
  readonly functions: readonly WatchedFunction[];
  /** One plain line each. */
  readonly notes: readonly string[];
};

/**
 * Plans probes on every copy of the functions that the texts name. Throws RsymError `not-found` where a text names
 * nothing, `unsupported` where nothing can be probed.
 */
export const planTrace = (sources: SelectSources, request: TracePlanRequest): TracePlan =>
  new TracePlanner(sources, request).plan();

class TracePlanner {
  readonly #sources: SelectSources;
  readonly #request: TracePlanRequest;
  readonly #planner: ProbePlanner;
  readonly #named: WantedFunctions;
  #wanted: readonly Wanted[] = [];
  readonly #sites: ProbeSite[] = [];
  readonly #functions: WatchedFunction[] = [];

  constructor(sources: SelectSources, request: TracePlanRequest) {
    this.#sources = sources;
    this.#request = request;
    this.#planner = new ProbePlanner(sources, request);
    this.#named = new WantedFunctions(sources, request.pids, request.mostInlined);
  }

  plan(): TracePlan {
    this.#wanted = this.#named.of(this.#request.functions);
    this.#planSites();
    this.#planner.finish(this.#sites);
    const notes = [...this.#named.notes, ...this.#planner.notes];
    if (this.#sites.length === 0) {
      throw new RsymError('unsupported', `cannot probe ${this.#request.functions.map(sanitize).join(', ')}`, {
        reason: notes.at(-1) ?? 'no code of it is left',
      });
    }
    if (this.#named.leftOut > 0)
      notes.push(`${this.#named.leftOut} inlined copies are left out, too many to look at; --inlined takes them in`);
    notes.push(...afterNotes(this.#request.after, this.#sites));
    if (this.#request.withoutValues) return { sites: this.#sites, functions: this.#functions, notes };
    const raw = this.#sites.filter(({ plan }) => plan.args.some(({ evidence }) => evidence === 'raw'));
    const names = new Set(raw.map(({ name }) => name));
    if (names.size > 0) {
      const which = names.size === 1 ? sanitize([...names][0] ?? '') : `${names.size} functions`;
      const why =
        this.#sources.debug.types === null
          ? 'there is no debug info with types'
          : 'debug info does not tell its arguments';
      notes.push(`${which}: ${why} and no signature is given, so registers are shown as they are`);
    }
    return { sites: this.#sites, functions: this.#functions, notes };
  }

  /** By address: copies inlined into one function come one after the other, and its code is looked at once. */
  #planSites(): void {
    const all = this.#wanted.flatMap((wanted) => wanted.copies.map((copy) => ({ wanted, copy })));
    all.sort((a, b) => (a.copy.address < b.copy.address ? -1 : a.copy.address > b.copy.address ? 1 : 0));
    const planned = new Map<SelectedCopy, ProbeSite>();
    const doubts = new Map<Wanted, string[]>();
    for (const { wanted, copy } of all) {
      const before = this.#planner.notes.length;
      const site = this.#planner.site(wanted.fn.name, copy, wanted.signature);
      if (site !== null) planned.set(copy, site);
      // Of a copy with code of its own every call is seen, if it can be probed.
      if (site !== null && copy.kind !== 'inlined') continue;
      doubts.set(wanted, [...(doubts.get(wanted) ?? []), ...this.#planner.notes.slice(before)]);
    }
    for (const wanted of this.#wanted) {
      const sites = wanted.copies.flatMap((copy) => planned.get(copy) ?? []);
      this.#sites.push(...sites);
      const [first] = sites;
      const leftOut = wanted.leftOut === 0 ? [] : [`${wanted.leftOut} inlined copies of it are left out`];
      const doubted = [...leftOut, ...(doubts.get(wanted) ?? [])];
      if (first !== undefined) this.#functions.push(watched(wanted, sites, first, doubted));
    }
  }
}

const watched = (
  { fn, signature, copies, aliases }: Wanted,
  sites: readonly ProbeSite[],
  first: ProbeSite,
  doubts: readonly string[],
): WatchedFunction => {
  const inlined = sites.filter(({ copy }) => copy.kind === 'inlined').length;
  return {
    name: fn.name,
    raw: copies[0]?.raw ?? fn.name,
    address: address(first.copy.address),
    aliases: [...new Set(aliases)],
    signature: signature === null ? null : formatSignature(signature),
    returns: first.returns.mode,
    copies: { own: sites.length - inlined, inlined },
    doubts,
  };
};
