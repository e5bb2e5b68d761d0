import { ArgumentRegisters, alignOf, type Piece, resultPieces, sizeOf } from './registers.ts';

/** One parameter in LLVM IR, and which part of which argument it carries. */
export type Unit = {
  readonly type: string;
  /** Null where it isn't known. */
  readonly name: string | null;
  /** Index of the argument; null: the hidden pointer to the result. */
  readonly arg: number | null;
  readonly offset: number;
  /** LLVM returns it in `rax`. Null where it isn't known. */
  readonly sret: boolean | null;
  /** The argument itself lies behind it, this many bytes. */
  readonly indirect: number | null;
  /** The argument itself lies on the stack. */
  readonly copied: { readonly size: number; readonly align: number } | null;
};

export type ReturnMode = 'none' | 'direct' | 'pair' | 'cast' | 'sret' | 'never';

export type TruthArgument = {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly pieces: readonly Piece[];
  /** Nobody reads it, so that nobody need pass it. */
  readonly unread?: boolean;
};
export type TruthReturn = {
  readonly type: string;
  /** More than one where LLVM IR can't tell them apart. */
  readonly modes: readonly ReturnMode[];
  /** As they are at the `ret` instruction. */
  readonly pieces: readonly Piece[];
};

/** What LLVM made of a function: each way in which its parameters can be those that rustc had written. */
export type Change =
  | { readonly kind: 'none' | 'aliased' | 'gone' }
  | {
      readonly kind: 'changed';
      readonly to: string;
      readonly args: readonly Piece[][][];
      readonly results: readonly (readonly Piece[])[];
    };

export type TruthEntry = {
  readonly name: string;
  readonly symbol: string;
  readonly signature: string;
  readonly kind: string;
  readonly compiler: string;
  readonly opt: string;
  readonly args: readonly TruthArgument[];
  readonly ret: TruthReturn;
  readonly change: Change;
};

/** A result in memory, as seen from the pointer that the function received; rax holds it again at the return, in most functions. */
const behindEntryPointer = (pieces: readonly Piece[]): Piece[] =>
  pieces.map(({ offset, size, openEnded }) => ({
    reg: 'rdi',
    offset,
    size,
    indirect: true,
    atEntry: true,
    ...(openEnded === true ? { openEnded } : {}),
  }));

/** Every right way to name where a result is. */
export const resultPlaces = ({ modes, pieces }: TruthReturn): (readonly Piece[])[] =>
  modes.includes('sret') ? [pieces, behindEntryPointer(pieces)] : [pieces];

/** Pieces of each of `count` arguments, for parameters in this order; null stands for one that carries no known part. */
export const locate = (
  params: readonly { type: string; unit: Unit | null }[],
  count: number,
  llvm: number,
): Piece[][] => {
  const registers = new ArgumentRegisters(llvm);
  const args: Piece[][] = Array.from({ length: count }, () => []);
  for (const { type, unit } of params) {
    const pieces =
      unit?.copied != null
        ? registers.copied(unit.copied.size, unit.copied.align)
        : registers.take(type, unit?.offset ?? 0);
    const own = unit?.arg == null ? undefined : args[unit.arg];
    if (own === undefined) continue;
    const [pointer] = pieces;
    if (unit?.indirect == null || pointer === undefined) own.push(...pieces);
    else own.push({ ...pointer, indirect: true, offset: 0, size: unit.indirect });
  }
  return args;
};

/** The two parameters of a pair of scalars. */
export const pairUnits = (
  arg: number,
  types: readonly [string, string],
  names: readonly (string | null)[],
  llvm: number,
): Unit[] => {
  const second = Math.ceil(sizeOf(types[0], llvm) / alignOf(types[1], llvm)) * alignOf(types[1], llvm);
  return types.map((type, index) => ({
    type,
    name: names[index] ?? null,
    arg,
    offset: index * second,
    sret: false,
    indirect: null,
    copied: null,
  }));
};

const unnamed = (name: string | null): boolean => name === null || /^\d*$/.test(name);

const mayBe = (unit: Unit, param: { type: string; name: string | null }): boolean =>
  unit.type === param.type &&
  (unit.name === null ||
    param.name === null ||
    unit.name === param.name ||
    (unnamed(unit.name) && unnamed(param.name)));

/** A parameter that stands for what a pointer pointed to is named after it: `p.0.val`. */
const isNew = (param: { name: string | null }): boolean => param.name === null || !unnamed(param.name);

const mostWays = 512;

/** Every way in which `params` are `units` in their order, some dropped, and some parameters new. */
const embeddings = (
  units: readonly Unit[],
  params: readonly { type: string; name: string | null }[],
): (Unit | null)[][] => {
  const ways: (Unit | null)[][] = [];
  const extend = (way: (Unit | null)[], from: number): void => {
    const param = params[way.length];
    if (param === undefined) ways.push(way);
    if (param === undefined || ways.length >= mostWays) return;
    const same = units.findIndex(
      (unit, index) =>
        index >= from && unit.name !== null && !unnamed(unit.name) && unit.name === param.name && mayBe(unit, param),
    );
    if (same >= 0) extend([...way, units[same]!], same + 1);
    for (let index = from; same < 0 && index < units.length; index += 1) {
      if (mayBe(units[index]!, param)) extend([...way, units[index]!], index + 1);
    }
    if (same < 0 && isNew(param)) extend([...way, null], from);
  };
  extend([], 0);
  return ways;
};

/** Result types that remain of an aggregate when some of its fields are dropped. */
const resultWays = (lowered: string, final: string, pieces: readonly Piece[], llvm: number): Piece[][] => {
  if (final === lowered) return [[...pieces]];
  if (final === 'void') return [[]];
  const left = resultPieces(final, llvm) ?? [];
  const ways: Piece[][] = [];
  const extend = (way: Piece[], from: number): void => {
    const piece = left[way.length];
    if (piece === undefined) ways.push(way);
    else {
      for (let index = from; index < pieces.length; index += 1) {
        const source = pieces[index]!;
        const alike = source.size === piece.size && source.reg?.startsWith('xmm') === piece.reg?.startsWith('xmm');
        if (alike) extend([...way, { ...piece, offset: source.offset }], index + 1);
      }
    }
  };
  extend([], 0);
  return ways;
};

/** What is left of a function in the module after LLVM's passes. */
export const changeOf = (
  lowered: {
    readonly result: string;
    readonly units: readonly Unit[];
    readonly argCount: number;
    readonly ret: TruthReturn;
  },
  final: {
    readonly result: string;
    readonly params: readonly { type: string; name: string | null; sret: boolean | null }[];
  },
  llvm: number,
): Change => {
  const same =
    final.result === lowered.result &&
    final.params.length === lowered.units.length &&
    final.params.every((param, index) => mayBe(lowered.units[index]!, param));
  // At O3, ArgumentPromotion turns `sret` of local functions into `noalias`: rax holds the pointer no longer.
  const keepsRax = lowered.units.every((unit, index) => unit.sret !== true || final.params[index]?.sret !== false);
  if (same && keepsRax) return { kind: 'none' };
  const ways = embeddings(lowered.units, final.params);
  const args = ways.map((way) =>
    locate(
      final.params.map(({ type }, index) => ({ type, unit: way[index] ?? null })),
      lowered.argCount,
      llvm,
    ),
  );
  const results = lowered.ret.modes.includes('sret')
    ? resultPlaces(lowered.ret).slice(keepsRax ? 0 : 1)
    : resultWays(lowered.result, final.result, lowered.ret.pieces, llvm);
  const params = final.params.map(({ type, sret }) => (sret === true ? `${type} sret` : type));
  return { kind: 'changed', to: `${final.result} (${params.join(', ')})`, args, results };
};
