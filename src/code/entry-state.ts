import { type Address, address } from '../base/units.ts';
import { type CodeReader, contains, type Range } from './bytes.ts';
import { type DecodedInstruction, decodeAt } from './decode-at.ts';
import { type EntrySource, EntryValues, type Frame, type Spill } from './entry-values.ts';
import type { AnyRegister } from './register-id.ts';
import { idOf } from './register-id.ts';
import { effectsAt, probedFrame } from './stack-probe.ts';
import type { Step } from './step.ts';

export type { EntrySource, Frame, Spill, StackAddress } from './entry-values.ts';

/**
 * What the first instructions of a function do with what it was given, as far as they run on without a choice; at a
 * conditional branch the way on is the one that doesn't jump.
 *
 * `spills`: every store of an entry value to the frame. `frames`: the stack and frame pointer before each instruction.
 * `sources`: which entry values the registers still hold whole before each instruction. `reached`: the first instruction
 * that was not run, and what it is.
 */
export type EntryState = {
  readonly spills: readonly Spill[];
  readonly frames: ReadonlyMap<Address, Frame>;
  readonly sources: ReadonlyMap<Address, ReadonlyMap<AnyRegister, EntrySource>>;
  readonly reached: {
    readonly at: Address;
    readonly why: 'call' | 'return' | 'jump' | 'loop' | 'end' | 'limit' | 'code';
  };
};

/**
 * Follows a function from its first instruction, over at most `limit` instructions. Jumps are followed forward within
 * `ranges`, the function's own code: where a jump goes elsewhere, another function begins.
 */
export const followEntry = (
  start: Address,
  code: CodeReader,
  limit: number,
  ranges: readonly Range[] = [],
): EntryState => {
  const values = new EntryValues();
  const frames = new Map<Address, Frame>();
  const sources = new Map<Address, ReadonlyMap<AnyRegister, EntrySource>>();
  const path: DecodedInstruction[] = [];
  let next = decodeAt(start, code);
  let at = start;
  const end = (why: EntryState['reached']['why']): EntryState => ({
    spills: values.spills,
    frames,
    sources,
    reached: { at, why },
  });
  while (true) {
    const each = next;
    if (each === undefined) return end('code');
    at = each.at;
    if (path.length >= limit) return end('limit');
    frames.set(at, values.frame());
    sources.set(at, values.sources());
    path.push(each);
    const behind = address(at + BigInt(each.length));
    const { step } = each;
    next = undefined;
    switch (step?.kind) {
      case 'return':
        return end('return');
      case 'jump':
        if (step.target <= at || !ranges.some((range) => contains(range, step.target))) return end('jump');
        next = decodeAt(step.target, code);
        continue;
      case 'branch':
        if (step.target > at) values.passBranch();
        else if (!isPageLoop(path, step, values)) return end('loop');
        next = decodeAt(behind, code);
        continue;
      case 'call':
        next = decodeAt(behind, code);
        if (next === undefined || probedFrame([path.at(-2), each, next], 1) === undefined) return end('call');
        next = { ...next, effects: effectsAt([path.at(-2), each, next], 2) ?? next.effects };
        continue;
      case 'indirect-call':
        return end('call');
      case 'indirect-jump':
        return end('jump');
      case undefined:
      case 'nop':
        values.run(each.effects, at);
        next = decodeAt(behind, code);
        continue;
      default:
        return end('end');
    }
  }
};

const rsp = idOf('rsp');

/**
 * Whether a branch ends a loop that only touches the pages of a large frame, from the stack pointer down to a register:
 * behind it the stack pointer is that register.
 */
const isPageLoop = (
  path: readonly DecodedInstruction[],
  branch: Step & { readonly kind: 'branch' },
  values: EntryValues,
): boolean => {
  const from = path.findIndex((each) => each.at === branch.target);
  const compare = path.at(-2)?.effects.action;
  if (from < 0 || branch.condition !== 'ne' || compare?.kind !== 'compare' || compare.left !== rsp) return false;
  const touchesOnly = path.slice(from, -2).every(({ step, effects: { action, memory, writes } }) => {
    if (step !== undefined) return false;
    return action?.kind === 'add' ? action.to === rsp : writes.length === 0 && memory?.base === rsp;
  });
  return touchesOnly && values.lowerStack(compare.right);
};
