import { Correlator, type EndedCall } from '../../src/trace/correlate.ts';
import type { TraceRecord } from '../../src/trace/record.ts';
import type { EnteredCall } from '../../src/trace/thread-calls.ts';
import { exitSite, probeSite, type Thread, TracedMachine, tailCall } from './traced-machine.ts';

/**
 * Threads that call, return and leave frames in every way there is, and what a trace of them must say. Each step
 * is done twice: on the model, which knows, and as hits of the BPF programs, which only see registers.
 */
export type Step = {
  readonly kind: 'call' | 'return' | 'tail-call' | 'panic' | 'longjmp' | 'vanish' | 'switch' | 'end' | 'drain';
  readonly thread: number;
  readonly a: number;
  readonly b: number;
};

export type Frame = {
  readonly fn: number;
  readonly sp: bigint;
  readonly stack: 0 | 1;
  /** The entry's sequence number; null: its record was lost. */
  readonly id: number | null;
  /** Undefined: something that wasn't seen to end may pass for the caller. */
  readonly parent: number | null | undefined;
  readonly depth: number | undefined;
  /** How it ended, as far as a trace can tell; several where it can't. */
  outcomes: readonly string[];
};

const functions = 4;
const mappings = [
  { start: 0x10_0000n, end: 0x20_0000n },
  { start: 0x40_0000n, end: 0x50_0000n },
] as const;
const sites = Array.from({ length: functions }, () =>
  probeSite({ returns: { mode: 'sites', exits: [exitSite(), tailCall()] } }),
);

class ThreadModel {
  readonly id: Thread;
  /** Under way, oldest first, over both stacks. */
  frames: Frame[] = [];
  /** Ended without a trace of it so far. */
  unseen: Frame[] = [];
  current: 0 | 1 = 0;
  ended = false;
  constructor(id: Thread) {
    this.id = id;
  }

  /** A record from this place on the current stack has come: what is below it is known to have ended. */
  seen(sp: bigint): void {
    this.unseen = this.unseen.filter((one) => one.stack !== this.current || one.sp >= sp);
  }

  get own(): Frame[] {
    return this.frames.filter(({ stack }) => stack === this.current);
  }
}

export class World {
  readonly traced: TracedMachine;
  readonly frames: Frame[] = [];
  readonly records: TraceRecord[] = [];
  readonly entered: EnteredCall[] = [];
  readonly ended: EndedCall[] = [];
  readonly #threads: ThreadModel[];
  readonly #correlator: Correlator;

  constructor(threads: number, ringBytes: number) {
    this.traced = new TracedMachine(sites, { ringBytes });
    this.traced.machine.mappings = mappings;
    this.#threads = Array.from({ length: threads }, (_, i) => new ThreadModel({ tgid: 100 + (i >> 1), tid: 200 + i }));
    this.#correlator = new Correlator(
      {
        entered: (call) => this.entered.push(call) > 0,
        ended: (call) => this.ended.push(call),
        stale: ({ tgid, tid, sp, fn }) => {
          const key = Buffer.alloc(24);
          key.writeBigUInt64LE((BigInt(tgid) << 32n) | BigInt(tid), 0);
          key.writeBigUInt64LE(sp, 8);
          key.writeBigUInt64LE(BigInt(fn), 16);
          this.traced.machine.remove('pending', key);
        },
        isUnderWay: ({ tgid, tid, sp, fn }, callId) =>
          this.traced
            .pending()
            .some(
              (one) =>
                one.thread === ((BigInt(tgid) << 32n) | BigInt(tid)) &&
                one.sp === sp &&
                one.fn === fn &&
                one.callId === callId,
            ),
      },
      { tracked: () => true, exitOutcome: (site) => (site % 2 === 1 ? 'tail-call' : 'returned') },
    );
  }

  step({ kind, thread: index, a, b }: Step): void {
    const thread = this.#threads[index % this.#threads.length];
    if (!thread || thread.ended) return;
    if (kind === 'call') this.#enter(thread, a % functions, this.#below(thread) - BigInt(32 + (b % 3) * 16));
    else if (kind === 'return') this.#exit(thread, 0);
    else if (kind === 'tail-call') {
      const left = this.#exit(thread, 1);
      if (left) this.#enter(thread, a % functions, left.sp);
    } else if (kind === 'switch') thread.current = thread.current === 0 ? 1 : 0;
    else if (kind === 'end') this.#end(thread);
    else if (kind === 'drain') this.drain();
    else this.#leave(thread, kind, 1 + (a % Math.max(1, thread.own.length)));
  }

  drain(): void {
    for (const record of this.traced.records()) {
      this.records.push(record);
      this.#correlator.accept(record);
    }
  }

  /** Ends the trace; threads that have not ended run on. */
  finish(): void {
    this.drain();
    for (const { frames } of this.#threads) for (const frame of frames) frame.outcomes = ['running'];
    const alive = new Set(this.#threads.filter(({ ended }) => !ended).map(({ id }) => id.tid));
    this.#correlator.finish((_, tid) => alive.has(tid));
  }

  /** The lowest address in use on the current stack. */
  #below(thread: ThreadModel): bigint {
    return thread.own.at(-1)?.sp ?? mappings[thread.current].end - 16n;
  }

  #enter(thread: ThreadModel, fn: number, sp: bigint): void {
    const lost = this.traced.counter(fn, 'lostEntries');
    this.traced.enter(thread.id, fn, sp);
    const isLost = this.traced.counter(fn, 'lostEntries') > lost;
    // The exits' numbers and the landings' are drawn from the same counter: the newest is this entry's.
    const id = isLost ? null : this.traced.global('sequence');
    if (!isLost) {
      thread.seen(sp);
      thread.unseen = thread.unseen.filter((one) => one.sp !== sp || one.fn !== fn);
    }
    const told = thread.frames.filter((frame) => frame.id !== null);
    const parent = told.findLast(({ stack }) => stack === thread.current) ?? told.at(-1);
    const isDoubtful = thread.unseen.some((one) => one.id !== null && (one.stack !== thread.current || one.sp >= sp));
    const depth = parent === undefined ? 0 : parent.depth === undefined ? undefined : parent.depth + 1;
    const frame: Frame = {
      fn,
      sp,
      stack: thread.current,
      id,
      parent: isDoubtful ? undefined : (parent?.id ?? null),
      depth: isDoubtful ? undefined : depth,
      outcomes: [],
    };
    thread.frames.push(frame);
    this.frames.push(frame);
  }

  #exit(thread: ThreadModel, which: 0 | 1): Frame | undefined {
    const frame = thread.own.at(-1);
    if (!frame) return undefined;
    const lost = this.traced.counter(frame.fn, 'lostExits');
    this.traced.exit(thread.id, frame.fn, frame.sp, { rax: 1n }, which);
    thread.frames = thread.frames.filter((one) => one !== frame);
    if (this.traced.counter(frame.fn, 'lostExits') > lost) {
      frame.outcomes = ['left'];
      thread.unseen.push(frame);
    } else {
      if (frame.id !== null) thread.seen(frame.sp);
      frame.outcomes = [which === 0 ? 'returned' : 'tail-call'];
    }
    return frame;
  }

  /** The innermost `count` frames of the current stack end without an exit. */
  #leave(thread: ThreadModel, how: 'panic' | 'longjmp' | 'vanish', count: number): void {
    const gone = thread.own.slice(-count);
    const outermost = gone[0];
    if (!outermost) return;
    thread.frames = thread.frames.filter((frame) => !gone.includes(frame));
    const lost = this.traced.global('lostLandings');
    if (how !== 'vanish')
      this.traced.landing(
        thread.id,
        outermost.sp + 8n,
        how === 'panic' ? 'unwinder' : 'longjmp',
        count % 2 === 0 ? 8 : 0,
      );
    if (how === 'vanish' || this.traced.global('lostLandings') > lost) {
      // What ended unseen is found out later, by whatever stands above it then.
      // The kernel forgets 16 calls at a landing, newest first, and stops at one on another stack: then a lost landing leaves no trace.
      const isBlocked =
        gone.length > 16 || [...thread.frames, ...thread.unseen].some(({ stack }) => stack !== thread.current);
      const later = how === 'vanish' ? ['unwound', 'exited', 'running'] : isBlocked ? ['exited', 'running'] : [];
      for (const frame of gone) frame.outcomes = ['left', ...later];
      thread.unseen.push(...gone);
    } else {
      thread.seen(outermost.sp + 8n);
      for (const frame of gone) frame.outcomes = how === 'panic' ? ['unwound', 'left'] : ['left'];
    }
  }

  #end(thread: ThreadModel): void {
    thread.ended = true;
    this.traced.threadEnd(thread.id, this.#below(thread) - 8n);
    for (const frame of thread.frames) frame.outcomes = ['exited'];
    thread.frames = [];
  }
}
