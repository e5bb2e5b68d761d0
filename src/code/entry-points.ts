import type { Address } from '../base/units.ts';
import { longestInstruction, readUpTo } from './bytes.ts';
import { probeCost } from './cost.ts';
import { entryRun } from './entry-run.ts';
import type { Flow } from './flow.ts';
import { type Frames, framesOf } from './frames.ts';
import { type AnyRegister, idOf } from './register-id.ts';

/**
 * An instruction that a probe costs less on than on the function's first, and that sees the same: it runs once for each call of the
 * function. The stack pointer there is that at entry plus `rspDelta` (0 or less), in bytes.
 */
export type EntryPoint = { readonly address: Address; readonly rspDelta: number; readonly cost: 'emulated' };

/**
 * The first such instruction in the straight code at a function's begin where all of `needed` are as at entry, and no
 * memory but the function's own frame has been written. Null if there is none, or if a probe on the first instruction
 * is cheap already.
 */
export const cheaperEntry = (
  flow: Flow,
  needed: ReadonlySet<AnyRegister>,
  frames: Frames = framesOf(flow),
): EntryPoint | null => {
  const costAt = (at: Address) => probeCost(readUpTo(flow.code, at, longestInstruction) ?? new Uint8Array(0)).cost;
  if (costAt(flow.start) === 'emulated') return null;
  const ids = new Set([...needed].map(idOf));
  for (const { i, rspDelta } of entryRun(flow, frames)) {
    const each = flow.instructions[i];
    if (each === undefined) return null;
    if (i > flow.entry && costAt(each.at) === 'emulated') return { address: each.at, rspDelta, cost: 'emulated' };
    if (each.effects.writes.some(({ id }) => ids.has(id) && id !== rsp)) return null;
  }
  return null;
};

const rsp = idOf('rsp');
