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

type Pending = EnteredCall;

/** A table entry in the kernel that belongs to a call which ended without reaching a probed exit. */
export type StaleKey = { readonly tgid: number; readonly tid: number; readonly sp: bigint; readonly fn: number };

export type CorrelationSink = {
  readonly entered: (call: EnteredCall) => void;
  readonly ended: (call: EndedCall) => void;
  readonly stale: (key: StaleKey) => void;
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
        this.#end(call, alive(call.enter.tgid, call.enter.tid) ? 'running' : 'exited', null, null);
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

  #end(call: Pending, outcome: Outcome, ret: Captured | null, time: bigint | null): void {
    this.#sink.ended({ ...call, outcome, ret, duration: time === null ? null : time - call.enter.time });
  }

  /** Ends the calls that `gone` picks, innermost first, and keeps the others. */
  #drop(stack: Pending[], gone: (call: Pending) => boolean, outcome: Outcome, time: bigint | null): void {
    for (let i = stack.length - 1; i >= 0; i--) {
      const call = stack[i];
      if (!call || !gone(call)) continue;
      stack.splice(i, 1);
      this.#end(call, outcome, null, time);
    }
  }

  #enter(record: EnterRecord): void {
    const stack = this.#stack(record);
    // The number of a thread whose end wasn't told, in another process by now.
    this.#drop(stack, ({ enter }) => enter.tgid !== record.tgid, 'exited', null);
    this.#drop(
      stack,
      ({ enter }) => isBelow(enter, record.sp) || (enter.sp === record.sp && enter.fn === record.fn),
      'left',
      null,
    );
    const call = { enter: record, parent: stack.at(-1)?.enter.sequence ?? null, depth: stack.length };
    this.#sink.entered(call);
    if (this.#tracked(record.fn)) stack.push(call);
    else this.#end(call, 'entered', null, null);
  }

  #exit(record: ExitRecord): void {
    const stack = this.#stack(record);
    const index = stack.findLastIndex(({ enter }) => enter.sequence === record.callId);
    const call = stack[index];
    if (!call) return;
    this.#drop(stack, ({ enter }) => isBelow(enter, record.sp), 'left', null);
    stack.splice(stack.indexOf(call), 1);
    const outcome = this.#exitOutcome(record.site);
    this.#end(call, outcome, outcome === 'returned' ? (record.values[0] ?? null) : null, record.time);
  }

  #landing(record: LandingRecord): void {
    const byUnwinder = record.fn === 0;
    const stack = this.#threads.get(record.tid);
    if (!stack) return;
    const gone = (call: Pending): boolean => isBelow(call.enter, record.sp);
    this.#drop(stack, gone, byUnwinder ? 'unwound' : 'left', byUnwinder ? record.time : null);
  }

  #threadEnd(record: ThreadEndRecord): void {
    const stack = this.#threads.get(record.tid);
    if (!stack) return;
    this.#threads.delete(record.tid);
    for (const { enter } of stack) this.#sink.stale({ ...record, sp: enter.sp, fn: enter.fn });
    for (const call of stack.toReversed()) {
      const left = record.sp !== 0n && isBelow(call.enter, record.sp);
      this.#end(call, left ? 'left' : 'exited', null, left ? null : record.time);
    }
  }
}

const isBelow = (enter: EnterRecord, sp: bigint): boolean => enter.sp < sp && sp < enter.stackEnd;
