import { RsymError } from '../base/errors.ts';
import { type Address, address, fileOffset } from '../base/units.ts';
import { type ExitSite as CodeExit, type ExitSweep, findExits } from '../code/exits.ts';
import { toFileOffset } from '../elf/address-map.ts';
import type { Image } from '../elf/model.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import { type ExitSite, type JumpTarget, maxInsideRanges, type Returns } from '../trace/site.ts';
import { type LocatedFunction, partRows } from './locate.ts';

export type ReturnsChoice = 'safe' | 'fast' | 'off';

/** Reads code and constants of an image by address, and knows where its functions start. */
export class ImageCode {
  readonly #image: Image;
  readonly #starts: ReadonlySet<bigint>;

  constructor(image: Image, symbols: SymbolTable) {
    this.#image = image;
    const starts = new Set<bigint>();
    const parts = new Set(partRows(symbols));
    for (const row of symbols.functions()) if (!parts.has(row)) starts.add(symbols.address(row));
    this.#starts = starts;
  }

  readonly isFunctionStart = (at: Address): boolean => this.#starts.has(at);

  readonly code = (at: Address, length: number): Uint8Array | undefined => this.#read(at, length, true);

  readonly data = (at: Address, length: number): Uint8Array | undefined => this.#read(at, length, false);

  #read(at: Address, length: number, executable: boolean): Uint8Array | undefined {
    const segment = this.#image.segments.find((s) => at >= s.address && at < s.address + s.fileSize);
    if (!segment || (executable && !segment.executable)) return undefined;
    const offset = toFileOffset(this.#image, at);
    if (offset === undefined || at + BigInt(length) > segment.address + segment.fileSize) return undefined;
    return this.#image.readBytes(offset, length);
  }

  offsetOf(at: Address): bigint {
    const offset = toFileOffset(this.#image, at);
    if (offset === undefined) {
      throw new RsymError('input', `the address 0x${at.toString(16)} is in no loaded part of ${this.#image.path}`);
    }
    return offset;
  }

  sweep(fn: Pick<LocatedFunction, 'address' | 'size' | 'parts'>): ExitSweep {
    const ranges = fn.parts.map((part) => ({ start: part.address, end: address(part.address + part.size) }));
    return findExits({ start: fn.address, size: fn.size, ranges }, this.code, this.isFunctionStart, this.data);
  }
}

const targetOf = (exit: CodeExit): JumpTarget | null => {
  if (exit.operand === undefined) return null;
  return exit.operand.kind === 'absolute'
    ? { kind: 'pointer', distance: exit.operand.address - exit.address }
    : exit.operand;
};

/** Why an exit can't be watched; null if it can. */
const refusalOf = (exit: CodeExit, sweep: Extract<ExitSweep, { complete: true }>): string | null => {
  const at = `0x${exit.address.toString(16)}`;
  if (exit.condition === 'other') return `the exit at ${at} depends on a counter`;
  if (exit.operand !== undefined && sweep.parts.length > maxInsideRanges) {
    return `the jump at ${at} could go to more than ${maxInsideRanges} parts of the function`;
  }
  return null;
};

/** How the returns of a function are to be watched, from what its code showed. `passes`: what a tail call may hand on. */
export const planReturns = (
  sweep: ExitSweep,
  choice: ReturnsChoice,
  image: ImageCode,
  passes: (exit: CodeExit) => ExitSite['passes'] = () => [],
): Returns => {
  if (choice === 'off') return { mode: 'none', reason: 'returns are off' };
  if (choice === 'fast') return { mode: 'uretprobe' };
  if (!sweep.complete) return { mode: 'none', reason: sweep.reason };
  for (const exit of sweep.exits) {
    const reason = refusalOf(exit, sweep);
    if (reason !== null) return { mode: 'none', reason };
  }
  const exits = sweep.exits.map((exit): ExitSite => {
    const condition = exit.condition === undefined || exit.condition === 'other' ? null : exit.condition;
    return {
      offset: fileOffset(image.offsetOf(exit.address)),
      address: exit.address,
      stackAdjust: 0,
      result: null,
      passes: exit.kind === 'return' ? [] : passes(exit),
      kind: exit.kind === 'return' ? 'return' : 'tail-call',
      condition: exit.conditional ? condition : null,
      target: targetOf(exit),
      inside:
        exit.operand === undefined
          ? []
          : sweep.parts.map(({ start, end }) => ({ start: start - exit.address, end: end - exit.address })),
      shared: exit.outlined,
    };
  });
  return { mode: 'sites', exits };
};
