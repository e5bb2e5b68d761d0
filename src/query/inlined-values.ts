import type { CalledFunction } from '../abi/hypothesis.ts';
import { type BoundResult, bindingOf, placeInlined } from '../abi/inlined-places.ts';
import type { PlacedArgument } from '../abi/placed-argument.ts';
import type { Address } from '../base/units.ts';
import type { Flow } from '../code/flow.ts';
import { RegionEntries } from '../code/region-entries.ts';
import { storeBefore } from '../code/slot-store.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import type { DebugCopy } from '../elf/function-model.ts';
import type { DebugTypes } from '../elf/type-model.ts';
import type { DebugScope, DebugVariable } from '../elf/variable-model.ts';
import { boundElsewhere } from './bound-elsewhere.ts';
import { isNumber, named, namedParameter, sizeOf } from './called-function.ts';
import type { CodeFacts } from './copy-code-facts.ts';
import type { CopyFlows } from './copy-flows.ts';
import type { CopyScopes } from './copy-scopes.ts';
import { entryArm } from './entry-arm.ts';
import { type SettledEntry, settledEntry, withOwn } from './settled-entry.ts';
import { noneStale, type ShownResult, type ShownValues } from './shown-values.ts';
import { type StaleMemory, staleMemory } from './stale-memory.ts';
import { typeName } from './type-name.ts';

/** What is the same for all variables of a copy. */
type Around = Pick<Parameters<typeof bindingOf>[0], 'frameBase' | 'frameAddress' | 'isStored'>;

type Sources = {
  readonly debug: DebugInfo;
  readonly scopes: CopyScopes;
  readonly flows: CopyFlows;
  readonly facts: CodeFacts;
};

/** Values of inlined copies: these have no convention, so they are where debug info says, as far as the code agrees. */
export class InlinedValues {
  readonly #debug: DebugInfo;
  readonly #scopes: CopyScopes;
  readonly #flows: CopyFlows;
  readonly #facts: CodeFacts;

  constructor({ debug, scopes, flows, facts }: Sources) {
    this.#debug = debug;
    this.#scopes = scopes;
    this.#flows = flows;
    this.#facts = facts;
  }

  of(copy: DebugCopy, scope: DebugScope, fn: CalledFunction): ShownValues {
    const sizes = fn.parameters.map(({ type }) => sizeOf(fn.types, type));
    const outer = this.#outermost(copy);
    const flow = this.#flows.of(outer);
    const around = this.#around(scope, flow);
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
      entries: entered && (entries?.heads(entered) ?? null),
      countsAsWell: (place, first) => entries?.countsAsWell(place, first) ?? false,
    });
    const stale = at === null ? null : this.#stale(copy, at, flow, settled);
    const arm = at === null ? null : entryArm(fn, scope, at);
    return {
      at,
      args: args.map((arg, i) => ({
        ...(stale === null ? arg : freshOnly(arg, stale)),
        ...(stale !== null && isDeadBehind(arg, fn.types, fn.parameters[i], stale) ? { isUnread: true as const } : {}),
        ...namedParameter(fn, named(fn.parameters[i], scope)),
      })),
      captures: [],
      ...(arm === null ? {} : { arm }),
      entries: entered === null ? 1 : entered.length + (entries?.laterEntries(entered).length ?? 0),
      stale: stale === null ? noneStale : { behindPointers: stale.behindPointers, places: stale.places },
      result: this.#bound(copy, fn, around, isProbeable, flow, at),
      assumptions: [],
    };
  }

  #around({ frameBase }: DebugScope, flow: Flow | null): Around {
    return {
      frameBase,
      frameAddress: (at) => this.#debug.frameAddress(at),
      isStored: (at, slot, size) => {
        if (flow === null || size > 16) return false;
        const base = slot.kind === 'stack' ? 'rsp' : slot.base === 'rbp' ? 'rbp' : null;
        if (base === null) return false;
        const store = storeBefore(flow, at, base, Number(slot.offset), size, this.#facts.framesOf(flow));
        return store.found && store.callsBetween === 0 && store.unknownStoresBetween === 0;
      },
    };
  }

  #stale(copy: DebugCopy, at: Address, flow: Flow | null, settled: SettledEntry | null): StaleMemory {
    const frames = flow && this.#facts.framesOf(flow);
    const stale = staleMemory(this.#debug, copy, at, flow, frames, this.#facts);
    if (settled?.at !== at || flow === null) return stale;
    return withOwn(stale, settled, frames?.rsp[flow.indexOf.get(at) ?? -1]);
  }

  #bound(
    copy: DebugCopy,
    fn: CalledFunction,
    around: Around,
    isProbeable: (at: Address) => boolean,
    flow: Flow | null,
    entry: Address | null,
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
            variables: this.#scopes.of(caller).variables,
            line: copy.callSite.line,
            size,
            isResultType: (one) =>
              one.type === fn.returns || (one.type !== null && typeName(fn.types, one.type, fn.language) === type),
            ranges: copy.ranges,
            isProbeable,
            isMadeThere: (at, location, bytes) =>
              flow !== null && this.#facts.isMadeIn(flow, at, location, bytes, copy.ranges, isNumber(fn)),
          });
    const doubt = typeof found === 'string' ? found : this.#doubtOf(copy, entry, found, fn, flow);
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

  #doubtOf(
    copy: DebugCopy,
    entry: Address | null,
    found: BoundResult,
    fn: CalledFunction,
    flow: Flow | null,
  ): string | null {
    const [lowest = copy.address] = copy.ranges.map(({ start }) => start).sort((a, b) => (a < b ? -1 : 1));
    const question = { debug: this.#debug, copy, at: entry ?? lowest, found, fn };
    return boundElsewhere(
      question,
      ({ location, size }) => flow && this.#facts.broughtAt(flow, found.at, location, size),
    );
  }

  #outermost(copy: DebugCopy): DebugCopy {
    let outer = copy;
    for (let depth = 0; outer.caller !== null && depth < 1000; depth++) outer = this.#debug.copy(outer.caller);
    return outer;
  }
}

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
