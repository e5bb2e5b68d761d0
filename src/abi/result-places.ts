import type { ArgumentUses } from '../code/argument-use.ts';
import type { ResultRegister, ResultWrites } from '../code/result-writes.ts';
import type { LoweredResult } from './convention.ts';
import type { Hypothesis } from './hypothesis.ts';
import type { Evidence } from './model.ts';
import { type Location, type Piece, sameLocation } from './place.ts';
import type { PlacedPiece } from './placed-argument.ts';

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
  /** The compiler says so: by DW_CC_nocall, or by the name of a GCC clone. */
  readonly isConventionChanged: boolean;
  /** Nobody could change how it is called, or the compiler says where it did. */
  readonly isTrusted: boolean;
  /** The ways of calling are only guessed at. */
  readonly isGuess: boolean;
  readonly writes: ResultWrites | null;
  /** What the code does with what it is given; null: it could not be followed. */
  readonly uses: ArgumentUses | null;
  /** Registers that are loaded just before every return, for nobody but a caller. */
  readonly loads: ReadonlySet<string>;
  /** The function can be called from other files: rax holds the address of a result in memory. */
  readonly isExternal: boolean;
  /** How many bits of each register its callers read, behind the call, before they write it. Asked only where it decides. */
  readonly callersReads: () => Readonly<Record<ResultRegister, number>>;
};

export const placeResult = (question: ResultQuestion): PlacedResult => {
  const { ways, isConventionChanged, isTrusted, writes, callersReads } = question;
  const results = distinct(ways.map(({ result }) => result));
  const [first] = results;
  if (first === undefined || first.mode === 'unknown')
    return without('unknown', 'debug info does not tell how it is returned');
  if (results.every(({ mode }) => mode === 'none' || mode === 'never'))
    return { ...first, pieces: [], evidence: 'abi', note: null, candidates: [] };
  const dropped = 'the optimiser changed how the function is called: its result may be dropped';
  if (isConventionChanged)
    return changedResult(results, question) ?? { ...without(first.mode, dropped), candidates: results };
  let left = results.filter((result) => !isRefuted(result, question));
  let isUsed = false;
  if (left.length > 1 || (!isTrusted && left.length > 0)) {
    const reads = callersReads();
    left = left.filter((result) => !missesRead(result, reads));
    isUsed =
      left.length === 1 && left[0] !== undefined && (isRead(left[0], reads) || isLoaded(left[0], question.loads));
  }
  const [only] = left;
  if (only === undefined)
    return { ...conflict(results), note: 'at a return the code leaves something else where it should be' };
  if (left.length > 1)
    return { ...conflict(left), note: 'debug info allows several ways to return it, and the code does not tell which' };
  if (!isTrusted && !isUsed && only.mode !== 'sret') return { ...without(only.mode, dropped), candidates: [only] };
  if (question.isGuess) return { ...without(only.mode, dropped), candidates: [only] };
  if (only.mode === 'sret') return inMemory(only, question);
  const unseen = only.pieces.find(({ location }) => location.kind === 'gone')?.location;
  if (unseen?.kind === 'gone') return without(only.mode, unseen.reason);
  const evidence = isUsed || isSupported(only, writes) ? 'verified' : 'abi';
  const vectors = only.pieces.flatMap(({ location }) => (location.kind === 'vector' ? [location.reg] : []));
  return {
    mode: only.mode,
    pieces: only.pieces.map((piece) => ({ ...piece, evidence })),
    evidence,
    note: vectors.length === 0 ? null : `in ${vectors.join(' and ')}: not visible to kernel probes`,
    candidates: [],
  };
};

/**
 * The result of a function whose convention was changed: arguments may have been dropped, or the result or a part of it. It is
 * there where callers read all of its registers, or where the code writes it through the address that came in rdi: that comes
 * first, whatever is dropped behind it.
 */
const changedResult = (results: readonly LoweredResult[], question: ResultQuestion): PlacedResult | null => {
  const reads = question.callersReads();
  const shown = results.filter((result) => {
    if (isRefuted(result, question)) return false;
    if (result.mode === 'sret') return isWrittenThrough(question);
    return isRead(result, reads) && !missesRead(result, reads);
  });
  const [only, ...others] = shown;
  if (only === undefined || others.length > 0) return null;
  const placed = only.mode === 'sret' ? inMemory(only, question) : { ...only, note: null, candidates: [] };
  const pieces = placed.pieces.map((piece) => ({ ...piece, evidence: 'verified' as const }));
  return { ...placed, pieces, evidence: 'verified' };
};

const isWrittenThrough = ({ uses }: ResultQuestion): boolean =>
  uses?.registers.rdi.accesses.some(({ kind }) => kind === 'write') ?? false;

/**
 * A result in memory: its address comes in rdi, before the arguments. Functions that other files may call give it back in
 * rax; of others LLVM drops that where it optimises hard, so the code has to show it.
 */
const inMemory = (result: LoweredResult, question: ResultQuestion): PlacedResult => {
  const { writes, isExternal, loads } = question;
  const isProved = result.pieces.every((piece) => stateOf(piece, writes)?.state === 'entry-rdi');
  const head = { mode: 'sret', candidates: [] } as const;
  if (isProved || (isExternal && (writes?.all == null || loads.has('rax')))) {
    const evidence = isProved ? 'verified' : 'abi';
    return { ...head, pieces: result.pieces.map((piece) => ({ ...piece, evidence })), evidence, note: null };
  }
  // C returns so little in registers: if it could be C, the code has to show that rdi holds an address.
  const isSmall = result.pieces.every(({ size }) => size <= 16);
  if (isSmall && !isWrittenThrough(question)) return without('sret', 'nothing shows that it is returned in memory');
  const note = 'behind the address that was in rdi at entry: rax does not hold it at the returns';
  const pieces = result.pieces.map((piece): PlacedPiece => {
    const { location } = piece;
    return {
      ...piece,
      location: location.kind === 'memory' ? { ...location, base: 'rdi' } : location,
      atEntry: true,
      evidence: 'abi',
    };
  });
  return { ...head, pieces, evidence: 'abi', note };
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
  for (const result of results) if (!found.some((one) => isSame(one, result))) found.push(result);
  return found;
};

/** Two ways that read the same bytes from the same places; sizes may differ by padding. */
const isSame = (a: LoweredResult, b: LoweredResult): boolean =>
  (a.mode === 'sret') === (b.mode === 'sret') &&
  (a.mode === 'none') === (b.mode === 'none') &&
  samePieces(a.pieces, b.pieces);

const samePieces = (a: readonly Piece[], b: readonly Piece[]): boolean =>
  a.length === b.length &&
  a.every((piece, i) => {
    const other = b[i];
    return (
      other !== undefined && piece.valueOffset === other.valueOffset && sameLocation(piece.location, other.location)
    );
  });

type State = NonNullable<ResultWrites['all']>['rax'];

const stateOf = ({ location }: Piece, writes: ResultWrites | null): State | null => {
  if (writes?.all == null) return null;
  if (location.kind === 'memory') return writes.all.rax;
  if (location.kind !== 'register' && location.kind !== 'vector') return null;
  return (writes.all as Readonly<Record<string, State | undefined>>)[location.reg] ?? null;
};

/** Whether the code shows that it doesn't return like this. */
const isRefuted = ({ mode, pieces }: LoweredResult, { ways, writes, uses }: ResultQuestion): boolean =>
  pieces.some((piece) => {
    // A result in memory is written through the address that comes in rdi.
    // An address is not computed with.
    if (mode === 'sret') return uses?.registers.rdi.use === 'unused' || uses?.registers.rdi.use === 'read';
    const state = stateOf(piece, writes);
    if (state === null) return false;
    // Only what is no argument is garbage where nothing was written.
    if (state.state === 'entry-rdi') return !isArgument({ ...piece, location: rdi }, ways);
    // Of `None` only the tag is written.
    if (mode === 'pair' && piece.valueOffset > 0 && state.ways.some((way) => way !== 'untouched')) return false;
    return state.ways.includes('untouched') && !isArgument(piece, ways);
  });

const registersOf = ({ pieces }: LoweredResult): readonly { readonly reg: string; readonly bits: number }[] =>
  pieces.flatMap(({ location, size }) => {
    if (location.kind === 'memory') return location.base === null ? [] : [{ reg: location.base, bits: 64 }];
    return location.kind === 'register' || location.kind === 'vector' ? [{ reg: location.reg, bits: 8 * size }] : [];
  });

/** Callers read a register that nothing is returned in by this way, or more of it. */
const missesRead = (result: LoweredResult, reads: Readonly<Record<ResultRegister, number>>): boolean => {
  const registers = registersOf(result);
  return (Object.entries(reads) as [ResultRegister, number][]).some(([reg, bits]) => {
    if (bits === 0) return false;
    const own = registers.find((one) => one.reg === reg);
    return own === undefined || (reg.startsWith('xmm') && own.bits < bits);
  });
};

/** Callers read all of a result's registers: it has not been dropped. */
const isRead = (result: LoweredResult, reads: Readonly<Record<ResultRegister, number>>): boolean =>
  registersOf(result).every(({ reg }) => (reads[reg as ResultRegister] ?? 0) > 0);

const rdi: Location = { kind: 'register', reg: 'rdi', add: 0n };

const isLoaded = (result: LoweredResult, loads: ReadonlySet<string>): boolean =>
  result.mode !== 'sret' && registersOf(result).every(({ reg }) => loads.has(reg));

const isArgument = ({ location }: Piece, ways: readonly Hypothesis[]): boolean => {
  if (location.kind !== 'register' && location.kind !== 'vector') return true;
  if (location.reg === 'rax') return false;
  return ways.some(({ args, hidden }) =>
    [...args, ...hidden]
      .flatMap(({ pieces }) => pieces)
      .some((piece) => {
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
    return mode === 'sret'
      ? state.state === 'entry-rdi'
      : state.state === 'written' && state.width >= Math.min(64, piece.size * 8);
  });
