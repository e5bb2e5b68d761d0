import type { ArgumentUses } from '../code/argument-use.ts';
import type { EntryQuestion } from './entry-question.ts';
import type { Hypothesis } from './hypothesis.ts';
import type { Observation } from './observation.ts';
import { moved, type Piece, sameLocation } from './place.ts';

/** The piece of a way of calling in which a byte of the value lies. */
const pieceAt = (pieces: readonly Piece[], valueOffset: number): Piece | undefined =>
  pieces.find((piece) => valueOffset >= piece.valueOffset && valueOffset < piece.valueOffset + piece.size);

/** LLVM tells the caller's slot that holds a value's address as if it were the value. */
export const isAddressSlot = (piece: Piece, { location }: Observation): boolean =>
  location.kind === 'stack' &&
  piece.location.kind === 'memory' &&
  piece.location.base === 'rsp' &&
  piece.location.offset === location.offset;

const agrees = (pieces: readonly Piece[], observation: Observation): boolean => {
  const piece = pieceAt(pieces, observation.valueOffset);
  if (piece === undefined) return false;
  if (isAddressSlot(piece, observation)) return true;
  const location = moved(piece.location, observation.valueOffset - piece.valueOffset);
  return location !== null && sameLocation(location, observation.location);
};

export const isContradicted = (hypothesis: Hypothesis, question: EntryQuestion): boolean =>
  readsMore(hypothesis, question.uses) ||
  storesMore(hypothesis, question) ||
  computesWithAddress(hypothesis, question.uses) ||
  placesElsewhere(hypothesis, question);

/** Debug info or the code has something of an argument where it isn't by this way. */
const placesElsewhere = (hypothesis: Hypothesis, { observed, uses }: EntryQuestion): boolean =>
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

/**
 * Pieces that are stored or used wider or narrower than they are passed: by another way that reads the same bytes they
 * may be as wide.
 */
export const misfits = (hypothesis: Hypothesis, { observed, uses }: EntryQuestion): number => {
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

const piecesOf = ({ hidden, args }: Hypothesis): readonly Piece[] =>
  [...hidden, ...args].flatMap(({ pieces }) => pieces);

/**
 * A register is stored wider than what is passed in it by this way: what is above that is undefined. Where something else
 * shows that a narrow argument is in it, the compiler may all the same put aside the register's 32 bits.
 */
const storesMore = (hypothesis: Hypothesis, { observed, stores }: EntryQuestion): boolean =>
  [...hypothesis.hidden, ...hypothesis.args].some(({ pieces }, i) => {
    const places = observed[i - hypothesis.hidden.length]?.at ?? [];
    return pieces.some((piece) => {
      const { location, size } = piece;
      if (location.kind !== 'register' && location.kind !== 'vector') return false;
      const isSure = size < 4 && places.some((one) => sameLocation(one.location, location));
      const width = size > 8 ? 16 : size > 4 ? 8 : size > 2 || isSure ? 4 : size;
      return stores.some((store) => store.reg === location.reg && store.size > width);
    });
  });

/** The code computes with a register that holds an address by this way, and never goes there. */
const computesWithAddress = (hypothesis: Hypothesis, uses: ArgumentUses | null): boolean =>
  uses !== null &&
  piecesOf(hypothesis).some(
    ({ location }) =>
      location.kind === 'memory' &&
      location.base !== null &&
      location.base !== 'rsp' &&
      usageOf(location.base, uses) === 'read',
  );

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
  const pieces = piecesOf(hypothesis);
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

export const isUntouched = ({ location }: Piece, uses: ArgumentUses | null): boolean => {
  if (uses === null) return false;
  if (location.kind === 'register') return usageOf(location.reg, uses) === 'unused';
  if (location.kind === 'vector') return usageOf(location.reg, uses) === 'unused';
  if (location.kind === 'memory' && location.base !== null && location.base !== 'rsp')
    return usageOf(location.base, uses) === 'unused';
  return false;
};

const usageOf = (reg: string, uses: ArgumentUses): string | null =>
  (uses.registers as Readonly<Record<string, { readonly use: string } | undefined>>)[reg]?.use ?? null;
