import type { BoolNode, IntNode } from '../../../expr/tree.ts';
import type { Code } from '../asm.ts';
import type { Doubt } from './doubt.ts';
import { FrameRoom } from './frame-room.ts';
import type { ExpressionProbe } from './probe.ts';
import type { Format } from './range.ts';
import { Unlowerable } from './unlowerable.ts';

/** Where a condition leads. */
export type Ways = { readonly yes: string; readonly no: string; readonly doubt: Doubt };

/** Nodes that are turned into instructions at most, those met twice counted twice. */
const mostNodes = 2_000;

type Parts = {
  readonly bool: (node: BoolNode, ways: Ways, lowering: Lowering) => Code;
  readonly int: (node: IntNode, format: Format, doubt: Doubt, lowering: Lowering) => Code;
};

/** One expression under way: places have conditions and numbers in them, which have places in them. */
export class Lowering {
  readonly probe: ExpressionProbe;
  readonly frame = new FrameRoom();
  readonly #parts: Parts;
  #nodes = 0;

  constructor(probe: ExpressionProbe, parts: Parts) {
    this.probe = probe;
    this.#parts = parts;
  }

  label(): string {
    return this.probe.labels.fresh('x');
  }

  #count(): void {
    if (++this.#nodes > mostNodes) throw tooLong();
  }

  /** Leaves by one of the ways. */
  bool(node: BoolNode, ways: Ways): Code {
    this.#count();
    return this.#parts.bool(node, ways, this);
  }

  /** The number in r0, r1 and r2, as many as the format has words; the format must have room for all that it may be. */
  int(node: IntNode, format: Format, doubt: Doubt): Code {
    this.#count();
    return this.#parts.int(node, format, doubt, this);
  }
}

export const tooLong = (): Unlowerable => new Unlowerable('the expression is too long for the kernel');
