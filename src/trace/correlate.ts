import { CallTable } from './call-table.ts';
import type { Outcome } from './event.ts';
import type { EnterRecord, ExitRecord, LandingRecord, ThreadEndRecord, TraceRecord } from './record.ts';
import { type EnteredCall, type Pending, ThreadCalls } from './thread-calls.ts';

/** A call that ended, or that won't be followed further. */
export type EndedCall = {
  readonly enter: EnterRecord;
  readonly parent: number | null;
  readonly depth: number;
  readonly outcome: Outcome;
  /** Where the return value was captured; null where no exit was hit. */
  readonly ret: ExitRecord | null;
  readonly duration: bigint | null;
};

/** A table entry in the kernel that belongs to a call which ended without reaching a probed exit. */
export type StaleKey = { readonly tgid: number; readonly tid: number; readonly sp: bigint; readonly fn: number };

export type CorrelationSink = {
  /** Whether calls inside it may name it as their parent. */
  readonly entered: (call: EnteredCall) => boolean;
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
  readonly #threads = new Map<number, ThreadCalls>();
  readonly #calls = new CallTable<Pending>();
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
    if (record.sequence > this.#newest) this.#newest = record.sequence;
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

  /** Whether a call is under way, or may be. */
  follows(callId: number): boolean {
    return this.#calls.has(callId);
  }

  /** Ends what is still under way; `alive` tells whether a thread still exists. */
  finish(alive: (tgid: number, tid: number) => boolean): void {
    for (const thread of this.#threads.values()) {
      const { doubtful, others } = thread.drain();
      for (const call of doubtful) this.#endLeft(call);
      for (const call of others) {
        const outcome = alive(call.enter.tgid, call.enter.tid) ? 'running' : 'exited';
        this.#end(call, this.#isUnderWay(call) ? outcome : 'left', null, null);
      }
    }
    this.#threads.clear();
  }

  /** Records with a lower number than the newest that have not come. */
  get #missing(): number {
    return this.#newest - this.#accepted;
  }

  #isUnderWay({ enter }: Pending): boolean {
    return this.#sink.isUnderWay(keyOf(enter), enter.sequence);
  }

  #end(call: Pending, outcome: Outcome, ret: ExitRecord | null, time: bigint | null): void {
    const { enter, parent, depth } = call;
    this.#calls.delete(enter.sequence);
    this.#sink.ended({ enter, parent, depth, outcome, ret, duration: time === null ? null : time - enter.time });
  }

  #endLeft(call: Pending): void {
    this.#leave(call.enter);
    this.#end(call, 'left', null, null);
  }

  /**
   * A newer or an outer call has passed this one. It is gone for sure only if a record is missing since it began and the
   * kernel has seen its exit: the record of an exit that the kernel has seen may also be still to come.
   */
  #doubt(thread: ThreadCalls, call: Pending): void {
    if (call.missing !== this.#missing && !this.#isUnderWay(call)) this.#endLeft(call);
    else for (const settled of thread.doubt(call)) this.#endLeft(settled);
  }

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

  /** The thread's calls; a number that another process has by now belongs to a thread whose end wasn't told. */
  #thread(record: EnterRecord): ThreadCalls {
    const known = this.#threads.get(record.tid);
    if (known?.tgid === record.tgid) return known;
    if (known) {
      const { doubtful, others } = known.drain();
      for (const call of doubtful) this.#endLeft(call);
      for (const call of others) this.#end(call, 'exited', null, null);
      for (const { enter } of others) this.#leave(enter);
      this.#forget(record.tid);
    }
    const made = new ThreadCalls(record.tgid);
    this.#threads.set(record.tid, made);
    return made;
  }

  #enter(record: EnterRecord): void {
    const isTracked = this.#tracked(record.fn);
    const known = this.#threads.get(record.tid);
    if (!isTracked && (known === undefined || (known.tgid === record.tgid && known.isIdle))) {
      // Nothing to compare frames with: their addresses, which are bigints, need not be read, nor the thread be known.
      const call: EndedCall = { enter: record, parent: null, depth: 0, outcome: 'entered', ret: null, duration: null };
      this.#sink.entered(call);
      this.#sink.ended(call);
      return;
    }
    const thread = this.#thread(record);
    // Of a thread without calls there is nothing to compare with.
    const caller = thread.isIdle ? undefined : this.#settleBefore(record, thread);
    const isInNamed = caller?.isNamed === true;
    const call: Pending = {
      enter: record,
      parent: (isInNamed ? caller.enter.sequence : caller?.parent) ?? null,
      depth: (caller?.depth ?? 0) + (isInNamed ? 1 : 0),
      missing: this.#missing,
      isNamed: true,
    };
    call.isNamed = this.#sink.entered(call);
    if (!isTracked) {
      this.#end(call, 'entered', null, null);
      return;
    }
    thread.push(call);
    this.#calls.set(record.sequence, call);
  }

  /** Ends the calls whose frames a new one shows to be gone; the one that it comes from. */
  #settleBefore(record: EnterRecord, thread: ThreadCalls): Pending | undefined {
    for (const call of thread.below(thread.stackOf(record), record.sp, record.stackEnd)) this.#doubt(thread, call);
    for (const call of [thread.takeDoubtful(record), thread.takeSameKey(record)]) if (call) this.#endLeft(call);
    return thread.callerFor(record);
  }

  #exit(record: ExitRecord): void {
    const call = this.#calls.get(record.callId);
    const thread = this.#threads.get(record.tid);
    if (!call || !thread) return;
    for (const inner of thread.below(thread.stackOf(call.enter), record.sp, call.enter.stackEnd)) {
      this.#doubt(thread, inner);
    }
    thread.take(call);
    const outcome = this.#exitOutcome(record.site);
    this.#end(call, outcome, record, record.time);
  }

  #landing(record: LandingRecord): void {
    const byUnwinder = record.fn === 0;
    for (const call of this.#threads.get(record.tid)?.passed(record.sp) ?? []) {
      // Where a record is missing, it may be that of this call's exit.
      const isProved = byUnwinder && call.missing === this.#missing;
      this.#leave(call.enter);
      this.#end(call, isProved ? 'unwound' : 'left', null, isProved ? record.time : null);
    }
  }

  #threadEnd(record: ThreadEndRecord): void {
    const thread = this.#threads.get(record.tid);
    if (!thread) return;
    this.#threads.delete(record.tid);
    const { doubtful, others } = thread.drain();
    for (const call of doubtful) this.#endLeft(call);
    for (const call of others) {
      const left = (record.sp !== 0n && isBelow(call.enter, record.sp)) || !this.#isUnderWay(call);
      this.#leave(call.enter);
      this.#end(call, left ? 'left' : 'exited', null, left ? null : record.time);
    }
    this.#forget(record.tid);
  }
}

const keyOf = ({ tgid, tid, sp, fn }: EnterRecord): StaleKey => ({ tgid, tid, sp, fn });

const isBelow = (enter: EnterRecord, sp: bigint): boolean => enter.sp < sp && sp < enter.stackEnd;
