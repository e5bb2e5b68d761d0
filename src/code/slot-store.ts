import type { Address } from '../base/units.ts';
import type { Flow, FlowInstruction } from './flow.ts';
import { type Frames, framesOf, somewhere } from './frames.ts';
import type { Register } from './operand.ts';
import { type AnyRegister, idOf, nameOf } from './register-id.ts';

/**
 * Whether a place in the frame was written on every way to an instruction. `stored`: what, where one instruction wrote all of it
 * from a register or an immediate, else null. `callsBetween` and `unknownStoresBetween` (stores that may go there or
 * elsewhere) could have changed it since.
 */
export type SlotStore =
  | {
      readonly found: true;
      readonly at: Address;
      readonly stored: { readonly register: AnyRegister } | { readonly immediate: bigint } | null;
      readonly callsBetween: number;
      readonly unknownStoresBetween: number;
    }
  | { readonly found: false };

/** Instructions looked at; further back lies another statement's code. */
const mostSteps = 2_000;

/**
 * Looks back from the instruction at `at` for the write of `size` bytes at `base + displacement`, as `base` (rsp, rbp) is there:
 * through the straight code before it, and on as long as only one instruction leads there. Several stores may fill the
 * place together; `at` is the earliest of them.
 */
export const storeBefore = (
  flow: Flow,
  at: Address,
  base: Register,
  displacement: number,
  size: number,
  frames: Frames = framesOf(flow),
): SlotStore => {
  const start = flow.indexOf.get(at);
  if (start === undefined || size <= 0 || size > 4096) return { found: false };
  const own = base === 'rsp' ? frames.rsp[start] : base === 'rbp' ? frames.rbp[start] : undefined;
  const target = (own ?? Number.NaN) + displacement;
  const place: Place = Number.isFinite(target)
    ? { kind: 'offset', from: target }
    : { kind: 'operand', base: idOf(base), from: displacement };
  const before = onlyPredecessors(flow);
  const missing = new Set(Array.from({ length: size }, (_, byte) => byte));
  let callsBetween = 0;
  let unknownStoresBetween = 0;
  for (let i = before(start), steps = 0; i !== undefined && steps < mostSteps; i = before(i), steps++) {
    const each = flow.instructions[i]!;
    if (each.step?.kind === 'call' || each.step?.kind === 'indirect-call') callsBetween += each.isStackProbe ? 0 : 1;
    const written = each.isStackProbe ? undefined : writtenBy(each, frames, i, place);
    if (written === 'unknown') unknownStoresBetween++;
    else if (written !== undefined) {
      const whole = missing.size === size && written.from <= 0 && written.to >= size;
      for (let byte = Math.max(0, written.from); byte < Math.min(size, written.to); byte++) missing.delete(byte);
      if (missing.size === 0) {
        const stored = whole && written.from === 0 ? storedBy(each, 8 * size) : null;
        return { found: true, at: each.at, stored, callsBetween, unknownStoresBetween };
      }
    }
    // Without offsets from the entry, places are known by their operand only as long as its base stays as it is.
    if (place.kind === 'operand' && each.effects.writes.some(({ id }) => id === place.base)) break;
    if (place.kind === 'operand' && callsBetween > 0 && !isPreserved(place.base)) break;
  }
  return { found: false };
};

type Place =
  | { readonly kind: 'offset'; readonly from: number }
  | { readonly kind: 'operand'; readonly base: number; readonly from: number };

const preserved: ReadonlySet<number> = new Set((['rbx', 'rsp', 'rbp', 'r12', 'r13', 'r14', 'r15'] as const).map(idOf));
const isPreserved = (id: number): boolean => preserved.has(id);

/** The bytes that an instruction certainly writes, counted from the place's first; `unknown` if they may be others. */
const writtenBy = (
  { effects }: FlowInstruction,
  frames: Frames,
  i: number,
  place: Place,
): { readonly from: number; readonly to: number } | 'unknown' | undefined => {
  const { memory, action } = effects;
  if (effects.writesElsewhere) return 'unknown';
  if (action?.kind === 'push') {
    const top = (frames.rsp[i] ?? Number.NaN) - action.size - place.from;
    return place.kind === 'offset' && Number.isFinite(top) ? { from: top, to: top + action.size } : 'unknown';
  }
  if (memory === undefined || memory.access === 'read') return undefined;
  const isExact = memory.index === null && memory.size > 0 && !memory.elsewhere;
  const offset = frames.memory[i] ?? Number.NaN;
  let from: number | undefined;
  if (isExact && place.kind === 'offset' && Number.isFinite(offset)) from = offset - place.from;
  if (isExact && place.kind === 'operand' && memory.base === place.base) from = memory.displacement - place.from;
  if (from !== undefined) return { from, to: from + memory.size };
  return Number.isNaN(offset) || offset === somewhere || memory.index !== null ? 'unknown' : undefined;
};

const storedBy = (
  { effects: { action } }: FlowInstruction,
  width: number,
): (SlotStore & { readonly found: true })['stored'] => {
  if (action?.kind === 'store' && action.width >= width) return { register: nameOf(action.from) };
  if (action?.kind === 'push' && action.from !== null) return { register: nameOf(action.from) };
  if (action?.kind === 'store-constant') return { immediate: BigInt.asUintN(width, action.value) };
  return null;
};

/** From an instruction to the one that alone leads to it, and always does unless it calls what doesn't return. */
export const onlyPredecessors = (flow: Flow): ((i: number) => number | undefined) => {
  const known = predecessors.get(flow) ?? findPredecessors(flow);
  predecessors.set(flow, known);
  return known;
};

type Predecessor = (i: number) => number | undefined;

/** The same for all questions about one function. */
const predecessors = new WeakMap<Flow, Predecessor>();

const findPredecessors = (flow: Flow): Predecessor => {
  const counts = new Uint8Array(flow.instructions.length);
  const last = new Int32Array(flow.instructions.length).fill(-1);
  counts[flow.entry] = 2;
  for (const i of flow.orphans) counts[i] = 2;
  for (const [i, { next }] of flow.instructions.entries()) {
    for (const to of next) {
      counts[to] = Math.min(2, counts[to]! + 1);
      last[to] = i;
    }
  }
  return (i) => (counts[i] === 1 ? last[i] : undefined);
};
