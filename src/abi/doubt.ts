import { isUntouched } from './contradiction.ts';
import type { EntryQuestion } from './entry-question.ts';
import type { Hypothesis } from './hypothesis.ts';
import type { Observed } from './observation.ts';
import type { Piece } from './place.ts';
import { isConstant } from './placed-argument.ts';

type Slot = { readonly argument: number; readonly piece: Piece; readonly isSeen: boolean };

/**
 * Why the convention alone can't be believed for a piece that nothing else tells; null if it can. LLVM drops arguments
 * that nobody uses (and marks that, lately), and replaces a pointer by what is read through it (unmarked), which moves
 * all later ones. A later argument in its place shows that none was dropped.
 */
export const doubtOf = (
  question: EntryQuestion,
  way: Hypothesis,
  index: number,
  piece: Piece,
  observed: Observed,
): string | null => {
  const { uses, isConventionChanged, isIntact, marksChanges, isGuess } = question;
  if (isGuess) return 'the optimiser changed how the function is called';
  if (isConventionChanged) return 'optimized out: the optimiser changed how the function is called';
  if (isIntact) return null;
  const slots = slotsOf(question, way, piece.location.kind === 'vector');
  const here = slots.findIndex((one) => one.argument === index && one.piece.valueOffset === piece.valueOffset);
  const isRisky = ({ argument, piece: own, isSeen }: Slot): boolean => {
    if (isSeen) return false;
    const isLive = isLiveAt(question.observed[argument], own);
    return !marksChanges || (!isLive && own.isPointer === true);
  };
  const isFollowed = slots.slice(here + 1).some(({ isSeen }) => isSeen);
  if (!isLiveAt(observed, piece) && piece.isPointer && !isUntouched(piece, uses))
    return 'optimized out: what its register holds may be read through it already';
  if (isFollowed) return null;
  return slots.slice(0, here + 1).some(isRisky)
    ? 'optimized out, or dropped: nothing shows that it is still passed'
    : null;
};

/** The places of one register class in the order they are handed out, and whether each is seen to be right. */
const slotsOf = ({ observed }: EntryQuestion, way: Hypothesis, inVectors: boolean): Slot[] =>
  way.args.flatMap(({ pieces }, argument) =>
    pieces
      .filter(({ location }) => (location.kind === 'vector') === inVectors)
      .map((piece) => ({
        argument,
        piece,
        isSeen: (observed[argument]?.at ?? []).some(
          (one) =>
            !isConstant(one) &&
            one.valueOffset >= piece.valueOffset &&
            one.valueOffset < piece.valueOffset + piece.size,
        ),
      })),
  );

/** Whether debug info has a place for the piece somewhere in the function. */
const isLiveAt = (observed: Observed | undefined, piece: Piece): boolean => {
  if (observed === undefined || !observed.isLive || observed.livePieces === null) return observed?.isLive ?? false;
  const end = piece.valueOffset + piece.size;
  return observed.livePieces.some((one) => one.valueOffset < end && one.valueOffset + one.size > piece.valueOffset);
};
