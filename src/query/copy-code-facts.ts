import type { Location } from '../abi/place.ts';
import { type Address, address } from '../base/units.ts';
import { isBroughtFrom } from '../code/brought.ts';
import { longestInstruction, readUpTo } from '../code/bytes.ts';
import { probeCost } from '../code/cost.ts';
import type { Flow, FlowInstruction } from '../code/flow.ts';
import { type Frames, framesOf } from '../code/frames.ts';
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
    const question = { flow, frames, before, isInside, isHarmless: this.#isHarmless, isNumber };
    return isBroughtFrom(question, at, held);
  }

  /** The instruction that brought a value to its place last; null where that can't be followed. */
  broughtAt(flow: Flow, at: Address, location: Location, size: number): Address | null {
    const held = frameOrRegister(location, size);
    return held === null ? null : (originOf(flow, at, held, this.framesOf(flow))[0] ?? null);
  }

  /** It frees memory: of the frame, nothing is written. */
  readonly #isHarmless = (call: FlowInstruction): boolean => this.#calls(call, freeing);

  /** It looks at no memory but what it is given, or never comes back. */
  readonly isBlind = (call: FlowInstruction): boolean => this.#calls(call, blind);

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

const blind =
  /(?:^|::|_)(?:rust_(?:de|re)?alloc(?:_zeroed)?|rdl_\w*alloc\w*|rg_\w*alloc\w*|cfree|free|malloc|calloc|realloc|mem(?:cpy|move|set|cmp|chr|rchr)|bcmp|str(?:n?len|n?cmp)|abort|exit|panic_(?:nounwind\w*|cannot_unwind|in_cleanup))$/;

const freeing = /(?:^|::)(?:__rust_dealloc|__rdl_dealloc|cfree|free)$/;

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
