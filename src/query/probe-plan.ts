import type { CallPlan, Register, ReturnPlan } from '../abi/model.ts';
import type { Piece } from '../abi/place.ts';
import type { ValueShape } from '../abi/shape.ts';
import type { Signature } from '../abi/signature.ts';
import { TypeShapes } from '../abi/type-shapes.ts';
import { sanitize } from '../base/text.ts';
import { type Address, fileOffset, hex } from '../base/units.ts';
import { longestInstruction, readUpTo } from '../code/bytes.ts';
import { probeCost } from '../code/cost.ts';
import type { Flow } from '../code/flow.ts';
import { type Frames, framesOf, isFromEntry } from '../code/frames.ts';
import { likenessOf } from '../code/likeness.ts';
import { isInLoopOf } from '../code/loops.ts';
import type { StorePlace } from '../code/pending-stores.ts';
import type { DebugCopy } from '../elf/function-model.ts';
import type { DebugTypes } from '../elf/type-model.ts';
import type { ExitSite, ProbeSite, Returns, StalePlace } from '../trace/site.ts';
import { type AfterRequest, afterPlans } from './after-plan.ts';
import { callPlan, emptyPlan, givenPlan, mergedPlan, withheldPlan } from './call-plan.ts';
import { concreteShapes } from './concrete-shapes.ts';
import { CopyFlows } from './copy-flows.ts';
import { countDoubt, unwatchedLoop } from './copy-limits.ts';
import { CopyValues } from './copy-values.ts';
import { isDamage } from './damage.ts';
import { withDropVtables } from './drop-vtables.ts';
import { entryProbe } from './entry-probe.ts';
import { ImageCode, planReturns, type ReturnsChoice } from './exits.ts';
import { withFloats } from './float-exits.ts';
import { handedOn } from './handed-on.ts';
import { Relocations } from './relocations.ts';
import type { SelectedCopy, SelectSources } from './select-model.ts';
import type { ShownValues } from './shown-values.ts';
import { followTailJumps } from './tail-exits.ts';

export type ProbePlanOptions = {
  readonly returns: ReturnsChoice;
  /** Pointers that are followed, one inside the other. */
  readonly depth: number;
  /** Arguments that are read once more at the returns. */
  readonly after: readonly AfterRequest[];
  readonly isRedacted: ((path: string, type: string) => boolean) | null;
  /** A call that ends by a jump to another function ends where that returns, also where nothing is known of the result. */
  readonly isTimed?: boolean;
  /** Nobody asks for arguments and results. */
  readonly withoutValues?: boolean;
  /** What reads the file's code, where it is made already: in a large file that takes a while. */
  readonly code?: ImageCode;
};

/** Parts of one value's shape. */
const mostParts = 3_000;

/** Makes copies of functions ready to be probed; what serves several is found once. */
export class ProbePlanner {
  readonly #sources: SelectSources;
  readonly #code: ImageCode;
  readonly #flows: CopyFlows;
  readonly #values: CopyValues;
  readonly #relocations: Relocations;
  readonly #types: DebugTypes | null;
  readonly #shapes: TypeShapes | null;
  /** Filled by `finish`: what a trait object's concrete type looks like, by its vtable. */
  readonly #objects = new Map<bigint, ValueShape>();
  readonly #options: ProbePlanOptions;
  readonly #frames = new WeakMap<Flow, Frames>();
  /** One line each, for the user. */
  readonly notes: string[] = [];

  constructor(sources: SelectSources, options: ProbePlanOptions) {
    this.#sources = sources;
    this.#options = options;
    this.#code = options.code ?? new ImageCode(sources.image, sources.symbols);
    this.#flows = new CopyFlows(this.#code);
    this.#values = new CopyValues(sources, this.#code, this.#flows);
    this.#relocations = new Relocations(sources.image);
    const own = sources.debug.types;
    this.#types = own && withDropVtables(own, sources, this.#relocations);
    const limits = { depth: options.depth, nodes: mostParts, isRedacted: options.isRedacted };
    this.#shapes = this.#types && new TypeShapes(this.#types, limits);
  }

  /** A copy's probe site; null, with a note that says why, where it can't be probed. `name`: the function's. */
  site(name: string, copy: SelectedCopy, signature: Signature | null): ProbeSite | null {
    // Where an inlined copy's call ends is known from its result alone.
    const isAsked = signature === null && this.#options.withoutValues !== true;
    const values = isAsked || copy.kind === 'inlined' ? this.#valuesOf(copy) : null;
    const at = copy.kind === 'inlined' ? this.#inlinedAt(copy, values) : copy.address;
    const where = copy.callSite === null ? '' : `, inlined at ${copy.callSite.file}:${copy.callSite.line},`;
    if (at === null) {
      this.notes.push(
        `${sanitize(name)}${sanitize(where)} can't be probed: an instruction begins at none of its addresses`,
      );
      return null;
    }
    const cost = probeCost(readUpTo(this.#code.code, at, longestInstruction) ?? new Uint8Array());
    if (cost.cost === 'unprobeable') {
      this.notes.push(`${sanitize(name)} can't be probed at ${hex(at)}, ${cost.instruction}: ${cost.reason}`);
      return null;
    }
    const head = { name, path: this.#sources.image.path, after: [], concrete: this.#concrete };
    const info = {
      kind: copy.kind,
      address: copy.address,
      caller: copy.callers[0]?.name ?? null,
      callSite: copy.callSite,
      ...(copy.name === name ? {} : { name: copy.name }),
    };
    if (copy.kind === 'inlined') {
      const around = this.#around(copy);
      if (around !== null && isInLoopOf(around, at, copy.ranges)) {
        this.notes.push(`${sanitize(name)}${sanitize(where)} ${unwatchedLoop}`);
        return null;
      }
      this.#doubtCounts(`${sanitize(name)}${sanitize(where)}`, copy, values, around);
      const plan = values === null || this.#shapes === null ? emptyPlan : callPlan(values, this.#shapes);
      return {
        ...head,
        entry: fileOffset(this.#code.offsetOf(at)),
        entryAddress: at,
        stackAdjust: 0,
        saved: [],
        returns: this.#inlinedReturns(copy, at, values),
        loopsToEntry: false,
        plan,
        stale: (values?.stale.places ?? []).map(stalePlace),
        copy: info,
      };
    }
    const plan = this.#planOf(copy, values, signature);
    const { returns, loops } = this.#returns(name, copy, plan);
    const isWatched = returns.mode === 'sites';
    const { after, saved, lacks } = afterPlans(isWatched ? this.#options.after : [], plan, savedFor(values, returns));
    this.notes.push(...lacks.map((note) => `${sanitize(name)}: ${sanitize(note)}`));
    // A uretprobe takes what the stack pointer points to for the return address: so it is at the first instruction only.
    const isFixed = loops || returns.mode === 'uretprobe';
    const flowOf = (): Flow | null => (isFixed ? null : this.#flows.of({ address: at, ranges: copy.ranges }));
    const probe = entryProbe(at, plan, saved, cost.cost === 'emulated', flowOf);
    return {
      ...head,
      entry: fileOffset(this.#code.offsetOf(probe.at)),
      entryAddress: probe.at,
      stackAdjust: probe.stackAdjust,
      saved,
      returns: withFloats(throughSaved(returns, plan.ret), plan.ret, flowOf, probe.at, this.#code),
      loopsToEntry: loops,
      plan: probe.plan,
      after,
      stale: [],
      copy: info,
    };
  }

  /** What of the code serves other questions too. */
  get code(): ImageCode {
    return this.#code;
  }

  /** Says where calls of an inlined copy may be missed. */
  #doubtCounts(what: string, copy: SelectedCopy, values: ShownValues | null, around: Flow | null): void {
    const doubt = countDoubt(around === null ? null : likenessOf(copy.ranges, around), values);
    if (doubt !== null) this.notes.push(`${what} ${doubt}`);
  }

  #planOf(copy: SelectedCopy, values: ShownValues | null, signature: Signature | null): CallPlan {
    if (values === null || this.#shapes === null) return withheldPlan(givenPlan(signature), this.#options.isRedacted);
    const plan = callPlan(values, this.#shapes);
    return this.#isMerged(copy) ? mergedPlan(plan, copy.aliases) : plan;
  }

  /** In C two names of one code are one function; of Rust, functions that do the same were merged, whatever their types. */
  #isMerged({ aliases, debugCopy }: SelectedCopy): boolean {
    const { debug } = this.#sources;
    return aliases.length > 0 && debugCopy !== null && debug.scope(debug.copy(debugCopy)).language === 'rust';
  }

  #valuesOf(copy: SelectedCopy): ShownValues | null {
    try {
      return this.#values.of(copy);
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.notes.push(
        `${sanitize(copy.name)}: where its values are is not known: ${sanitize(error.reason ?? error.message)}`,
      );
      return null;
    }
  }

  /** Of an inlined copy without types, its first address: where its arguments are is not known anywhere. */
  #inlinedAt(copy: SelectedCopy, values: ShownValues | null): Address | null {
    if (values !== null) return values.at;
    const flow = this.#around(copy);
    return flow === null || flow.indexOf.has(copy.address) ? copy.address : null;
  }

  /** The code out of line that an inlined copy is in. */
  #around({ debugCopy, address }: SelectedCopy): Flow | null {
    const { debug } = this.#sources;
    let outer: DebugCopy | null =
      debugCopy === null ? (debug.frames(address).at(-1)?.copy ?? null) : debug.copy(debugCopy);
    for (let depth = 0; outer?.caller != null && depth < 1000; depth++) outer = debug.copy(outer.caller);
    return outer === null ? null : this.#flows.of(outer);
  }

  #returns(name: string, copy: SelectedCopy, { ret }: CallPlan): { returns: Returns; loops: boolean } {
    const main = copy.ranges.find(({ start }) => start === copy.address);
    const parts = copy.ranges.filter((range) => range !== main);
    const own = this.#code.sweep({
      address: copy.address,
      size: main === undefined ? 0n : main.end - main.start,
      parts: parts.map(({ start, end }) => ({ address: start, size: end - start })),
    });
    // The value is there when the function that was jumped to returns.
    const isKnown = valued.has(ret.mode) && ret.evidence !== 'gone' && ret.evidence !== 'raw';
    const isWanted = isKnown || this.#options.isTimed === true;
    const sweep =
      own.complete && isWanted ? followTailJumps(own, this.#sources.symbols, this.#code, this.#relocations) : own;
    const choice = this.#options.returns;
    const returns = planReturns(sweep, choice, this.#code, (exit) =>
      handedOn(exit, this.#sources.symbols, this.#relocations),
    );
    if (returns.mode === 'none' && choice === 'safe')
      this.notes.push(`${sanitize(name)}: returns aren't watched: ${returns.reason}`);
    if (returns.mode === 'sites' && sweep.complete)
      this.notes.push(...sweep.notes.map((note) => `${sanitize(name)}: ${note}`));
    return { returns, loops: sweep.complete && sweep.loopsToEntry };
  }

  /** The result of an inlined copy is where the caller's variable has it. */
  #inlinedReturns(copy: SelectedCopy, at: Address, values: ShownValues | null): Returns {
    if (this.#options.returns === 'off') return { mode: 'none', reason: 'returns are off' };
    const bound = values?.result.bound ?? null;
    if (bound === null) return { mode: 'none', reason: values?.result.note ?? 'it is inlined' };
    const bytes = readUpTo(this.#code.code, bound.at, longestInstruction) ?? new Uint8Array();
    if (probeCost(bytes).cost === 'unprobeable') return { mode: 'none', reason: 'it is inlined' };
    const exit: ExitSite = {
      offset: fileOffset(this.#code.offsetOf(bound.at)),
      address: bound.at,
      stackAdjust: this.#stackBetween(copy, at, bound.at),
      result: null,
      kind: 'return',
      condition: null,
      target: null,
      inside: [],
      passes: [],
      // Other ways through the caller come here too.
      shared: true,
    };
    return { mode: 'sites', exits: [exit] };
  }

  /** The stack pointer at one address of a function minus that at another. */
  #stackBetween(copy: SelectedCopy, at: Address, other: Address): number {
    const flow = this.#around(copy);
    if (flow !== null) {
      const frames = this.#frames.get(flow) ?? framesOf(flow);
      this.#frames.set(flow, frames);
      const [a, b] = [at, other].map((one) => frames.rsp[flow.indexOf.get(one) ?? -1] ?? Number.NaN);
      if (a !== undefined && b !== undefined && isFromEntry(a) && isFromEntry(b)) return a - b;
    }
    return 0;
  }

  readonly #concrete = (vtable: bigint): ValueShape | null => this.#objects.get(vtable) ?? null;

  /** Gets ready what will be asked for when debug info is closed. */
  finish(sites: readonly ProbeSite[]): void {
    if (this.#types === null || this.#shapes === null) return;
    const plans = sites.map(({ plan }) => plan);
    for (const [vtable, shape] of concreteShapes(plans, this.#types, this.#shapes)) this.#objects.set(vtable, shape);
  }
}

const stalePlace = ({ base, index, displacement, ...place }: StorePlace): StalePlace => ({
  ...place,
  base: base as Register | null,
  index: index as Register | null,
  displacement: BigInt(displacement),
});

const valued: ReadonlySet<string> = new Set(['direct', 'pair', 'cast', 'sret']);

/** A result in memory, at the returns of other functions: they needn't hand back its address. */
const throughSaved = (returns: Returns, ret: ReturnPlan): Returns => {
  if (returns.mode !== 'sites' || ret.mode !== 'sret' || ret.evidence === 'gone') return returns;
  const result = ret.pieces.map(
    (piece): Piece =>
      piece.location.kind === 'memory'
        ? { ...piece, location: { ...piece.location, base: 'rdi' }, atEntry: true }
        : piece,
  );
  return {
    mode: 'sites',
    exits: returns.exits.map((exit) => (exit.shared && exit.kind === 'return' ? { ...exit, result } : exit)),
  };
};

/** Registers that hold at entry what is needed at the exits: the address of a result in memory. */
const savedFor = (values: ShownValues | null, returns: Returns): Register[] => {
  const hasTails = returns.mode === 'sites' && returns.exits.some(({ kind, shared }) => shared || kind === 'tail-call');
  if (hasTails && values?.result.mode === 'sret' && values.result.evidence !== 'gone') return ['rdi'];
  const bases = (values?.result.pieces ?? []).flatMap(({ atEntry, location }) =>
    atEntry && location.kind === 'memory' && location.base !== null ? [location.base] : [],
  );
  return [...new Set(bases)];
};
