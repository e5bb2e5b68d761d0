import type { Outcome } from './event.ts';
import type { EnterRecord, ExitRecord, LandingRecord, ThreadEndRecord, TraceRecord } from './record.ts';
import type { Captured } from './value.ts';

/** A call that ended, or that won't be followed further. */
export type EndedCall = {
  readonly enter: EnterRecord;
  readonly parent: number | null;
  readonly depth: number;
  readonly outcome: Outcome;
  /** Where the return value was captured; null unless it returned. */
  readonly ret: Captured | null;
  readonly duration: bigint | null;
};

export type EnteredCall = { readonly enter: EnterRecord; readonly parent: number | null; readonly depth: number };

/** `missing`: how many records were missing when it began. */
type Pending = EnteredCall & { readonly missing: number };

/** A table entry in the kernel that belongs to a call which ended without reaching a probed exit. */
export type StaleKey = { readonly tgid: number; readonly tid: number; readonly sp: bigint; readonly fn: number };

export type CorrelationSink = {
  readonly entered: (call: EnteredCall) => void;
  readonly ended: (call: EndedCall) => void;
  readonly stale: (key: StaleKey) => void;
  /** Whether the kernel's table still has this very call: it has not, where the record of its exit was lost. */
  readonly isUnderWay: (key: StaleKey, callId: number) => boolean;
};

/**
 * Joins entries and ends into calls, a thread at a time. A call is gone when the stack pointer stands above its frame
 * on the same stack mapping: frames are ordered only within one mapping, since programs switch stacks. `stackEnd` of
 * an entry is the end of the mapping that its frame is in.
 *
 *   entry sp of the outer call    0x…e8   <- alive while sp <= 0x…e8
 *   entry sp of the inner call    0x…b8   <- gone when sp > 0x…b8 (and below stackEnd)
 */
export class Correlator {
  readonly #threads = new Map<number, Pending[]>();
  /** By thread, what may still be in the kernel's table of calls that ended without an exit. */
  readonly #leftovers = new Map<number, Map<string, StaleKey>>();
  #accepted = 0;
  #newest = 0;
  readonly #sink: CorrelationSink;
  readonly #tracked: (fn: number) => boolean;
  readonly #exitOutcome: (site: number) => 'returned' | 'tail-call';

  constructor(
    sink: CorrelationSink,
    options: { tracked: (fn: number) => boolean; exitOutcome: (site: number) => 'returned' | 'tail-call' },
  ) {
    this.#sink = sink;
    this.#tracked = options.tracked;
    this.#exitOutcome = options.exitOutcome;
  }

  accept(record: TraceRecord): void {
    this.#accepted++;
    this.#newest = Math.max(this.#newest, record.sequence);
    switch (record.kind) {
      case 'enter':
        this.#enter(record);
        return;
      case 'exit':
        this.#exit(record);
        return;
      case 'landing':
        this.#landing(record);
        return;
      case 'thread-end':
      case 'exec':
        this.#threadEnd(record);
    }
  }

  /** Ends what is still under way; `alive` tells whether a thread still exists. */
  finish(alive: (tgid: number, tid: number) => boolean): void {
    for (const stack of this.#threads.values()) {
      for (const call of stack.toReversed()) {
        const outcome = alive(call.enter.tgid, call.enter.tid) ? 'running' : 'exited';
        this.#end(call, this.#isUnderWay(call) ? outcome : 'left', null, null);
      }
    }
    this.#threads.clear();
  }

  #stack(record: { tid: number }): Pending[] {
    const known = this.#threads.get(record.tid);
    if (known) return known;
    const made: Pending[] = [];
    this.#threads.set(record.tid, made);
    return made;
  }

  /** Records with a lower number than the newest that have not come. */
  get #missing(): number {
    return this.#newest - this.#accepted;
  }

  #isUnderWay({ enter }: Pending): boolean {
    return this.#sink.isUnderWay(keyOf(enter), enter.sequence);
  }

  #end(call: Pending, outcome: Outcome, ret: Captured | null, time: bigint | null): void {
    const { enter, parent, depth } = call;
    this.#sink.ended({ enter, parent, depth, outcome, ret, duration: time === null ? null : time - enter.time });
  }

  /** Ends the calls that `gone` picks, innermost first, and keeps the others. */
  #drop(stack: Pending[], gone: (call: Pending) => boolean, end: (call: Pending) => void): void {
    for (let i = stack.length - 1; i >= 0; i--) {
      const call = stack[i];
      if (!call || !gone(call)) continue;
      stack.splice(i, 1);
      this.#leave(call.enter);
      end(call);
    }
  }

  readonly #endLeft = (call: Pending): void => this.#end(call, 'left', null, null);

  #leave(enter: EnterRecord): void {
    const known = this.#leftovers.get(enter.tid);
    const keys = known ?? new Map<string, StaleKey>();
    if (!known) this.#leftovers.set(enter.tid, keys);
    keys.set(`${enter.sp} ${enter.fn}`, keyOf(enter));
  }

  /** Of a thread that is gone: nobody makes its entries anew. */
  #forget(tid: number): void {
    for (const key of this.#leftovers.get(tid)?.values() ?? []) this.#sink.stale(key);
    this.#leftovers.delete(tid);
  }

  #enter(record: EnterRecord): void {
    const stack = this.#stack(record);
    // The number of a thread whose end wasn't told, in another process by now.
    const isStranger = ({ enter }: Pending): boolean => enter.tgid !== record.tgid;
    if (stack.some(isStranger)) {
      this.#drop(stack, isStranger, (call) => this.#end(call, 'exited', null, null));
      this.#forget(record.tid);
    }
    this.#drop(
      stack,
      ({ enter }) => isBelow(enter, record.sp) || (enter.sp === record.sp && enter.fn === record.fn),
      this.#endLeft,
    );
    const parent = stack.findLast(({ enter }) => mayShareStack(enter, record)) ?? stack.at(-1);
    const call = {
      enter: record,
      parent: parent?.enter.sequence ?? null,
      depth: parent ? parent.depth + 1 : 0,
      missing: this.#missing,
    };
    this.#sink.entered(call);
    if (this.#tracked(record.fn)) stack.push(call);
    else this.#end(call, 'entered', null, null);
  }

  #exit(record: ExitRecord): void {
    const stack = this.#stack(record);
    const index = stack.findLastIndex(({ enter }) => enter.sequence === record.callId);
    const call = stack[index];
    if (!call) return;
    this.#drop(stack, ({ enter }) => isBelow(enter, record.sp), this.#endLeft);
    stack.splice(stack.indexOf(call), 1);
    const outcome = this.#exitOutcome(record.site);
    this.#end(call, outcome, outcome === 'returned' ? (record.values[0] ?? null) : null, record.time);
  }

  #landing(record: LandingRecord): void {
    const byUnwinder = record.fn === 0;
    const stack = this.#threads.get(record.tid);
    if (!stack) return;
    this.#drop(
      stack,
      ({ enter }) => isBelow(enter, record.sp),
      (call) => {
        // Where a record is missing, it may be that of this call's exit.
        const isProved = byUnwinder && call.missing === this.#missing;
        this.#end(call, isProved ? 'unwound' : 'left', null, isProved ? record.time : null);
      },
    );
  }

  #threadEnd(record: ThreadEndRecord): void {
    const stack = this.#threads.get(record.tid);
    if (!stack) return;
    this.#threads.delete(record.tid);
    for (const call of stack.toReversed()) {
      const left = (record.sp !== 0n && isBelow(call.enter, record.sp)) || !this.#isUnderWay(call);
      this.#leave(call.enter);
      this.#end(call, left ? 'left' : 'exited', null, left ? null : record.time);
    }
    this.#forget(record.tid);
  }
}

const keyOf = ({ tgid, tid, sp, fn }: EnterRecord): StaleKey => ({ tgid, tid, sp, fn });

/** False only where both mappings are known: in a program that switches stacks, the caller is on the same one. */
const mayShareStack = (a: EnterRecord, b: EnterRecord): boolean =>
  a.stackEnd === b.stackEnd || a.stackEnd === 0n || b.stackEnd === 0n;

const isBelow = (enter: EnterRecord, sp: bigint): boolean => enter.sp < sp && sp < enter.stackEnd;
