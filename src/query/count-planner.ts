import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { type Address, fileOffset } from '../base/units.ts';
import type { EntryJump } from '../code/entry-jumps.ts';
import type { JumpOperand } from '../code/operand.ts';
import { toFileOffset } from '../elf/address-map.ts';
import type { Image } from '../elf/model.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import { CountSites, FunctionSites } from '../trace/count/site.ts';
import type { JumpTarget } from '../trace/site.ts';
import type { CountedCopy, CountPlan, UncountedCopy } from './count-model.ts';
import { EntryPlanner } from './entry-planner.ts';
import { FunctionList } from './function-list.ts';
import { implementationOf } from './ifunc.ts';
import type { SelectedCopy } from './select-model.ts';

type OwnCode = Pick<SelectedCopy, 'address' | 'size' | 'ranges'> & { readonly isCompiled: boolean };
/** Where an inlined copy is probed, null: nowhere; and what is to be said of it. */
export type InlinedPlan = { readonly entry: bigint | null; readonly remark: string | null };

const targetOf = (operand: JumpOperand, at: Address): JumpTarget =>
  operand.kind === 'absolute' ? { kind: 'pointer', distance: operand.address - at } : operand;

/** A function's name, and those of others with the same code: these may turn up later. */
export type CountedName = {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly addAlias: (name: string) => void;
};

/** Remarks that are told one by one. */
const fewRemarks = 3;

/** `owner`: whose name it has. */
type Collected<Copy> = {
  readonly owner: CountedName;
  readonly copies: readonly Copy[];
  /** Null: none. */
  readonly doubts: ReadonlySet<string> | null;
};

/** Collects functions one after the other. `Copy` is what is kept of a copy until it is asked for. */
export class CountPlanner<Copy> {
  readonly #image: Image;
  readonly #symbols: SymbolTable;
  readonly #entries: EntryPlanner;
  readonly #copyOf: (copy: Copy) => CountedCopy;
  readonly #functions: Collected<Copy>[] = [];
  readonly #uncounted: UncountedCopy[] = [];
  readonly #sites: CountSites;
  /** Whose the code at an address is: calls of others there can't be told apart from its. Made when an IFUNC asks. */
  #owners: Map<Address, CountedName> | null = null;
  #name: CountedName | null = null;
  #copies: Copy[] = [];
  #doubts: Set<string> | null = null;
  /** That of the last address: the next one is mostly in it too. */
  #piece: { readonly start: number; readonly end: number; readonly offset: number } | null = null;
  /** What is to be said of copies that are counted. */
  readonly #remarks: string[] = [];

  /** `isForMany`: a good part of the image will be looked at. */
  constructor(image: Image, symbols: SymbolTable, isForMany: boolean, copyOf: (copy: Copy) => CountedCopy) {
    this.#copyOf = copyOf;
    this.#image = image;
    this.#sites = new CountSites(image.path);
    this.#symbols = symbols;
    this.#entries = new EntryPlanner(image, symbols, isForMany);
  }

  /** A function, whose copies are added until its `end`. */
  begin(name: CountedName): void {
    this.#name = name;
    this.#copies = [];
    this.#doubts = null;
  }

  /** Why the function may have more calls than will be counted. */
  doubt(why: string): void {
    this.#doubts ??= new Set();
    this.#doubts.add(why);
  }

  end(): void {
    const copies = this.#copies;
    if (copies.length > 0) this.#functions.push({ owner: this.#own, copies, doubts: this.#doubts });
  }

  get #own(): CountedName {
    if (this.#name === null) throw new RsymError('internal', 'a copy of no function');
    return this.#name;
  }

  /** A copy that has code of its own. */
  addOwn(copy: Copy, { address: start, size, ranges, isCompiled }: OwnCode): void {
    const main = ranges.length === 0 ? undefined : ranges.find((range) => range.start === start);
    const planned = this.#entries.plan({
      address: start,
      size: main === undefined ? size : BigInt(main.end - main.start),
      parts: main === undefined ? ranges : ranges.filter((range) => range !== main),
      isCompiled,
    });
    if (planned.at === null) this.#refuse(copy, planned.reason);
    else this.#add(copy, planned.at, planned.jumps);
  }

  /**
   * Of an IFUNC, in whose place its implementation is counted, unless that is counted already. Functions that have code of
   * their own come before. `copyAt`: a copy of it at an address.
   */
  addImplementation(
    copyAt: (at: Address) => Copy,
    { raw, resolver }: { readonly raw: string; readonly resolver: Address },
    pids: readonly number[],
  ): void {
    try {
      const at = implementationOf(this.#image, raw, resolver, pids);
      this.#owners ??= this.#ownersSoFar();
      const owner = this.#owners.get(at);
      if (owner !== undefined) {
        if (owner !== this.#name) owner.addAlias(this.#own.name);
        return;
      }
      this.#owners.set(at, this.#own);
      const [row] = this.#symbols.at(at);
      const size = row === undefined ? 0n : this.#symbols.size(row);
      this.addOwn(copyAt(at), { address: at, size, ranges: [], isCompiled: false });
    } catch (error) {
      if (!(error instanceof RsymError) || error.code === 'internal') throw error;
      this.#refuse(copyAt(resolver), error.reason ?? error.message);
    }
  }

  #ownersSoFar(): Map<Address, CountedName> {
    const owners = new Map<Address, CountedName>();
    for (const { owner, copies } of this.#functions)
      for (const copy of copies) owners.set(this.#copyOf(copy).address, owner);
    return owners;
  }

  /** A copy that is inlined. */
  addInlined(copy: Copy, { entry, remark }: InlinedPlan): void {
    if (entry === null) {
      this.#refuse(copy, remark ?? 'it has no code');
      return;
    }
    if (remark !== null) {
      this.doubt(remark);
      this.#remarks.push(remark);
    }
    this.#copies.push(copy);
    this.#sites.add(Number(entry), []);
  }

  #add(copy: Copy, at: Address, jumps: readonly EntryJump[]): void {
    this.#copies.push(copy);
    this.#sites.add(
      this.#offsetOf(at),
      jumps.map((jump) => ({
        offset: fileOffset(BigInt(this.#offsetOf(jump.at))),
        condition: jump.condition,
        target: jump.operand === null ? null : { operand: targetOf(jump.operand, jump.at), distance: at - jump.at },
      })),
    );
  }

  #offsetOf(at: Address): number {
    const known = this.#piece;
    const position = Number(at);
    if (known !== null && position >= known.start && position < known.end) return position - known.start + known.offset;
    const offset = toFileOffset(this.#image, at);
    if (offset === undefined) throw new RsymError('internal', 'code that was read is not in the file');
    const segment = this.#image.segments.find((each) => at >= each.address && at - each.address < each.fileSize);
    if (segment !== undefined) {
      const start = Number(segment.address);
      this.#piece = { start, end: start + Number(segment.fileSize), offset: Number(segment.fileOffset) };
    }
    return Number(offset);
  }

  #refuse(copy: Copy, reason: string): void {
    const { kind, address: at, caller, callSite } = this.#copyOf(copy);
    this.#uncounted.push({ function: this.#own.name, kind, address: at, caller, callSite, reason });
    this.doubt('a copy of it can not be counted');
  }

  /** `notes`: one line each; `texts`: what the functions were named by. Throws RsymError `unsupported`: nothing can be counted. */
  plan(notes: readonly string[], texts: readonly string[]): CountPlan {
    if (this.#sites.length === 0) {
      const reason = this.#uncounted[0]?.reason ?? notes.at(-1) ?? 'no code of it is left';
      throw new RsymError('unsupported', `cannot count ${texts.map(sanitize).join(', ')}`, { reason });
    }
    const functions = this.#functions;
    // Nothing else of the planner may live as long as the plan: it holds the bytes of all code.
    const copyOf = this.#copyOf;
    const made = new FunctionList(functions.length, (fn) => {
      const { owner, copies, doubts } = functions[fn]!;
      return { name: owner.name, aliases: owner.aliases, copies: copies.map(copyOf), doubts: [...(doubts ?? [])] };
    });
    const { length } = this.#remarks;
    const remarks =
      length <= fewRemarks
        ? this.#remarks
        : [`of ${length} inlined copies some calls may be missed; --json tells which`];
    return {
      functions: made,
      uncounted: this.#uncounted,
      sites: this.#sites,
      sitesOf: new FunctionSites(functions.map(({ copies }) => copies.length)),
      isDoubted: functions.some(({ doubts }) => doubts !== null),
      notes: [...notes, ...remarks],
    };
  }
}
