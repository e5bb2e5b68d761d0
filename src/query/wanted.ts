import { parseSpec, type Signature } from '../abi/signature.ts';
import { sanitize } from '../base/text.ts';
import { type Address, address, hex } from '../base/units.ts';
import { implementationOf } from './ifunc.ts';
import { parsePattern } from './pattern.ts';
import { select } from './select.ts';
import { CopyReader } from './select-copy.ts';
import type { SelectedCopy, SelectedFunction, SelectSources } from './select-model.ts';

/** A function with the copies of it that are probed. */
export type Wanted = {
  readonly fn: SelectedFunction;
  readonly signature: Signature | null;
  readonly copies: readonly SelectedCopy[];
  readonly aliases: readonly string[];
  /** Inlined copies that there would be too many of. */
  readonly leftOut: number;
};

type Chosen = { readonly fn: SelectedFunction; readonly signature: Signature | null; readonly only: Address | null };

/** Finds what is to be probed of the functions that texts name. */
export class WantedFunctions {
  readonly #sources: SelectSources;
  readonly #pids: readonly number[];
  readonly #reader: CopyReader;
  readonly #mostInlined: number;
  readonly #wanted: Wanted[] = [];
  /** Addresses of code out of line that are probed: two functions of one code can't be told apart. */
  readonly #taken = new Set<Address>();
  readonly #notes: string[] = [];
  #leftOut = 0;

  /** `mostInlined`: with more inlined copies than this, of all functions together, only code of their own is wanted. */
  constructor(sources: SelectSources, pids: readonly number[], mostInlined = Number.POSITIVE_INFINITY) {
    this.#mostInlined = mostInlined;
    this.#sources = sources;
    this.#pids = pids;
    this.#reader = new CopyReader(sources);
  }

  /** @throws {RsymError} `not-found` where a text (a pattern, perhaps with a signature) names nothing. */
  of(texts: readonly string[]): readonly Wanted[] {
    const chosen = this.#chosen(texts);
    const inlined = chosen.reduce((sum, { fn, only }) => sum + (only === null ? inlinedIn(fn) : 0), 0);
    for (const each of chosen) this.#addFunction(each, inlined <= this.#mostInlined);
    return this.#wanted;
  }

  /** Inlined copies that are left out because there are too many of them. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** One line each, for the user. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  /** The functions that the texts name; one that a signature is given for has it, whatever else names it. */
  #chosen(texts: readonly string[]): Chosen[] {
    const chosen = new Map<string, Chosen>();
    for (const text of texts) {
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

  #addFunction({ fn, signature, only }: Chosen, withInlined: boolean): void {
    const isWhole = withInlined || only !== null;
    const refs = isWhole ? fn.copies : fn.copies.filter(({ isInlined }) => !isInlined);
    const leftOut = fn.copies.length - refs.length;
    const all = refs.map((ref) => this.#reader.read(fn, ref));
    // An address within a function names that; a function's own names it alone, whatever is inlined there.
    const own = all.filter(({ kind }) => kind !== 'inlined');
    const exact = all.filter((copy) => copy.address === only);
    const wanted =
      only === null ? all : exact.some(({ kind }) => kind !== 'inlined') ? own : exact.length > 0 ? exact : own;
    for (const note of fn.notes) this.#notes.push(`${sanitize(fn.name)}: ${sanitize(note)}`);
    if (wanted.length + leftOut === 0)
      this.#notes.push(`${sanitize(fn.name)}: no code of it is left: it was optimised away or merged with another`);
    const copies = withoutMergedTails(wanted).flatMap((copy) => this.#probed(fn, copy));
    if (copies.length > 0)
      this.#wanted.push({ fn, signature, copies, aliases: wanted.flatMap(({ aliases }) => aliases), leftOut });
    if (leftOut > 0) this.#leftOut += leftOut;
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

  /** The function that is probed for an IFUNC: its implementation. */
  #implementation(copy: SelectedCopy): SelectedCopy {
    const { image, symbols } = this.#sources;
    const at = implementationOf(image, copy.raw ?? copy.name, copy.address, this.#pids);
    const [row] = symbols.at(at);
    const size = row === undefined ? 0n : symbols.size(row);
    this.#notes.push(
      `${sanitize(copy.name)} is chosen at run time (IFUNC): watching the implementation at ${hex(at)}${row === undefined ? '' : ` (${sanitize(symbols.name(row))})`}, not the resolver`,
    );
    const ranges = size === 0n ? [] : [{ start: at, end: address(at + size) }];
    return { ...copy, address: at, size, ranges, aliases: [], function: null, debugCopy: null };
  }
}

const inlinedIn = ({ copies }: SelectedFunction): number =>
  copies.reduce((sum, { isInlined }) => sum + Number(isInlined), 0);

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
