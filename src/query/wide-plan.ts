import { type Address, address } from '../base/units.ts';
import type { AddressRange } from '../elf/function-model.ts';
import type { Image } from '../elf/model.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import type { CountedCopy, CountPlan } from './count-model.ts';
import { type CountedName, CountPlanner } from './count-planner.ts';
import type { WideFunction, WideSelection } from './count-wide.ts';
import type { PathTable } from './path-table.ts';
import { TextPool } from './text-pool.ts';

/** Plans counters for the code of its own that each of thousands of functions has. */
export const planWide = (
  image: Image,
  symbols: SymbolTable,
  { paths, functions, parts }: WideSelection,
  texts: readonly string[],
  pids: readonly number[],
): CountPlan => {
  const copies = new WideCopies();
  const planner = new CountPlanner(image, symbols, true, copies.of);
  const isIfunc = (row: number): boolean => symbols.kind(row) === 'ifunc';
  const add = (fn: WideFunction): void => {
    const { rows, isInstance } = fn;
    planner.begin(new WideName(paths, fn));
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const at = symbols.address(row);
      const name = rows.length > 1 && isInstance[i] ? copies.name(symbols.nameBytes(row)) : null;
      if (isIfunc(row)) {
        const copyAt = (own: Address): number => copies.add(own, name);
        planner.addImplementation(copyAt, { raw: symbols.raw(row), resolver: at }, pids);
        continue;
      }
      const ranges = parts.size === 0 ? noRanges : partsOf(symbols, parts.get(symbols.raw(row)) ?? []);
      const isCompiled = symbols.scheme(row) !== 'none';
      planner.addOwn(copies.add(at, name), { address: at, size: symbols.size(row), ranges, isCompiled });
    }
    planner.end();
  };
  const chosen: WideFunction[] = [];
  for (const fn of functions)
    if (fn.rows.some(isIfunc)) chosen.push(fn);
    else add(fn);
  // What is chosen at run time may be a function of its own, too.
  for (const fn of chosen) add(fn);
  return planner.plan([], texts);
};

const noRanges: readonly AddressRange[] = [];

const partsOf = (symbols: SymbolTable, rows: readonly number[]): AddressRange[] =>
  rows.map((part) => ({
    start: symbols.address(part),
    end: address(symbols.address(part) + symbols.size(part)),
  }));

/** A name that becomes text when it is asked for. */
class WideName implements CountedName {
  readonly #paths: PathTable;
  readonly #fn: WideFunction;
  #further: Set<string> | null = null;

  constructor(paths: PathTable, fn: WideFunction) {
    this.#paths = paths;
    this.#fn = fn;
  }

  get name(): string {
    return this.#paths.text(this.#fn.path);
  }

  get aliases(): readonly string[] {
    const { aliases } = this.#fn;
    const own = aliases === null ? [] : Array.from(aliases, (path) => this.#paths.text(path));
    return this.#further === null ? own : [...new Set([...own, ...this.#further])];
  }

  addAlias(name: string): void {
    this.#further ??= new Set();
    this.#further.add(name);
  }
}

/** Copies by number, as little of each as there is to be known. */
class WideCopies {
  readonly #addresses: number[] = [];
  /** The number of an instance's name, -1 of another copy. */
  readonly #names: number[] = [];
  readonly #texts = new TextPool(0);

  /** An instance's own name, for `add`. */
  name(text: Uint8Array): number {
    return this.#texts.add(text);
  }

  /** `name`: an instance's own, null of another copy. */
  add(at: Address, name: number | null): number {
    this.#names.push(name ?? -1);
    return this.#addresses.push(Number(at)) - 1;
  }

  readonly of = (copy: number): CountedCopy => {
    const name = this.#names[copy]!;
    const at = address(BigInt(this.#addresses[copy]!));
    return name < 0
      ? { kind: 'symbol', address: at, caller: null, callSite: null }
      : { kind: 'instance', address: at, caller: null, callSite: null, name: this.#texts.text(name) };
  };
}
