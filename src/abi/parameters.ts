import { lastSegment } from '../elf/rust-name.ts';
import type { DebugTypes, TypeId } from '../elf/type-model.ts';
import type { DebugVariable } from '../elf/variable-model.ts';

/**
 * A value as it is passed. `argument` is the row of the declared parameter it is (a part of), at `valueOffset`; null
 * for what no parameter declares: a closure's environment. `type` null with `words`: that many integers of a word.
 */
export type Passed = {
  readonly argument: number | null;
  readonly valueOffset: number;
  readonly type: TypeId | null;
  readonly words: number;
  /** What it is, where no parameter declares it. */
  readonly name?: string;
};

/** What debug info leaves open of a function's parameters: each is one way to pass them. */
export type ParameterList = {
  readonly passed: readonly Passed[];
  /** What was assumed, to be said where it decides. */
  readonly assumption: string | null;
};

type Function = {
  /** Demangled, and as DWARF nests it. */
  readonly path: string;
  readonly dwarfPath: string;
  readonly generics: readonly { readonly type: TypeId | null }[];
};

/** Function types among the parameters that are looked at one by one. */
const mostFunctionTypes = 2;

/** All ways in which a Rust function's parameters may be passed that its debug info allows. */
export const rustParameters = (
  types: DebugTypes,
  fn: Function,
  parameters: readonly DebugVariable[],
): readonly ParameterList[] => {
  const untupled = isTupled(fn.path);
  const declared = parameters.flatMap(({ type }, argument): Passed[] => {
    const whole = { argument, valueOffset: 0, type, words: 0 };
    return untupled && argument === parameters.length - 1 && argument > 0 ? fieldsOf(types, whole) : [whole];
  });
  const lists = withEnvironment(types, fn, parameters, declared);
  // A function's own type has no size, but debug info shows it as a pointer; only a type argument can be one.
  const functions = new Set(
    parameters.flatMap(({ type }) =>
      type !== null && isFunctionPointer(types, type) && fn.generics.some((generic) => generic.type === type)
        ? [type]
        : [],
    ),
  );
  let all = lists;
  for (const type of [...functions].slice(0, mostFunctionTypes))
    all = all.flatMap((list) => [
      {
        ...list,
        passed: list.passed.filter((one) => one.type !== type),
        assumption: 'a function item takes no register',
      },
      list,
    ]);
  return all;
};

/** Bodies of `Fn*::call*` take the arguments one by one that debug info shows as a tuple. */
const isTupled = (path: string): boolean =>
  /(?:^|[\s<:])core::ops::(?:async_)?function::/.test(path) && /::(?:async_)?call(?:_mut|_once)?(?:\{|$)/.test(path);

const fieldsOf = (types: DebugTypes, whole: Passed): Passed[] => {
  const tuple = whole.type === null ? null : types.type(whole.type);
  if (tuple?.kind !== 'struct' || !tuple.name.startsWith('(')) return tuple?.size === 0n ? [] : [whole];
  const number = (name: string | null): number => Number(name?.replace('__', '') ?? 0);
  return [...tuple.members]
    .sort((a, b) => number(a.name) - number(b.name))
    .map(({ type, offset }) => ({ ...whole, valueOffset: Number(offset), type }));
};

const body = /^\{(?:closure|async_fn|async_block|async_closure|coroutine|gen_fn|gen_block|gen_closure|generator)#\d+\}/;
const asynchronous = /^\{async_\w+#\d+\}/;
const environment = /\{\w+_env#\d+\}/;

/** rustc leaves the environment out where its captures are shown as variables. */
const withEnvironment = (
  types: DebugTypes,
  fn: Function,
  parameters: readonly DebugVariable[],
  declared: readonly Passed[],
): ParameterList[] => {
  const plain = [{ passed: declared, assumption: null }];
  if (!body.test(lastSegment(fn.dwarfPath))) return plain;
  const [first] = parameters;
  const hidden = (name: string, words: number): Passed => ({ argument: null, valueOffset: 0, type: null, words, name });
  if (first?.type != null && environment.test(types.type(first.type).name)) {
    const env = types.type(first.type);
    // An environment without size may still be passed by an address.
    if (env.size === 0n && env.kind === 'struct')
      return [...plain, { passed: [hidden('{closure}', 1), ...declared], assumption: null }];
    const isPolled = asynchronous.test(lastSegment(fn.dwarfPath)) && parameters.length === 1;
    return isPolled ? [{ passed: [...declared, hidden('_task_context', 1)], assumption: null }] : plain;
  }
  const name = asynchronous.test(lastSegment(fn.dwarfPath)) ? 'self' : "{closure's captures}";
  return [
    { passed: [hidden(name, 1), ...declared], assumption: null },
    { passed: [hidden(name, 2), ...declared], assumption: null },
  ];
};

const isFunctionPointer = (types: DebugTypes, id: TypeId): boolean => {
  const type = types.type(id);
  return type.kind === 'pointer' && type.target !== null && types.type(type.target).kind === 'function';
};
