import { type Address, address, hex } from '../base/units.ts';
import { type CodeReader, contains, longestInstruction, type Range, readUpTo } from './bytes.ts';
import { probeCost } from './cost.ts';
import { findExtent } from './extent.ts';
import { resolveTables } from './jump-table.ts';
import type { JumpOperand } from './operand.ts';
import { findPart, type Part } from './parts.ts';
import { reach } from './reach.ts';
import type { Condition, Step } from './step.ts';
import { isInstruction, type Sweep, sweep } from './sweep.ts';

/** A function's code as the file describes it: `size` in bytes (0: unknown, found by following
 * control), and further ranges (cold parts) where it has them. */
export type FunctionCode = { readonly start: Address; readonly size: bigint; readonly ranges?: readonly Range[] };

/**
 * An instruction by which a function can be left.
 *
 *   return         `ret`: the stack pointer is what it was at entry
 *   tail-jump      a jump to `target`, code of another function; with `condition` only when that holds, and a hit
 *                  where it doesn't is no exit
 *   indirect-jump  a jump to what `operand` says at the hit; it is an exit if that is outside `parts`
 *
 * `outlined`: the instruction is in a part that was found by following a jump, not in the ranges given.
 */
export type ExitSite = {
  readonly address: Address;
  readonly kind: 'return' | 'tail-jump' | 'indirect-jump';
  readonly target?: Address;
  readonly conditional?: boolean;
  readonly condition?: Condition;
  readonly operand?: JumpOperand;
  readonly outlined: boolean;
};

/**
 * Every exit of a function, or the reason why that can't be said. `parts` is all its code: the ranges given, then the
 * outlined parts found. `loopsToEntry`: a jump inside the function goes to its first instruction, so that a probe
 * there is hit again in one call. `notes`: what was assumed, one plain line each.
 */
export type ExitSweep =
  | {
      readonly complete: true;
      readonly exits: readonly ExitSite[];
      readonly parts: readonly Range[];
      readonly loopsToEntry: boolean;
      readonly notes: readonly string[];
    }
  | { readonly complete: false; readonly reason: string };

/** Jumps that are followed in search of parts; a function with more of them keeps the others as tail jumps. */
const mostParts = 64;

const refuse = (reason: string): ExitSweep => ({ complete: false, reason });

/**
 * Finds every instruction by which a function can be left, by decoding all its bytes.
 *
 * Complete means proved: all bytes are instructions, every direct branch comes to the begin of one, the end is not
 * fallen through (a call at the very end is taken for one that doesn't return), no return is a jump in disguise,
 * and the kernel can probe every exit.
 * Leaving by an exception or by `longjmp` is not an exit here.
 *
 * `isFunctionStart` answers whether a symbol of a *function* starts at an address; leave out the symbols of outlined
 * parts (`name.cold`), and give those as ranges. `readData` reads constants as linked; jump tables are resolved only
 * with it.
 */
export const findExits = (
  fn: FunctionCode,
  code: CodeReader,
  isFunctionStart: (at: Address) => boolean,
  readData?: CodeReader,
): ExitSweep => {
  const extent = fn.size > 0n ? [sizedRange(fn)] : findExtent(fn.start, code, isFunctionStart);
  if (typeof extent === 'string') return refuse(extent);
  const ranges = [...extent, ...(fn.ranges ?? []).filter((given) => !extent.some((own) => contains(own, given.start)))];
  const sweeps: Sweep[] = [];
  for (const range of ranges) {
    const swept = sweep(range, code);
    if (typeof swept === 'string') return refuse(swept);
    sweeps.push(swept);
  }
  const isOwn = (at: bigint): boolean => ranges.some((range) => contains(range, at));
  const isInside = (at: bigint): boolean => sweeps.some((swept) => isInstruction(swept, at));

  const entries: Address[] = ranges.map((range) => range.start);
  const outside = new Set<Address>();
  const parts = new Map<Address, Part>();
  const tried = new Set<Address>();
  const isPartStart = (target: Address): boolean => {
    if (!tried.has(target) && tried.size < mostParts) {
      const part = isFunctionStart(target) ? undefined : findPart(target, { ranges, isInside, code, isFunctionStart });
      if (part !== undefined) parts.set(target, part);
      tried.add(target);
    }
    return parts.has(target);
  };
  const tables =
    readData === undefined
      ? new Map<Address, readonly Address[]>()
      : resolveTables(sweeps, readData, isInside, isPartStart);
  for (const targets of tables.values()) entries.push(...targets);
  let loopsToEntry = entries.indexOf(fn.start, ranges.length) >= 0;
  for (const swept of sweeps) {
    if (swept.fallsThrough && !isInside(swept.range.end)) {
      return refuse(`control runs on behind its end, ${hex(swept.range.end)}`);
    }
    for (const [position, step] of swept.steps) {
      const at = address(swept.range.start + BigInt(position));
      if (!('target' in step)) continue;
      const inside = isOwn(step.target);
      if (inside && !isInside(step.target)) {
        return refuse(`the jump at ${hex(at)} goes into the middle of an instruction, ${hex(step.target)}`);
      }
      if (step.kind === 'abort-target' && !inside) return refuse(`the transaction at ${hex(at)} aborts outside`);
      if (step.kind === 'call') {
        const reason = inside ? refuseOwnCall(swept, position, step.target, fn.start, isFunctionStart) : undefined;
        if (reason !== undefined) return refuse(reason);
        continue;
      }
      if (step.target === fn.start) loopsToEntry = true;
      if (!inside && !isFunctionStart(step.target)) outside.add(step.target);
    }
  }
  const notes: string[] = [];
  for (const target of outside) {
    if (isPartStart(target)) continue;
    notes.push(`the code at ${hex(target)} is not proved to be a part of it: the jump there counts as an exit`);
  }

  const data = findData(sweeps, entries, (at) => isOwn(at) || isFunctionStart(at) || parts.has(at));
  if (data !== undefined) return refuse(data);

  const partRanges = [...parts.values()].flatMap((part) => part.ranges);
  const isPart = (at: bigint): boolean => isOwn(at) || partRanges.some((range) => contains(range, at));
  const exits = new Map<Address, ExitSite>();
  const add = (at: Address, step: Step, outlined: boolean): void => {
    if (step.kind === 'return') exits.set(at, { address: at, kind: 'return', outlined });
    else if (step.kind === 'indirect-jump' && !tables.has(at)) {
      exits.set(at, { address: at, kind: 'indirect-jump', operand: step.operand, outlined });
    } else if ((step.kind === 'jump' || step.kind === 'branch') && !isPart(step.target)) {
      const only = step.kind === 'branch' ? { conditional: true, condition: step.condition } : {};
      exits.set(at, { address: at, kind: 'tail-jump', target: step.target, ...only, outlined });
    }
    if ((step.kind === 'jump' || step.kind === 'branch') && step.target === fn.start) loopsToEntry = true;
  };
  for (const part of parts.values()) for (const [at, step] of part.steps) add(at, step, true);
  for (const { range, steps } of sweeps) {
    for (const [position, step] of steps) add(address(range.start + BigInt(position)), step, false);
  }
  for (const at of exits.keys()) {
    const bytes = readUpTo(code, at, longestInstruction);
    const cost = bytes && probeCost(bytes);
    if (cost?.cost !== 'unprobeable') continue;
    return refuse(`the exit at ${hex(at)} (${cost.instruction}) can't be probed: ${cost.reason}`);
  }
  return {
    complete: true,
    exits: [...exits.values()].sort((a, b) => (a.address < b.address ? -1 : 1)),
    parts: [...ranges, ...merged(partRanges)],
    loopsToEntry,
    notes,
  };
};

const sizedRange = (fn: FunctionCode): Range => ({ start: fn.start, end: address(fn.start + fn.size) });

/** A call into the function's own middle is a subroutine, whose returns are not the function's. */
const refuseOwnCall = (
  swept: Sweep,
  position: number,
  target: Address,
  start: Address,
  isFunctionStart: (at: Address) => boolean,
): string | undefined => {
  if (target === start || isFunctionStart(target)) return undefined;
  const behind = position + (swept.lengths[position] ?? 0);
  const pops = (swept.bytes[behind] ?? 0) >> 3 === 0x58 >> 3 || isWidePop(swept.bytes, behind);
  if (target === swept.range.start + BigInt(behind) && pops) return undefined;
  return `it calls into its own middle, at ${hex(swept.range.start + BigInt(position))}`;
};

const isWidePop = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 0x41 && (bytes[at + 1] ?? 0) >> 3 === 0x58 >> 3;

/** A reason if bytes that control isn't known to come to look like data rather than instructions. */
const findData = (
  sweeps: readonly Sweep[],
  entries: readonly Address[],
  isExplained: (at: Address) => boolean,
): string | undefined => {
  const reached = reach(sweeps, entries);
  for (const swept of sweeps) {
    const marks = reached.get(swept);
    const at = (position: number): string => hex(swept.range.start + BigInt(position));
    const suspect = swept.suspects.find((position) => marks?.[position] === 0);
    if (suspect !== undefined) return `the bytes at ${at(suspect)} look like data`;
    for (const [position, step] of swept.steps) {
      if (marks?.[position] !== 0 || step.kind !== 'branch' || isExplained(step.target)) continue;
      return `the bytes at ${at(position)} look like data: nothing comes there, and they branch to ${hex(step.target)}`;
    }
  }
  return undefined;
};

/** Overlapping and adjacent ranges made one, in address order. */
const merged = (ranges: readonly Range[]): Range[] => {
  const result: { start: Address; end: Address }[] = [];
  for (const range of [...ranges].sort((a, b) => (a.start < b.start ? -1 : 1))) {
    const last = result.at(-1);
    if (last === undefined || range.start > last.end) result.push({ ...range });
    else if (range.end > last.end) last.end = range.end;
  }
  return result;
};
