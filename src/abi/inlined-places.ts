import type { Address } from '../base/units.ts';
import type { AddressRange } from '../elf/function-model.ts';
import type { DebugVariable, VariableLocation } from '../elf/variable-model.ts';
import { addressOf, type Base, constantOf, locationsAt, piecesOf } from './dwarf-location.ts';
import { dwarfRegister } from './dwarf-register.ts';
import { type Location, type Piece, sameLocation } from './place.ts';
import { type PlacedArgument, type PlacedPiece, weakestOf } from './placed-argument.ts';

/** What an inlined copy's places are worked out from. */
export type InlinedQuestion = {
  readonly parameters: readonly DebugVariable[];
  /** Variables of the copy's own. */
  readonly locals: readonly DebugVariable[];
  /** Bytes of each parameter's type; null: not told. */
  readonly sizes: readonly (number | null)[];
  readonly ranges: readonly AddressRange[];
  /** Of the code out of line that it is in. */
  readonly frameBase: readonly VariableLocation[];
  /** The canonical frame address at an address; null: not known. */
  readonly frameAddress: (at: Address) => { readonly register: number; readonly offset: bigint } | null;
  /** Whether a probe can be planted at the address: an instruction begins there. */
  readonly isProbeable: (at: Address) => boolean;
  /** The instruction behind one that only fills up, where a probe can be planted; null: the instruction does something. */
  readonly behindFill: (at: Address) => Address | null;
  /** Where control comes into the copy first, by address; null: not known. */
  readonly entries: readonly Address[] | null;
  /** Whether a probe at an address counts calls at least as well as one at the copy's first. */
  readonly countsAsWell: (at: Address, first: Address) => boolean;
  /** Whether the copy's own code has computed what a place holds, or nobody can tell. */
  readonly isComputed: (at: Address, location: Location, size: number) => boolean;
  /** A later instruction of the copy's straight code, where more of memory is as it was at the call; null: there is none. */
  readonly settled: (at: Address) => Address | null;
  /** Whether the code has put a value into a slot of the frame on its way to the address. */
  readonly isStored: (at: Address, slot: Location & { kind: 'stack' | 'memory' }, size: number) => boolean;
};

export type InlinedAnswer = {
  /** Where to probe; null: no address of it can be. */
  readonly at: Address | null;
  readonly args: readonly PlacedArgument[];
};

/** Addresses that are tried: beginnings of ranges, and of locations within them. */
const mostTried = 256;

/**
 * Where to probe an inlined copy: the earliest address at which the most parameters are told to be somewhere. Its first
 * address may have been moved out of a loop, and parameters come to life one by one.
 */
export const placeInlined = (question: InlinedQuestion): InlinedAnswer => {
  let best: { at: Address; args: readonly PlacedArgument[]; live: number } | null = null;
  const addresses = addressesOf(question);
  for (const at of addresses) {
    const args = argumentsAt(question, at, addresses[0] ?? at);
    const live = args.filter(({ evidence }) => evidence !== 'gone').length;
    if (best === null || live > best.live) best = { at, args, live };
    if (live === args.length) break;
  }
  const later = best === null ? null : question.settled(best.at);
  if (best !== null && later !== null) {
    const args = argumentsAt(question, later, addresses[0] ?? later);
    if (args.every(({ evidence }, i) => evidence !== 'gone' || best?.args[i]?.evidence === 'gone'))
      return { at: later, args };
  }
  if (best !== null) return { at: best.at, args: best.args };
  return { at: null, args: question.parameters.map(() => gone('no address of the copy can be probed')) };
};

const addressesOf = (question: InlinedQuestion): Address[] => {
  const { parameters, ranges, isProbeable, behindFill, countsAsWell, entries } = question;
  const [lowest] = ranges.map(({ start }) => start).sort((a, b) => (a < b ? -1 : 1));
  // A piece that lies first need not be run first, nor at every call.
  const isFirst = entries === null || entries.length === 0 || lowest === undefined || entries.includes(lowest);
  const ahead = isFirst ? ranges.map(({ start }) => start) : entries;
  const starts = ahead.flatMap((start) => (isProbeable(start) ? [start] : (behindFill(start) ?? [])));
  const begins = parameters.flatMap(({ locations }) =>
    locations.flatMap(({ range }) => (range === null ? [] : [range.start])),
  );
  const inside = begins.filter((at) => ranges.some(({ start, end }) => at > start && at < end));
  const [first, ...others] = [...new Set([...starts, ...inside])]
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .slice(0, mostTried)
    .filter(isProbeable);
  return first === undefined ? [] : [first, ...others.filter((at) => countsAsWell(at, first))];
};

const argumentsAt = (question: InlinedQuestion, at: Address, first: Address): PlacedArgument[] =>
  question.parameters.map((parameter, i) => {
    const size = question.sizes[i] ?? null;
    if (size === null) return gone('debug info does not tell its type');
    if (size === 0) return { mode: 'none', pieces: [], evidence: 'dwarf', note: 'has no size', candidates: [] };
    if (at > first && hadAnother(parameter, at, first)) return gone('optimized out: it may have been changed here');
    if (isShared(parameter, at, question.locals))
      return gone('optimized out: the body keeps a variable of its own in its place');
    if (isPassing(parameter, at, question.ranges)) return gone('a constant in a part of the copy only');
    const found = placedAt(parameter, size, at, question);
    const isNew = at > first && locationsAt(parameter.locations, first).length === 0;
    // What the body has computed is no argument any more, whatever debug info calls it.
    const isMade =
      isNew &&
      found.pieces.some(
        ({ location, size: bytes }) =>
          location.kind !== 'gone' && location.kind !== 'constant' && question.isComputed(at, location, bytes),
      );
    return isMade ? gone('optimized out: it may have been changed here') : found;
  });

/**
 * Whether a parameter was told to be somewhere since the copy's first address, before it came to where it is told to be:
 * what is there may be what the body made of it, for debug info also follows a variable that a parameter was moved to.
 */
const hadAnother = ({ locations }: DebugVariable, at: Address, first: Address): boolean => {
  const here = locations.find(({ range }) => range !== null && at >= range.start && at < range.end)?.range;
  return here != null && locations.some(({ range }) => range !== null && range.end > first && range.start < here.start);
};

/**
 * Whether a variable of the body is told to be in the same place: rustc may make one of a parameter and the variable that
 * it is moved to, and what is there may be what the body made of it.
 */
const isShared = ({ locations }: DebugVariable, at: Address, locals: readonly DebugVariable[]): boolean => {
  const [here] = locationsAt(locations, at);
  if (here === undefined) return false;
  const own = operationsText(here.operations);
  return locals.some((local) =>
    locationsAt(local.locations, at).some(({ operations }) => operationsText(operations) === own),
  );
};

const operationsText = (operations: VariableLocation['operations']): string =>
  JSON.stringify(operations, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));

/** Whether it is told as a constant that doesn't hold for the whole copy: a turn of an unrolled loop. */
const isPassing = ({ locations }: DebugVariable, at: Address, ranges: readonly AddressRange[]): boolean => {
  const [here] = locationsAt(locations, at);
  const within = here?.range;
  if (within == null || !here?.operations.some(({ op }) => op === 'constant' || op === 'implicit-value')) return false;
  return !ranges.every(({ start, end }) => start >= within.start && end <= within.end);
};

type Around = Pick<InlinedQuestion, 'frameBase' | 'frameAddress' | 'isStored'>;

/** Where debug info says a variable is at an address. */
export const placedAt = (variable: DebugVariable, size: number, at: Address, around: Around): PlacedArgument => {
  const constant = constantOf(variable, size);
  if (constant !== null) return placed([{ ...constant, evidence: 'dwarf' }]);
  if (variable.locations.length === 0) return gone('optimized out');
  const here = locationsAt(variable.locations, at);
  const [first, ...others] = here;
  if (first === undefined) return gone('optimized out at the probed address');
  const frameAddress = baseOf(around.frameAddress(at));
  const [told] = locationsAt(around.frameBase, at);
  const context = { frameBase: frameBaseOf(told, frameAddress), frameAddress };
  const pieces = piecesOf(first.operations, size, context);
  const disagree = others.some((one) => !isSamePlace(piecesOf(one.operations, size, context), pieces));
  if (disagree) {
    const all = here.flatMap((one) => piecesOf(one.operations, size, context));
    return {
      ...placed(all.map((piece): PlacedPiece => ({ ...piece, evidence: 'conflict' }))),
      note: 'debug info tells several places for it',
    };
  }
  return placed(
    pieces.map((piece): PlacedPiece => {
      const { location } = piece;
      if (location.kind === 'gone') return { ...piece, evidence: 'gone' };
      const isFrame =
        location.kind === 'stack' ||
        (location.kind === 'memory' && location.base === 'rbp' && location.followed.length === 0);
      return { ...piece, evidence: isFrame && around.isStored(at, location, piece.size) ? 'verified' : 'dwarf' };
    }),
  );
};

const isSamePlace = (a: readonly Piece[], b: readonly Piece[]): boolean =>
  a.length === b.length &&
  a.every((piece, i) => {
    const other = b[i];
    return other !== undefined && piece.size === other.size && sameLocation(piece.location, other.location);
  });

const baseOf = (told: { readonly register: number; readonly offset: bigint } | null): Base | null => {
  const reg = told === null ? null : dwarfRegister(told.register);
  return told === null || reg === null ? null : { reg, offset: told.offset };
};

const frameBaseOf = (told: VariableLocation | undefined, frameAddress: Base | null): Base | null =>
  told === undefined ? null : addressOf(told.operations, { frameBase: null, frameAddress });

const placed = (pieces: readonly PlacedPiece[]): PlacedArgument => {
  const lost = pieces.find(({ location }) => location.kind === 'gone')?.location;
  const vectors = pieces.flatMap(({ location }) => (location.kind === 'vector' ? [location.reg] : []));
  return {
    mode: null,
    pieces,
    evidence: weakestOf(pieces.map(({ evidence }) => evidence)),
    note:
      lost?.kind === 'gone'
        ? lost.reason
        : vectors.length > 0
          ? `in ${vectors.join(' and ')}: not visible to kernel probes`
          : null,
    candidates: [],
  };
};

const gone = (reason: string): PlacedArgument => ({
  mode: null,
  pieces: [],
  evidence: 'gone',
  note: reason,
  candidates: [],
});

/** The result of an inlined copy: the caller's variable that `let` bound it to. */
export type BoundResult = {
  readonly variable: string;
  /** Where to probe: the variable's scope begins there. */
  readonly at: Address;
  readonly pieces: readonly PlacedPiece[];
  readonly evidence: PlacedArgument['evidence'];
  readonly note: string | null;
};

export type BindingQuestion = Around & {
  /** The caller's variables. */
  readonly variables: readonly DebugVariable[];
  /** Line of the call in the caller. */
  readonly line: number;
  readonly size: number;
  readonly isResultType: (variable: DebugVariable) => boolean;
  readonly ranges: readonly AddressRange[];
  readonly isProbeable: (at: Address) => boolean;
  /** Whether what a place holds at an address was made by the copy on every way there, and only moved since. */
  readonly isMadeThere: (at: Address, location: Location, size: number) => boolean;
};

/**
 * Finds the variable that a call's result was bound to; a text says why there is none. Of several variables of the line (a
 * macro may make many) the one counts that is shown to hold what the copy made.
 */
export const bindingOf = (question: BindingQuestion): BoundResult | string => {
  const { variables, line, isResultType } = question;
  const bound = variables.filter(
    (one) => !one.isParameter && one.line === line && one.block !== null && isResultType(one),
  );
  if (bound.length === 0) return 'no variable of the caller holds it';
  const answers = bound.map((variable) => boundTo(variable, question));
  const [found, ...others] = answers.filter((answer) => typeof answer !== 'string');
  if (found !== undefined) return others.length === 0 ? found : 'several variables of the caller could hold it';
  const [why] = answers;
  return bound.length > 1 || typeof why !== 'string' ? 'several variables of the caller could hold it' : why;
};

/** The variable as the result; a text says why it isn't. */
const boundTo = (variable: DebugVariable, question: BindingQuestion): BoundResult | string => {
  const { size, ranges, isProbeable, isMadeThere } = question;
  if (variable.block?.some((block) => ranges.some(({ start, end }) => start < block.end && block.start < end)))
    return 'the variable of its line in the caller lives before the call';
  const at = variable.block?.map(({ start }) => start).find((start) => isBehind(start, ranges) && isProbeable(start));
  if (at === undefined) return 'no address behind the copy can be probed where it is';
  const { pieces, evidence, note } = placedAt(variable, size, at, question);
  if (evidence === 'gone')
    return `the caller's ${variable.name ?? 'variable'} is not in a readable place: ${note ?? 'optimized out'}`;
  const isMade = pieces.every(
    ({ location, size: bytes }) => location.kind === 'constant' || isMadeThere(at, location, bytes),
  );
  if (!isMade) return `the caller's ${variable.name ?? 'variable'} is not shown to hold it unchanged`;
  return { variable: variable.name ?? '_', at, pieces, evidence, note };
};

/** An address within the copy's code can't have its result yet. */
const isBehind = (at: Address, ranges: readonly AddressRange[]): boolean =>
  !ranges.some(({ start, end }) => at >= start && at < end);
