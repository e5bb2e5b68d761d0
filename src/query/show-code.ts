import type { FileOffset } from '../base/units.ts';
import { longestInstruction, readUpTo } from '../code/bytes.ts';
import { probeCost } from '../code/cost.ts';
import { type ListedInstruction, listCode } from '../code/listing.ts';
import { toFileOffset } from '../elf/address-map.ts';
import { ImageCode, planReturns } from './exits.ts';
import type { SelectedCopy, SelectSources } from './select-model.ts';

/** What a probe on a copy's first instruction would cost, and how its returns would be watched. */
export type ShownProbe = {
  /** Null where the file has no bytes at the address. */
  readonly offset: FileOffset | null;
  /** Null: it can't be probed, or it isn't known. */
  readonly cost: 'emulated' | 'stepped' | null;
  readonly instruction: string | null;
  readonly returns: 'sites' | 'uretprobe' | 'none';
  readonly exits: number;
  /** Why there is no cost, or no returns. */
  readonly reason: string | null;
};

/** Looks at the machine code of copies; where functions start is found out once. */
export class CopyCode {
  readonly #sources: SelectSources;
  #code: ImageCode | undefined;

  constructor(sources: SelectSources) {
    this.#sources = sources;
  }

  /** Whether code of this machine can be read at all. */
  get isReadable(): boolean {
    const { image } = this.#sources;
    return image.format === 'elf' && image.machine === 'x86-64' && image.type !== 'relocatable';
  }

  probe(copy: SelectedCopy): ShownProbe | null {
    if (copy.kind === 'inlined') return null;
    const { image } = this.#sources;
    const unknown = { cost: null, instruction: null, returns: 'none', exits: 0 } as const;
    if (!this.isReadable)
      return { ...unknown, offset: null, reason: 'this version reads the code of linked 64-bit x86 ELF files only' };
    const offset = toFileOffset(image, copy.address) ?? null;
    if (copy.isIfunc)
      return { ...unknown, offset, reason: 'a resolver: what is probed is the implementation it picks' };
    const code = this.imageCode();
    const first = offset === null ? undefined : readUpTo(code.code, copy.address, longestInstruction);
    if (first === undefined) return { ...unknown, offset, reason: 'the file has no code at its address' };
    const { cost, instruction, ...why } = probeCost(first);
    if (cost === 'unprobeable') return { ...unknown, offset, instruction, reason: 'reason' in why ? why.reason : null };
    const [main, ...parts] = this.#extent(copy);
    const sweep = code.sweep({
      address: copy.address,
      size: main === undefined ? 0n : main.end - main.start,
      parts: parts.map(({ start, end }) => ({ address: start, size: end - start })),
    });
    const returns = planReturns(sweep, 'safe', code);
    return {
      offset,
      cost,
      instruction,
      returns: returns.mode,
      exits: returns.mode === 'sites' ? returns.exits.length : 0,
      reason: returns.mode === 'none' ? returns.reason : null,
    };
  }

  *listing(copy: SelectedCopy): Generator<ListedInstruction> {
    if (!this.isReadable) return;
    for (const range of copy.ranges) yield* listCode(range, this.imageCode().code);
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
