import type { EnterRecord } from './record.ts';

export type EnteredCall = { readonly enter: EnterRecord; readonly parent: number | null; readonly depth: number };

/**
 * A call under way. `missing`: how many records were missing when it began. `isNamed`: calls inside it name it as their
 * parent; else they name the one that it would.
 */
export type Pending = EnteredCall & { readonly missing: number; isNamed: boolean };

/** Calls that the order of frames says are gone, though they may be suspended on a stack of the same mapping. */
const maxDoubtful = 10_000;

/**
 * The calls under way of one thread, by the stack mapping that their frames are in. Within a mapping a newer call lies
 * lower, so the calls below a stack pointer are always the last ones: each is pushed and popped once, however deep.
 *
 * `doubtful` are calls that a newer or an outer one has passed. In most programs they are gone (left by a way that
 * wasn't seen); where several stacks share a mapping they may still return.
 */
export class ThreadCalls {
  readonly tgid: number;
  readonly #stacks = new Map<bigint, Pending[]>();
  readonly #doubtful = new Map<string, Pending>();
  /** How many calls are on the stacks. */
  #under = 0;

  constructor(tgid: number) {
    this.tgid = tgid;
  }

  /** No call of it was ever kept, or all are gone. */
  get isIdle(): boolean {
    return this.#under === 0 && this.#doubtful.size === 0;
  }

  stackOf(enter: EnterRecord): Pending[] {
    const known = this.#stacks.get(enter.stackEnd);
    if (known) return known;
    const made: Pending[] = [];
    this.#stacks.set(enter.stackEnd, made);
    return made;
  }

  /** The call from which a new one comes: the newest on its own stack, else the thread's newest. */
  callerFor(enter: EnterRecord): Pending | undefined {
    const own = this.stackOf(enter).at(-1);
    if (own || this.#stacks.size < 2) return own;
    let newest: Pending | undefined;
    for (const stack of this.#stacks.values()) {
      const top = stack.at(-1);
      if (top && (!newest || top.enter.sequence > newest.enter.sequence)) newest = top;
    }
    return newest;
  }

  push(call: Pending): void {
    this.#under++;
    this.stackOf(call.enter).push(call);
  }

  /** Takes out the calls whose frames lie below a stack pointer of the mapping that ends at `end`, newest first. */
  below(stack: Pending[], sp: bigint, end: bigint): Iterable<Pending> {
    const top = stack.at(-1);
    // Mostly none does, and a generator is an object for each call.
    return top === undefined || top.enter.sp >= sp ? nothing : this.#takeBelow(stack, sp, end);
  }

  *#takeBelow(stack: Pending[], sp: bigint, end: bigint): Generator<Pending> {
    for (let top = stack.at(-1); top && top.enter.sp < sp && sp < end; top = stack.at(-1)) {
      stack.pop();
      this.#under--;
      yield top;
    }
  }

  /** As {@link below}, on whichever stack the pointer is. */
  *passed(sp: bigint): Generator<Pending> {
    for (const [end, stack] of this.#stacks) yield* this.below(stack, sp, end);
  }

  /** Takes out the call of the same function at the same place: its frame has been used anew. */
  takeSameKey(enter: EnterRecord): Pending | undefined {
    const stack = this.stackOf(enter);
    for (let i = stack.length - 1; i >= 0 && stack[i]?.enter.sp === enter.sp; i--) {
      const call = stack[i];
      if (call?.enter.fn !== enter.fn) continue;
      this.#under--;
      return stack.splice(i, 1)[0];
    }
    return undefined;
  }

  /** Takes out one call; the calls above it stay. */
  take(call: Pending): void {
    const stack = this.stackOf(call.enter);
    const at = stack.lastIndexOf(call);
    if (at >= 0) {
      stack.splice(at, 1);
      this.#under--;
    } else this.#doubtful.delete(keyOf(call.enter));
  }

  /** Keeps a call in doubt. Gives back the calls for which that is settled now: same place, or too many of them. */
  doubt(call: Pending): Pending[] {
    const key = keyOf(call.enter);
    const settled: Pending[] = [];
    const before = this.#doubtful.get(key);
    if (before) settled.push(before);
    this.#doubtful.delete(key);
    this.#doubtful.set(key, call);
    const oldest = this.#doubtful.size > maxDoubtful ? this.#doubtful.keys().next().value : undefined;
    const surplus = oldest === undefined ? undefined : this.#doubtful.get(oldest);
    if (oldest !== undefined && surplus) {
      this.#doubtful.delete(oldest);
      settled.push(surplus);
    }
    return settled;
  }

  /** A doubtful call whose frame a new call of the same function uses: it is gone. */
  takeDoubtful(enter: EnterRecord): Pending | undefined {
    if (this.#doubtful.size === 0) return undefined;
    const key = keyOf(enter);
    const call = this.#doubtful.get(key);
    this.#doubtful.delete(key);
    return call;
  }

  /** Everything that is left, newest first: the doubtful calls, then the others. */
  drain(): { readonly doubtful: readonly Pending[]; readonly others: readonly Pending[] } {
    const doubtful = [...this.#doubtful.values()].reverse();
    const others = [...this.#stacks.values()].flat().sort((a, b) => b.enter.sequence - a.enter.sequence);
    this.#doubtful.clear();
    this.#stacks.clear();
    this.#under = 0;
    return { doubtful, others };
  }
}

const nothing: readonly Pending[] = [];

const keyOf = ({ sp, fn }: EnterRecord): string => `${sp} ${fn}`;
