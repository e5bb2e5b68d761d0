import type { Address } from '../base/units.ts';
import type { Flow, FlowInstruction } from './flow.ts';
import { type Frames, isFromEntry } from './frames.ts';
import { clobbered, firstVector, idOf, type RegisterId } from './register-id.ts';
import type { Held } from './value-origin.ts';

/** Instructions and places looked at on all ways together. */
const mostStates = 4_000;
const wordSize = 8;
const wideSize = 16;

/** One word of a value: in a register from byte `lane` on, or in the frame, from the stack pointer at entry. */
type Place =
  | { readonly kind: 'register'; readonly id: RegisterId; readonly lane: number; readonly size: number }
  | { readonly kind: 'slot'; readonly offset: number; readonly size: number };

/** What the walk backwards is asked about. */
export type BroughtQuestion = {
  readonly flow: Flow;
  readonly frames: Frames;
  /** By instruction: those that may run just before it. */
  readonly before: readonly (readonly number[])[];
  /** Code from which the value is to come. */
  readonly isInside: (at: Address) => boolean;
  /** A call of a function that writes nothing of the frame: it frees memory. */
  readonly isHarmless: (call: FlowInstruction) => boolean;
  /**
   * The value is a number: of `f(x) * 10` nothing but other constants is left where `f` gives constants back, so these, and
   * what only a condition decides, say nothing of who made it.
   */
  readonly isNumber: boolean;
};

/**
 * Whether what a place holds when the instruction at `at` is about to run was made by the code inside on every way there:
 * behind that code it was only moved. Of a value of several words, one has to be made there on each way: `None` has no
 * payload, and what is in its place is as it was before. What only passes through that code is another's.
 */
export const isBroughtFrom = (question: BroughtQuestion, at: Address, held: Held): boolean => {
  const start = question.flow.indexOf.get(at);
  if (start === undefined) return false;
  const places = placesOf(question, start, held);
  return places !== null && areMade(question, start, places);
};

/** The value's words. */
const placesOf = ({ frames }: BroughtQuestion, i: number, held: Held): Place[] | null => {
  if ('register' in held) return [{ kind: 'register', id: idOf(held.register), lane: 0, size: wordSize }];
  const base = (held.base === 'rbp' ? frames.rbp[i] : held.base === 'rsp' ? frames.rsp[i] : undefined) ?? Number.NaN;
  if (!isFromEntry(base)) return null;
  const places: Place[] = [];
  for (let by = 0; by < held.size; by += wordSize)
    places.push({
      kind: 'slot',
      offset: base + held.displacement + by,
      size: Math.min(wordSize, held.size - by),
    });
  return places;
};

const keyOf = (place: Place): string =>
  place.kind === 'register' ? `r${place.id} ${place.lane} ${place.size}` : `s${place.offset} ${place.size}`;

/** A constant (or zero, as `xor eax, eax`) says nothing of who made it, and is brought as early as there is room. */
const isConstant = ({ step, effects }: FlowInstruction): boolean => {
  const { action, reads, readsFlags, writesFlags, memory } = effects;
  if (action?.kind === 'clear' || action?.kind === 'constant') return true;
  return step === undefined && action === undefined && reads.length === 0 && !memory && writesFlags && !readsFlags;
};

/** Steps back to what a number is computed from. */
const mostInputs = 8;

/**
 * Whether an instruction gives one of several constants, or what is computed from nothing else. Of what a condition chooses,
 * something has to be shown to be computed.
 */
const isDecided = (question: BroughtQuestion, i: number, depth = 0): boolean => {
  const { flow, before, isInside } = question;
  const each = flow.instructions[i];
  if (each === undefined || depth > mostInputs || isConstant(each)) return true;
  const { action, memory, readsFlags, writesFlags, reads, writes } = each.effects;
  if (action?.kind === 'store-constant') return true;
  if (each.step !== undefined || memory !== undefined) return false;
  const inputs = reads.filter(({ role }) => role !== 'merge').map(({ id }) => id);
  const writers = inputs.map((id) => lastWriter(flow, before, i, id));
  const isFrom = (writer: number | null): boolean => writer !== null && isDecided(question, writer, depth + 1);
  // A sum with a carry is computed; what is made of a flag alone reads no register.
  if (!readsFlags || writesFlags) return inputs.length === 0 || writers.every(isFrom);
  const isComputed = (writer: number | null): boolean => {
    const made = writer === null ? undefined : flow.instructions[writer];
    if (made === undefined) return false;
    return made.effects.action?.kind === 'load' || (isInside(made.at) && !isFrom(writer));
  };
  return !writers.some(isComputed);
};

/** The instruction of the straight code before that wrote a register; null: it was written elsewhere. */
const lastWriter = (flow: Flow, before: BroughtQuestion['before'], from: number, id: RegisterId): number | null => {
  for (let i = from, steps = 0; steps < 64; steps++) {
    const [only, ...others] = before[i] ?? [];
    const each = only === undefined ? undefined : flow.instructions[only];
    if (only === undefined || each === undefined || others.length > 0) return null;
    const isCall = each.step?.kind === 'call' || each.step?.kind === 'indirect-call';
    if (isCall && clobbered.includes(id)) return null;
    if (each.effects.writes.some((write) => write.id === id)) return only;
    i = only;
  }
  return null;
};

const areMade = (question: BroughtQuestion, start: number, from: readonly Place[]): boolean => {
  const { flow, before, isInside } = question;
  const seen = new Set<string>();
  const waiting = [{ i: start, places: from, isIn: false }];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    const earlier = before[state.i] ?? [];
    // Bytes that only fill up come from nowhere.
    if (earlier.length === 0 && state.i !== flow.entry && flow.instructions[state.i]?.step?.kind === 'nop') continue;
    if (earlier.length === 0 || seen.size > mostStates) return false;
    for (const i of earlier) {
      const each = flow.instructions[i];
      if (each === undefined) return false;
      const isIn = state.isIn || isInside(each.at);
      const moved = state.places.map((place) => placesBefore(question, each, i, place));
      const isMade = moved.includes(null);
      if (isMade && !isIn) return false;
      // What the code inside brings there itself, it had read.
      const isTouched = isMade || moved.some((one, k) => one?.[0] !== state.places[k]);
      if (isTouched && (isInside(each.at) || isConstant(each))) {
        if (question.isNumber && isMade && isDecided(question, i)) return false;
        continue;
      }
      const places = moved.flatMap((one) => one ?? []);
      // Others have made all of it.
      if (places.length === 0) return false;
      const key = `${i} ${isIn} ${places.map(keyOf)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      waiting.push({ i, places, isIn });
    }
  }
  return true;
};

/** Where the parts of the word were before an instruction; null: the instruction made it, or may have. */
const placesBefore = (question: BroughtQuestion, each: FlowInstruction, i: number, place: Place): Place[] | null => {
  const isCall = each.step?.kind === 'call' || each.step?.kind === 'indirect-call';
  if (isCall && !each.isStackProbe) {
    if (place.kind === 'slot') return question.isHarmless(each) ? [place] : null;
    return clobbered.includes(place.id) ? null : [place];
  }
  if (place.kind === 'slot') return slotBefore(question, each, i, place);
  const before = registerBefore(question.frames, each, i, place);
  return before && [before];
};

const registerBefore = (
  frames: Frames,
  { effects }: FlowInstruction,
  i: number,
  place: Extract<Place, { kind: 'register' }>,
): Place | null => {
  if (!effects.writes.some(({ id }) => id === place.id)) return place;
  const { action } = effects;
  const end = 8 * (place.lane + place.size);
  if (action?.kind === 'copy' && action.to === place.id && action.width >= Math.min(end, 32)) {
    // A general register and a vector one hold the same low bits.
    return { ...place, id: action.from };
  }
  if (action?.kind === 'load' && action.to === place.id) {
    const offset = frames.memory[i] ?? Number.NaN;
    if (!isFromEntry(offset) || effects.memory?.index !== null) return null;
    const bytes = action.width / 8 - place.lane;
    return bytes <= 0 ? null : { kind: 'slot', offset: offset + place.lane, size: Math.min(place.size, bytes) };
  }
  return null;
};

const slotBefore = (
  { frames }: BroughtQuestion,
  { effects }: FlowInstruction,
  i: number,
  place: Extract<Place, { kind: 'slot' }>,
): Place[] | null => {
  if (effects.writesElsewhere) return null;
  const { memory, action } = effects;
  if (action?.kind === 'push') {
    const top = (frames.rsp[i] ?? Number.NaN) - action.size;
    return isFromEntry(top) && (top + action.size <= place.offset || top >= place.offset + place.size) ? [place] : null;
  }
  if (memory === undefined || memory.access === 'read') return [place];
  const offset = frames.memory[i] ?? Number.NaN;
  // A store through a pointer that isn't known reaches what has its address taken.
  if (!isFromEntry(offset) || memory.index !== null || memory.size === 0)
    return place.offset + place.size <= frames.lowestTaken ? [place] : null;
  if (offset + memory.size <= place.offset || offset >= place.offset + place.size) return [place];
  if (memory.size > wideSize || action?.kind !== 'store') return null;
  const end = place.offset + place.size;
  const [from, to] = [Math.max(place.offset, offset), Math.min(end, offset + memory.size)];
  const lane = from - offset;
  if (action.from < firstVector && lane > 0) return null;
  const rest = [
    { kind: 'slot' as const, offset: place.offset, size: from - place.offset },
    { kind: 'slot' as const, offset: to, size: end - to },
  ];
  return [{ kind: 'register', id: action.from, lane, size: to - from }, ...rest.filter(({ size }) => size > 0)];
};
