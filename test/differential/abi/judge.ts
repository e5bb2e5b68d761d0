import type { Answer, ArgumentAnswer, Copy, Place } from './answers.ts';
import type { Piece } from './registers.ts';
import { resultPlaces, type TruthEntry } from './truth.ts';

export type Outcome = 'right' | 'wrong' | 'unknown' | 'absent';
export type Verdict = {
  readonly entry: TruthEntry;
  readonly outcome: Outcome;
  readonly why: readonly string[];
  /** The way of returning has another name than the truth's, for the same registers: debug info doesn't tell `repr(C)`. */
  readonly otherMode: string | null;
};

const believed = new Set(['verified', 'dwarf', 'abi']);

/** Each byte of a value, and the byte of a register or of memory that it is. */
type Bytes = ReadonlyMap<number, string>;

const signed = (offset: number): string => (offset < 0 ? `${offset}` : `+${offset}`);

const truthBytes = (pieces: readonly Piece[]): Bytes =>
  new Map(
    pieces.flatMap(({ reg, stack, offset, size, indirect, atEntry }) => {
      const holder = reg ?? `[rsp${signed(stack!)}]`;
      const at = (byte: number): string => {
        if (indirect) return `${atEntry === true ? 'at entry ' : ''}*${holder}+${byte}`;
        return reg === undefined ? `[rsp${signed(stack! + byte)}]` : `${reg}.${byte}`;
      };
      return Array.from({ length: size }, (_, byte) => [offset + byte, at(byte)] as const);
    }),
  );

const claimedByte = ({ kind, reg, base, offset, deref, at }: Place, byte: number): string => {
  const from = offset ?? 0;
  if (at === 'entry') return `at entry *${base}${signed(from + byte)}`;
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

const firstDifference = ({ places, evidence }: Answer, truth: Bytes, openEnded = false): string | null => {
  const claimed = claimedBytes(places);
  // A value of unknown size behind a pointer goes on as it begins.
  const beyond = (byte: number): string | undefined =>
    openEnded ? truth.get(0)?.replace(/\+0$/, `+${byte}`) : undefined;
  for (const [byte, at] of claimed) {
    const really = truth.get(byte) ?? beyond(byte);
    if (really !== at)
      return `byte ${byte} claimed at ${at} (${evidence}), is ${really === undefined ? 'nowhere' : `at ${really}`}`;
  }
  return null;
};

/** `padded`: a piece may have padding in it, so part of it is enough. */
const doubt = (answer: Answer, truth: Bytes, padded: boolean): string | null => {
  const claimed = claimedBytes(answer.places);
  const holder = (byte: number): string => truth.get(byte)!.replace(/[.+\d]+$/, '');
  const touched = new Set([...claimed.keys()].filter((byte) => truth.has(byte)).map(holder));
  const missing = [...truth.keys()].find((byte) => !claimed.has(byte) && !(padded && touched.has(holder(byte))));
  if (missing === undefined) return null;
  const marks = answer.places
    .filter((place) => !isClaim(place))
    .map(({ kind, evidence, reason }) => `${kind}/${evidence}${reason === undefined ? '' : ` ${reason}`}`);
  return `byte ${missing} at ${truth.get(missing)}: ${marks.join(', ') || answer.evidence || 'no place'}${answer.note ? ` (${answer.note})` : ''}`;
};

/** Arguments that no source names (a closure's captures, an async body's context): rsym is free to name them. */
const isImplicit = (name: string): boolean => /^(_|<|cx$)/.test(name);

/** Of an argument without a type in the source, a bare register says all there is to say. */
const believeRaw = (place: Place): Place => (place.evidence === 'raw' ? { ...place, evidence: 'abi' } : place);

/** Every way to give the answers to some of the items, in order. */
const alignments = (items: number, answers: readonly ArgumentAnswer[]): (ArgumentAnswer | null)[][] => {
  if (items === 0) return [[]];
  const [first, ...rest] = answers;
  const skipped = alignments(items - 1, answers).map((others) => [null, ...others]);
  return first === undefined
    ? skipped
    : [...alignments(items - 1, rest).map((others) => [first, ...others]), ...skipped];
};

/** Ways to match answers and arguments: by name, and those of arguments without one in their order. */
const matchings = (entry: TruthEntry, answers: readonly ArgumentAnswer[]): (ArgumentAnswer | null)[][] => {
  const left = [...answers];
  const byName = entry.args.map(({ name }) => {
    const at = left.findIndex((answer) => answer.name === name);
    return at < 0 ? null : left.splice(at, 1)[0]!;
  });
  const open = [...entry.args.keys()].filter((index) => byName[index] === null && isImplicit(entry.args[index]!.name));
  return alignments(open.length, left).map((way) =>
    byName.map((answer, index) => answer ?? way[open.indexOf(index)] ?? null),
  );
};

/** What a caller can't name and a signature doesn't show. */
const isHidden = (name: string): boolean => name.startsWith('<');

/** Captures told where they are, and an environment that is their address. */
const isBehind = ({ places }: Answer, pieces: TruthEntry['args'][number]['pieces']): boolean => {
  const [place, ...others] = places;
  const [piece, ...more] = pieces;
  const isMemory = place?.kind === 'memory' && place.offset === 0 && !place.deref && others.length === 0;
  return isMemory && piece !== undefined && more.length === 0 && 'reg' in piece && piece.reg === place.base;
};

/** C passes whole eightbytes, padding with them. */
const isPadded = ({ kind }: TruthEntry): boolean => /^c-/i.test(kind) || kind.startsWith('C ');

const inRegisters: readonly (string | null)[] = ['direct', 'pair', 'cast'];

const judgeReturn = (
  entry: TruthEntry,
  copy: Copy,
): { wrong: string | null; doubt: string | null; otherMode: string | null } => {
  const { ret } = copy;
  if (ret === null) return { wrong: null, doubt: 'no answer on the return value', otherMode: null };
  const ways = (entry.change.kind === 'changed' ? entry.change.results : resultPlaces(entry.ret)).map(truthBytes);
  const openEnded = entry.ret.pieces[0]?.openEnded === true;
  const differences = ways.map((truth) => firstDifference(ret, truth, openEnded));
  if (!differences.includes(null))
    return { wrong: `return: ${differences[0] ?? 'claimed, but dropped'}`, doubt: null, otherMode: null };
  const doubted = doubt(ret, ways[differences.indexOf(null)]!, isPadded(entry));
  if (doubted !== null) return { wrong: null, doubt: `return: ${doubted}`, otherMode: null };
  const modes: readonly (string | null)[] = entry.ret.modes;
  if (entry.change.kind === 'changed' || modes.includes(ret.mode)) return { wrong: null, doubt: null, otherMode: null };
  const difference = `return: mode ${ret.mode}, is ${modes.join(' or ')}`;
  const alike = inRegisters.includes(ret.mode) && modes.some((mode) => inRegisters.includes(mode));
  return alike
    ? { wrong: null, doubt: null, otherMode: difference }
    : { wrong: difference, doubt: null, otherMode: null };
};

/** Compares what was shown for a function with its truth. */
export const judge = (entry: TruthEntry, copy: Copy | undefined): Verdict => {
  if (copy === undefined) return { entry, outcome: 'absent', why: ['no copy with this symbol'], otherMode: null };
  if (copy.args === null) return { entry, outcome: 'unknown', why: ['no arguments'], otherMode: null };
  const ways = entry.change.kind === 'changed' ? entry.change.args : [entry.args.map(({ pieces }) => [...pieces])];
  const found = matchings(entry, copy.args).flatMap((answers) => ways.map((args) => ({ answers, args })));
  const judged = found.map(({ answers, args }) => {
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
      // A bare register claims nothing of what it means: a closure's captures, or their address.
      if (isImplicit(name) && (answer.evidence === 'raw' || isBehind(answer, pieces))) continue;
      const unread = entry.opt !== '0' && (entry.args[index]!.unread === true || isImplicit(name));
      if (unread && (answer.evidence === 'gone' || answer.places.every((place) => place.kind === 'constant'))) continue;
      const believing = isImplicit(name) ? { ...answer, places: answer.places.map(believeRaw) } : answer;
      const difference = firstDifference(believing, truth);
      const doubted = doubt(believing, truth, isPadded(entry) || isImplicit(name));
      if (difference !== null) wrong.push(`${name}: ${difference}`);
      else if (doubted !== null) doubts.push(`${name}: ${doubted}`);
    }
    return { wrong, doubts };
  });
  const count = ({ wrong, doubts }: (typeof judged)[number]): number => 1000 * wrong.length + doubts.length;
  const best = judged.reduce(
    (left, right) => (count(right) < count(left) ? right : left),
    judged[0] ?? { wrong: ['no way to match'], doubts: [] },
  );
  const result = judgeReturn(entry, copy);
  const wrong = result.wrong === null ? best.wrong : [...best.wrong, result.wrong];
  const doubts = result.doubt === null ? best.doubts : [...best.doubts, result.doubt];
  const outcome = wrong.length > 0 ? 'wrong' : doubts.length > 0 ? 'unknown' : 'right';
  return { entry, outcome, why: [...wrong, ...doubts], otherMode: result.otherMode };
};
