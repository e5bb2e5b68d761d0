import { type Address, address } from '../base/units.ts';
import type { ExitSite as CodeExit, ExitSweep } from '../code/exits.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import type { ImageCode } from './exits.ts';
import type { Relocations } from './relocations.ts';

/** Functions followed one behind the other, and exits that a function may have with those of others. */
const deepest = 4;
const mostExits = 48;

/** A sweep whose tail jumps are replaced by the exits of the functions that they go to, as far as these are known. */
type Followed = Extract<ExitSweep, { complete: true }>;

/**
 * Follows a function's tail jumps: the function that is jumped to returns in its place, with the same stack pointer and
 * the value for its caller. Jumps to code that can't be looked through stay.
 */
export const followTailJumps = (
  sweep: Followed,
  symbols: SymbolTable,
  code: ImageCode,
  relocations: Relocations,
): Followed => {
  const follower = new Follower(symbols, code, relocations);
  const exits = follower.exits(sweep.exits, deepest);
  return exits.length > mostExits ? sweep : { ...sweep, exits };
};

/** Everything frees memory: a probe there would slow down the whole program, and no value comes back. */
const isCommon = /(?:^|::)(?:__rust_dealloc|__rdl_dealloc|__rg_dealloc|cfree|free)$|^core::ptr::drop_/;

class Follower {
  readonly #symbols: SymbolTable;
  readonly #code: ImageCode;
  readonly #relocations: Relocations;
  readonly #seen = new Set<Address>();

  constructor(symbols: SymbolTable, code: ImageCode, relocations: Relocations) {
    this.#symbols = symbols;
    this.#code = code;
    this.#relocations = relocations;
  }

  exits(own: readonly CodeExit[], depth: number): CodeExit[] {
    const found = new Map<Address, CodeExit>();
    for (const exit of own) {
      const behind = this.#behind(exit, depth);
      for (const one of behind ?? [exit]) if (!found.has(one.address)) found.set(one.address, one);
    }
    return [...found.values()];
  }

  /** The exits of the function that a jump goes to; null: the jump is to be watched itself. */
  #behind(exit: CodeExit, depth: number): CodeExit[] | null {
    const target = depth === 0 ? null : this.#targetOf(exit);
    const [row] = target === null ? [] : this.#symbols.at(target);
    if (target === null || row === undefined || isCommon.test(this.#symbols.name(row))) return null;
    if (this.#seen.has(target)) return [];
    const sweep = this.#code.sweep({ address: target, size: this.#symbols.size(row), parts: [] });
    if (!sweep.complete || sweep.exits.length > mostExits) return null;
    this.#seen.add(target);
    // Others come through here too: a hit without a call under way means nothing.
    const exits = this.exits(sweep.exits, depth - 1).map((exit) => ({ ...exit, outlined: true }));
    // A jump whose operand is looked at depends on the ranges of its own function.
    return exits.some(({ operand }) => operand !== undefined) ? null : exits;
  }

  /** Where a jump goes: directly, or through a slot that the linker fills with an address of the file. */
  #targetOf({ kind, target, operand }: CodeExit): Address | null {
    if (kind === 'tail-jump') return target ?? null;
    if (kind !== 'indirect-jump' || operand?.kind !== 'absolute') return null;
    const found = this.#relocations.addressAt(operand.address);
    return found === null ? null : address(found);
  }
}
