import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { type Address, address, fileOffset } from '../base/units.ts';
import type { EntryJump } from '../code/entry-jumps.ts';
import type { JumpOperand } from '../code/operand.ts';
import { toFileOffset } from '../elf/address-map.ts';
import type { AddressRange } from '../elf/function-model.ts';
import type { Image } from '../elf/model.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import type { CountSite } from '../trace/count/site.ts';
import type { JumpTarget } from '../trace/site.ts';
import { inlinedLimit } from './copy-limits.ts';
import type { CountedCopy, CountedFunction, UncountedCopy } from './count-model.ts';
import type { WideSelection } from './count-wide.ts';
import { EntryPlanner } from './entry-planner.ts';
import { schemeOf } from './function-path.ts';
import { implementationOf } from './ifunc.ts';
import { ProbePlanner } from './probe-plan.ts';
import type { SelectedCopy, SelectSources } from './select-model.ts';
import { type Wanted, WantedFunctions } from './wanted.ts';

export type CountPlan = {
  readonly functions: readonly CountedFunction[];
  readonly uncounted: readonly UncountedCopy[];
  /** All copies of the first function, then all of the second, and so on. */
  readonly sites: readonly CountSite[];
  /** One plain line each. */
  readonly notes: readonly string[];
};

/** Plans counters for every copy of the functions that the texts name. */
export const planFunctions = (
  sources: SelectSources,
  texts: readonly string[],
  pids: readonly number[],
  mostInlined: number,
): CountPlan => {
  const named = new WantedFunctions(sources, pids, mostInlined);
  const wanted = named.of(texts);
  const planner = new CountPlanner(sources.image, sources.symbols, false);
  const inlined = new InlinedCopies(sources);
  inlined.plan(wanted);
  for (const { fn, copies, aliases, leftOut } of wanted) {
    planner.begin(fn.name, [...new Set(aliases)]);
    if (leftOut > 0) planner.doubt(`${leftOut} inlined copies of it are not counted`);
    for (const copy of copies) {
      if (copy.kind === 'inlined') planner.addInlined(infoOf(fn.name, copy), inlined.of(copy));
      else planner.addOwn(infoOf(fn.name, copy), { ...copy, isCompiled: schemeOf(copy.raw) !== 'none' });
    }
    planner.end();
  }
  const { leftOut } = named;
  const notes =
    leftOut === 0 ? [] : [`${leftOut} inlined copies are not counted, too many to look at; --inlined counts them too`];
  const seen = wanted.flatMap(({ copies }) => copies).filter((copy) => inlined.of(copy).entry !== null);
  return planner.plan([...named.notes, ...notes, ...inlinedLimit(seen.length)], texts);
};

/** Plans counters for the code of its own that each of thousands of functions has. */
export const planWide = (
  image: Image,
  symbols: SymbolTable,
  { functions, parts }: WideSelection,
  pids: readonly number[],
): CountPlan => {
  const planner = new CountPlanner(image, symbols, true);
  for (const fn of functions) {
    planner.begin(fn.name, fn.aliases);
    for (const [index, row] of fn.rows.entries()) {
      const name = fn.rows.length === 1 ? fn.name : (fn.names[index] ?? fn.name);
      const at = symbols.address(row);
      const info: CountedCopy =
        name === fn.name
          ? { kind: 'symbol', address: at, caller: null, callSite: null }
          : { kind: 'instance', address: at, caller: null, callSite: null, name };
      const ranges = parts.size === 0 ? noRanges : partsOf(symbols, parts.get(symbols.raw(row)) ?? []);
      const isCompiled = symbols.scheme(row) !== 'none';
      if (symbols.kind(row) !== 'ifunc')
        planner.addOwn(info, { address: at, size: symbols.size(row), ranges, isCompiled });
      else planner.addImplementation(info, symbols.raw(row), pids);
    }
    planner.end();
  }
  return planner.plan([], []);
};

const partsOf = (symbols: SymbolTable, rows: readonly number[]): AddressRange[] =>
  rows.map((part) => ({
    start: symbols.address(part),
    end: address(symbols.address(part) + symbols.size(part)),
  }));

const infoOf = (name: string, copy: SelectedCopy): CountedCopy => ({
  kind: copy.kind,
  address: copy.address,
  caller: copy.callers[0]?.name ?? null,
  callSite: copy.callSite,
  ...(copy.name === name ? {} : { name: copy.name }),
});

type OwnCode = Pick<SelectedCopy, 'address' | 'size' | 'ranges'> & { readonly isCompiled: boolean };
type InlinedPlan = { readonly entry: bigint | null; readonly remark: string | null };

const targetOf = (operand: JumpOperand, at: Address): JumpTarget =>
  operand.kind === 'absolute' ? { kind: 'pointer', distance: operand.address - at } : operand;

/** A function's name, and those of others with the same code: these may turn up later. */
type Head = { readonly name: string; aliases: readonly string[] };

/** Remarks that are told one by one. */
const fewRemarks = 3;

const noRanges: readonly AddressRange[] = [];
const noJumps: CountSite['jumps'] = [];

/** Collects functions one after the other. */
class CountPlanner {
  readonly #image: Image;
  readonly #symbols: SymbolTable;
  readonly #entries: EntryPlanner;
  readonly #functions: (Pick<CountedFunction, 'copies' | 'doubts'> & { readonly head: Head })[] = [];
  readonly #uncounted: UncountedCopy[] = [];
  readonly #sites: CountSite[] = [];
  /** Whose the code at an address is: calls of others there can't be told apart from its. */
  readonly #owners = new Map<Address, Head>();
  #head: Head = { name: '', aliases: [] };
  #copies: CountedCopy[] = [];
  #doubts: string[] = [];
  /** What is to be said of copies that are counted. */
  readonly #remarks: string[] = [];

  constructor(image: Image, symbols: SymbolTable, isForMany: boolean) {
    this.#image = image;
    this.#symbols = symbols;
    this.#entries = new EntryPlanner(image, symbols, isForMany);
  }

  begin(name: string, aliases: readonly string[]): void {
    this.#head = { name, aliases };
    this.#copies = [];
    this.#doubts = [];
  }

  doubt(why: string): void {
    this.#doubts.push(why);
  }

  end(): void {
    if (this.#copies.length > 0)
      this.#functions.push({
        head: this.#head,
        copies: this.#copies,
        doubts: this.#doubts.length < 2 ? this.#doubts : [...new Set(this.#doubts)],
      });
  }

  addOwn(copy: CountedCopy, { address: start, size, ranges, isCompiled }: OwnCode): void {
    const main = ranges.find((range) => range.start === start);
    const planned = this.#entries.plan({
      address: start,
      size: main === undefined ? size : BigInt(main.end - main.start),
      parts: main === undefined ? ranges : ranges.filter((range) => range !== main),
      isCompiled,
    });
    if (planned.at === null) this.#refuse(copy, planned.reason);
    else this.#add(copy, planned.at, planned.jumps);
  }

  /** Of an IFUNC, in whose place its implementation is counted. */
  addImplementation(copy: CountedCopy, raw: string, pids: readonly number[]): void {
    try {
      const at = implementationOf(this.#image, raw, copy.address, pids);
      const owner = this.#owners.get(at);
      if (owner !== undefined) {
        if (owner !== this.#head) owner.aliases = [...new Set([...owner.aliases, this.#head.name])];
        return;
      }
      this.#owners.set(at, this.#head);
      const [row] = this.#symbols.at(at);
      const size = row === undefined ? 0n : this.#symbols.size(row);
      this.addOwn({ ...copy, address: at }, { address: at, size, ranges: [], isCompiled: false });
    } catch (error) {
      if (!(error instanceof RsymError) || error.code === 'internal') throw error;
      this.#refuse(copy, error.reason ?? error.message);
    }
  }

  addInlined(copy: CountedCopy, { entry, remark }: InlinedPlan): void {
    if (entry === null) {
      this.#refuse(copy, remark ?? 'it has no code');
      return;
    }
    if (remark !== null) {
      this.#doubts.push(remark);
      this.#remarks.push(remark);
    }
    this.#copies.push(copy);
    this.#sites.push({ path: this.#image.path, entry: fileOffset(entry), jumps: [] });
  }

  #add(copy: CountedCopy, at: Address, jumps: readonly EntryJump[]): void {
    this.#copies.push(copy);
    this.#sites.push({
      path: this.#image.path,
      entry: this.#offsetOf(at),
      jumps:
        jumps.length === 0
          ? noJumps
          : jumps.map((jump) => ({
              offset: this.#offsetOf(jump.at),
              condition: jump.condition,
              target:
                jump.operand === null ? null : { operand: targetOf(jump.operand, jump.at), distance: at - jump.at },
            })),
    });
  }

  #offsetOf(at: Address): CountSite['entry'] {
    const offset = toFileOffset(this.#image, at);
    if (offset === undefined) throw new RsymError('internal', 'code that was read is not in the file');
    return offset;
  }

  #refuse({ kind, address: at, caller, callSite }: CountedCopy, reason: string): void {
    this.#uncounted.push({ function: this.#head.name, kind, address: at, caller, callSite, reason });
    this.#doubts.push('a copy of it can not be counted');
  }

  plan(notes: readonly string[], texts: readonly string[]): CountPlan {
    if (this.#sites.length === 0) {
      const reason = this.#uncounted[0]?.reason ?? notes.at(-1) ?? 'no code of it is left';
      throw new RsymError('unsupported', `cannot count ${texts.map(sanitize).join(', ')}`, { reason });
    }
    const functions = this.#functions.map(({ head, copies, doubts }) => ({
      name: head.name,
      aliases: head.aliases,
      copies,
      doubts,
    }));
    const { length } = this.#remarks;
    const remarks =
      length <= fewRemarks
        ? this.#remarks
        : [`of ${length} inlined copies some calls may be missed; --json tells which`];
    return { functions, uncounted: this.#uncounted, sites: this.#sites, notes: [...notes, ...remarks] };
  }
}

/** Where inlined copies are probed: as `trace` does, so that both see the same calls. */
class InlinedCopies {
  readonly #sources: SelectSources;
  readonly #plans = new Map<SelectedCopy, InlinedPlan>();

  constructor(sources: SelectSources) {
    this.#sources = sources;
  }

  /** By address: copies inlined into one function come one after the other, and its code is looked at once. */
  plan(wanted: readonly Wanted[]): void {
    const all = wanted.flatMap(({ fn, copies }) =>
      copies.filter(({ kind }) => kind === 'inlined').map((copy) => ({ name: fn.name, copy })),
    );
    if (all.length === 0) return;
    all.sort((a, b) => (a.copy.address < b.copy.address ? -1 : a.copy.address > b.copy.address ? 1 : 0));
    const planner = new ProbePlanner(this.#sources, { returns: 'off', depth: 1, after: [], isRedacted: null });
    for (const { name, copy } of all) {
      const before = planner.notes.length;
      const site = planner.site(name, copy, null);
      const remark = planner.notes.slice(before).join('; ');
      this.#plans.set(copy, { entry: site?.entry ?? null, remark: remark === '' ? null : remark });
    }
  }

  of(copy: SelectedCopy): InlinedPlan {
    return this.#plans.get(copy) ?? { entry: null, remark: null };
  }
}
