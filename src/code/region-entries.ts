import type { Address } from '../base/units.ts';
import { contains, type Range } from './bytes.ts';
import type { Flow } from './flow.ts';

/**
 * Where a part of a function, as the code of an inlined copy, is entered; and which of its instructions run once for each
 * such entry: those that straight code alone leads to from there.
 */
export class RegionEntries {
  readonly #flow: Flow;
  readonly #ranges: readonly Range[];
  readonly #before: readonly (readonly number[])[];

  constructor(flow: Flow, ranges: readonly Range[], before: readonly (readonly number[])[]) {
    this.#flow = flow;
    this.#ranges = ranges;
    this.#before = before;
  }

  /** Whether the instruction at `at` runs exactly once for each time that control comes in by the entry above it. */
  isOncePerEntry(at: Address): boolean {
    let i = this.#flow.indexOf.get(at);
    for (let steps = 0; i !== undefined && steps <= this.#flow.instructions.length; steps++) {
      const before: readonly number[] = this.#before[i] ?? [];
      const inside = before.filter((from) => this.#isInside(from));
      if (inside.length < before.length || before.length === 0) return inside.length === 0;
      const [only, ...others] = inside;
      if (only === undefined || others.length > 0) return false;
      if ((this.#flow.instructions[only]?.next.length ?? 0) > 1) return false;
      i = only;
    }
    return false;
  }

  #isInside(i: number): boolean {
    const at = this.#flow.instructions[i]?.at;
    return at !== undefined && this.#ranges.some((range) => contains(range, at));
  }
}

/** For each instruction those that control may come from. */
export const predecessorsOf = (flow: Flow): readonly (readonly number[])[] => {
  const before: number[][] = flow.instructions.map(() => []);
  for (const [i, { next }] of flow.instructions.entries()) for (const to of next) before[to]?.push(i);
  return before;
};
