import type { Address } from '../base/units.ts';
import { isProbeable } from './cost.ts';
import { entryRun } from './entry-run.ts';
import { EntryValues } from './entry-values.ts';
import type { Flow } from './flow.ts';
import { type Frames, framesOf } from './frames.ts';
import type { Register } from './operand.ts';
import { redZone } from './red-zone.ts';
import type { AnyRegister, VectorRegister } from './register-id.ts';

/** `offset`: in bytes from the stack pointer at the function's first instruction. */
export type EntryPlace =
  | { readonly kind: 'frame'; readonly offset: number }
  | { readonly kind: 'register'; readonly reg: Register };

/** Where the low `size` bytes are of what a register held at entry. */
export type EntryCopy = { readonly register: AnyRegister; readonly size: number; readonly location: EntryPlace };

/**
 * An instruction to probe in place of a function's first, run once for each call, where values that came in vector
 * registers have copies. The stack pointer there is that at entry plus `rspDelta` (0 or less), in bytes. `moved`: general
 * registers that have changed, and where what they held is.
 */
export type FloatEntry = {
  readonly address: Address;
  readonly rspDelta: number;
  readonly copies: readonly EntryCopy[];
  readonly moved: readonly EntryCopy[];
};

/**
 * The first such instruction with the most copies. `wanted`, `needed`: how many low bits of each register (1: a bool, of
 * which compilers may clear the others). All of `needed` and the caller's memory, the arguments on the stack among it,
 * can be read there as they were at entry. Null if none of `wanted` can be read anywhere.
 */
export const floatEntry = (
  flow: Flow,
  wanted: ReadonlyMap<VectorRegister, number>,
  needed: ReadonlyMap<Register, number>,
  frames: Frames = framesOf(flow),
): FloatEntry | null => {
  const values = new EntryValues();
  let best: FloatEntry | null = null;
  for (const { i, rspDelta } of entryRun(flow, frames)) {
    const each = flow.instructions[i];
    if (each === undefined || best?.copies.length === wanted.size) break;
    const lowest = rspDelta - redZone;
    const moved: EntryCopy[] = [];
    for (const [register, bits] of needed) {
      if (register === 'rsp') continue;
      const location = placeOf(values, register, bits, lowest);
      if (location === undefined) return best;
      if (location.kind !== 'register' || location.reg !== register)
        moved.push({ register, size: bytesOf(bits), location });
    }
    const copies = [...wanted].flatMap(([register, bits]): EntryCopy[] => {
      const location = placeOf(values, register, bits, lowest);
      return location === undefined ? [] : [{ register, size: bytesOf(bits), location }];
    });
    if (copies.length > (best?.copies.length ?? 0) && isProbeable(flow.code, each.at))
      best = { address: each.at, rspDelta, copies, moved };
    values.run(each.effects, each.at);
  }
  return best;
};

const bytesOf = (bits: number): number => Math.ceil(bits / 8);

/** The register itself, another, or the frame from `lowest` on. */
const placeOf = (values: EntryValues, register: AnyRegister, bits: number, lowest: number): EntryPlace | undefined => {
  const holders = values.holders(register, bits);
  const reg = holders.find((one) => one === register) ?? holders[0];
  if (reg !== undefined) return { kind: 'register', reg };
  const spill = values.spills.find(
    (one) =>
      one.source.kind === 'register' &&
      one.source.reg === register &&
      8 * one.size >= bits &&
      (one.narrowed === null || one.narrowed >= bits) &&
      one.overwritten === null &&
      one.slot.base === 'entry' &&
      one.slot.offset >= lowest,
  );
  return spill && { kind: 'frame', offset: spill.slot.offset };
};
