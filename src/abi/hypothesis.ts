import type { DebugTypes, TypeId } from '../elf/type-model.ts';
import type { DebugVariable } from '../elf/variable-model.ts';
import type { ArgumentRegisters } from './argument-registers.ts';
import { lowerC } from './c-convention.ts';
import { type CLayout, cLayout } from './c-layout.ts';
import { couldBeC } from './c-plausible.ts';
import { type Compiler, rustRules } from './compiler.ts';
import { behindPointer, type Lowered, type LoweredArgument, type LoweredResult } from './convention.ts';
import { type ParameterList, type Passed, rustParameters } from './parameters.ts';
import type { Piece } from './place.ts';
import { lowerRust } from './rust-convention.ts';
import { RustLayouts } from './rust-layout.ts';
import type { Layout } from './scalar.ts';

/** What debug info says of a function, as far as its calling convention depends on it. */
export type CalledFunction = {
  readonly types: DebugTypes;
  readonly compiler: Compiler;
  readonly language: 'rust' | 'c' | 'c++';
  readonly path: string;
  readonly dwarfPath: string;
  /** It has a linkage name. */
  readonly isMangled: boolean;
  readonly generics: readonly { readonly type: TypeId | null }[];
  /** In the order of declaration, unnamed ones too. */
  readonly parameters: readonly DebugVariable[];
  readonly returns: TypeId | null;
  readonly isNoReturn: boolean;
  /** C: further arguments may follow. */
  readonly isVariadic: boolean;
};

/**
 * One way in which the function may be called. Debug info doesn't tell the convention, `repr(C)`, function items and
 * some environments, so there may be several; what the code does decides between them.
 */
export type Hypothesis = {
  readonly convention: 'rust' | 'c';
  /** One for each declared parameter. */
  readonly args: readonly LoweredArgument[];
  readonly result: LoweredResult;
  /** What is passed in registers that no parameter declares. */
  readonly hidden: readonly { readonly name: string; readonly isFirst: boolean; readonly pieces: readonly Piece[] }[];
  readonly hasResultAddress: boolean;
  readonly isVariadic: boolean;
  readonly assumptions: readonly string[];
};

/** Types whose `repr` is left open one by one; more are taken to be alike. */
const mostOpenTypes = 3;
const mostHypotheses = 64;

/** `evenC`: `extern "C"` too for types that nobody would pass to C. */
export const hypothesesOf = (fn: CalledFunction, file: ArgumentRegisters, evenC = false): readonly Hypothesis[] => {
  const found = new Map<string, Hypothesis>();
  const add = (hypothesis: Hypothesis): void => {
    const key = keyOf(hypothesis);
    if (!found.has(key) && found.size < mostHypotheses) found.set(key, hypothesis);
  };
  if (fn.language === 'rust') {
    for (const one of rustHypotheses(fn, file, evenC)) add(one);
  } else for (const one of cHypotheses(fn, file)) add(one);
  // Ways that were not looked at could be the right one.
  return found.size === mostHypotheses ? [] : [...found.values()];
};

function* rustHypotheses(fn: CalledFunction, file: ArgumentRegisters, evenC: boolean): Generator<Hypothesis> {
  const { types, compiler, parameters, returns } = fn;
  const rules = rustRules(compiler);
  const lists = rustParameters(types, fn, parameters);
  const open = new RustLayouts(types, rules);
  for (const type of [...parameters.map((one) => one.type), returns]) open.of(type);
  for (const asC of subsets([...open.ambiguous])) {
    const layouts = new RustLayouts(types, rules, new Set(asC));
    for (const list of lists) {
      const lowered = lowerRust(
        list.passed.map((one) => layoutOf(one, layouts)),
        layouts.of(returns),
        rules,
        file,
      );
      yield gathered(
        'rust',
        fn,
        list,
        lowered,
        asC.length === 0 ? [] : [`${asC.map((id) => types.type(id).name).join(', ')} is repr(C)`],
      );
    }
  }
  const values = [...parameters.map(({ type }) => type), returns];
  if (!evenC && !values.every((id) => id === null || couldBeC(types, id, !fn.isMangled))) return;
  for (const list of lists) {
    const args = list.passed.map((one) => (one.type === null && one.words > 0 ? word : cLayout(types, one.type)));
    const lowered = lowerC(args, cLayout(types, returns), rules.keepsWideWhole, file);
    yield gathered('c', fn, list, lowered, ['it is extern "C"']);
  }
}

function* cHypotheses(fn: CalledFunction, file: ArgumentRegisters): Generator<Hypothesis> {
  const { types, parameters, returns } = fn;
  const list: ParameterList = {
    passed: parameters.map(({ type }, argument) => ({ argument, valueOffset: 0, type, words: 0 })),
    assumption: null,
  };
  const plain = (id: TypeId | null): CLayout => cLayout(types, id);
  // The Itanium C++ ABI passes objects with a destructor or copy constructor of their own by address.
  const byAddress = (id: TypeId | null): CLayout => {
    const layout = plain(id);
    return layout.isAggregate ? { ...layout, passed: 'memory' } : layout;
  };
  yield gathered(
    'c',
    fn,
    list,
    lowerC(
      list.passed.map(({ type }) => plain(type)),
      plain(returns),
      true,
      file,
    ),
    [],
  );
  if (fn.language !== 'c++') return;
  const addressed = list.passed.map(({ type }) => (plain(type).isAggregate ? word : plain(type)));
  const lowered = lowerC(addressed, byAddress(returns), true, file);
  const note = 'objects are passed by address: their class has a copy constructor or destructor';
  const whole = gathered('c', fn, list, lowered, [note]);
  yield {
    ...whole,
    args: whole.args.map((arg, i) => {
      const layout = plain(parameters[i]?.type ?? null);
      const [pointer] = arg.pieces;
      return layout.isAggregate && pointer ? { mode: 'indirect', pieces: [behindPointer(pointer, layout.size)] } : arg;
    }),
  };
}

const word: CLayout = { size: 8, align: 8, isAggregate: false, passed: 'registers', classes: ['integer'] };

const layoutOf = (one: Passed, layouts: RustLayouts): Layout | null => {
  if (one.type !== null || one.words === 0) return layouts.of(one.type);
  const scalar = { kind: 'pointer', size: 8, align: 8, isSigned: false } as const;
  return one.words === 1
    ? { size: 8, align: 8, representation: { kind: 'scalar', scalar } }
    : { size: 16, align: 8, representation: { kind: 'pair', first: scalar, second: scalar, secondOffset: 8 } };
};

/** What was passed, sorted back into the declared parameters. */
const gathered = (
  convention: 'rust' | 'c',
  fn: CalledFunction,
  { passed, assumption }: ParameterList,
  { args, result, hasResultAddress }: Lowered,
  assumptions: readonly string[],
): Hypothesis => {
  const hidden: Hypothesis['hidden'][number][] = [];
  const own: LoweredArgument[] = fn.parameters.map(() => ({ mode: 'none', pieces: [] }));
  passed.forEach(({ argument, valueOffset }, i) => {
    const lowered = args[i];
    if (lowered === undefined) return;
    if (argument === null) {
      hidden.push({ name: passed[i]?.name ?? '_', isFirst: i === 0, pieces: lowered.pieces });
      return;
    }
    const before = own[argument];
    const pieces = lowered.pieces.map((piece) => ({ ...piece, valueOffset: piece.valueOffset + valueOffset }));
    const isSplit = before !== undefined && before.pieces.length > 0;
    own[argument] = { mode: isSplit ? 'cast' : lowered.mode, pieces: [...(before?.pieces ?? []), ...pieces] };
  });
  const never: LoweredResult = { mode: 'never', pieces: [] };
  return {
    convention,
    args: own,
    result: fn.isNoReturn ? never : result,
    hidden,
    hasResultAddress,
    isVariadic: fn.isVariadic,
    assumptions: assumption === null ? assumptions : [...assumptions, assumption],
  };
};

/** All choices of a few things; of many, all of them or none. */
const subsets = (of: readonly TypeId[]): TypeId[][] => {
  if (of.length > mostOpenTypes) return [[], [...of]];
  let all: TypeId[][] = [[]];
  for (const one of of) all = [...all, ...all.map((set) => [...set, one])];
  return all.sort((a, b) => a.length - b.length);
};

const keyOf = ({ args, result, hidden }: Hypothesis): string =>
  JSON.stringify([args.map(({ pieces }) => pieces), result, hidden], (_, value) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
