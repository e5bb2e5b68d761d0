import type { Evidence } from './model.ts';
import type { Observation, Observed } from './observation.ts';
import type { Piece } from './place.ts';

export type PlacedPiece = Piece & { readonly evidence: Evidence };

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

const weakest: readonly Evidence[] = ['conflict', 'gone', 'raw', 'given', 'abi', 'dwarf', 'verified'];

export const weakestOf = (evidence: readonly Evidence[]): Evidence =>
  weakest.find((one) => evidence.includes(one)) ?? 'abi';

export const lost = ({ valueOffset, size }: Piece, reason: string): PlacedPiece => ({
  location: { kind: 'gone', reason },
  valueOffset,
  size,
  evidence: 'gone',
});

export const vectorNote = (pieces: readonly Piece[]): string | null => {
  const vectors = pieces.flatMap(({ location }) => (location.kind === 'vector' ? [location.reg] : []));
  return vectors.length === 0 ? null : `in ${vectors.join(' and ')}: not visible to kernel probes`;
};

export const isConstant = ({ location }: Piece): boolean => location.kind === 'constant';

/** What debug info says where the convention says nothing; the rest is gone. */
export const seenOnly = (at: readonly Observation[], size: number, why: string): PlacedArgument => {
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
export const toldOf = (at: readonly Observation[], from: number, size: number, why: string): PlacedPiece[] => {
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

export const folded = (constants: readonly Observation[]): PlacedArgument => ({
  mode: null,
  pieces: constants.map((constant) => ({ ...constant, evidence: 'dwarf' })),
  evidence: 'dwarf',
  note: 'the same in every call: the optimiser put the constant in its place',
  candidates: [],
});

export const zeroSized: PlacedArgument = {
  mode: 'none',
  pieces: [],
  evidence: 'abi',
  note: 'has no size: nothing is passed',
  candidates: [],
};

export const unknownSize = ({ at }: Observed): PlacedArgument => ({
  mode: null,
  pieces: at.map((piece) => ({ ...piece, evidence: 'dwarf' })),
  evidence: at.length > 0 ? 'dwarf' : 'gone',
  note: at.length > 0 ? null : 'debug info does not tell its type',
  candidates: [],
});

export const uninterpreted = (pieces: readonly Piece[]): PlacedArgument => ({
  mode: null,
  pieces: pieces.map((piece) => ({ ...piece, evidence: 'raw' })),
  evidence: 'raw',
  note: 'debug info does not list it',
  candidates: [],
});

export const torn = (size: number): PlacedArgument => ({
  mode: null,
  pieces: [
    {
      location: { kind: 'gone', reason: 'debug info tells several places for it' },
      valueOffset: 0,
      size,
      evidence: 'conflict',
    },
  ],
  evidence: 'conflict',
  note: 'debug info tells several places for it',
  candidates: [],
});
