import type { Address, FileOffset } from '../base/units.ts';
import { address } from '../base/units.ts';
import { longestInstruction, readUpTo } from '../code/bytes.ts';
import { probeCost } from '../code/cost.ts';
import { cheaperEntry } from '../code/entry-points.ts';
import { likenessOf } from '../code/likeness.ts';
import { type ListedInstruction, listCode } from '../code/listing.ts';
import { isInLoopOf } from '../code/loops.ts';
import type { AnyRegister } from '../code/register-id.ts';
import { toFileOffset } from '../elf/address-map.ts';
import { CopyFlows } from './copy-flows.ts';
import { countDoubt, unwatchedLoop } from './copy-limits.ts';
import { ImageCode, planReturns } from './exits.ts';
import type { SelectedCopy, SelectSources } from './select-model.ts';
import type { ShownValues } from './shown-values.ts';

/** What a probe on a copy would cost, and how its returns would be watched. */
export type ShownProbe = {
  /** Of the probed instruction; null: none can be. */
  readonly address: Address | null;
  /** Null where the file has no bytes at the address. */
  readonly offset: FileOffset | null;
  /** Null: it can't be probed, or it isn't known. */
  readonly cost: 'emulated' | 'stepped' | null;
  readonly instruction: string | null;
  readonly returns: 'sites' | 'uretprobe' | 'none';
  /** Addresses where returns are watched; of an inlined copy, where its result is read. */
  readonly exits: number;
  /** Exits that are jumps into other functions, and where those go: names, not sanitised, as far as they are known. */
  readonly tailJumps: { readonly count: number; readonly targets: readonly string[] };
  /** Why there is no cost, or no returns. */
  readonly reason: string | null;
  /** An instruction that costs less and sees the same arguments. */
  readonly cheaper: CheaperProbe | null;
};

export type CheaperProbe = {
  readonly address: Address;
  readonly offset: FileOffset;
  /** What is added to the stack pointer on the way there, in bytes: 0 or less. Places on the stack are that much further up. */
  readonly rspDelta: number;
  readonly cost: 'emulated';
  readonly instruction: string;
};

const noJumps: ShownProbe['tailJumps'] = { count: 0, targets: [] };

/** What a probe can say of a copy without reading its arguments. */
type Hit = Pick<ShownProbe, 'address' | 'offset' | 'cost' | 'instruction' | 'reason'>;

/** Looks at the machine code of copies; where functions start is found out once. */
export class CopyCode {
  readonly #sources: SelectSources;
  #code: ImageCode | undefined;
  #flows: CopyFlows | undefined;

  constructor(sources: SelectSources) {
    this.#sources = sources;
  }

  /** Whether code of this machine can be read at all. */
  get isReadable(): boolean {
    const { image } = this.#sources;
    return image.format === 'elf' && image.machine === 'x86-64' && image.type !== 'relocatable';
  }

  probe(copy: SelectedCopy, values: ShownValues | null): ShownProbe {
    const nothing = { returns: 'none', exits: 0, tailJumps: noJumps, cheaper: null } as const;
    const hit = this.#hit(copy, values);
    if (hit.cost === null) return { ...nothing, ...hit };
    if (copy.kind === 'inlined') return { ...nothing, ...hit, ...resultOf(values) };
    const [main, ...parts] = this.#extent(copy);
    const code = this.imageCode();
    const sweep = code.sweep({
      address: copy.address,
      size: main === undefined ? 0n : main.end - main.start,
      parts: parts.map(({ start, end }) => ({ address: start, size: end - start })),
    });
    const returns = planReturns(sweep, 'safe', code);
    const jumps = sweep.complete ? sweep.exits.filter(({ kind }) => kind !== 'return') : [];
    const targets = jumps.flatMap(({ target }) => (target === undefined ? [] : this.#nameAt(target)));
    return {
      ...hit,
      returns: returns.mode,
      exits: returns.mode === 'sites' ? returns.exits.length : 0,
      tailJumps: { count: jumps.length, targets: [...new Set(targets)] },
      reason: returns.mode === 'none' ? returns.reason : null,
      cheaper: this.#cheaper(copy, values),
    };
  }

  #hit(copy: SelectedCopy, values: ShownValues | null): Hit {
    const { image } = this.#sources;
    const unknown = { address: null, offset: null, cost: null, instruction: null };
    if (!this.isReadable)
      return { ...unknown, reason: 'this version reads the code of linked 64-bit x86 ELF files only' };
    const at = this.#probed(copy, values);
    if (at === null) return { ...unknown, reason: 'no address of the copy can be probed' };
    const here = { ...unknown, address: at, offset: toFileOffset(image, at) ?? null };
    if (copy.isIfunc) return { ...here, reason: 'a resolver: what is probed is the implementation it picks' };
    const bytes = here.offset === null ? undefined : readUpTo(this.imageCode().code, at, longestInstruction);
    if (bytes === undefined) return { ...here, reason: 'the file has no code at its address' };
    const { cost, ...why } = probeCost(bytes);
    const instruction = textAt(at, bytes);
    if (cost === 'unprobeable') return { ...here, instruction, reason: 'reason' in why ? why.reason : null };
    return { ...here, cost, instruction, reason: null };
  }

  /** Of an inlined copy without types, its first address: where its arguments are is not known anywhere. */
  #probed(copy: SelectedCopy, values: ShownValues | null): Address | null {
    if (copy.kind !== 'inlined') return copy.address;
    if (values !== null) return values.at;
    const flow = this.#around(copy);
    return flow === null || flow.indexOf.has(copy.address) ? copy.address : null;
  }

  #cheaper(copy: SelectedCopy, values: ShownValues | null): CheaperProbe | null {
    const flow = this.flows().of(copy);
    const found = flow === null ? null : cheaperEntry(flow, neededRegisters(values));
    const offset = found === null ? undefined : toFileOffset(this.#sources.image, found.address);
    const bytes = found === null ? undefined : readUpTo(this.imageCode().code, found.address, longestInstruction);
    if (found === null || offset === undefined || bytes === undefined) return null;
    return { ...found, offset, instruction: textAt(found.address, bytes) };
  }

  /** Why a trace misses calls of an inlined copy, or all of them; null for what shows nothing of the kind. */
  limit(copy: SelectedCopy, values: ShownValues | null, probed: Address | null): string | null {
    const flow = copy.kind === 'inlined' && this.isReadable ? this.#around(copy) : null;
    if (flow !== null && probed !== null && isInLoopOf(flow, probed, copy.ranges)) return unwatchedLoop;
    return copy.kind === 'inlined' ? countDoubt(flow === null ? null : likenessOf(copy.ranges, flow), values) : null;
  }

  /** The function out of line that an inlined copy is in. */
  #around(copy: SelectedCopy): ReturnType<CopyFlows['of']> {
    const outer = this.#sources.debug.frames(copy.address).at(-1)?.copy ?? null;
    return outer === null ? null : this.flows().of(outer);
  }

  *listing(copy: SelectedCopy): Generator<ListedInstruction> {
    if (!this.isReadable) return;
    for (const range of copy.ranges) yield* listCode(range, this.imageCode().code);
  }

  #nameAt(at: Address): string[] {
    const { symbols } = this.#sources;
    const [row] = symbols.at(at);
    return row === undefined ? [] : [symbols.name(row)];
  }

  /** Functions decoded, for all questions about them. */
  flows(): CopyFlows {
    this.#flows ??= new CopyFlows(this.imageCode());
    return this.#flows;
  }

  /** The range that begins at the copy's address, then the others. */
  #extent({ address, ranges }: SelectedCopy): SelectedCopy['ranges'] {
    return [...ranges.filter(({ start }) => start === address), ...ranges.filter(({ start }) => start !== address)];
  }

  /** What reads the code; made when it is first asked for. */
  imageCode(): ImageCode {
    this.#code ??= new ImageCode(this.#sources.image, this.#sources.symbols);
    return this.#code;
  }
}

/** An inlined copy has no exit; its result can be read where the caller's variable has it. */
const resultOf = (values: ShownValues | null): Pick<ShownProbe, 'returns' | 'exits' | 'reason'> => {
  if (values === null) return { returns: 'none', exits: 0, reason: 'where its values are is not known' };
  const { mode, bound, note } = values.result;
  if (bound !== null) return { returns: 'sites', exits: 1, reason: null };
  const why = mode === 'none' ? 'it returns nothing' : mode === 'never' ? 'it never returns' : note;
  return { returns: 'none', exits: 0, reason: why };
};

/** Without types, any register that arguments come in may be one. */
const argumentRegisters: readonly AnyRegister[] = ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9', 'rax'];

const neededRegisters = (values: ShownValues | null): ReadonlySet<AnyRegister> => {
  if (values === null) return new Set(argumentRegisters);
  const pieces = [
    ...values.args.flatMap(({ pieces }) => pieces),
    ...values.result.pieces.filter((piece) => piece.atEntry),
  ];
  return new Set(
    pieces.flatMap(({ location }): AnyRegister[] => {
      if (location.kind === 'register') return [location.reg];
      if (location.kind === 'vector') return [location.reg as AnyRegister];
      return location.kind === 'memory' && location.base !== null ? [location.base] : [];
    }),
  );
};

/** The instruction that bytes begin with, as disassembly shows it. */
export const textAt = (at: Address, bytes: Uint8Array): string => {
  const range = { start: at, end: address(at + BigInt(bytes.length)) };
  const [first] = listCode(range, (from, length) => (from === at ? bytes.subarray(0, length) : undefined));
  return first?.text ?? '(bad)';
};
