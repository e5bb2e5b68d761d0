import type { ArgumentUses } from '../code/argument-use.ts';
import type { Hypothesis } from './hypothesis.ts';
import type { Evidence } from './model.ts';
import type { Observation, Observed } from './observation.ts';
import { moved, type Piece, sameLocation } from './place.ts';

export type PlacedPiece = Piece & {
  readonly evidence: Evidence;
  /** Of a result: the register is that of the function's entry, not of its return. */
  readonly atEntry?: true;
};

/** Where one argument is at the probed address. */
export type PlacedArgument = {
  /** How it is passed; null: the function's convention was changed, or isn't known. */
  readonly mode: string | null;
  /** In the order of the value; none for what has no size. */
  readonly pieces: readonly PlacedPiece[];
  /** The weakest of its pieces'. */
  readonly evidence: Evidence;
  readonly note: string | null;
  /** Where it may be by each way of calling that is left, of which none is proved. */
  readonly candidates: readonly (readonly Piece[])[];
};

export type EntryQuestion = {
  readonly hypotheses: readonly Hypothesis[];
  /** One for each declared parameter. */
  readonly observed: readonly Observed[];
  /** Bytes of each parameter's type; null: not told. */
  readonly sizes: readonly (number | null)[];
  /** What the code does with the registers at entry; null: it could not be followed. */
  readonly uses: ArgumentUses | null;
  /** DW_CC_nocall. */
  readonly isConventionChanged: boolean;
  /** Of a closure whose environment no parameter declares: where its address is, by the captured variables. */
  readonly environment: Observation | null;
  /** Nobody could change how it is called: it isn't optimised, or its address is taken, or other files may call it. */
  readonly isIntact: boolean;
  /** Callers leave nothing out, as optimised ones do with what isn't read. */
  readonly isFilled: boolean;
  /** The ways of calling are only guessed at: what nothing else tells isn't believed. */
  readonly isGuess: boolean;
  /** Debug info marks functions whose arguments were dropped. */
  readonly marksChanges: boolean;
};

export type EntryAnswer = {
  readonly args: readonly PlacedArgument[];
  /** What is passed that no parameter declares, before or behind the others. */
  readonly hidden: readonly (PlacedArgument & { readonly name: string; readonly isFirst: boolean })[];
  /** The ways of calling that nothing contradicts; none: the optimiser changed the function. */
  readonly left: readonly Hypothesis[];
};

const weakest: readonly Evidence[] = ['conflict', 'gone', 'raw', 'given', 'abi', 'dwarf', 'verified'];

export const weakestOf = (evidence: readonly Evidence[]): Evidence =>
  weakest.find((one) => evidence.includes(one)) ?? 'abi';

/** Weighs the ways of calling against what debug info and code tell. */
export const placeArguments = (question: EntryQuestion): EntryAnswer => {
  const left = question.hypotheses
    .filter((one) => !isContradicted(one, question))
    .sort((a, b) => misfits(a, question) - misfits(b, question));
  const args = question.observed.map((observed, i) => {
    const size = question.sizes[i] ?? null;
    if (size === null) return unknownSize(observed);
    if (size === 0) return zeroSized;
    return placeOne(question, left, i, size, observed);
  });
  const [shortest] = [...left].sort((a, b) => piecesIn(a) - piecesIn(b));
  const hidden = (question.isConventionChanged ? [] : (shortest?.hidden ?? [])).map((one) => ({
    ...hiddenPlace(one.pieces, one.isFirst ? question.environment : null),
    name: one.name,
    isFirst: one.isFirst,
  }));
  return { args, hidden, left };
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

const uninterpreted = (pieces: readonly Piece[]): PlacedArgument => ({
  mode: null,
  pieces: pieces.map((piece) => ({ ...piece, evidence: 'raw' })),
  evidence: 'raw',
  note: 'debug info does not list it',
  candidates: [],
});

const zeroSized: PlacedArgument = {
  mode: 'none',
  pieces: [],
  evidence: 'abi',
  note: 'has no size: nothing is passed',
  candidates: [],
};

const unknownSize = ({ at }: Observed): PlacedArgument => ({
  mode: null,
  pieces: at.map((piece) => ({ ...piece, evidence: 'dwarf' })),
  evidence: at.length > 0 ? 'dwarf' : 'gone',
  note: at.length > 0 ? null : 'debug info does not tell its type',
  candidates: [],
});

/** The piece of a way of calling in which a byte of the value lies. */
const pieceAt = (pieces: readonly Piece[], valueOffset: number): Piece | undefined =>
  pieces.find((piece) => valueOffset >= piece.valueOffset && valueOffset < piece.valueOffset + piece.size);

const agrees = (pieces: readonly Piece[], observation: Observation): boolean => {
  const piece = pieceAt(pieces, observation.valueOffset);
  if (piece === undefined) return false;
  if (isAddressSlot(piece, observation)) return true;
  const location = moved(piece.location, observation.valueOffset - piece.valueOffset);
  return location !== null && sameLocation(location, observation.location);
};

/**
 * Pieces that are stored or used wider or narrower than they are passed: by another way that reads the same bytes they
 * may be as wide.
 */
const misfits = (hypothesis: Hypothesis, { observed, uses }: EntryQuestion): number => {
  const stored = observed.flatMap(({ at }, i) =>
    at.filter((one) => {
      const piece = pieceAt(hypothesis.args[i]?.pieces ?? [], one.valueOffset);
      return piece !== undefined && piece.valueOffset === one.valueOffset && piece.size !== one.size;
    }),
  );
  const used = hypothesis.args
    .flatMap(({ pieces }) => pieces)
    .filter(({ location, size }) => location.kind === 'register' && size <= 4 && widthOf(location.reg, uses) > 32);
  return stored.length + used.length;
};

const widthOf = (reg: string, uses: ArgumentUses | null): number =>
  (uses?.registers as Readonly<Record<string, { readonly width: number } | undefined>> | undefined)?.[reg]?.width ?? 0;

/** LLVM tells the caller's slot that holds a value's address as if it were the value. */
const isAddressSlot = (piece: Piece, { location }: Observation): boolean =>
  location.kind === 'stack' &&
  piece.location.kind === 'memory' &&
  piece.location.base === 'rsp' &&
  piece.location.offset === location.offset;

const isContradicted = (hypothesis: Hypothesis, { observed, uses }: EntryQuestion): boolean =>
  readsMore(hypothesis, uses) ||
  observed.some(({ at, isLive, isWhole, isInFrame }, i) => {
    const arg = hypothesis.args[i];
    if (arg === undefined || arg.mode === 'unknown') return false;
    const places = at.filter(({ location }) => location.kind !== 'constant' && location.kind !== 'gone');
    if (arg.pieces.length === 0) return places.length > 0;
    if (places.some((one) => !agrees(arg.pieces, one))) return true;
    if (isInFrame && arg.pieces.some(({ location }) => location.kind === 'memory')) return true;
    // What lives on in the function has to come from where it was passed.
    return isLive && isWhole && arg.pieces.length > 0 && arg.pieces.every((piece) => isUntouched(piece, uses));
  });

/** In the order of the convention; a vector register is used on its own. */
const integers = ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9'];
const vectors = ['xmm0', 'xmm1', 'xmm2', 'xmm3', 'xmm4', 'xmm5', 'xmm6', 'xmm7'];
const taking = new Set(['read', 'dereferenced', 'copied', 'stored']);

/**
 * The code takes more registers than are passed by this way. `#[track_caller]` passes one integer more, behind all
 * others, and debug info doesn't tell. C functions with variable arguments save all registers.
 */
const readsMore = (hypothesis: Hypothesis, uses: ArgumentUses | null): boolean => {
  if (uses === null || hypothesis.args.some(({ mode }) => mode === 'unknown')) return false;
  if (hypothesis.isVariadic) return false;
  const pieces = [...hypothesis.hidden, ...hypothesis.args].flatMap((arg) => arg.pieces);
  const passed = new Set(
    pieces.flatMap(({ location }) => {
      if (location.kind === 'memory') return location.base === null ? [] : [location.base as string];
      return location.kind === 'register' || location.kind === 'vector' ? [location.reg as string] : [];
    }),
  );
  if (hypothesis.hasResultAddress) passed.add('rdi');
  if (readsMoreStack(pieces, hypothesis.convention === 'rust', uses)) return true;
  const next = integers.find((_, i) => integers.slice(i).every((reg) => !passed.has(reg)));
  if (hypothesis.convention === 'rust' && next !== undefined) passed.add(next);
  return [...integers, ...vectors].some((reg) => !passed.has(reg) && taking.has(usageOf(reg, uses) ?? ''));
};

/** The same of the caller's frame, in slots of a word. */
const readsMoreStack = (pieces: readonly Piece[], hasMore: boolean, uses: ArgumentUses): boolean => {
  if (!uses.stackKnown) return false;
  const slots = new Set<number>();
  for (const { location, size } of pieces) {
    if (location.kind !== 'stack' && !(location.kind === 'memory' && location.base === 'rsp')) continue;
    const words = location.kind === 'stack' ? Math.ceil(size / 8) : 1;
    for (let i = 0; i < words; i++) slots.add(Number(location.offset) + 8 * i);
  }
  // The slot of an address is not what an address is taken of.
  const isTaken = pieces.some(
    ({ location }) =>
      location.kind === 'memory' &&
      location.base === 'rsp' &&
      uses.stack.get(Number(location.offset))?.use === 'addressed',
  );
  if (isTaken) return true;
  if (hasMore) slots.add(slots.size === 0 ? 8 : Math.max(...slots) + 8);
  return [...uses.stack.keys()].some((slot) => !slots.has(slot));
};

const isUntouched = ({ location }: Piece, uses: ArgumentUses | null): boolean => {
  if (uses === null) return false;
  if (location.kind === 'register') return usageOf(location.reg, uses) === 'unused';
  if (location.kind === 'vector') return usageOf(location.reg, uses) === 'unused';
  if (location.kind === 'memory' && location.base !== null && location.base !== 'rsp')
    return usageOf(location.base, uses) === 'unused';
  return false;
};

const usageOf = (reg: string, uses: ArgumentUses): string | null =>
  (uses.registers as Readonly<Record<string, { readonly use: string } | undefined>>)[reg]?.use ?? null;

const placeOne = (
  question: EntryQuestion,
  left: readonly Hypothesis[],
  index: number,
  size: number,
  observed: Observed,
): PlacedArgument => {
  const ways = distinct(left.map(({ args }) => args[index]).filter((arg) => arg !== undefined));
  const [way] = ways;
  const constant = observed.at.find(({ location }) => location.kind === 'constant');
  if (constant !== undefined && observed.at.length === 1) return folded(constant);
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

const lost = ({ valueOffset, size }: Piece, reason: string): PlacedPiece => ({
  location: { kind: 'gone', reason },
  valueOffset,
  size,
  evidence: 'gone',
});

const vectorNote = (pieces: readonly Piece[]): string | null => {
  const vectors = pieces.flatMap(({ location }) => (location.kind === 'vector' ? [location.reg] : []));
  return vectors.length === 0 ? null : `in ${vectors.join(' and ')}: not visible to kernel probes`;
};

const folded = (constant: Observation): PlacedArgument => ({
  mode: null,
  pieces: [{ ...constant, evidence: 'dwarf' }],
  evidence: 'dwarf',
  note: 'the same in every call: the optimiser put the constant in its place',
  candidates: [],
});

const coversAll = (pieces: readonly Observation[], size: number): boolean =>
  pieces.reduce((sum, piece) => sum + (piece.isVague ? 0 : piece.size), 0) >= size;

const isConstant = ({ location }: Piece): boolean => location.kind === 'constant';

/** What debug info says where the convention says nothing; the rest is gone. */
const seenOnly = (at: readonly Observation[], size: number, why: string): PlacedArgument => {
  const pieces = toldOf(at, 0, size, why);
  return {
    mode: null,
    pieces,
    evidence: weakestOf(pieces.map(({ evidence }) => evidence)),
    note: pieces.some(({ evidence }) => evidence === 'gone') ? why : vectorNote(pieces),
    candidates: [],
  };
};

/** The pieces of bytes `from` up to `from + size` of a value that are told; between them it is gone. */
const toldOf = (at: readonly Observation[], from: number, size: number, why: string): PlacedPiece[] => {
  const pieces: PlacedPiece[] = [];
  let end = from;
  const gap = (start: number, stop: number): void => {
    if (stop > start)
      pieces.push({
        location: { kind: 'gone', reason: why },
        valueOffset: start,
        size: stop - start,
        evidence: 'gone',
      });
  };
  for (const one of [...at].sort((a, b) => a.valueOffset - b.valueOffset)) {
    if (one.isVague || one.valueOffset < end) continue;
    gap(end, one.valueOffset);
    pieces.push({ ...one, evidence: one.by === 'store' ? 'verified' : 'dwarf' });
    end = one.valueOffset + one.size;
  }
  gap(end, from + size);
  return pieces;
};

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

type Slot = { readonly argument: number; readonly piece: Piece; readonly isSeen: boolean };

/**
 * Why the convention alone can't be believed for a piece that nothing else tells; null if it can. LLVM drops arguments
 * that nobody uses (and marks that, lately), and replaces a pointer by what is read through it (unmarked), which moves
 * all later ones. A later argument in its place shows that none was dropped.
 */
const doubtOf = (
  question: EntryQuestion,
  way: Hypothesis,
  index: number,
  piece: Piece,
  observed: Observed,
): string | null => {
  const { uses, isConventionChanged, isIntact, marksChanges, isGuess } = question;
  if (isGuess) return 'the optimiser changed how the function is called';
  if (isConventionChanged) return 'optimized out: the optimiser changed how the function is called (DW_CC_nocall)';
  if (isIntact) return null;
  const slots = slotsOf(question, way, piece.location.kind === 'vector');
  const here = slots.findIndex((one) => one.argument === index && one.piece.valueOffset === piece.valueOffset);
  const isRisky = ({ argument, piece: own, isSeen }: Slot): boolean => {
    if (isSeen) return false;
    const isLive = question.observed[argument]?.isLive ?? false;
    return !marksChanges || (!isLive && own.isPointer === true);
  };
  const isFollowed = slots.slice(here + 1).some(({ isSeen }) => isSeen);
  if (!observed.isLive && piece.isPointer && !isUntouched(piece, uses))
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
