import { decodeBytes } from '../base/text.ts';
import { type Address, address } from '../base/units.ts';
import { type CoreDebug, noRow } from '../core/debug.ts';
import type { ByteColumn } from '../core/demangle.ts';
import type { AddressRange, DebugCopy, DebugFunction, DieOffset, SourcePosition } from './function-model.ts';

// Fields of the core's rows, in bytes.
const functionFields = {
  linkage: 0,
  path: 8,
  file: 16,
  line: 20,
  flags: 24,
  dies: 28,
  copies: 36,
  outOfLine: 40,
  inlined: 44,
};
const copyFields = { entryLow: 0, entryHigh: 4, function: 8, caller: 12, ranges: 20, callFile: 28, die: 40 };

const unitFields = { offset: 0, name: 24 };

const nocallFlag = 1;
const partialFlag = 2;

/** Functions kept for later questions. */
const mostFunctions = 1000;

/** Names that are worked out one by one before all are. */
const fewPaths = 200;

/** Functions and copies, from the rows of the core's index. */
export class DebugIndex {
  readonly #core: CoreDebug;
  /** A row holds the ids of all copies: reading it again and again takes long. */
  readonly #functions = new Map<number, DebugFunction>();
  #paths: ByteColumn | undefined;
  #asked = 0;
  #byUnit: readonly (readonly number[])[] | undefined;

  constructor(core: CoreDebug) {
    this.#core = core;
  }

  function(id: number): DebugFunction {
    const known = this.#functions.get(id);
    if (known !== undefined) return known;
    if (this.#functions.size >= mostFunctions) this.#functions.clear();
    const made = this.#read(id);
    this.#functions.set(id, made);
    return made;
  }

  #read(id: number): DebugFunction {
    const core = this.#core;
    const field = (at: number): number => core.u32('functions', id, at);
    const file = field(functionFields.file);
    const first = field(functionFields.copies);
    const count = field(functionFields.outOfLine) + field(functionFields.inlined);
    const die = field(functionFields.dies);
    return {
      id,
      path: this.path(id),
      isPartial: (field(functionFields.flags) & partialFlag) !== 0,
      dwarfPath: this.dwarfPath(id),
      linkageName: this.linkageName(id),
      source: file === noRow ? null : { file: this.#file(file), line: field(functionFields.line), column: 0 },
      dies: rows(field(functionFields.dies + 4), (row) => core.u32('dies', die + row, 0)),
      isConventionChanged: (field(functionFields.flags) & nocallFlag) !== 0,
      copies: rows(count, (row) => core.u32('byFunction', first + row, 0)),
    };
  }

  copy(id: number): DebugCopy {
    const field = (at: number): number => this.#core.u32('copies', id, at);
    const caller = field(copyFields.caller);
    const first = field(copyFields.ranges);
    const ranges = rows(field(copyFields.ranges + 4), (row) => this.#range(first + row));
    return {
      id,
      kind: caller === noRow ? 'out-of-line' : 'inlined',
      function: field(copyFields.function),
      address: this.#entry(id),
      size: ranges.reduce((sum, { start, end }) => sum + (end - start), 0n),
      ranges,
      caller: caller === noRow ? null : caller,
      callSite: caller === noRow ? null : this.#callSite(id),
      die: field(copyFields.die),
    };
  }

  path(id: number): string {
    const core = this.#core;
    // Working out all at once is far cheaper than one by one, and wasted where only a few are asked for.
    if (this.#paths === undefined && ++this.#asked > fewPaths) this.#paths = core.paths();
    if (this.#paths === undefined) return decodeBytes(core.path(id));
    const { bytes, offsets } = this.#paths;
    return decodeBytes(bytes.subarray(offsets[id], offsets[id + 1]));
  }

  dwarfPath(id: number): string {
    return decodeBytes(this.#core.text('functions', id, functionFields.path));
  }

  linkageName(id: number): string | null {
    const name = this.#core.text('functions', id, functionFields.linkage);
    return name.length === 0 ? null : decodeBytes(name);
  }

  copyCounts(id: number): { outOfLine: number; inlined: number } {
    return {
      outOfLine: this.#core.u32('functions', id, functionFields.outOfLine),
      inlined: this.#core.u32('functions', id, functionFields.inlined),
    };
  }

  /** Copies out of line that are entered at this address. */
  copiesAt(at: Address): number[] {
    const core = this.#core;
    const entryOf = (index: number): bigint => this.#entry(core.u32('byEntry', index, 0));
    let low = 0;
    let high = core.count('byEntry');
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (entryOf(middle) >= at) high = middle;
      else low = middle + 1;
    }
    const found: number[] = [];
    for (; low < core.count('byEntry') && entryOf(low) === at; low++) found.push(core.u32('byEntry', low, 0));
    return found;
  }

  /** Copies out of line in the crate that has a DIE, in the order of their DIEs. */
  copiesOfCrate(die: DieOffset): readonly number[] {
    this.#byUnit ??= this.#readUnits();
    return this.#byUnit[this.#unitOf(die)] ?? [];
  }

  /** By unit; units of one crate share theirs. */
  #readUnits(): (readonly number[])[] {
    const core = this.#core;
    const dieOf = (copy: number): DieOffset => core.u32('copies', copy, copyFields.die);
    const crates = new Map<string, number[]>();
    const byUnit = rows(core.count('units'), (unit) => {
      const [root = ''] = decodeBytes(core.text('units', unit, unitFields.name)).split('/@/');
      const copies = crates.get(root) ?? [];
      crates.set(root, copies);
      return copies;
    });
    for (const copy of rows(core.count('byEntry'), (row) => core.u32('byEntry', row, 0)))
      byUnit[this.#unitOf(dieOf(copy))]?.push(copy);
    for (const copies of crates.values()) copies.sort((a, b) => dieOf(a) - dieOf(b));
    return byUnit;
  }

  /** The last unit that begins at or before a DIE; -1: none does. */
  #unitOf(die: DieOffset): number {
    let low = 0;
    let high = this.#core.count('units');
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#core.u32('units', middle, unitFields.offset) > die) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  }

  /** The DIE of the code out of line that a copy is in. */
  outermostDie(copy: number): DieOffset {
    let outermost = copy;
    for (let caller = copy; caller !== noRow; caller = this.#core.u32('copies', caller, copyFields.caller))
      outermost = caller;
    return this.#core.u32('copies', outermost, copyFields.die);
  }

  #entry(copy: number): Address {
    const [low, high] = [copyFields.entryLow, copyFields.entryHigh].map((field) =>
      this.#core.u32('copies', copy, field),
    );
    return address((BigInt(high ?? 0) << 32n) | BigInt(low ?? 0));
  }

  #range(row: number): AddressRange {
    return { start: address(this.#core.u64('ranges', row, 0)), end: address(this.#core.u64('ranges', row, 8)) };
  }

  #file(row: number): string {
    return decodeBytes(this.#core.text('files', row, 0));
  }

  #callSite(id: number): SourcePosition | null {
    const [file, line, column] = [0, 4, 8].map((field) => this.#core.u32('copies', id, copyFields.callFile + field));
    return file === undefined || file === noRow
      ? null
      : { file: this.#file(file), line: line ?? 0, column: column ?? 0 };
  }
}

const rows = <T>(count: number, read: (row: number) => T): T[] => Array.from({ length: count }, (_, row) => read(row));
