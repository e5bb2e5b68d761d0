import { type Address, address } from '../base/units.ts';
import { type CodeReader, contains, type Range } from './bytes.ts';
import type { DecodedInstruction } from './decode-at.ts';
import { effectsOf } from './effects.ts';
import { type ExitSite, type FunctionCode, findExits } from './exits.ts';
import { resolveTables } from './jump-table.ts';
import { effectsAt, probedFrame, touchesPage } from './stack-probe.ts';
import { decodeRun, endsFlow } from './step.ts';
import { isInstruction, type Sweep, sweep } from './sweep.ts';

/** One instruction of a function, with the indices of those that control may go on to inside the function. */
export type FlowInstruction = DecodedInstruction & {
  readonly next: readonly number[];
  /** A call or a write that only touches the pages of a new frame: no register changes, no argument is read. */
  readonly isStackProbe: boolean;
  /**
   * An indirect jump whose targets are not known: out of the function, or anywhere inside it. (One through a pointer
   * at a fixed place leaves: that is how functions of other libraries are called.)
   */
  readonly isOpen: boolean;
};

/** A function decoded once, for all questions about the whole of it. */
export type Flow = {
  readonly start: Address;
  readonly parts: readonly Range[];
  readonly exits: readonly ExitSite[];
  /** In address order within each part; parts one after the other. */
  readonly instructions: readonly FlowInstruction[];
  readonly entry: number;
  readonly indexOf: ReadonlyMap<bigint, number>;
  /** Indices of instructions that a branch or a jump table of the function goes to. */
  readonly targets: ReadonlySet<number>;
  /**
   * Where code begins that nothing known comes to: the landing pads of exceptions, entered while any call of the
   * function runs, and the targets of open jumps.
   */
  readonly orphans: readonly number[];
  readonly code: CodeReader;
  readonly isFunctionStart: (at: Address) => boolean;
};

/** Looking at every register of every instruction is slow; a longer function is not worth seconds. */
const mostBytes = 1 << 17;

/**
 * Decodes a function for questions about all its paths. Arguments as of `findExits`; answers a plain reason where the
 * sweep isn't complete or the function is longer than 128 KB.
 */
export const openFlow = (
  fn: FunctionCode,
  code: CodeReader,
  isFunctionStart: (at: Address) => boolean,
  readData?: CodeReader,
): Flow | string => {
  const swept = findExits(fn, code, isFunctionStart, readData);
  if (!swept.complete) return swept.reason;
  const size = swept.parts.reduce((sum, part) => sum + Number(part.end - part.start), 0);
  if (size > mostBytes) return `it is ${size} bytes long, too many to follow values through`;
  const sweeps: Sweep[] = [];
  for (const part of swept.parts) {
    const each = sweep(part, code);
    if (typeof each === 'string') return each;
    sweeps.push(each);
  }
  const isInside = (at: bigint): boolean => sweeps.some((each) => isInstruction(each, at));
  const tables = readData === undefined ? undefined : resolveTables(sweeps, readData, isInside, () => false);
  return connect(fn.start, sweeps, swept, tables ?? new Map(), { code, isFunctionStart });
};

const connect = (
  start: Address,
  sweeps: readonly Sweep[],
  { parts, exits }: { readonly parts: readonly Range[]; readonly exits: readonly ExitSite[] },
  tables: ReadonlyMap<Address, readonly Address[]>,
  around: Pick<Flow, 'code' | 'isFunctionStart'>,
): Flow | string => {
  const decoded = sweeps.flatMap((each) => instructionsOf(each));
  const indexOf = new Map<bigint, number>(decoded.map(({ at }, i) => [at, i]));
  const targets = new Set<number>();
  let stray: Address | undefined;
  const indexAt = (at: bigint): number[] => {
    if (!parts.some((part) => contains(part, at))) return [];
    // A branch that skips a prefix comes to an instruction that is not decoded as such.
    const found = indexOf.get(at) ?? indexOf.get(at - 1n);
    if (found === undefined) stray = address(at);
    else targets.add(found);
    return found === undefined ? [] : [found];
  };
  const instructions = decoded.map((each, i): FlowInstruction => {
    const { step, at, length } = each;
    const next: number[] = [];
    if (step !== undefined && 'target' in step && step.kind !== 'call') next.push(...indexAt(step.target));
    const table = tables.get(at);
    for (const target of table ?? []) next.push(...indexAt(target));
    if (step === undefined || !(endsFlow(step) || neverReturns(decoded, i))) {
      const behind = indexOf.get(at + BigInt(length));
      if (behind !== undefined && !next.includes(behind)) next.push(behind);
    }
    const isOpen = step?.kind === 'indirect-jump' && table === undefined && step.operand.kind !== 'absolute';
    const effects = effectsAt(decoded, i) ?? each.effects;
    const isStackProbe = probedFrame(decoded, i) !== undefined || touchesPage(decoded, i);
    return { ...each, effects, next, isOpen, isStackProbe };
  });
  if (stray !== undefined) return `a jump goes to 0x${stray.toString(16)}, where no instruction begins`;
  const entry = indexOf.get(start);
  if (entry === undefined) return 'its first instruction is not known';
  const orphans = findOrphans(instructions, entry);
  return { start, parts, exits, instructions, entry, indexOf, targets, orphans, ...around };
};

const instructionsOf = (swept: Sweep): DecodedInstruction[] => {
  const list: DecodedInstruction[] = [];
  decodeRun(swept.bytes, swept.range.start, 0, (position, instruction) => {
    if (swept.lengths[position] === 0) return false;
    const at = address(swept.range.start + BigInt(position));
    list.push({ at, length: instruction.length, step: swept.steps.get(position), effects: effectsOf(instruction) });
    return true;
  });
  return list;
};

/**
 * Whether the call at `i` is known not to return: the code behind it uses flags that no instruction there has set, and
 * callees don't preserve them.
 */
const neverReturns = (decoded: readonly DecodedInstruction[], i: number): boolean => {
  const kind = decoded[i]?.step?.kind;
  if (kind !== 'call' && kind !== 'indirect-call') return false;
  for (let at = i + 1; at < decoded.length; at++) {
    const { step, effects } = decoded[at]!;
    if (effects.readsFlags) return true;
    if (effects.writesFlags || (step !== undefined && step.kind !== 'nop')) return false;
  }
  return false;
};

/** Only the instruction just before leads to this one. */
export const follows = (flow: Flow, i: number): boolean => {
  const before = flow.instructions[i - 1];
  const each = flow.instructions[i];
  if (before === undefined || each === undefined || flow.targets.has(i) || flow.isFunctionStart(each.at)) return false;
  return before.at + BigInt(before.length) === each.at;
};

const isPadding = ({ step }: FlowInstruction): boolean => step?.kind === 'nop' || step?.kind === 'breakpoint';

const findOrphans = (instructions: readonly FlowInstruction[], entry: number): number[] => {
  const reached = new Uint8Array(instructions.length);
  const mark = (from: number): void => {
    const pending = [from];
    while (pending.length > 0) {
      const i = pending.pop()!;
      if (reached[i] === 1) continue;
      reached[i] = 1;
      pending.push(...(instructions[i]?.next ?? []));
    }
  };
  mark(entry);
  const orphans: number[] = [];
  for (const [i, each] of instructions.entries()) {
    if (reached[i] === 1 || isPadding(each)) continue;
    orphans.push(i);
    mark(i);
  }
  return orphans;
};
