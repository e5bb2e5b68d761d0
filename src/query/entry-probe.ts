import type { CallPlan, ValuePlan } from '../abi/model.ts';
import type { Location, Piece } from '../abi/place.ts';
import type { Address } from '../base/units.ts';
import { cheaperEntry } from '../code/entry-points.ts';
import type { Flow } from '../code/flow.ts';
import { type AnyRegister } from '../code/register-id.ts';

/** Where a call's beginning is probed, and what is added to the stack pointer there to get that of the first instruction. */
export type EntryProbe = { readonly at: Address; readonly stackAdjust: number; readonly plan: CallPlan };

/**
 * The instruction at a function's begin that a probe costs least on: its first, or one behind it where all that the plan
 * reads is still the same. `saved` are registers whose values at entry are wanted as well.
 */
export const entryProbe = (
  at: Address,
  plan: CallPlan,
  saved: readonly AnyRegister[],
  flow: Flow | null,
): EntryProbe => {
  const own = { at, stackAdjust: 0, plan };
  if (flow === null || flow.start !== at) return own;
  const cheaper = cheaperEntry(flow, new Set([...plan.args.flatMap(registersOf), ...saved]));
  if (cheaper === null) return own;
  const by = BigInt(-cheaper.rspDelta);
  return {
    at: cheaper.address,
    stackAdjust: -cheaper.rspDelta,
    plan: { ...plan, args: plan.args.map((arg) => raised(arg, by)) },
  };
};

const registersOf = ({ pieces, candidates }: ValuePlan): AnyRegister[] =>
  [...pieces, ...candidates.flatMap((claim) => claim.pieces)].flatMap(({ location }): AnyRegister[] => {
    if (location.kind === 'register') return [location.reg];
    return location.kind === 'memory' && location.base !== null ? [location.base] : [];
  });

/** The stack pointer is so much lower: places on the stack are that much further up. */
const raised = (value: ValuePlan, by: bigint): ValuePlan => {
  if (by === 0n) return value;
  const move = (pieces: readonly Piece[]): Piece[] =>
    pieces.map((piece) => ({ ...piece, location: raisedLocation(piece.location, by) }));
  return {
    ...value,
    pieces: move(value.pieces),
    candidates: value.candidates.map((claim) => ({ ...claim, pieces: move(claim.pieces) })),
  };
};

const raisedLocation = (location: Location, by: bigint): Location => {
  if (location.kind === 'stack') return { ...location, offset: location.offset + by };
  const isStack = location.kind === 'memory' && location.base === 'rsp';
  return isStack ? { ...location, offset: location.offset + by } : location;
};
