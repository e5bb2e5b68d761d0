import type { Code } from '../asm.ts';
import type { Memory } from '../memory/memory.ts';
import type { Read, Reads } from '../reads/reads.ts';
import type { Base } from './base.ts';
import { BlockCode } from './block-code.ts';
import { Labels } from './labels.ts';

/** What a read is about, the level of the blocks that it makes, and the label behind it. */
export type Spot = { readonly base: Base; readonly level: number; readonly skip: string };

type Dispatch = (read: Read, spot: Spot, following: Following) => Code;

/** One program under way: the code of blocks, and of the reads inside others. */
export class Following {
  /** The probed address as linked, null where rip isn't it. */
  readonly address: bigint | null;
  readonly blocks: BlockCode;
  readonly #labels = new Labels();
  readonly #dispatch: Dispatch;

  /** `end`: size of the record. */
  constructor(end: number, address: bigint | null, memory: Memory, dispatch: Dispatch) {
    this.address = address;
    this.blocks = new BlockCode(end, this.#labels, memory);
    this.#dispatch = dispatch;
  }

  label(name: string): string {
    return this.#labels.fresh(name);
  }

  /** The reads behind what is at `base`, their blocks at `level`. */
  all(reads: Reads, base: Base, level: number): Code {
    return reads.map((read) => this.#dispatch(read, { base, level, skip: this.label('skip') }, this));
  }
}
