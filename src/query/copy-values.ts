import { x86_64 } from '../abi/argument-registers.ts';
import { compilerOf, rustRules } from '../abi/compiler.ts';
import { type EntryAnswer, placeArguments } from '../abi/entry-places.ts';
import { type CalledFunction, hypothesesOf } from '../abi/hypothesis.ts';
import { bindingOf, placeInlined } from '../abi/inlined-places.ts';
import { type EntryFrame, observe, observeEnvironment, withoutItems } from '../abi/observation.ts';
import type { Location } from '../abi/place.ts';
import type { PlacedArgument } from '../abi/placed-argument.ts';
import { type PlacedResult, placeResult } from '../abi/result-places.ts';
import { RsymError } from '../base/errors.ts';
import { type Address, address } from '../base/units.ts';
import { argumentUse } from '../code/argument-use.ts';
import { longestInstruction, readUpTo } from '../code/bytes.ts';
import { probeCost } from '../code/cost.ts';
import { followEntry } from '../code/entry-state.ts';
import type { Flow } from '../code/flow.ts';
import { type Frames, framesOf } from '../code/frames.ts';
import { predecessorsOf, RegionEntries } from '../code/region-entries.ts';
import type { AnyRegister } from '../code/register-id.ts';
import { resultLoads } from '../code/result-loads.ts';
import { resultWrites } from '../code/result-writes.ts';
import { storeBefore } from '../code/slot-store.ts';
import { isUnoptimised } from '../code/unoptimised.ts';
import { originOf } from '../code/value-origin.ts';
import type { DebugCopy, DebugInfo, DebugScope, DebugTypes, DebugVariable, TypeId } from '../elf/debug-model.ts';
import { lastSegment } from '../elf/rust-name.ts';
import { CodeReferences } from './code-references.ts';
import type { CopyFlows } from './copy-flows.ts';
import type { ImageCode } from './exits.ts';
import type { SelectedCopy, SelectSources } from './select-model.ts';
import { typeName } from './type-name.ts';

export type ShownArgumentPlace = PlacedArgument & {
  readonly name: string | null;
  readonly type: string | null;
  /** No parameter declares it: a closure's captures, the context of a poll. */
  readonly isHidden?: true;
};

export type ShownResult = PlacedResult & {
  readonly type: string;
  /** Of an inlined copy: the caller's variable that holds it, and where that can be read. */
  readonly bound: { readonly variable: string; readonly at: Address } | null;
};

/** Where a copy's arguments and result are. */
export type ShownValues = {
  /** Where the arguments are read; null: nowhere. */
  readonly at: Address | null;
  readonly args: readonly ShownArgumentPlace[];
  readonly result: ShownResult;
  /** What was assumed of the way it is called: one line each. */
  readonly assumptions: readonly string[];
};

/** Instructions of straight code that are followed from a function's first. */
const entryLimit = 600;

/** Works out where values are; what serves several copies is found once. */
export class CopyValues {
  readonly #sources: SelectSources;
  readonly #debug: DebugInfo;
  readonly #code: ImageCode;
  readonly #references: CodeReferences;
  readonly #frames = new WeakMap<Flow, Frames>();
  readonly #predecessors = new WeakMap<Flow, ReturnType<typeof predecessorsOf>>();
  readonly #flows: CopyFlows;

  constructor(sources: SelectSources, code: ImageCode, flows: CopyFlows) {
    const { image, symbols, debug } = sources;
    this.#sources = sources;
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
    const scope = this.#debug.scope(copy);
    if (scope.language === 'other') return null;
    const fn = this.#called(selected, scope, types);
    return copy.kind === 'inlined' ? this.#inlined(copy, scope, fn) : this.#outOfLine(copy, scope, fn);
  }

  #called(selected: SelectedCopy, scope: DebugScope, types: DebugTypes): CalledFunction {
    const declared = selected.function === null ? null : types.signature(selected.function);
    return {
      types,
      compiler: compilerOf(scope.producer),
      language: scope.language === 'rust' || scope.language === 'c++' ? scope.language : 'c',
      path: selected.name,
      dwarfPath: selected.dwarfPath ?? selected.name,
      isMangled: selected.function?.linkageName != null,
      generics: declared?.generics ?? [],
      parameters: parametersOf(scope, selected.dwarfPath ?? ''),
      returns: declared?.returns ?? null,
      isNoReturn: declared?.isNoReturn ?? false,
      isVariadic: declared?.isVariadic ?? false,
    };
  }

  #outOfLine(copy: DebugCopy, scope: DebugScope, fn: CalledFunction): ShownValues {
    const start = copy.address;
    const flow = this.#flows.of(copy);
    const entry: EntryFrame = {
      start,
      code: followEntry(start, this.#code.code, entryLimit),
      prologueEnd: this.#prologueEnd(copy),
      frameBase: scope.frameBase,
    };
    const sizes = fn.parameters.map(({ type }) => sizeOf(fn.types, type));
    let hypotheses = hypothesesOf(fn, x86_64);
    const marksChanges = fn.language === 'rust' && rustRules(fn.compiler).marksChanges && !scope.isSpecified;
    const isConventionChanged = scope.isConventionChanged;
    const question = {
      observed: withoutItems(
        fn.parameters.map((one, i) => observe(one, sizes[i] ?? 0, entry)),
        fn.parameters.map(({ type }) => isFunctionItem(fn, type)),
      ),
      sizes,
      uses: flow === null ? null : argumentUse(flow, this.#framesOf(flow)),
      environment:
        scope.language === 'rust'
          ? observeEnvironment(scope.variables, ({ type }) => sizeOf(fn.types, type) ?? 0, entry)
          : null,
      isConventionChanged,
      marksChanges,
    };
    const isPlain = flow !== null && isUnoptimised(flow, entry.code, this.#framesOf(flow));
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
      isPlain || (isDoubtful && !isConventionChanged && (this.#isGlobal(start) || this.#references.isTaken(start)));
    if (isIntact && !isPlain) {
      const isFilled = !this.#references.isCalled(start);
      ({ args, hidden, left } = placeArguments({ ...question, hypotheses, isIntact, isFilled, isGuess }));
    }
    const result = placeResult({
      ways: left.length > 0 ? left : hypotheses,
      isConventionChanged,
      isTrusted: marksChanges || isIntact || this.#isGlobal(start),
      writes: flow === null ? null : resultWrites(flow, this.#framesOf(flow)),
      uses: question.uses,
      loads: flow === null ? new Set() : resultLoads(flow),
      isExternal: this.#isGlobal(start),
      callersReads: () => this.#references.callersReads(start),
    });
    return {
      at: start,
      args: [
        ...hiddenOf(hidden, true),
        ...args.map((arg, i) => ({ ...arg, ...this.#named(fn, fn.parameters[i]) })),
        ...hiddenOf(hidden, false),
      ],
      result: { ...result, type: typeName(fn.types, fn.returns, fn.language), bound: null },
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
        return base !== null && storeBefore(flow, at, base, Number(slot.offset), size, this.#framesOf(flow)).found;
      },
    };
    const isProbeable = (at: Address): boolean => this.#isProbeable(at, flow);
    const entries = flow === null ? null : new RegionEntries(flow, copy.ranges, this.#predecessorsOf(flow));
    const { at, args } = placeInlined({
      ...around,
      parameters: fn.parameters,
      sizes,
      ranges: copy.ranges,
      isProbeable,
      behindFill: (start) => this.#behindFill(start, flow),
      countsAsWell: (place, first) => entries?.countsAsWell(place, first) ?? false,
    });
    return {
      at,
      args: args.map((arg, i) => ({ ...arg, ...this.#named(fn, fn.parameters[i]) })),
      result: this.#bound(copy, fn, around, isProbeable, flow),
      assumptions: [],
    };
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
    const nothing = { type, bound: null, pieces: [], candidates: [] };
    if (fn.isNoReturn) return { ...nothing, mode: 'never', evidence: 'dwarf', note: null };
    if (size === 0) return { ...nothing, mode: 'none', evidence: 'dwarf', note: null };
    const caller = copy.caller === null ? null : this.#debug.copy(copy.caller);
    const found =
      caller === null || copy.callSite === null
        ? 'debug info does not tell its caller'
        : bindingOf({
            ...around,
            variables: this.#debug.scope(caller).variables,
            line: copy.callSite.line,
            size,
            isResultType: (one) =>
              one.type === fn.returns || (one.type !== null && typeName(fn.types, one.type, fn.language) === type),
            ranges: copy.ranges,
            isProbeable,
            originOf: (at, location, bytes) =>
              flow === null ? [] : originIn(flow, this.#framesOf(flow), at, location, bytes),
          });
    if (typeof found === 'string')
      return { ...nothing, mode: 'unknown', evidence: 'gone', note: `not observable (inlined): ${found}` };
    const { variable, at, pieces, evidence, note } = found;
    return { type, mode: 'direct', pieces, evidence, note, candidates: [], bound: { variable, at } };
  }

  #named(fn: CalledFunction, variable: DebugVariable | undefined): { name: string | null; type: string | null } {
    const type = variable?.type ?? null;
    return { name: variable?.name ?? null, type: type === null ? null : typeName(fn.types, type, fn.language) };
  }

  #framesOf(flow: Flow): Frames {
    const known = this.#frames.get(flow) ?? framesOf(flow);
    this.#frames.set(flow, known);
    return known;
  }

  #outermost(copy: DebugCopy): DebugCopy {
    let outer = copy;
    for (let depth = 0; outer.caller !== null && depth < 1000; depth++) outer = this.#debug.copy(outer.caller);
    return outer;
  }

  #isProbeable(at: Address, flow: Flow | null): boolean {
    if (flow !== null && !flow.indexOf.has(at)) return false;
    const bytes = readUpTo(this.#code.code, at, longestInstruction);
    return bytes !== undefined && probeCost(bytes).cost !== 'unprobeable';
  }

  /** The linker kept it visible to other files: no optimisation of the whole program has made it its own. */
  #isGlobal(at: Address): boolean {
    const { symbols } = this.#sources;
    return symbols.at(at).some((row) => symbols.binding(row) !== 'local');
  }

  #behindFill(at: Address, flow: Flow | null): Address | null {
    const i = flow?.indexOf.get(at);
    const fill = i === undefined ? undefined : flow?.instructions[i];
    const next = fill?.step?.kind === 'nop' ? fill.next[0] : undefined;
    if (flow === null || next === undefined || flow.targets.has(next)) return null;
    const behind = flow.instructions[next]?.at ?? null;
    return behind !== null && this.#isProbeable(behind, flow) ? behind : null;
  }

  #predecessorsOf(flow: Flow): ReturnType<typeof predecessorsOf> {
    const known = this.#predecessors.get(flow) ?? predecessorsOf(flow);
    this.#predecessors.set(flow, known);
    return known;
  }

  #prologueEnd(copy: DebugCopy): Address | null {
    const range = copy.ranges.find(({ start, end }) => copy.address >= start && copy.address < end);
    if (range === undefined) return null;
    const end = address(range.end - copy.address > 4096n ? copy.address + 4096n : range.end);
    return this.#debug.lines({ start: copy.address, end }).find(({ isPrologueEnd }) => isPrologueEnd)?.address ?? null;
  }
}

/** The context of a poll is an argument of the body of an async function, though debug info has it as a variable. */
const parametersOf = ({ variables }: DebugScope, dwarfPath: string): DebugVariable[] => {
  const declared = variables.filter(({ isParameter }) => isParameter);
  const isPoll = /^\{async_\w+#\d+\}/.test(lastSegment(dwarfPath));
  const context = isPoll
    ? variables.find(({ name, isParameter }) => name === '_task_context' && !isParameter)
    : undefined;
  const isListed = context === undefined || declared.some(({ type }) => type === context.type);
  return isListed ? declared : [...declared, context];
};

/** The instructions that brought a value to its place. */
const originIn = (flow: Flow, frames: Frames, at: Address, location: Location, size: number): readonly Address[] => {
  if (location.kind === 'register' && location.add === 0n)
    return originOf(flow, at, { register: location.reg }, frames);
  if (location.kind === 'vector') return originOf(flow, at, { register: location.reg as AnyRegister }, frames);
  const isFrame =
    location.kind === 'stack' ||
    (location.kind === 'memory' && location.base === 'rbp' && location.followed.length === 0);
  if (!isFrame || size > 16) return [];
  const base = location.kind === 'stack' ? 'rsp' : 'rbp';
  return originOf(flow, at, { base, displacement: Number(location.offset), size }, frames);
};

const hiddenOf = (hidden: EntryAnswer['hidden'], isFirst: boolean): ShownArgumentPlace[] =>
  hidden.filter((one) => one.isFirst === isFirst).map((one) => ({ ...one, type: null, isHidden: true }));

/** Of a function type that is a type argument, it may be a function item. */
const isFunctionItem = ({ types, generics }: CalledFunction, id: TypeId | null): boolean => {
  if (id === null || !generics.some(({ type }) => type === id)) return false;
  const type = types.type(id);
  return type.kind === 'pointer' && type.target !== null && types.type(type.target).kind === 'function';
};

const sizeOf = (types: DebugTypes, id: TypeId | null): number | null => {
  if (id === null) return 0;
  let type = types.type(id);
  for (let depth = 0; type.kind === 'qualifier' && depth < 32; depth++) {
    if (type.target === null) return null;
    type = types.type(type.target);
  }
  if (type.kind === 'pointer') return Number(type.size ?? 8n);
  return type.size === null ? null : Number(type.size);
};

export const isDamage = (error: unknown): error is RsymError => error instanceof RsymError && error.code === 'input';
