import type { Address } from '../base/units.ts';
import { isProbeable } from './cost.ts';
import { writesOwnFrame } from './entry-run.ts';
import { type Flow, follows } from './flow.ts';
import { type Frames, framesOf, isFromEntry } from './frames.ts';
import { type Held, type HeldPlace, type HeldPlaces, type HeldWay, heldPlaces } from './held-places.ts';
import { mayStayInside } from './open-jump.ts';
import type { Register } from './operand.ts';
import { redZone } from './red-zone.ts';
import { type AnyRegister, idOf } from './register-id.ts';

export type FloatRegister = 'xmm0' | 'xmm1';

export type ResultCopy = {
  readonly register: FloatRegister;
  readonly size: number;
  /** Offsets in the frame count from the stack pointer at the `ret`, which is that at the function's first instruction. */
  readonly location: HeldPlace;
};

/**
 * What a probe for the `ret` at `exit` reads, planted at `address`: the `ret` itself, or an instruction of the straight
 * code before it, which runs whenever the `ret` does and finds `needed` and all memory but the function's frame as at the
 * `ret`. The stack pointer there is that at the `ret` plus `rspDelta` (0 or less). `missing`: why there is no copy.
 */
export type FloatExit = {
  readonly exit: Address;
  readonly address: Address;
  readonly rspDelta: number;
  readonly copies: readonly ResultCopy[];
  readonly missing: readonly { readonly register: FloatRegister; readonly reason: string }[];
};

export type FloatResultQuestion = {
  /** How many low bits of each vector register are asked for. */
  readonly wanted: ReadonlyMap<FloatRegister, number>;
  /** Other registers that a probe there reads as they are at the `ret`. */
  readonly needed: ReadonlySet<Register>;
  /** Where the function's begin is probed: exits are not probed there or before. */
  readonly entry: Address;
};

/** Instructions before a `ret` that may be probed in its place. */
const mostSteps = 24;

type Point = { readonly address: Address; readonly rspDelta: number; readonly state: HeldPlaces };

/** For each `ret` of a function, where what comes back in vector registers has a copy. */
export const floatResults = (
  flow: Flow,
  question: FloatResultQuestion,
  frames: Frames = framesOf(flow),
): readonly FloatExit[] => {
  const chains = new Map<number, readonly number[]>();
  for (const [i, { step }] of flow.instructions.entries())
    if (step?.kind === 'return') chains.set(i, pointsBefore(flow, frames, i, question));
  const asked = new Set([...chains.values()].flat());
  const states = new Map<number, HeldPlaces>();
  heldPlaces(
    flow,
    frames,
  )((state, _, i) => {
    if (asked.has(i)) states.set(i, { held: state.held.slice(), ways: state.ways.slice() });
  });
  const isLost = mayStayInside(flow, frames);
  return [...chains].flatMap(([ret, chain]) => {
    const points = chain.flatMap((i): Point[] => {
      const state = states.get(i);
      const address = flow.instructions[i]?.at;
      const rspDelta = i === ret ? 0 : (frames.rsp[i] ?? 0);
      return state === undefined || address === undefined ? [] : [{ address, rspDelta, state }];
    });
    const exit = flow.instructions[ret]?.at;
    return exit === undefined || points.length === 0 ? [] : [bestOf(exit, points, question, isLost)];
  });
};

/** The nearest point with the most copies. */
const bestOf = (
  exit: Address,
  points: readonly Point[],
  { wanted }: FloatResultQuestion,
  isLost: boolean,
): FloatExit => {
  let best: FloatExit | undefined;
  for (const { address, rspDelta, state } of points) {
    const copies: ResultCopy[] = [];
    const missing: { register: FloatRegister; reason: string }[] = [];
    for (const [register, bits] of wanted) {
      const found = isLost
        ? 'a jump that is not known may lead there'
        : placeOf(state.held[idOf(register)] ?? [], bits, rspDelta, state.ways[idOf(register)] ?? 'mixed', register);
      if (typeof found === 'string') missing.push({ register, reason: found });
      else copies.push({ register, size: Math.ceil(bits / 8), location: found });
    }
    if (best === undefined || copies.length > best.copies.length) best = { exit, address, rspDelta, copies, missing };
  }
  return best as FloatExit;
};

const order: readonly HeldPlace['kind'][] = ['constant', 'register', 'frame', 'memory'];

const placeOf = (
  held: readonly Held[],
  wanted: number,
  rspDelta: number,
  way: HeldWay,
  register: FloatRegister,
): HeldPlace | string => {
  const wide = held.filter(({ bits }) => bits >= wanted).map(({ place }) => place);
  const safe = wide.filter((place) => place.kind !== 'frame' || place.offset >= rspDelta - redZone);
  const [best] = safe.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  if (best !== undefined) return best;
  const [deep] = wide;
  if (deep?.kind === 'frame')
    return isFromEntry(deep.offset)
      ? `its copy is ${rspDelta - deep.offset} bytes below the stack pointer, where signal handlers may write`
      : 'its copy is in an aligned frame';
  return held.length > 0
    ? `only its low ${Math.max(...held.map(({ bits }) => bits)) / 8} bytes have a copy`
    : why(way, register);
};

const why = (way: HeldWay, register: FloatRegister): string => {
  switch (way) {
    case 'entry':
      return 'it came as an argument and was never stored';
    case 'call':
      return 'a callee left it, and it was never stored';
    case 'computed':
      return `computed in ${register} and never stored`;
    case 'moved':
      return 'what it was copied from has changed, or is not always the same';
    case 'loaded':
      return 'it was loaded by an index or from thread-local memory';
    case 'mixed':
      return 'it comes about in several ways';
  }
};

/** The `ret` at `last`, and back from there the instructions that lead only there, with the registers as at it. */
const pointsBefore = (
  flow: Flow,
  frames: Frames,
  last: number,
  { wanted, needed, entry }: FloatResultQuestion,
): readonly number[] => {
  const kept = new Set([...wanted.keys(), ...needed].map((name: AnyRegister) => idOf(name)));
  const points = [last];
  for (let i = last; points.length <= mostSteps; i--) {
    const before = flow.instructions[i - 1];
    if (before === undefined || !follows(flow, i) || before.next.length !== 1 || before.next[0] !== i) break;
    if (flow.instructions[i]?.at === entry || before.at === entry || flow.orphans.includes(i)) break;
    if (before.step !== undefined && before.step.kind !== 'nop') break;
    if (before.effects.writes.some(({ id }) => kept.has(id)) || !writesOwnFrame(before, frames, i - 1)) break;
    const rspDelta = frames.rsp[i - 1] ?? Number.NaN;
    if (isFromEntry(rspDelta) && rspDelta <= 0 && isProbeable(flow.code, before.at)) points.push(i - 1);
  }
  return points;
};
