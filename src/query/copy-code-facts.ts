import type { Location } from '../abi/place.ts';
import { type Address, address } from '../base/units.ts';
import { isBroughtFrom } from '../code/brought.ts';
import { longestInstruction, readUpTo } from '../code/bytes.ts';
import { probeCost } from '../code/cost.ts';
import { type Flow, type FlowInstruction, openFlow } from '../code/flow.ts';
import { type Frames, framesOf } from '../code/frames.ts';
import { functionSort } from '../code/known-function.ts';
import type { CallSort } from '../code/pending-stores.ts';
import { predecessorsOf } from '../code/region-entries.ts';
import type { AnyRegister } from '../code/register-id.ts';
import { computedBy, type Held, originOf } from '../code/value-origin.ts';
import type { AddressRange, DebugCopy } from '../elf/function-model.ts';
import type { ImageCode } from './exits.ts';
import { Relocations } from './relocations.ts';
import type { SelectSources } from './select-model.ts';

/** What code and symbols say that serves several questions about one function; what takes long is kept. */
export class CodeFacts {
  readonly #sources: SelectSources;
  readonly #code: ImageCode;
  readonly #relocations: Relocations;
  readonly #frames = new WeakMap<Flow, Frames>();
  readonly #sorts = new Map<Address, CallSort>();
  readonly #predecessors = new WeakMap<Flow, ReturnType<typeof predecessorsOf>>();

  constructor(sources: SelectSources, code: ImageCode) {
    this.#sources = sources;
    this.#relocations = new Relocations(sources.image);
    this.#code = code;
  }

  framesOf(flow: Flow): Frames {
    const known = this.#frames.get(flow) ?? framesOf(flow);
    this.#frames.set(flow, known);
    return known;
  }

  isProbeable(at: Address, flow: Flow | null): boolean {
    if (flow !== null && !flow.indexOf.has(at)) return false;
    const bytes = readUpTo(this.#code.code, at, longestInstruction);
    return bytes !== undefined && probeCost(bytes).cost !== 'unprobeable';
  }

  /** The linker kept it visible to other files: no optimisation of the whole program has made it its own. */
  isGlobal(at: Address): boolean {
    const { symbols } = this.#sources;
    return symbols.at(at).some((row) => symbols.binding(row) !== 'local');
  }

  behindFill(at: Address, flow: Flow | null): Address | null {
    const i = flow?.indexOf.get(at);
    const fill = i === undefined ? undefined : flow?.instructions[i];
    const next = fill?.step?.kind === 'nop' ? fill.next[0] : undefined;
    if (flow === null || next === undefined || flow.targets.has(next)) return null;
    const behind = flow.instructions[next]?.at ?? null;
    return behind !== null && this.isProbeable(behind, flow) ? behind : null;
  }

  predecessorsOf(flow: Flow): ReturnType<typeof predecessorsOf> {
    const known = this.#predecessors.get(flow) ?? predecessorsOf(flow);
    this.#predecessors.set(flow, known);
    return known;
  }

  prologueEnd(copy: DebugCopy): Address | null {
    const range = copy.ranges.find(({ start, end }) => copy.address >= start && copy.address < end);
    if (range === undefined) return null;
    const end = address(range.end - copy.address > 4096n ? copy.address + 4096n : range.end);
    return (
      this.#sources.debug.lines({ start: copy.address, end }).find(({ isPrologueEnd }) => isPrologueEnd)?.address ??
      null
    );
  }

  /** Whether a value was made by code of the ranges, on every way to where it is, and only moved since. */
  isMadeIn(
    flow: Flow,
    at: Address,
    location: Location,
    size: number,
    ranges: readonly AddressRange[],
    isNumber: boolean,
  ): boolean {
    const held = frameOrRegister(location, size);
    if (held === null) return false;
    const isInside = (one: Address): boolean => ranges.some(({ start, end }) => one >= start && one < end);
    const frames = this.framesOf(flow);
    const before = this.predecessorsOf(flow);
    const question = { flow, frames, before, isInside, isHarmless: this.isFreeing, isNumber };
    return isBroughtFrom(question, at, held);
  }

  /** The instruction that brought a value to its place last; null where that can't be followed. */
  broughtAt(flow: Flow, at: Address, location: Location, size: number): Address | null {
    const held = frameOrRegister(location, size);
    return held === null ? null : (originOf(flow, at, held, this.framesOf(flow))[0] ?? null);
  }

  /** What an optimiser may know of a call. */
  readonly sortOf = (call: FlowInstruction): CallSort => {
    const named = this.#sortByName(call);
    if (named !== null) return named;
    if (call.step?.kind !== 'call') return 'reader';
    const { target } = call.step;
    const known =
      this.#sorts.get(target) ??
      functionSort(target, {
        flowAt: (at) => this.#functionAt(at),
        framesOf: (flow) => this.framesOf(flow),
        byName: (one) => this.#sortByName(one),
      });
    this.#sorts.set(target, known);
    return known;
  };

  #functionAt(at: Address): Flow | null {
    const { symbols } = this.#sources;
    const row = symbols.at(at).find((one) => symbols.size(one) > 0n);
    if (row === undefined) return null;
    const { code, isFunctionStart, data } = this.#code;
    const flow = openFlow({ start: at, size: symbols.size(row), ranges: [] }, code, isFunctionStart, data);
    return typeof flow === 'string' ? null : flow;
  }

  /** Memory that is filled is no longer what it was, and what is freed needn't have been stored. */
  #sortByName(call: FlowInstruction): CallSort | null {
    if (call.step?.kind === 'system-call') return 'reader';
    if (this.#calls(call, filling) || this.isFreeing(call)) return 'writer';
    return this.#calls(call, blind) ? 'other' : null;
  }

  readonly isFreeing = (call: FlowInstruction): boolean => this.#calls(call, freeing);

  #calls({ step, effects: { memory } }: FlowInstruction, known: RegExp): boolean {
    const { symbols } = this.#sources;
    const names =
      step?.kind === 'call'
        ? symbols.at(step.target).flatMap((row) => [symbols.name(row), symbols.raw(row)])
        : memory?.base === null && memory.index === null && !memory.elsewhere
          ? [this.#relocations.importAt(BigInt(memory.displacement))]
          : [];
    return names.some((name) => name !== null && known.test(name));
  }

  /** Whether code of the ranges has computed what a place holds, or nobody can tell. */
  isComputedIn(flow: Flow, at: Address, location: Location, size: number, ranges: readonly AddressRange[]): boolean {
    const held = heldOf(location, size);
    const by = held === null ? 'unknown' : computedBy(flow, at, held, this.framesOf(flow));
    return by === 'unknown' || (by !== null && ranges.some(({ start, end }) => by >= start && by < end));
  }
}

/** Functions that look at no memory but what they are given, or never come back. */
const blind =
  /(?:^|::|_)(?:rust_alloc(?:_zeroed)?|rdl_alloc\w*|rg_alloc\w*|malloc|calloc|mem(?:cmp|chr|rchr)|bcmp|str(?:n?len|n?cmp)|abort|exit)$/;

const filling = /^(?:mem(?:cpy|move|set))$/;

/** Of the frame, these write nothing. */
const freeing = /(?:^|::)(?:__rust_(?:de|re)alloc|__r(?:dl|g)_(?:de|re)alloc|cfree|free|realloc)$/;

const heldOf = (location: Location, size: number): Held | null =>
  size > 16 && location.kind !== 'register' ? null : frameOrRegister(location, size);

const frameOrRegister = (location: Location, size: number): Held | null => {
  if (location.kind === 'register') return location.add === 0n ? { register: location.reg } : null;
  if (location.kind === 'vector') return { register: location.reg as AnyRegister };
  const isFrame =
    location.kind === 'stack' ||
    (location.kind === 'memory' && location.base === 'rbp' && location.followed.length === 0);
  if (!isFrame) return null;
  return { base: location.kind === 'stack' ? 'rsp' : 'rbp', displacement: Number(location.offset), size };
};
