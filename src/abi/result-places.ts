import type { ResultWrites } from '../code/result-writes.ts';
import type { LoweredResult } from './convention.ts';
import { type PlacedPiece } from './entry-places.ts';
import type { Hypothesis } from './hypothesis.ts';
import type { Evidence } from './model.ts';
import { type Piece, sameLocation } from './place.ts';

/** Where a function's result is at its returns. */
export type PlacedResult = {
  readonly mode: LoweredResult['mode'];
  readonly pieces: readonly PlacedPiece[];
  readonly evidence: Evidence;
  readonly note: string | null;
  readonly candidates: readonly LoweredResult[];
};

export type ResultQuestion = {
  /** The ways of calling that nothing contradicts; where that is none, all of them. */
  readonly ways: readonly Hypothesis[];
  readonly isChanged: boolean;
  /** DW_CC_nocall. */
  readonly isConventionChanged: boolean;
  /** Nobody could change how it is called, or the compiler says where it did. */
  readonly isTrusted: boolean;
  readonly writes: ResultWrites | null;
};

export const placeResult = (question: ResultQuestion): PlacedResult => {
  const { ways, isConventionChanged, isTrusted, writes } = question;
  const results = distinct(ways.map(({ result }) => result));
  const [first] = results;
  if (first === undefined || first.mode === 'unknown') return without('unknown', 'debug info does not tell how it is returned');
  if (results.every(({ mode }) => mode === 'none' || mode === 'never')) return { ...first, pieces: [], evidence: 'abi', note: null, candidates: [] };
  const dropped = 'the optimiser changed how the function is called: its result may be dropped';
  if (isConventionChanged) return { ...without(first.mode, `${dropped} (DW_CC_nocall)`), candidates: results };
  const left = results.filter((result) => !isRefuted(result, ways, writes));
  const [only] = left;
  if (only === undefined)
    return { ...conflict(results), note: 'at a return the code leaves something else where it should be' };
  if (left.length > 1)
    return { ...conflict(left), note: 'debug info allows several ways to return it, and the code does not tell which' };
  if (!isTrusted && only.mode !== 'sret') return { ...without(only.mode, dropped), candidates: [only] };
  const evidence = isSupported(only, writes) ? 'verified' : 'abi';
  const vectors = only.pieces.flatMap(({ location }) => (location.kind === 'vector' ? [location.reg] : []));
  return {
    mode: only.mode,
    pieces: only.pieces.map((piece) => ({ ...piece, evidence })),
    evidence,
    note: vectors.length === 0 ? null : `in ${vectors.join(' and ')}: not visible to kernel probes`,
    candidates: [],
  };
};

const without = (mode: PlacedResult['mode'], reason: string): PlacedResult => ({
  mode,
  pieces: [],
  evidence: 'gone',
  note: reason,
  candidates: [],
});

const conflict = (candidates: readonly LoweredResult[]): Omit<PlacedResult, 'note'> => ({
  mode: candidates[0]?.mode ?? 'unknown',
  pieces: candidates.flatMap(({ pieces }) => pieces.map((piece): PlacedPiece => ({ ...piece, evidence: 'conflict' }))),
  evidence: 'conflict',
  candidates,
});

const distinct = (results: readonly LoweredResult[]): LoweredResult[] => {
  const found: LoweredResult[] = [];
  for (const result of results)
    if (!found.some((one) => one.mode === result.mode && samePieces(one.pieces, result.pieces))) found.push(result);
  return found;
};

const samePieces = (a: readonly Piece[], b: readonly Piece[]): boolean =>
  a.length === b.length &&
  a.every((piece, i) => {
    const other = b[i];
    return other !== undefined && piece.size === other.size && sameLocation(piece.location, other.location);
  });

type State = NonNullable<ResultWrites['all']>['rax'];

const stateOf = ({ location }: Piece, writes: ResultWrites | null): State | null => {
  if (writes?.all == null) return null;
  if (location.kind === 'memory') return writes.all.rax;
  if (location.kind !== 'register' && location.kind !== 'vector') return null;
  return (writes.all as Readonly<Record<string, State | undefined>>)[location.reg] ?? null;
};

/** Whether the code shows that it doesn't return like this. */
const isRefuted = ({ mode, pieces }: LoweredResult, ways: readonly Hypothesis[], writes: ResultWrites | null): boolean =>
  pieces.some((piece) => {
    const state = stateOf(piece, writes);
    if (state === null) return false;
    if (mode === 'sret') return state.ways.every((way) => way === 'untouched' || way === 'written' || way === 'call');
    // Only what is no argument is garbage where nothing was written.
    return state.ways.includes('untouched') && !isArgument(piece, ways);
  });

const isArgument = ({ location }: Piece, ways: readonly Hypothesis[]): boolean => {
  if (location.kind !== 'register' && location.kind !== 'vector') return true;
  if (location.reg === 'rax') return false;
  return ways.some(({ args, hidden }) =>
    [...args.flatMap(({ pieces }) => pieces), ...hidden].some((piece) => {
      const own = piece.location;
      return (own.kind === 'register' || own.kind === 'vector') && own.reg === location.reg;
    }),
  );
};

/** Whether every return leaves a value, written for it, in each of the places. */
const isSupported = ({ mode, pieces }: LoweredResult, writes: ResultWrites | null): boolean =>
  pieces.every((piece) => {
    const state = stateOf(piece, writes);
    if (state === null) return false;
    return mode === 'sret' ? state.state === 'entry-rdi' : state.state === 'written' && state.width >= Math.min(64, piece.size * 8);
  });
