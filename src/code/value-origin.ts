import type { Address } from '../base/units.ts';
import type { Flow } from './flow.ts';
import { type Frames, framesOf } from './frames.ts';
import type { Register } from './operand.ts';
import { type AnyRegister, idOf, nameOf } from './register-id.ts';
import { onlyPredecessors, storeBefore } from './slot-store.ts';

/** A register, or `size` bytes of the frame as an operand at the address in question would say them. */
export type Held =
  | { readonly register: AnyRegister }
  | { readonly base: Register; readonly displacement: number; readonly size: number };

/** Moves of one value, from the frame to registers and back. */
const mostMoves = 8;
/** Instructions between two of them. */
const mostSteps = 1_000;

/**
 * The instructions that brought what a place holds when the one at `at` is about to run: the last move first, at the end
 * the one that computed it, or the first move that could be found. Looked for in the code that alone leads there; ends
 * early where a call or a store could have changed the place.
 */
export const originOf = (flow: Flow, at: Address, held: Held, frames: Frames = framesOf(flow)): readonly Address[] => {
  const found: Address[] = [];
  const before = onlyPredecessors(flow);
  let here = at;
  let place: Held | null = held;
  while (place !== null && found.length < mostMoves) {
    if ('base' in place) {
      const store = storeBefore(flow, here, place.base, place.displacement, place.size, frames);
      if (!store.found || store.callsBetween > 0 || store.unknownStoresBetween > 0) break;
      found.push(store.at);
      here = store.at;
      place = store.stored !== null && 'register' in store.stored ? { register: store.stored.register } : null;
      continue;
    }
    const write = writeBefore(flow, here, idOf(place.register), before);
    if (write === undefined) break;
    found.push(write.at);
    here = write.at;
    place = write.from;
  }
  return found;
};

const writeBefore = (
  flow: Flow,
  at: Address,
  id: number,
  before: (i: number) => number | undefined,
): { readonly at: Address; readonly from: Held | null } | undefined => {
  const start = flow.indexOf.get(at);
  let i = start === undefined ? undefined : before(start);
  for (let steps = 0; i !== undefined && steps < mostSteps; i = before(i), steps++) {
    const each = flow.instructions[i];
    if (each === undefined || (each.step?.kind.endsWith('call') && !each.isStackProbe)) return undefined;
    if (!each.effects.writes.some((write) => write.id === id)) continue;
    const { action, memory } = each.effects;
    if (action?.kind === 'copy' && action.to === id) return { at: each.at, from: { register: nameOf(action.from) } };
    const base = memory?.base == null ? null : nameOf(memory.base);
    const isSlot = memory?.index === null && !memory.elsewhere && (base === 'rsp' || base === 'rbp');
    if (action?.kind === 'load' && action.to === id && memory !== undefined && isSlot)
      return { at: each.at, from: { base, displacement: memory.displacement, size: memory.size } };
    return { at: each.at, from: null };
  }
  return undefined;
};

/** Actions by which a value comes unchanged from elsewhere. */
const unchanged: ReadonlySet<string | undefined> = new Set(['copy', 'load', 'constant', 'store-constant']);

/**
 * The instruction that computed what a place holds at `at`: not one that only brought it from elsewhere. `unknown`: that
 * could not be followed; null: it was brought from where nothing more is known of it.
 */
export const computedBy = (
  flow: Flow,
  at: Address,
  held: Held,
  frames: Frames = framesOf(flow),
): Address | null | 'unknown' => {
  const last = originOf(flow, at, held, frames).at(-1);
  const i = last === undefined ? undefined : flow.indexOf.get(last);
  if (last === undefined || i === undefined) return 'unknown';
  return unchanged.has(flow.instructions[i]?.effects.action?.kind) ? null : last;
};
