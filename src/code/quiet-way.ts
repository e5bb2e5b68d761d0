import type { Address } from '../base/units.ts';
import { type Flow, type FlowInstruction, follows } from './flow.ts';
import type { Frames } from './frames.ts';
import { coversPlace, overlapsPlace, type StorePlace, storePlaceOf, writesMemory } from './pending-stores.ts';
import { clobbered, firstVector } from './register-id.ts';

/** Instructions looked at on all ways together, each for what the registers hold. */
const mostStates = 6_000;

/**
 * A way on which little is stored: `places` is all of it, by what registers hold at the way's beginning. `leaves`: it ends
 * where the function does, so objects of the frame needn't be stored on it.
 */
export type QuietWay = { readonly places: readonly StorePlace[]; readonly leaves: boolean };

/** What stores on one way so far, the last first. */
type Step = { readonly i: number; readonly changed: number; readonly before: Step | null };

/**
 * The way from an address to a call that comes back, or out of the function, on which the fewest stores are; null where
 * every way has one that goes where nobody can tell. On that way nothing else can be stored late, or not at all: whoever is
 * called may look, and an optimiser that moves a store, or leaves it out, has to do so for the ways on which nothing
 * follows. `isBlind`: the called function looks at no memory but what it is given (or never comes back).
 */
export const quietWay = (
  flow: Flow,
  frames: Frames,
  at: Address,
  isBlind: (call: FlowInstruction) => boolean,
): QuietWay | null => {
  const start = flow.indexOf.get(at);
  if (start === undefined) return null;
  const exits = new Set(flow.exits.filter(({ kind }) => kind !== 'indirect-jump').map((exit) => exit.address));
  const seen = new Set<string>();
  /** By the number of stores so far. */
  let level: Step[] = [{ i: start, changed: 0, before: null }];
  let dearer: Step[] = [];
  while (level.length > 0) {
    for (let step = level.pop(); step !== undefined; step = level.pop()) {
      const key = `${step.i} ${step.changed}`;
      const each = flow.instructions[step.i];
      if (seen.has(key) || each === undefined || each.isOpen) continue;
      seen.add(key);
      if (seen.size > mostStates) return null;
      const isCall = (each.step?.kind === 'call' || each.step?.kind === 'indirect-call') && !each.isStackProbe;
      const isLooking = isCall && !isBlind(each);
      if (isLooking ? comesBack(flow, step.i) : exits.has(each.at))
        return { places: storedOn(flow, frames, start, step), leaves: !isLooking };
      if (isLooking || each.step?.kind === 'system-call' || each.step?.kind === 'trap') continue;
      const stores = writesMemory(each);
      if (stores && storePlaceOf(each, frames, step.i, start, step.changed) === null) continue;
      const changed = isCall ? step.changed | byCalls : changedBy(each, step.changed);
      const onward = each.next.map((i): Step => ({ i, changed, before: step }));
      (stores ? dearer : level).push(...onward);
    }
    [level, dearer] = [dearer, []];
  }
  return null;
};

const byCalls = clobbered.reduce((all, id) => (id < firstVector ? all | (1 << id) : all), 0);

const changedBy = ({ effects }: FlowInstruction, changed: number): number =>
  effects.writes.reduce((all, { id }) => (id < firstVector ? all | (1 << id) : all), changed);

/** Whether a call comes back: what is behind it is reached from there alone. */
const comesBack = (flow: Flow, i: number): boolean => {
  const [next, ...others] = flow.instructions[i]?.next ?? [];
  if (next === undefined || others.length > 0 || !follows(flow, next)) return false;
  const kind = flow.instructions[next]?.step?.kind;
  return kind !== 'nop' && kind !== 'breakpoint' && kind !== 'trap';
};

/** What a way stores, but for what it has read before: that was there. */
const storedOn = (flow: Flow, frames: Frames, start: number, end: Step): StorePlace[] => {
  const way: Step[] = [];
  for (let step: Step | null = end; step !== null; step = step.before) way.push(step);
  const stored: StorePlace[] = [];
  const read: StorePlace[] = [];
  for (const { i, changed } of way.reverse()) {
    const each = flow.instructions[i];
    if (each?.effects.memory === undefined) continue;
    const place = storePlaceOf(each, frames, i, start, changed);
    if (place === null) continue;
    const isNew = !stored.some((one) => overlapsPlace(one, place));
    if (each.effects.memory.access !== 'write' && isNew) read.push(place);
    if (each.effects.memory.access !== 'read' && !read.some((one) => coversPlace(one, place))) stored.push(place);
  }
  return stored;
};
