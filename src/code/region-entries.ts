import type { Address } from '../base/units.ts';
import { contains, type Range } from './bytes.ts';
import type { Flow } from './flow.ts';

/**
 * Which instructions of a part of a function, as of the code of an inlined copy, run as often as the part is entered.
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

  /**
   * Whether the instruction at `at` counts entries of the part at least as well as its first one, at `first`: straight code
   * leads from there to it; or the first was moved out of a loop that goes round through `at`, and it runs once for each
   * time that control comes in above it.
   */
  countsAsWell(at: Address, first: Address): boolean {
    const [to, from] = [this.#flow.indexOf.get(at), this.#flow.indexOf.get(first)];
    if (to === undefined || from === undefined) return false;
    return this.#isStraight(from, to) || (this.#isOncePerEntry(to) && this.#goesRound(to, from));
  }

  #isStraight(from: number, to: number): boolean {
    for (let i = to, steps = 0; steps <= this.#flow.instructions.length; steps++) {
      if (i === from) return true;
      const only = this.#onlyBefore(i);
      if (only === undefined) return false;
      i = only;
    }
    return false;
  }

  /** The one instruction that leads to another, and to nothing else. */
  #onlyBefore(i: number): number | undefined {
    const [only, ...others] = this.#before[i] ?? [];
    if (only === undefined || others.length > 0) return undefined;
    return (this.#flow.instructions[only]?.next.length ?? 0) > 1 ? undefined : only;
  }

  #isOncePerEntry(to: number): boolean {
    for (
      let i: number | undefined = to, steps = 0;
      i !== undefined && steps <= this.#flow.instructions.length;
      steps++
    ) {
      const before: readonly number[] = this.#before[i] ?? [];
      const inside = before.filter((from) => this.#isInside(from));
      if (inside.length < before.length || before.length === 0) return inside.length === 0;
      i = this.#onlyBefore(i);
    }
    return false;
  }

  /** Instructions of the part that control comes to first, on the ways from the function's beginning. */
  firstEntries(): Address[] {
    const { instructions, entry, orphans } = this.#flow;
    const seen = new Set<number>();
    const found: Address[] = [];
    const waiting = [entry, ...orphans];
    for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
      const each = instructions[i];
      if (seen.has(i) || each === undefined) continue;
      seen.add(i);
      if (this.#isInside(i) && !this.#isPassedThrough(i)) found.push(each.at);
      else waiting.push(...each.next);
    }
    return found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  /**
   * Of these entries those at which the part may begin: to one that control also comes to from another without leaving the
   * part, and that doesn't lead back, other code has been joined, as to the end that it has in common with its caller.
   */
  heads(entries: readonly Address[]): Address[] {
    const reached = new Map(entries.map((at) => [at, this.#reachedInside(at)]));
    const leads = (from: Address, to: Address): boolean => reached.get(from)?.has(to) === true;
    return entries.filter((at) => !entries.some((other) => other !== at && leads(other, at) && !leads(at, other)));
  }

  #reachedInside(from: Address): Set<Address> {
    const { instructions, indexOf } = this.#flow;
    const seen = new Set<Address>();
    const waiting = [indexOf.get(from)];
    for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
      const each = instructions[i];
      if (each === undefined || seen.has(each.at) || !this.#isInside(i)) continue;
      seen.add(each.at);
      waiting.push(...each.next);
    }
    return seen;
  }

  /**
   * Further instructions that control comes to first when it comes again, having called something outside since it left: the
   * loop around the part was turned so that its first round has code of its own.
   */
  laterEntries(first: readonly Address[]): Address[] {
    const { instructions } = this.#flow;
    const seen = new Set<string>();
    const found = new Set<Address>();
    const waiting = instructions.flatMap((each, i) =>
      this.#isInside(i)
        ? each.next.filter((next) => !this.#isInside(next)).map((next) => ({ i: next, called: false }))
        : [],
    );
    for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
      const each = instructions[state.i];
      const key = `${state.i} ${state.called}`;
      if (seen.has(key) || each === undefined) continue;
      seen.add(key);
      if (this.#isInside(state.i)) {
        if (state.called && !first.includes(each.at)) found.add(each.at);
        continue;
      }
      const called = state.called || each.step?.kind === 'call' || each.step?.kind === 'indirect-call';
      for (const i of each.next) waiting.push({ i, called });
    }
    return [...found];
  }

  /**
   * Whether nothing is done there: a jump out of the part, which was put there with the blocks' order and has the debug
   * location of any block that ends in it.
   */
  #isPassedThrough(i: number): boolean {
    const { step, next = [] } = this.#flow.instructions[i] ?? {};
    return step?.kind === 'jump' && next.every((to) => !this.#isInside(to));
  }

  /** Whether control can come back to an instruction without passing another. */
  #goesRound(through: number, without: number): boolean {
    const seen = new Set<number>([without]);
    const pending = [...(this.#flow.instructions[through]?.next ?? [])];
    while (pending.length > 0) {
      const i = pending.pop();
      if (i === through) return true;
      if (i === undefined || seen.has(i)) continue;
      seen.add(i);
      pending.push(...(this.#flow.instructions[i]?.next ?? []));
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
