import type { Location } from '../abi/place.ts';
import { type Address, address } from '../base/units.ts';
import { longestInstruction, readUpTo } from '../code/bytes.ts';
import { probeCost } from '../code/cost.ts';
import type { Flow } from '../code/flow.ts';
import { type Frames, framesOf } from '../code/frames.ts';
import { predecessorsOf } from '../code/region-entries.ts';
import type { AnyRegister } from '../code/register-id.ts';
import { computedBy, type Held, originOf } from '../code/value-origin.ts';
import type { AddressRange, DebugCopy } from '../elf/debug-model.ts';
import type { ImageCode } from './exits.ts';
import type { SelectSources } from './select-model.ts';

/** What code and symbols say that serves several questions about one function; what takes long is kept. */
export class CodeFacts {
  readonly #sources: SelectSources;
  readonly #code: ImageCode;
  readonly #frames = new WeakMap<Flow, Frames>();
  readonly #predecessors = new WeakMap<Flow, ReturnType<typeof predecessorsOf>>();

  constructor(sources: SelectSources, code: ImageCode) {
    this.#sources = sources;
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

  /** The instructions that brought a value to its place. */
  originOf(flow: Flow, at: Address, location: Location, size: number): readonly Address[] {
    const held = heldOf(location, size);
    return held === null ? [] : originOf(flow, at, held, this.framesOf(flow));
  }

  /** Whether code of the ranges has computed what a place holds, or nobody can tell. */
  isComputedIn(flow: Flow, at: Address, location: Location, size: number, ranges: readonly AddressRange[]): boolean {
    const held = heldOf(location, size);
    const by = held === null ? 'unknown' : computedBy(flow, at, held, this.framesOf(flow));
    return by === 'unknown' || (by !== null && ranges.some(({ start, end }) => by >= start && by < end));
  }
}

const heldOf = (location: Location, size: number): Held | null => {
  if (location.kind === 'register') return location.add === 0n ? { register: location.reg } : null;
  if (location.kind === 'vector') return { register: location.reg as AnyRegister };
  const isFrame =
    location.kind === 'stack' ||
    (location.kind === 'memory' && location.base === 'rbp' && location.followed.length === 0);
  if (!isFrame || size > 16) return null;
  return { base: location.kind === 'stack' ? 'rsp' : 'rbp', displacement: Number(location.offset), size };
};
