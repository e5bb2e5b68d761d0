import type { Answer, ArgumentAnswer, Copy, Place } from './answers.ts';
import type { Piece } from './registers.ts';
import type { TruthEntry } from './truth.ts';

export type Outcome = 'right' | 'wrong' | 'unknown' | 'absent';
export type Verdict = { readonly entry: TruthEntry; readonly outcome: Outcome; readonly why: readonly string[] };

const believed = new Set(['verified', 'dwarf', 'abi']);

/** Each byte of a value, and the byte of a register or of memory that it is. */
type Bytes = ReadonlyMap<number, string>;

const signed = (offset: number): string => (offset < 0 ? `${offset}` : `+${offset}`);

const truthBytes = (pieces: readonly Piece[]): Bytes =>
  new Map(
    pieces.flatMap(({ reg, stack, offset, size, indirect }) => {
      const holder = reg ?? `[rsp${signed(stack!)}]`;
      const at = (byte: number): string => {
        if (indirect) return `*${holder}+${byte}`;
        return reg === undefined ? `[rsp${signed(stack! + byte)}]` : `${reg}.${byte}`;
      };
      return Array.from({ length: size }, (_, byte) => [offset + byte, at(byte)] as const);
    }),
  );

const claimedByte = ({ kind, reg, base, offset, deref }: Place, byte: number): string => {
  const from = offset ?? 0;
  if (kind === 'register') return from === 0 ? `${reg}.${byte}` : `(${reg}${signed(from)}).${byte}`;
  if (kind === 'stack') return `[rsp${signed(from + byte)}]`;
  if (deref === true) return `*[${base}${signed(from)}]+${byte}`;
  return base === 'rsp' ? `[rsp${signed(from + byte)}]` : `*${base}${signed(from + byte)}`;
};

const isClaim = (place: Place): boolean =>
  believed.has(place.evidence) && place.kind !== 'gone' && place.kind !== 'constant';

const claimedBytes = (places: readonly Place[]): Bytes =>
  new Map(
    places
      .filter(isClaim)
      .flatMap((place) =>
        Array.from(
          { length: place.size },
          (_, byte) => [(place.value_offset ?? 0) + byte, claimedByte(place, byte)] as const,
        ),
      ),
  );

const firstDifference = (claimed: Bytes, truth: Bytes): string | null => {
  for (const [byte, at] of claimed) {
    const really = truth.get(byte);
    if (really !== at) return `byte ${byte} claimed at ${at}, is ${really === undefined ? 'nowhere' : `at ${really}`}`;
  }
  return null;
};

const doubt = (answer: Answer, truth: Bytes): string | null => {
  const claimed = claimedBytes(answer.places);
  const missing = [...truth.keys()].find((byte) => !claimed.has(byte));
  if (missing === undefined) return null;
  const marks = answer.places
    .filter((place) => !isClaim(place))
    .map(({ kind, evidence, reason }) => `${kind}/${evidence}${reason === undefined ? '' : ` ${reason}`}`);
  return `byte ${missing} at ${truth.get(missing)}: ${marks.join(', ') || answer.evidence || 'no place'}${answer.note ? ` (${answer.note})` : ''}`;
};

/** Answers to arguments: by name, else the one that is left in the same order. */
const matched = (entry: TruthEntry, answers: readonly ArgumentAnswer[]): (ArgumentAnswer | null)[] => {
  const left = [...answers];
  const byName = entry.args.map(({ name }) => {
    const at = left.findIndex((answer) => answer.name === name);
    return at < 0 ? null : left.splice(at, 1)[0]!;
  });
  return byName.map((answer) => answer ?? left.shift() ?? null);
};

/** What a caller can't name and a signature doesn't show. */
const isHidden = (name: string): boolean => name.startsWith('<');

const judgeReturn = (entry: TruthEntry, copy: Copy): { wrong: string | null; doubt: string | null } => {
  const { ret } = copy;
  if (ret === null) return { wrong: null, doubt: 'no answer on the return value' };
  const claimed = claimedBytes(ret.places);
  const ways = entry.change.kind === 'changed' ? entry.change.results.map(truthBytes) : [truthBytes(entry.ret.pieces)];
  const differences = ways.map((truth) => firstDifference(claimed, truth));
  if (!differences.includes(null)) return { wrong: `return: ${differences[0] ?? 'claimed, but dropped'}`, doubt: null };
  const doubted = doubt(ret, ways[differences.indexOf(null)]!);
  if (doubted !== null) return { wrong: null, doubt: `return: ${doubted}` };
  const modes: readonly (string | null)[] = entry.ret.modes;
  const judged = entry.change.kind === 'none' || entry.change.kind === 'aliased';
  const otherMode = judged && !modes.includes(ret.mode) ? `return: mode ${ret.mode}, is ${modes.join(' or ')}` : null;
  return { wrong: otherMode, doubt: null };
};

/** Compares what was shown for a function with its truth. */
export const judge = (entry: TruthEntry, copy: Copy | undefined): Verdict => {
  if (copy === undefined) return { entry, outcome: 'absent', why: ['no copy with this symbol'] };
  if (copy.args === null) return { entry, outcome: 'unknown', why: ['no arguments'] };
  const answers = matched(entry, copy.args);
  const ways = entry.change.kind === 'changed' ? entry.change.args : [entry.args.map(({ pieces }) => [...pieces])];
  const judged = ways.map((args) => {
    const wrong: string[] = [];
    const doubts: string[] = [];
    for (const [index, pieces] of args.entries()) {
      const { name } = entry.args[index]!;
      const answer = answers[index] ?? null;
      const truth = truthBytes(pieces);
      if (answer === null) {
        if (truth.size > 0 && !isHidden(name)) doubts.push(`${name}: not among the arguments`);
        continue;
      }
      const difference = firstDifference(claimedBytes(answer.places), truth);
      const doubted = doubt(answer, truth);
      if (difference !== null) wrong.push(`${name}: ${difference}`);
      else if (doubted !== null) doubts.push(`${name}: ${doubted}`);
    }
    return { wrong, doubts };
  });
  const best = judged.reduce(
    (left, right) => (right.wrong.length < left.wrong.length ? right : left),
    judged[0] ?? { wrong: ['no way to match'], doubts: [] },
  );
  const result = judgeReturn(entry, copy);
  const wrong = result.wrong === null ? best.wrong : [...best.wrong, result.wrong];
  const doubts = result.doubt === null ? best.doubts : [...best.doubts, result.doubt];
  if (wrong.length > 0) return { entry, outcome: 'wrong', why: wrong };
  return doubts.length > 0 ? { entry, outcome: 'unknown', why: doubts } : { entry, outcome: 'right', why: [] };
};
