import type { CallEvent, TraceEvent } from '../../query/watch.ts';
import { EventBlock } from './event-block.ts';
import { isCall, type LogPart, type LogView } from './log.ts';

/** Whether an event is shown; null: what is known of its call doesn't tell. */
export type EventTest = (call: CallEvent) => boolean | null;

/** Older events are forgotten, a block at a time: hours of tracing must not fill the memory. */
const mostBlocks = 20;
/** Blocks that wait for their next use. */
const mostFree = 2;
/** As many are kept at least, if they aren't unusually large, and a block more at most. */
export const mostEvents = (mostBlocks - 1) * EventBlock.most;

/** The newest events of a trace, in a few blocks of memory that are used over and over. */
export class CallLog {
  readonly #heldViews: () => readonly LogView[];
  #blocks: EventBlock[] = [];
  /** Those whose turn it was to go while a view held them. */
  #dropped: EventBlock[] = [];
  #free: EventBlock[] = [];
  #test: EventTest | null = null;
  #total = 0;
  #undecided = 0;
  #refused = 0;
  /** Calls since it was cleared: all, those that went with their blocks, those that were too large. */
  #came = 0;
  #forgotten = 0;
  #refusedCalls = 0;

  /** `heldViews`: earlier ones of `newest` that must stay readable, asked whenever memory is to be used anew. */
  constructor(heldViews: () => readonly LogView[]) {
    this.#heldViews = heldViews;
  }

  /** What is there now. Good until something is added, unless it is held. */
  get newest(): LogView {
    const parts = this.#blocks.map((block) => block.part);
    return {
      parts,
      end: this.#blocks.at(-1)?.end ?? 0,
      total: this.#total,
      came: this.#came,
      forgotten: this.#forgotten,
      refused: this.#refusedCalls,
    };
  }

  /** Events that are not shown since the condition couldn't be decided for them. */
  get undecided(): number {
    return this.#undecided;
  }

  /** Events too large to be kept. */
  get refused(): number {
    return this.#refused;
  }

  add(events: readonly TraceEvent[]): void {
    for (const event of events) {
      if (isCall(event)) this.#came++;
      if (this.#put(event)) this.#total++;
      else {
        this.#refused++;
        if (isCall(event)) this.#refusedCalls++;
      }
    }
  }

  clear(): void {
    this.#dropped.push(...this.#blocks);
    this.#blocks = [];
    this.#undecided = 0;
    this.#came = 0;
    this.#forgotten = 0;
    this.#refusedCalls = 0;
    this.#reuse();
  }

  /**
   * Shows only the events that pass (null: all), those that are there too; gives back between its steps, each of a few
   * hundred events. What is shown changes when it is through. Its result: the view that takes the place of `held`.
   */
  *choose(test: EventTest | null, held: LogView | null): Generator<void, LogView | null> {
    let undecided = 0;
    const pass = (event: TraceEvent): boolean => {
      if (test === null || !('args' in event)) return true;
      const holds = test(event);
      if (holds === null) undecided++;
      return holds === true;
    };
    const isWanted = (): boolean => held !== null && this.#heldViews().includes(held);
    const parts: LogPart[] = [];
    let end = 0;
    if (held !== null)
      for (const block of [...this.#dropped, ...this.#blocks]) {
        // Let go meanwhile: there is nothing to be read from any more.
        if (!isWanted()) break;
        if (!block.isPartOf(held)) continue;
        const chosen = block.chosen(pass, 0, held.total - block.before);
        parts.push(block.partOf(end, chosen));
        end += chosen.length;
        yield;
      }
    undecided = 0;
    // By what stands for a block's events: it may have others by the time that it is looked at again.
    const tested = new Map<object, { readonly chosen: number[]; count: number }>();
    const testOn = (block: EventBlock): number[] => {
      const { from } = block.part;
      const own = tested.get(from) ?? { chosen: [], count: 0 };
      tested.set(from, own);
      own.chosen.push(...block.chosen(pass, own.count, block.count));
      own.count = block.count;
      return own.chosen;
    };
    for (const block of [...this.#blocks]) {
      if (this.#blocks.includes(block)) testOn(block);
      yield;
    }
    let first = 0;
    // What came meanwhile is tested, too.
    for (const block of this.#blocks) {
      block.show(first, test === null ? null : testOn(block));
      first = block.end;
    }
    this.#test = test;
    this.#undecided = undecided;
    return isWanted() && held !== null ? { ...held, parts, end } : null;
  }

  #isShown(event: TraceEvent): boolean {
    if (this.#test === null || !('args' in event)) return true;
    const holds = this.#test(event);
    if (holds === null) this.#undecided++;
    return holds === true;
  }

  /** False: no block is so large. */
  #put(event: TraceEvent): boolean {
    const isShown = this.#isShown(event);
    const last = this.#blocks.at(-1);
    if (last?.add(event, isShown)) return true;
    const made = this.#free.pop() ?? new EventBlock();
    made.reset(this.#total);
    made.show(last?.end ?? 0, this.#test === null ? null : []);
    if (!made.add(event, isShown)) {
      this.#free.push(made);
      return false;
    }
    this.#blocks.push(made);
    if (this.#blocks.length > mostBlocks)
      for (const oldest of this.#blocks.splice(0, 1)) {
        this.#forgotten += oldest.calls;
        this.#dropped.push(oldest);
      }
    this.#reuse();
    return true;
  }

  #reuse(): void {
    if (this.#dropped.length === 0) return;
    const views = this.#heldViews();
    const isHeld = (block: EventBlock): boolean => views.some((view) => block.isPartOf(view));
    for (const block of this.#dropped) {
      if (isHeld(block)) continue;
      // Whoever still asks for what was in it is given nothing.
      block.reset(0);
      if (this.#free.length < mostFree) this.#free.push(block);
    }
    this.#dropped = this.#dropped.filter(isHeld);
  }
}
