import type { CallPlan, Register, ValuePlan } from '../abi/model.ts';
import type { Location, Piece } from '../abi/place.ts';
import type { Address } from '../base/units.ts';
import { cheaperEntry } from '../code/entry-points.ts';
import { type EntryCopy, floatEntry } from '../code/float-entry.ts';
import type { Flow } from '../code/flow.ts';
import type { AnyRegister, VectorRegister } from '../code/register-id.ts';

/** Where a call's beginning is probed, and what is added to the stack pointer there to get that of the first instruction. */
export type EntryProbe = { readonly at: Address; readonly stackAdjust: number; readonly plan: CallPlan };

/**
 * The instruction at a function's begin that is probed: one where the most arguments that came in vector registers have a
 * copy; else the one that a probe costs least on, of those where all that the plan reads is still the same. `saved` are
 * registers whose values at entry are wanted as well; `flowOf` decodes the function, only where that is needed.
 */
export const entryProbe = (
  at: Address,
  plan: CallPlan,
  saved: readonly Register[],
  isCheap: boolean,
  flowOf: () => Flow | null,
): EntryProbe => {
  const own = { at, stackAdjust: 0, plan };
  if (isCheap && !plan.args.some((arg) => piecesOf(arg).some(({ location }) => location.kind === 'vector'))) return own;
  const flow = flowOf();
  if (flow === null || flow.start !== at) return own;
  return behindStores(plan, saved, flow) ?? cheaper(plan, saved, flow) ?? own;
};

const cheaper = (plan: CallPlan, saved: readonly Register[], flow: Flow): EntryProbe | null => {
  const needed = new Set<AnyRegister>([...plan.args.flatMap(registersOf), ...saved]);
  const found = cheaperEntry(flow, needed);
  return found && moved(found, plan, new Map());
};

const behindStores = (plan: CallPlan, saved: readonly Register[], flow: Flow): EntryProbe | null => {
  const wanted = new Map<VectorRegister, number>();
  const needed = new Map<Register, number>(saved.map((reg) => [reg, wordBits]));
  for (const arg of plan.args) {
    for (const { location, size } of piecesOf(arg)) {
      const bits = arg.shape.kind === 'bool' ? 1 : 8 * size;
      if (location.kind === 'vector') wanted.set(location.reg as VectorRegister, bits);
      if (location.kind === 'register') needed.set(location.reg, Math.max(bits, needed.get(location.reg) ?? 0));
      if (location.kind === 'memory' && location.base !== null) needed.set(location.base, wordBits);
    }
  }
  const found = wanted.size === 0 ? null : floatEntry(flow, wanted, needed);
  // Registers that an exit needs are read from pt_regs.
  if (found === null || found.moved.some(({ register }) => saved.includes(register as Register))) return null;
  return moved(found, plan, new Map([...found.copies, ...found.moved].map((copy) => [copy.register, copy])));
};

const wordBits = 64;

const piecesOf = ({ pieces, candidates }: ValuePlan): readonly Piece[] => [
  ...pieces,
  ...candidates.flatMap((claim) => claim.pieces),
];

const registersOf = (value: ValuePlan): AnyRegister[] =>
  piecesOf(value).flatMap(({ location }): AnyRegister[] => {
    if (location.kind === 'register') return [location.reg];
    return location.kind === 'memory' && location.base !== null ? [location.base] : [];
  });

/** The plan for a later instruction. `copies`: where values of registers are there. */
const moved = (
  { address, rspDelta }: { readonly address: Address; readonly rspDelta: number },
  plan: CallPlan,
  copies: ReadonlyMap<AnyRegister, EntryCopy>,
): EntryProbe => {
  const move = (pieces: readonly Piece[]): Piece[] =>
    pieces.map((piece) => ({ ...piece, location: movedLocation(piece.location, BigInt(-rspDelta), copies) }));
  const args = plan.args.map((arg) => ({
    ...arg,
    pieces: move(arg.pieces),
    candidates: arg.candidates.map((claim) => ({ ...claim, pieces: move(claim.pieces) })),
  }));
  return { at: address, stackAdjust: -rspDelta, plan: { ...plan, args } };
};

/** The stack pointer is `by` lower there: places on the stack are that much further up. */
const movedLocation = (location: Location, by: bigint, copies: ReadonlyMap<AnyRegister, EntryCopy>): Location => {
  switch (location.kind) {
    case 'stack':
      return { ...location, offset: location.offset + by };
    case 'vector':
    case 'register': {
      const copy = copies.get(location.reg as AnyRegister)?.location;
      if (copy === undefined || (location.kind === 'register' && location.add !== 0n)) return location;
      return copy.kind === 'register'
        ? { kind: 'register', reg: copy.reg, add: 0n }
        : { kind: 'stack', offset: BigInt(copy.offset) + by };
    }
    case 'memory': {
      const { base, offset, followed } = location;
      if (base === null) return location;
      if (base === 'rsp') return { ...location, offset: offset + by };
      const copy = copies.get(base)?.location;
      if (copy === undefined) return location;
      return copy.kind === 'register'
        ? { ...location, base: copy.reg }
        : { kind: 'memory', base: 'rsp', offset: BigInt(copy.offset) + by, followed: [offset, ...followed] };
    }
    default:
      return location;
  }
};
