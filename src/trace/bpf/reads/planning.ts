import type { ValueShape } from '../../../abi/shape.ts';
import type { Range } from '../../holes.ts';
import type { Reads } from './reads.ts';

export type ReadLimits = {
  /** Bytes of a text. */
  readonly string: number;
  /** Elements of a sequence. */
  readonly items: number;
  /** Reads in a program: each is some thirty instructions. */
  readonly steps: number;
  /** Something may not be read: so nothing is of which it isn't known beforehand whether that is in it. */
  readonly isRedacting?: true;
};

/** Where a value is that reads are planned for: `size` bytes are known from its block's beginning. */
export type At = { readonly base: number; readonly size: number; readonly level: number; readonly nesting: number };

type Dispatch = (shape: ValueShape, at: At, planning: Planning) => Reads;

/** Bytes of one block, and of the elements of one sequence that nothing is followed from. */
export const mostBlock = 1_024;
export const mostSpan = 2_048;

/** A shape with more parts is not walked through. */
const mostParts = 4_096;

/** Elements whose own memory is followed, by how deep the sequence is in others. */
const deepItems = [16, 6, 3, 2] as const;

export const deepItemsAt = ({ nesting }: At): number => deepItems[Math.min(nesting, 3)] ?? 2;

/** Steps that a block takes: one that is read around holes is read in parts. */
export const weightOf = (holes: readonly Range[]): number => 1 + Math.floor(holes.length / 4);

/** Reads under way: what is still left to take of the limits. */
export class Planning {
  readonly limits: ReadLimits;
  readonly #dispatch: Dispatch;
  #steps: number;
  #parts = mostParts;

  constructor(limits: ReadLimits, dispatch: Dispatch) {
    this.limits = limits;
    this.#dispatch = dispatch;
    this.#steps = limits.steps;
  }

  /** What is read behind the value of `shape` at `at`. */
  of(shape: ValueShape, at: At): Reads {
    return this.#parts-- <= 0 ? [] : this.#dispatch(shape, at, this);
  }

  /** Whether anything would be read behind a value, without taking room for it. */
  readsBehind(shape: ValueShape, at: At): boolean {
    return new Planning({ ...this.limits, steps: 1 }, this.#dispatch).of(shape, at).length > 0;
  }

  /** False where so many steps aren't left: then none is taken. */
  take(steps = 1): boolean {
    if (this.#steps < steps) return false;
    this.#steps -= steps;
    return true;
  }

  /** How often the steps that are left suffice for so many. */
  times(steps: number): number {
    return Math.floor(Math.max(0, this.#steps) / steps);
  }

  /** Takes steps whether they are left or not. */
  spend(steps: number): void {
    this.#steps -= steps;
  }

  /** The reads of several parts; none of them takes the steps that the others need. */
  shared<Part>(parts: readonly Part[], plan: (part: Part) => Reads): Reads {
    return parts.flatMap((part, i) => {
      const kept = this.#steps - Math.ceil(this.#steps / (parts.length - i));
      this.#steps -= kept;
      const reads = plan(part);
      this.#steps += kept;
      return reads;
    });
  }

  /** What is read behind one element, and what it takes; nothing where there are no steps left for so many elements. */
  each(times: number, plan: () => Reads): { readonly each: Reads; readonly cost: number } {
    const before = this.#steps;
    const each = plan();
    const cost = before - this.#steps;
    if (cost * times <= before) return { each, cost };
    this.#steps = before;
    return { each: [], cost: 0 };
  }
}
