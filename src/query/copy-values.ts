import { x86_64 } from '../abi/argument-registers.ts';
import { placeCaptures } from '../abi/captures.ts';
import { rustRules } from '../abi/compiler.ts';
import { type EntryAnswer, placeArguments } from '../abi/entry-places.ts';
import { observeEnvironment } from '../abi/environment.ts';
import { type CalledFunction, hypothesesOf } from '../abi/hypothesis.ts';
import { type BoundResult, bindingOf, placeInlined } from '../abi/inlined-places.ts';
import { type EntryFrame, observe, withoutItems } from '../abi/observation.ts';
import type { PlacedArgument } from '../abi/placed-argument.ts';
import { type PlacedResult, placeResult } from '../abi/result-places.ts';
import { RsymError } from '../base/errors.ts';
import type { Address } from '../base/units.ts';
import { argumentUse } from '../code/argument-use.ts';
import { followEntry } from '../code/entry-state.ts';
import type { Flow } from '../code/flow.ts';
import { RegionEntries } from '../code/region-entries.ts';
import { resultLoads } from '../code/result-loads.ts';
import { resultWrites } from '../code/result-writes.ts';
import { storeBefore } from '../code/slot-store.ts';
import { isUnoptimised } from '../code/unoptimised.ts';
import type { DebugCopy, DebugInfo, DebugScope, DebugTypes, DebugVariable, TypeId } from '../elf/debug-model.ts';
import { boundElsewhere } from './bound-elsewhere.ts';
import { calledFunction, isFunctionItem, isNumber, namedParameter, sizeOf } from './called-function.ts';
import { CodeReferences } from './code-references.ts';
import { CodeFacts } from './copy-code-facts.ts';
import type { CopyFlows } from './copy-flows.ts';
import type { ImageCode } from './exits.ts';
import type { SelectedCopy, SelectSources } from './select-model.ts';

import { type SettledEntry, settledEntry, withOwn } from './settled-entry.ts';
import { type StaleMemory, staleMemory } from './stale-memory.ts';
import { typeName } from './type-name.ts';

export type ShownArgumentPlace = PlacedArgument & {
  readonly name: string | null;
  readonly type: string | null;
  /** The type in debug info; null where it has none. */
  readonly typeId: TypeId | null;
  /** It points to an object that nobody reads any more: what is there needn't be its value. */
  readonly isUnread?: true;
  /** No parameter declares it: a closure's captures, the context of a poll. */
  readonly isHidden?: true;
};

export type ShownResult = PlacedResult & {
  readonly type: string;
  readonly typeId: TypeId | null;
  /** Of an inlined copy: the caller's variable that holds it, and where that can be read. */
  readonly bound: { readonly variable: string; readonly at: Address } | null;
};

/** Where a copy's arguments and result are. */
export type ShownValues = {
  /** Where the arguments are read; null: nowhere. */
  readonly at: Address | null;
  readonly args: readonly ShownArgumentPlace[];
  readonly result: ShownResult;
  /** In how many places control comes into the copy; a probe is at one. */
  readonly entries: number;
  /** Of a closure whose environment no parameter declares: the variables that it captured. */
  readonly captures: readonly ShownArgumentPlace[];
  /** Memory behind the arguments' pointers that isn't believed where they are read. */
  readonly stale: Pick<StaleMemory, 'behindPointers' | 'places'>;
  /** What was assumed of the way it is called: one line each. */
  readonly assumptions: readonly string[];
};

/** Nobody writes more; damaged debug info may claim any number. */
const mostParameters = 255;

/** Scopes that are kept for further questions. */
const mostScopes = 32;

/** Instructions of straight code that are followed from a function's first. */
const entryLimit = 600;

/** Works out where values are; what serves several copies is found once. */
export class CopyValues {
  readonly #debug: DebugInfo;
  readonly #code: ImageCode;
  readonly #references: CodeReferences;
  readonly #facts: CodeFacts;
  readonly #flows: CopyFlows;
  readonly #scopes = new Map<number, DebugScope>();

  constructor(sources: SelectSources, code: ImageCode, flows: CopyFlows) {
    const { image, symbols, debug } = sources;
    this.#facts = new CodeFacts(sources, code);
    this.#debug = debug;
    this.#code = code;
    this.#flows = flows;
    this.#references = new CodeReferences(image, symbols, code.code);
  }

  /** Null where debug info tells no parameters and types of the copy. Throws RsymError `input` where it is damaged. */
  of(selected: SelectedCopy): ShownValues | null {
    const { types } = this.#debug;
    if (types === null || selected.debugCopy === null || selected.function === null) return null;
    const copy = this.#debug.copy(selected.debugCopy);
    const scope = this.#scopeOf(copy);
    if (scope.language === 'other') return null;
    const fn = calledFunction(selected, scope, types);
    if (fn.parameters.length > mostParameters)
      throw new RsymError('input', `it has ${fn.parameters.length} parameters`);
    return copy.kind === 'inlined' ? this.#inlined(copy, scope, fn) : this.#outOfLine(selected, copy, scope, fn);
  }

  #outOfLine(selected: SelectedCopy, copy: DebugCopy, scope: DebugScope, fn: CalledFunction): ShownValues {
    const start = copy.address;
    const flow = this.#flows.of(copy);
    const entry: EntryFrame = {
      start,
      code: followEntry(start, this.#code.code, entryLimit),
      prologueEnd: this.#facts.prologueEnd(copy),
      frameBase: scope.frameBase,
    };
    const sizes = fn.parameters.map(({ type }) => sizeOf(fn.types, type));
    let hypotheses = hypothesesOf(fn, x86_64);
    const marksChanges = fn.language === 'rust' && rustRules(fn.compiler).marksChanges && !scope.isSpecified;
    const isConventionChanged = scope.isConventionChanged || isClone(selected);
    const question = {
      observed: withoutItems(
        fn.parameters.map((one, i) => observe(one, sizes[i] ?? 0, entry)),
        fn.parameters.map(({ type }) => isFunctionItem(fn, type)),
      ),
      sizes,
      uses: flow === null ? null : argumentUse(flow, this.#facts.framesOf(flow)),
      environment:
        scope.language === 'rust'
          ? observeEnvironment(scope.variables, ({ type }) => sizeOf(fn.types, type) ?? 0, entry)
          : null,
      stores: entry.code.spills.flatMap(({ source, size, narrowed, pushed }) =>
        source.kind === 'register' && !pushed
          ? [{ reg: source.reg, size: narrowed === null ? size : Math.ceil(narrowed / 8) }]
          : [],
      ),
      isConventionChanged,
      marksChanges,
    };
    const isPlain = flow !== null && isUnoptimised(flow, entry.code, this.#facts.framesOf(flow));
    const plain = { isIntact: isPlain, isFilled: isPlain };
    let { args, hidden, left } = placeArguments({ ...question, ...plain, hypotheses, isGuess: false });
    const isRefuted = left.length === 0;
    const isGuess = isRefuted && fn.isMangled;
    if (isRefuted) {
      hypotheses = hypothesesOf(fn, x86_64, true);
      ({ args, hidden, left } = placeArguments({ ...question, ...plain, hypotheses, isGuess }));
    }
    const isDoubtful = args.some(({ evidence }) => evidence === 'gone') || !marksChanges;
    const isIntact =
      isPlain ||
      (isDoubtful && !isConventionChanged && (this.#facts.isGlobal(start) || this.#references.isTaken(start)));
    if (isIntact && !isPlain) {
      const isFilled = !this.#references.isCalled(start);
      ({ args, hidden, left } = placeArguments({ ...question, hypotheses, isIntact, isFilled, isGuess }));
    }
    const result = placeResult({
      ways: left.length > 0 ? left : hypotheses,
      isConventionChanged,
      isTrusted: !isGuess && (marksChanges || isIntact || this.#facts.isGlobal(start)),
      isGuess,
      writes: flow === null ? null : resultWrites(flow, this.#facts.framesOf(flow)),
      uses: question.uses,
      loads: flow === null ? new Set() : resultLoads(flow),
      isExternal: this.#facts.isGlobal(start),
      callersReads: () => this.#references.callersReads(start),
    });
    return {
      at: start,
      captures: this.#captures(scope, fn, hidden, start),
      entries: 1,
      args: [
        ...hiddenOf(hidden, true),
        ...args.map((arg, i) => ({ ...arg, ...namedParameter(fn, named(fn.parameters[i], scope)) })),
        ...hiddenOf(hidden, false),
      ],
      result: {
        ...result,
        type: fn.isNoReturn && fn.language === 'rust' ? '!' : typeName(fn.types, fn.returns, fn.language),
        typeId: fn.returns,
        bound: null,
      },
      stale: noneStale,
      assumptions: left.length === 1 ? (left[0]?.assumptions ?? []) : [],
    };
  }

  #inlined(copy: DebugCopy, scope: DebugScope, fn: CalledFunction): ShownValues {
    const sizes = fn.parameters.map(({ type }) => sizeOf(fn.types, type));
    const outer = this.#outermost(copy);
    const flow = this.#flows.of(outer);
    const around = {
      frameBase: scope.frameBase,
      frameAddress: (at: Address) => this.#debug.frameAddress(at),
      isStored: (at: Address, slot: { kind: string; offset: bigint; base?: string | null }, size: number): boolean => {
        if (flow === null || size > 16) return false;
        const base = slot.kind === 'stack' ? 'rsp' : slot.base === 'rbp' ? 'rbp' : null;
        if (base === null) return false;
        const store = storeBefore(flow, at, base, Number(slot.offset), size, this.#facts.framesOf(flow));
        return store.found && store.callsBetween === 0 && store.unknownStoresBetween === 0;
      },
    };
    const isProbeable = (at: Address): boolean => this.#facts.isProbeable(at, flow);
    const entries = flow === null ? null : new RegionEntries(flow, copy.ranges, this.#facts.predecessorsOf(flow));
    const entered = entries?.firstEntries() ?? null;
    let settled: SettledEntry | null = null;
    const { at, args } = placeInlined({
      ...around,
      parameters: fn.parameters,
      locals: scope.variables.filter(({ isParameter }) => !isParameter),
      sizes,
      ranges: copy.ranges,
      isProbeable,
      settled: (first) => {
        settled = settledEntry(this.#debug, copy, first, flow, flow && this.#facts.framesOf(flow), isProbeable);
        return settled?.at ?? null;
      },
      isComputed: (place, location, size) =>
        flow === null || this.#facts.isComputedIn(flow, place, location, size, copy.ranges),
      behindFill: (start) => this.#facts.behindFill(start, flow),
      entries: entered,
      countsAsWell: (place, first) => entries?.countsAsWell(place, first) ?? false,
    });
    const stale = at === null ? null : this.#stale(copy, at, flow, settled);
    return {
      at,
      args: args.map((arg, i) => ({
        ...(stale === null ? arg : freshOnly(arg, stale)),
        ...(stale !== null && isDeadBehind(arg, fn.types, fn.parameters[i], stale) ? { isUnread: true as const } : {}),
        ...namedParameter(fn, named(fn.parameters[i], scope)),
      })),
      captures: [],
      entries: entered === null ? 1 : entered.length + (entries?.laterEntries(entered).length ?? 0),
      stale: stale === null ? noneStale : { behindPointers: stale.behindPointers, places: stale.places },
      result: this.#bound(copy, fn, around, isProbeable, flow),
      assumptions: [],
    };
  }

  #stale(copy: DebugCopy, at: Address, flow: Flow | null, settled: SettledEntry | null): StaleMemory {
    const frames = flow && this.#facts.framesOf(flow);
    const stale = staleMemory(this.#debug, copy, at, flow, frames, this.#facts.isBlind);
    if (settled?.at !== at || flow === null) return stale;
    return withOwn(stale, settled, frames?.rsp[flow.indexOf.get(at) ?? -1]);
  }

  #bound(
    copy: DebugCopy,
    fn: CalledFunction,
    around: Pick<Parameters<typeof bindingOf>[0], 'frameBase' | 'frameAddress' | 'isStored'>,
    isProbeable: (at: Address) => boolean,
    flow: Flow | null,
  ): ShownResult {
    const type = fn.isNoReturn ? '!' : typeName(fn.types, fn.returns, fn.language);
    const size = sizeOf(fn.types, fn.returns) ?? 0;
    const nothing = { type, typeId: fn.returns, bound: null, pieces: [], candidates: [] };
    if (fn.isNoReturn) return { ...nothing, mode: 'never', evidence: 'dwarf', note: null };
    if (size === 0) return { ...nothing, mode: 'none', evidence: 'dwarf', note: null };
    const caller = copy.caller === null ? null : this.#debug.copy(copy.caller);
    const found =
      caller === null || copy.callSite === null
        ? 'debug info does not tell its caller'
        : bindingOf({
            ...around,
            variables: this.#scopeOf(caller).variables,
            line: copy.callSite.line,
            size,
            isResultType: (one) =>
              one.type === fn.returns || (one.type !== null && typeName(fn.types, one.type, fn.language) === type),
            ranges: copy.ranges,
            isProbeable,
            isMadeThere: (at, location, bytes) =>
              flow !== null && this.#facts.isMadeIn(flow, at, location, bytes, copy.ranges, isNumber(fn)),
          });
    const doubt = typeof found === 'string' ? found : this.#doubtOf(copy, found, fn, flow);
    if (typeof found === 'string' || doubt !== null)
      return { ...nothing, mode: 'unknown', evidence: 'gone', note: `not observable (inlined): ${doubt}` };
    const { variable, at, pieces, evidence, note } = found;
    return {
      type,
      typeId: fn.returns,
      mode: 'direct',
      pieces,
      evidence,
      note,
      candidates: [],
      bound: { variable, at },
    };
  }

  #doubtOf(copy: DebugCopy, found: BoundResult, fn: CalledFunction, flow: Flow | null): string | null {
    const question = { debug: this.#debug, copy, found, fn };
    return boundElsewhere(
      question,
      ({ location, size }) => flow && this.#facts.broughtAt(flow, found.at, location, size),
    );
  }

  #captures(
    scope: DebugScope,
    fn: CalledFunction,
    hidden: EntryAnswer['hidden'],
    start: Address,
  ): ShownArgumentPlace[] {
    const [environment] = hidden.filter((one) => one.isFirst);
    const [piece, ...more] = environment?.pieces ?? [];
    if (environment === undefined || piece === undefined || more.length > 0) return [];
    const { evidence } = environment;
    const found = placeCaptures(scope.variables, piece.location, start, ({ type }) => sizeOf(fn.types, type) ?? 0);
    return found.map(({ variable, piece: own }) => ({
      mode: null,
      pieces: [{ ...own, evidence }],
      evidence,
      note: null,
      candidates: [],
      ...namedParameter(fn, variable),
    }));
  }

  /** Copies inlined into one function ask for its variables one after the other. */
  #scopeOf(copy: DebugCopy): DebugScope {
    const known = this.#scopes.get(copy.id);
    if (known !== undefined) return known;
    const scope = this.#debug.scope(copy);
    if (this.#scopes.size >= mostScopes) this.#scopes.clear();
    this.#scopes.set(copy.id, scope);
    return scope;
  }

  #outermost(copy: DebugCopy): DebugCopy {
    let outer = copy;
    for (let depth = 0; outer.caller !== null && depth < 1000; depth++) outer = this.#debug.copy(outer.caller);
    return outer;
  }
}

/** A parameter without size has no name in debug info: a variable of the function has it. */
const named = (parameter: DebugVariable | undefined, { variables }: DebugScope): DebugVariable | undefined => {
  if (parameter === undefined || parameter.name !== null) return parameter;
  const own = variables.filter(
    ({ isParameter, block, type, line }) =>
      !isParameter && block === null && type === parameter.type && line === parameter.line,
  );
  const [only, ...others] = own;
  return only === undefined || others.length > 0 ? parameter : { ...parameter, name: only.name };
};

/** At a function's entry everything is stored that was before. */
export const noneStale = { behindPointers: null, places: [] };

/** An argument in the frame that may be stored only later isn't believed. */
const freshOnly = (arg: PlacedArgument, stale: StaleMemory): PlacedArgument => {
  const isStale = arg.pieces.some(({ location, size }) => {
    if (location.kind === 'stack') return stale.isSlotStale('rsp', location.offset, size);
    if (location.kind !== 'memory' || location.followed.length > 0) return false;
    if (location.base === 'rsp' || location.base === 'rbp')
      return stale.isSlotStale(location.base, location.offset, size);
    return location.base !== null && (stale.behindPointers !== null || stale.places.length > 0);
  });
  if (!isStale) return arg;
  const note = 'it may not be stored yet where the copy is probed';
  return { mode: arg.mode, pieces: [], evidence: 'gone', note, candidates: [] };
};

/** Bytes of a slice that count as used. */
const mostLooked = 64;

/** Whether a pointer leads to an object of the frame that the code doesn't use any more. */
const isDeadBehind = (
  { pieces }: PlacedArgument,
  types: DebugTypes,
  parameter: DebugVariable | undefined,
  stale: StaleMemory,
): boolean => {
  const [first] = pieces;
  if (first?.location.kind !== 'register' || first.valueOffset !== 0) return false;
  const { reg, add } = first.location;
  if ((reg !== 'rsp' && reg !== 'rbp') || parameter?.type == null) return false;
  const type = types.type(parameter.type);
  const target = type.kind === 'pointer' ? type.target : null;
  return !stale.isAlive(reg, add, Math.max(1, target === null ? mostLooked : (sizeOf(types, target) ?? mostLooked)));
};

/** GCC names what it made of a function with other parameters. */
const isClone = ({ raw }: SelectedCopy): boolean => /\.(?:isra|constprop|part)\.\d+/.test(raw ?? '');

const hiddenOf = (hidden: EntryAnswer['hidden'], isFirst: boolean): ShownArgumentPlace[] =>
  hidden.filter((one) => one.isFirst === isFirst).map((one) => ({ ...one, type: null, typeId: null, isHidden: true }));

export const isDamage = (error: unknown): error is RsymError => error instanceof RsymError && error.code === 'input';
