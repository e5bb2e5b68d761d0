import { type Address, address } from '../base/units.ts';
import { longestInstruction, readUpTo } from '../code/bytes.ts';
import { cheaperStart } from '../code/cheaper-start.ts';
import { plainCost } from '../code/cost.ts';
import { type EntryJump, entryJumps } from '../code/entry-jumps.ts';
import { type EntryScan, emptyScan, entryBytes, jumpsOutOf, scan, scanOwn, tablesIn } from '../code/entry-scan.ts';
import { setsUpFrame } from '../code/frame-setup.ts';
import { quickCost } from '../code/quick-cost.ts';
import type { AddressRange } from '../elf/function-model.ts';
import type { Image } from '../elf/model.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import { FunctionStarts } from './function-starts.ts';
import { ImageWindow } from './image-window.ts';

/** Code out of line whose calls are to be counted. */
export type CountedCode = {
  readonly address: Address;
  /** 0: unknown. */
  readonly size: bigint;
  /** Its further parts, apart from the rest; those that aren't known are found by following jumps. */
  readonly parts: readonly AddressRange[];
  /** A compiler made it: nothing jumps into it behind its first instruction. */
  readonly isCompiled: boolean;
};

export type PlannedEntry =
  | { readonly at: Address; readonly jumps: readonly EntryJump[] }
  | { readonly at: null; readonly reason: string };

type Stretch = { readonly start: number; readonly length: number };

/** A part that is longer than this isn't looked through. */
const longestPart = 1 << 16;
/** No part is shorter than the jump back and something before it. */
const leastCode = 16;
const mostElements = 4_096;
const noJumps: readonly EntryJump[] = [];

/** Bytes of code and data that are read at once. */
const wholeSegments = 512 << 20;
const fewPages = 1 << 16;

/**
 * Finds where functions' calls are counted: an instruction that the kernel can probe and that runs once for each call. It
 * looks at bytes; only a function whose bytes may hold a jump to its own begin is decoded.
 */
export class EntryPlanner {
  readonly #window: ImageWindow;
  readonly #data: ImageWindow;
  readonly #starts: FunctionStarts;
  #fromGaps: ReadonlySet<number> | undefined;

  /** `isForMany`: it will be asked about a good part of the image. */
  constructor(image: Image, symbols: SymbolTable, isForMany: boolean) {
    this.#window = new ImageWindow(image, true, isForMany ? wholeSegments : fewPages);
    this.#data = new ImageWindow(image, false, isForMany ? wholeSegments : fewPages);
    this.#starts = new FunctionStarts(symbols);
  }

  plan(code: CountedCode): PlannedEntry {
    const start = Number(code.address);
    const first = this.#window.at(start, longestInstruction);
    if (first === null) return { at: null, reason: 'its code is not in the file' };
    const quick = first.length < longestInstruction ? null : quickCost(first.bytes, first.from);
    // Nothing but calls, and jumps in place of calls, come to where it begins, and a probe there is cheap.
    if (quick === 'emulated' && setsUpFrame(first.bytes, first.from)) return { at: code.address, jumps: noJumps };
    const size = code.size > 0n ? Number(code.size) : Math.min(this.#starts.after(start) - start, longestPart);
    const cost = quick ?? this.#cost(start);
    const found = this.#scan(start, size, code.parts);
    if ((found.targets & 1) !== 0) {
      const jumps = this.#jumps(code);
      if (typeof jumps === 'string') return { at: null, reason: jumps };
      if (jumps.length > 0) return typeof cost === 'string' ? { at: code.address, jumps } : { at: null, ...cost };
    }
    const further = cost !== 'emulated' && code.isCompiled ? this.#cheaper(start, size, found) : 0;
    if (further === 0 && typeof cost !== 'string') return { at: null, ...cost };
    return { at: further === 0 ? code.address : address(code.address + BigInt(further)), jumps: [] };
  }

  /** Of the first instruction; where it can't be probed, why. */
  #cost(start: number): 'emulated' | 'stepped' | { readonly reason: string } {
    const cost = plainCost(readUpTo(this.#window.read, address(BigInt(start)), longestInstruction) ?? new Uint8Array());
    return cost.cost === 'unprobeable' ? { reason: `${cost.instruction}: ${cost.reason}` } : cost.cost;
  }

  /** Looks through all its bytes for jumps to its begin. */
  #scan(start: number, size: number, parts: readonly AddressRange[]): EntryScan {
    const found = emptyScan();
    const here = this.#window.at(start, size);
    if (here === null) return found;
    const isJumpedTo = this.#jumpedTo.has(start);
    if (isJumpedTo) scan(found, here.bytes, here.from, here.length, 0);
    else scanOwn(found, here);
    const ranges: Stretch[] = [{ start, length: here.length }];
    for (const part of parts) {
      const at = Number(part.start);
      const there = this.#window.at(at, Math.min(Number(part.end - part.start), longestPart));
      if (there === null) continue;
      scan(found, there.bytes, there.from, there.length, at - start);
      ranges.push({ start: at, length: there.length });
    }
    if (isJumpedTo) {
      const isApart = (at: number): boolean => this.#window.has(at) && !this.#starts.covers(at);
      if (found.outside.some((target) => isApart(start + target))) found.targets |= 1;
    }
    if (found.hasIndirect) for (const range of ranges) this.#scanTables(found, start, size, range);
    return found;
  }

  /**
   * Functions to whose begin code jumps that no symbol speaks of: other functions, or parts of these functions that a
   * compiler or a linker moved away.
   */
  get #jumpedTo(): ReadonlySet<number> {
    if (this.#fromGaps !== undefined) return this.#fromGaps;
    const found = new Set<number>();
    for (const { start, end } of this.#window.stretches)
      for (const gap of this.#starts.gaps(start, end)) {
        // Between functions there is mostly padding.
        if (gap.end - gap.start < leastCode) continue;
        const here = this.#window.at(gap.start, gap.end - gap.start);
        if (here === null) continue;
        jumpsOutOf(here.bytes, here.from, here.length, (target) => {
          if (this.#starts.has(gap.start + target)) found.add(gap.start + target);
        });
      }
    this.#fromGaps = found;
    return found;
  }

  /** Targets of jump tables, by their elements: those of a table follow each other and all lie in code. */
  #scanTables(found: EntryScan, start: number, size: number, range: Stretch): void {
    const here = this.#window.at(range.start, range.length);
    if (here === null) return;
    const { relative, absolute } = tablesIn(here);
    const note = (target: number): boolean => {
      const position = target - start;
      if (position >= 0 && position < entryBytes) found.targets |= 1 << position;
      // Its own code, or a part of it that no symbol tells of.
      return (position >= 0 && position < size) || (this.#window.has(target) && !this.#starts.covers(target));
    };
    for (const distance of relative) {
      const table = range.start + distance;
      if (this.#window.has(table)) continue;
      this.#elements(table, 4, (view, at) => note(table + view.getInt32(at, true)));
    }
    for (const table of absolute) this.#elements(table, 8, (view, at) => note(Number(view.getBigUint64(at, true))));
  }

  /** Reads a table as long as `take` wants more. */
  #elements(table: number, size: number, take: (view: DataView, at: number) => boolean): void {
    const here = this.#data.at(table, mostElements * size);
    if (here === null) return;
    const view = new DataView(here.bytes.buffer, here.bytes.byteOffset + here.from, here.length);
    for (let at = 0; at + size <= here.length; at += size) if (!take(view, at)) return;
  }

  #jumps({ address: start, size, parts }: CountedCode): readonly EntryJump[] | string {
    const isFunctionStart = (at: Address): boolean => this.#starts.has(Number(at));
    const { read: code } = this.#window;
    const jumps = entryJumps({ start, size, ranges: parts }, code, isFunctionStart, this.#data.read);
    return typeof jumps === 'string' ? `it may jump back to its first instruction, and ${jumps}` : jumps;
  }

  #cheaper(start: number, size: number, { targets }: EntryScan): number {
    const here = this.#window.at(start, Math.min(size, entryBytes));
    if (here === null) return 0;
    return cheaperStart(
      here.bytes.subarray(here.from, here.from + here.length),
      (position) => ((targets >> position) & 1) === 1,
    );
  }
}
