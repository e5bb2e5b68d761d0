import { isAddressSlot, isContradicted, isUntouched, misfits } from './contradiction.ts';
import { doubtOf } from './doubt.ts';
import type { EntryQuestion } from './entry-question.ts';
import type { Hypothesis } from './hypothesis.ts';
import type { Observation, Observed } from './observation.ts';
import { type Piece, sameLocation } from './place.ts';
import {
  folded,
  isConstant,
  lost,
  type PlacedArgument,
  type PlacedPiece,
  seenOnly,
  toldOf,
  torn,
  uninterpreted,
  unknownSize,
  vectorNote,
  weakestOf,
  zeroSized,
} from './placed-argument.ts';

export type EntryAnswer = {
  readonly args: readonly PlacedArgument[];
  /** What is passed that no parameter declares, before or behind the others. */
  readonly hidden: readonly (PlacedArgument & { readonly name: string; readonly isFirst: boolean })[];
  /** The ways of calling that nothing contradicts; none: the optimiser changed the function. */
  readonly left: readonly Hypothesis[];
};

/** Weighs the ways of calling against what debug info and code tell. */
export const placeArguments = (question: EntryQuestion): EntryAnswer => {
  const left = question.hypotheses
    .filter((one) => !isContradicted(one, question))
    .sort((a, b) => misfits(a, question) - misfits(b, question));
  const placed = question.observed.map((observed, i) => {
    const size = question.sizes[i] ?? null;
    if (size === null) return unknownSize(observed);
    if (size === 0) return zeroSized;
    return placeOne(question, left, i, size, observed);
  });
  const args = apart(placed);
  const [shortest] = [...left].sort((a, b) => piecesIn(a) - piecesIn(b));
  const hidden = (question.isConventionChanged ? [] : (shortest?.hidden ?? [])).map((one) => ({
    ...hiddenPlace(one.pieces, one.isFirst ? question.environment : null),
    name: one.name,
    isFirst: one.isFirst,
  }));
  return { args, hidden, left };
};

/** Two arguments can't be in one register: then neither is believed. */
const apart = (args: readonly PlacedArgument[]): PlacedArgument[] => {
  const holders = new Map<string, Set<number>>();
  for (const [i, { pieces }] of args.entries())
    for (const { location, evidence } of pieces) {
      if (
        evidence === 'gone' ||
        evidence === 'conflict' ||
        (location.kind !== 'register' && location.kind !== 'vector')
      )
        continue;
      const known = holders.get(location.reg) ?? new Set();
      holders.set(location.reg, known.add(i));
    }
  const shared = new Set([...holders.values()].filter(({ size }) => size > 1).flatMap((each) => [...each]));
  return args.map((arg, i) =>
    shared.has(i)
      ? {
          ...arg,
          pieces: arg.pieces.map((piece): PlacedPiece => ({ ...piece, evidence: 'conflict' })),
          evidence: 'conflict',
          note: 'another argument is told to be in the same register',
        }
      : arg,
  );
};

const piecesIn = ({ hidden }: Hypothesis): number => hidden.reduce((sum, { pieces }) => sum + pieces.length, 0);

/** Of an environment, its address where the captured variables show that; else a register, uninterpreted. */
const hiddenPlace = (pieces: readonly Piece[], environment: Observation | null): PlacedArgument => {
  const [only, ...others] = pieces;
  const at = environment?.location;
  const isSeen =
    only?.location.kind === 'register' &&
    others.length === 0 &&
    (at?.kind === 'register' ? at.reg : at?.kind === 'memory' ? at.base : null) === only.location.reg;
  if (!isSeen || environment === null) return uninterpreted(pieces);
  const { location, valueOffset, size } = environment;
  return {
    ...uninterpreted(pieces),
    mode: location.kind === 'memory' ? 'indirect' : 'direct',
    pieces: [{ location, valueOffset, size, evidence: 'verified' }],
    evidence: 'verified',
  };
};

const placeOne = (
  question: EntryQuestion,
  left: readonly Hypothesis[],
  index: number,
  size: number,
  observed: Observed,
): PlacedArgument => {
  const ways = distinct(left.map(({ args }) => args[index]).filter((arg) => arg !== undefined));
  const [way] = ways;
  if (observed.isTorn) return torn(size);
  // Where all of it is constant, nothing has to be passed.
  if (coversAll(observed.at, size) && observed.at.every(isConstant)) return folded(observed.at);
  if (way === undefined || way.mode === 'unknown') {
    const why =
      way === undefined
        ? 'the optimiser changed how the function is called'
        : 'debug info does not tell how it is passed';
    return seenOnly(observed.at, size, why);
  }
  if (ways.length > 1 && !coversAll(observed.at, size)) {
    return {
      mode: null,
      pieces: ways.flatMap(({ pieces }) => pieces.map((piece): PlacedPiece => ({ ...piece, evidence: 'conflict' }))),
      evidence: 'conflict',
      note: 'debug info allows several ways to pass it, and neither it nor the code tells which',
      candidates: ways.map(({ pieces }) => pieces),
    };
  }
  const pieces = way.pieces.flatMap((piece): PlacedPiece[] => {
    const seen = observed.at.filter(
      (one) => one.valueOffset < piece.valueOffset + piece.size && one.valueOffset + one.size > piece.valueOffset,
    );
    // What is constant is not passed, whatever the convention says.
    if (seen.some(isConstant)) return toldOf(seen, piece.valueOffset, piece.size, 'optimized out');
    if (!question.isFilled && isUntouched(piece, question.uses))
      return [lost(piece, 'the function never reads it: callers may leave anything there')];
    if (seen.some((one) => one.valueOffset === piece.valueOffset && !isAddressSlot(piece, one)))
      return [{ ...piece, evidence: 'verified' }];
    const doubt = doubtOf(question, left[0] as Hypothesis, index, piece, observed);
    return [doubt === null ? { ...piece, evidence: 'abi' } : lost(piece, doubt)];
  });
  const evidence = weakestOf(pieces.map((piece) => piece.evidence));
  const gone = pieces.find(({ location }) => location.kind === 'gone');
  return {
    mode: way.mode,
    pieces,
    evidence,
    note: gone?.location.kind === 'gone' ? gone.location.reason : vectorNote(pieces),
    candidates: [],
  };
};

const coversAll = (pieces: readonly Observation[], size: number): boolean =>
  pieces.reduce((sum, piece) => sum + (piece.isVague ? 0 : piece.size), 0) >= size;

const distinct = (args: readonly Hypothesis['args'][number][]): Hypothesis['args'][number][] => {
  const found: Hypothesis['args'][number][] = [];
  for (const arg of args) {
    const isKnown = found.some(
      (one) =>
        one.pieces.length === arg.pieces.length &&
        one.pieces.every((piece, i) => {
          const other = arg.pieces[i];
          return (
            other !== undefined &&
            piece.valueOffset === other.valueOffset &&
            sameLocation(piece.location, other.location)
          );
        }),
    );
    if (!isKnown) found.push(arg);
  }
  return found;
};
