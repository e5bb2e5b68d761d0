import { type CallEvent, RecordRoom, type TraceEvent } from '../../query/watch.ts';
import type { LogPart, LogView } from './log.ts';

/** Whether an event is shown; null: what is known of its call doesn't tell. */
export type EventTest = (call: CallEvent) => boolean | null;

/** Older events are forgotten, a block at a time: hours of tracing must not fill the memory. */
const mostBlocks = 20;
const blockEvents = 256;
/** More than the largest call's records take; on average there is 1 KiB for a call. */
const blockBytes = 256 << 10;
/** Blocks that wait for their next use. */
const mostFree = 2;
/** As many are kept at least, if they aren't unusually large, and one block more at most. */
export const mostEvents = (mostBlocks - 1) * blockEvents;

type Part = LogPart & { readonly events: TraceEvent[] };

/** Events that came one after the other, and the memory that their values are read from. */
type Block = {
  readonly room: RecordRoom;
  /** Events that came before its first. */
  readonly before: number;
  readonly all: TraceEvent[];
  /** Those that are shown; `all` itself where everything is. */
  part: Part;
};

/**
 * The newest events of a trace. Values aren't decoded but kept as the bytes that came, in a few blocks of memory that are
 * used over and over.
 */
export class CallLog {
  readonly #heldViews: () => readonly LogView[];
  #blocks: Block[] = [];
  /** Those whose turn it was to go while a view held them. */
  #dropped: Block[] = [];
  #free: RecordRoom[] = [];
  #test: EventTest | null = null;
  #total = 0;
  #undecided = 0;
  #refused = 0;

  /** `heldViews`: earlier ones of `newest` that must stay readable, asked whenever memory is to be used anew. */
  constructor(heldViews: () => readonly LogView[]) {
    this.#heldViews = heldViews;
  }

  /** What is there now. Good until something is added, unless it is held. */
  get newest(): LogView {
    const last = this.#blocks.at(-1)?.part;
    const end = last ? last.first + last.events.length : 0;
    return { parts: this.#blocks.map(({ part }) => part), end, total: this.#total };
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
      const isShown = this.#isShown(event);
      const block = this.#blockFor(event);
      if (block === null) {
        this.#refused++;
        continue;
      }
      this.#total++;
      block.all.push(event);
      if (isShown && block.part.events !== block.all) block.part.events.push(event);
    }
  }

  clear(): void {
    this.#dropped.push(...this.#blocks);
    this.#blocks = [];
    this.#undecided = 0;
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
    const old: LogPart[] = [];
    if (held !== null)
      for (const block of [...this.#dropped, ...this.#blocks]) {
        // Let go meanwhile: there is nothing to be read from any more.
        if (!this.#heldViews().includes(held)) break;
        if (!isPartOf(block, held)) continue;
        const events = block.all.slice(0, Math.max(0, held.total - block.before)).filter(pass);
        old.push({ first: endOf(old), events, from: block.all });
        yield;
      }
    undecided = 0;
    const parts = new Map<Block, { readonly events: TraceEvent[]; tested: number }>();
    const testOn = (block: Block): TraceEvent[] => {
      const own = parts.get(block) ?? { events: [], tested: 0 };
      parts.set(block, own);
      for (; own.tested < block.all.length; own.tested++) {
        const event = block.all[own.tested];
        if (event !== undefined && pass(event)) own.events.push(event);
      }
      return own.events;
    };
    for (const block of [...this.#blocks]) {
      if (this.#blocks.includes(block)) testOn(block);
      yield;
    }
    let first = 0;
    for (const block of this.#blocks) {
      // What came meanwhile is tested, too.
      const events = testOn(block);
      block.part = { first, events: test === null ? block.all : events, from: block.all };
      first += events.length;
    }
    this.#test = test;
    this.#undecided = undecided;
    return held === null || !this.#heldViews().includes(held)
      ? null
      : { parts: old, end: endOf(old), total: held.total };
  }

  #isShown(event: TraceEvent): boolean {
    if (this.#test === null || !('args' in event)) return true;
    const holds = this.#test(event);
    if (holds === null) this.#undecided++;
    return holds === true;
  }

  /** The block that has the event's bytes now; null: there is none so large. */
  #blockFor(event: TraceEvent): Block | null {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.all.length < blockEvents && keep(event, last.room)) return last;
    const room = this.#free.pop() ?? new RecordRoom(blockBytes);
    if (!keep(event, room)) {
      this.#free.push(room);
      return null;
    }
    const all: TraceEvent[] = [];
    const part: Part = { first: this.newest.end, events: this.#test === null ? all : [], from: all };
    const made: Block = { room, before: this.#total, all, part };
    this.#blocks.push(made);
    if (this.#blocks.length > mostBlocks) this.#dropped.push(...this.#blocks.splice(0, 1));
    this.#reuse();
    return made;
  }

  #reuse(): void {
    if (this.#dropped.length === 0) return;
    const views = this.#heldViews();
    const isHeld = (block: Block): boolean => views.some((view) => isPartOf(block, view));
    for (const block of this.#dropped) {
      if (isHeld(block)) continue;
      block.room.clear();
      if (this.#free.length < mostFree) this.#free.push(block.room);
    }
    this.#dropped = this.#dropped.filter(isHeld);
  }
}

const isPartOf = ({ all }: Block, { parts }: LogView): boolean => parts.some(({ from }) => from === all);

const endOf = (parts: readonly LogPart[]): number => {
  const last = parts.at(-1);
  return last === undefined ? 0 : last.first + last.events.length;
};

const keep = (event: TraceEvent, room: RecordRoom): boolean => !('args' in event) || (event.keepIn?.(room) ?? true);
