import type { Register } from '../../../abi/model.ts';
import type { Piece } from '../../../abi/place.ts';
import type { Root } from '../../../expr/tree.ts';
import type { StalePlace } from '../../site.ts';
import type { Labels } from '../follow/labels.ts';
import type { Memory } from '../memory/memory.ts';
import type { EarlyPart } from './early.ts';

/** What a program knows of a call at the instruction where it evaluates an expression. */
export type ExpressionProbe = {
  /** Where the own bytes of an argument, or of the result, are there; null: nowhere that can be seen. */
  readonly pieces: (root: Root) => readonly Piece[] | null;
  /** The probed address as linked. */
  readonly address: bigint | null;
  /** Registers of the call's entry that the frame has, in `FRAME.pendingValue + PENDING.saved`. */
  readonly saved: readonly Register[];
  /** Memory that isn't believed there. */
  readonly stale: readonly StalePlace[];
  readonly memory: Memory;
  /** Where the frame has the call's duration, ns; null: the call isn't over. */
  readonly duration: number | null;
  /** The program's: what is made for it shares them. */
  readonly labels: Labels;
  /** What `lowerEarly` wrote when the call began, at r9 + `at`; absent: this is where it begins. */
  readonly early?: { readonly parts: readonly EarlyPart[]; readonly at: number };
};
