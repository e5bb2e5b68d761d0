import { formatSignature, parseSpec, type Signature } from '../abi/signature.ts';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { type Address, address, hex } from '../base/units.ts';
import type { ProbeSite } from '../trace/site.ts';
import { type AfterRequest, afterNotes } from './after-plan.ts';
import type { ReturnsChoice } from './exits.ts';
import { implementationOf } from './ifunc.ts';
import { parsePattern } from './pattern.ts';
import { ProbePlanner } from './probe-plan.ts';
import { select } from './select.ts';
import { CopyReader } from './select-copy.ts';
import type { SelectedCopy, SelectedFunction, SelectSources } from './select-model.ts';

export type TracePlanRequest = {
  /** Patterns, perhaps with a signature. */
  readonly functions: readonly string[];
  readonly returns: ReturnsChoice;
  readonly depth: number;
  readonly after: readonly AfterRequest[];
  readonly isRedacted: ((path: string, type: string) => boolean) | null;
  readonly pids: readonly number[];
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

/** A function with the copies of it that are probed. */
type Wanted = {
  readonly fn: SelectedFunction;
  readonly signature: Signature | null;
  readonly copies: readonly SelectedCopy[];
  readonly aliases: readonly string[];
};

type Chosen = { readonly fn: SelectedFunction; readonly signature: Signature | null; readonly only: Address | null };

class TracePlanner {
  readonly #sources: SelectSources;
  readonly #request: TracePlanRequest;
  readonly #planner: ProbePlanner;
  readonly #reader: CopyReader;
  readonly #wanted: Wanted[] = [];
  readonly #sites: ProbeSite[] = [];
  readonly #functions: WatchedFunction[] = [];
  /** Addresses of code out of line that are probed: two functions of one code can't be told apart. */
  readonly #taken = new Set<Address>();
  readonly #notes: string[] = [];

  constructor(sources: SelectSources, request: TracePlanRequest) {
    this.#sources = sources;
    this.#request = request;
    this.#planner = new ProbePlanner(sources, request);
    this.#reader = new CopyReader(sources);
  }

  plan(): TracePlan {
    for (const chosen of this.#chosen()) this.#addFunction(chosen);
    this.#planSites();
    this.#planner.finish(this.#sites);
    const notes = [...this.#notes, ...this.#planner.notes];
    if (this.#sites.length === 0) {
      throw new RsymError('unsupported', `cannot probe ${this.#request.functions.map(sanitize).join(', ')}`, {
        reason: notes.at(-1) ?? 'no code of it is left',
      });
    }
    notes.push(...afterNotes(this.#request.after, this.#sites));
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

  /** The functions that the texts name; one that a signature is given for has it, whatever else names it. */
  #chosen(): Chosen[] {
    const chosen = new Map<string, Chosen>();
    for (const text of this.#request.functions) {
      const { pattern, signature } = parseSpec(text);
      const at = parsePattern(pattern).address;
      for (const fn of select(this.#sources, [text])) {
        const key = `${fn.name}\0${fn.copies[0]?.address}`;
        const known = chosen.get(key);
        if (known && (known.signature !== null || signature === null)) continue;
        chosen.set(key, { fn, signature, only: at === null ? null : address(at) });
      }
    }
    return [...chosen.values()];
  }

  #addFunction({ fn, signature, only }: Chosen): void {
    const all = fn.copies.map((ref) => this.#reader.read(fn, ref));
    // An address within a function names that; a function's own names it alone, whatever is inlined there.
    const own = all.filter(({ kind }) => kind !== 'inlined');
    const exact = all.filter((copy) => copy.address === only);
    const wanted =
      only === null ? all : exact.some(({ kind }) => kind !== 'inlined') ? own : exact.length > 0 ? exact : own;
    for (const note of fn.notes) this.#notes.push(`${sanitize(fn.name)}: ${sanitize(note)}`);
    if (wanted.length === 0)
      this.#notes.push(`${sanitize(fn.name)}: no code of it is left: it was optimised away or merged with another`);
    const copies = withoutMergedTails(wanted).flatMap((copy) => this.#probed(fn, copy));
    if (copies.length > 0)
      this.#wanted.push({ fn, signature, copies, aliases: wanted.flatMap(({ aliases }) => aliases) });
  }

  /** The copy that is probed for another: an IFUNC's implementation. None where its code is probed already. */
  #probed(fn: SelectedFunction, copy: SelectedCopy): SelectedCopy[] {
    if (copy.kind === 'inlined') return [copy];
    const probed = copy.isIfunc ? this.#implementation(copy) : copy;
    if (this.#taken.has(probed.address)) return [];
    this.#taken.add(probed.address);
    if (copy.aliases.length > 0)
      this.#notes.push(
        `${sanitize(fn.name)} has the same code as ${copy.aliases.map(sanitize).join(', ')}: calls can't be told apart`,
      );
    return [probed];
  }

  /** By address: copies inlined into one function come one after the other, and its code is looked at once. */
  #planSites(): void {
    const all = this.#wanted.flatMap((wanted) => wanted.copies.map((copy) => ({ wanted, copy })));
    all.sort((a, b) => (a.copy.address < b.copy.address ? -1 : a.copy.address > b.copy.address ? 1 : 0));
    const planned = new Map<SelectedCopy, ProbeSite>();
    for (const { wanted, copy } of all) {
      const site = this.#planner.site(wanted.fn.name, copy, wanted.signature);
      if (site !== null) planned.set(copy, site);
    }
    for (const wanted of this.#wanted) {
      const sites = wanted.copies.flatMap((copy) => planned.get(copy) ?? []);
      this.#sites.push(...sites);
      const [first] = sites;
      if (first !== undefined) this.#functions.push(watched(wanted, sites, first));
    }
  }

  /** The function that is probed for an IFUNC: its implementation. */
  #implementation(copy: SelectedCopy): SelectedCopy {
    const { image, symbols } = this.#sources;
    const at = implementationOf(image, copy.raw ?? copy.name, copy.address, this.#request.pids);
    const [row] = symbols.at(at);
    const size = row === undefined ? 0n : symbols.size(row);
    this.#notes.push(
      `${sanitize(copy.name)} is chosen at run time (IFUNC): watching the implementation at ${hex(at)}${row === undefined ? '' : ` (${sanitize(symbols.name(row))})`}, not the resolver`,
    );
    const ranges = size === 0n ? [] : [{ start: at, end: address(at + size) }];
    return { ...copy, address: at, size, ranges, aliases: [], function: null, debugCopy: null };
  }
}

/**
 * Where the optimiser merged the ends of two copies of one line, debug info calls the rest a copy of its own, without a
 * column: it is no call.
 */
const withoutMergedTails = (copies: readonly SelectedCopy[]): readonly SelectedCopy[] =>
  copies.filter(
    ({ callSite, callers }) =>
      callSite === null ||
      callSite.column !== 0 ||
      !copies.some(
        (other) =>
          other.callSite !== null &&
          other.callSite.column !== 0 &&
          other.callSite.line === callSite.line &&
          other.callers[0]?.address === callers[0]?.address,
      ),
  );

const watched = (
  { fn, signature, copies, aliases }: Wanted,
  sites: readonly ProbeSite[],
  first: ProbeSite,
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
  };
};
