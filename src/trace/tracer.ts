import { setTimeout as pause, setImmediate } from 'node:timers/promises';
import type { Thinning } from './bpf/choose.ts';
import { CallChoice } from './call-choice.ts';
import type { CallSink } from './call-sink.ts';
import type { CaptureLimits } from './capture-layout.ts';
import { Correlator } from './correlate.ts';
import type { TraceEvent } from './event.ts';
import { EventQueue } from './event-queue.ts';
import { FileWatch } from './file-watch.ts';
import type { LeftOut } from './left-out.ts';
import { LossWatch } from './loss-watch.ts';
import { lossesBetween, noLosses } from './losses.ts';
import { RecordOrder } from './order.ts';
import type { Watched } from './process-scope.ts';
import { isThreadAlive } from './process-stat.ts';
import type { ProgramPlan } from './programs.ts';
import type { RawRecord } from './record.ts';
import { EntryBytes } from './record-bytes.ts';
import { Session } from './session.ts';
import type { LandingSite, ProbeSite } from './site.ts';
import { StackMappings } from './stack-mappings.ts';
import { type NextProcess, type Scope, Target } from './target.ts';
import type { EnteredCall } from './thread-calls.ts';

export type TraceRequest = {
  readonly sites: readonly ProbeSite[];
  readonly landings: readonly LandingSite[];
  /** Given as the first events. */
  readonly notes: readonly string[];
  readonly scope: Scope | NextProcess;
  /** Descendants of the scope's processes are watched too. */
  readonly children: boolean;
  /** Pages that are not in memory are read too: the process waits for them. */
  readonly coldPages: boolean;
  /** Ends the trace; the events so far and the end are still given. */
  readonly signal?: AbortSignal;
  readonly seconds?: number;
  /** Ends the trace after so many calls. */
  readonly calls?: number;
  /** Also an event when a call begins. */
  readonly entries: boolean;
  /** Of the calls that are wanted not all are told; absent: all. */
  readonly thinning?: Thinning;
  /** Conditions are decided by rsym, from events of every call. */
  readonly leavesConditions?: true;
  /**
   * Only texts of values are wanted: an event's other properties are found when they are asked for, which must be
   * before the next batch is.
   */
  readonly texts: boolean;
  readonly limits: CaptureLimits;
  readonly ringBytes: number;
  readonly maxPending: number;
  /** Told once every probe is planted, before a started program runs. */
  readonly onAttached?: (attached: { readonly probes: number; readonly pid: number | null }) => void;
  /** Told which process it is that was waited for, when it has come. */
  readonly onChosen?: (pid: number) => void;
};

// Objects that live for one short batch die young: with large batches the garbage collector takes most of the time.
const readLimit = 1_000;
const idleMs = 50;
/** What comes while nobody reads must leave most of the ring free. */
const mostPauseMs = 20;
const ringBytesForMs = 400 << 10;
/** Nothing for so long: no record that belongs before those that came is still on its way. */
const quietMs = 2;
/** A terminal's Ctrl-C reaches the started program too: its end is worth waiting for. */
const graceMs = 200;

/** Watches and gives events in batches; the last event is `end`. Probes are gone when the generator is. */
export const traceBatches = (request: TraceRequest): AsyncGenerator<readonly TraceEvent[], void, void> =>
  traceInto(request, (plan) => new EventQueue(plan, request));

/** Watches and gives what a sink makes of the calls; it is taken once more at the end. Probes are gone when the generator is. */
export async function* traceInto<Told>(
  request: TraceRequest,
  sinkFor: (plan: ProgramPlan) => CallSink<Told>,
): AsyncGenerator<Told, void, void> {
  const session = new Session({ ...request, watched: watchedOf(request) });
  const trace = new Trace(session, request, sinkFor(session.plan));
  try {
    await trace.begin();
    yield* trace.told();
  } finally {
    await trace.close();
  }
}

const watchedOf = ({ scope: { kind } }: TraceRequest): Watched =>
  kind === 'everywhere' ? 'all' : kind === 'next' ? 'next' : 'named';

/** Null: every call is wanted. */
const choiceOf = ({ sites, thinning }: TraceRequest, { plan }: Session): CallChoice | null =>
  thinning === undefined && sites.every(({ when }) => when === undefined)
    ? null
    : new CallChoice(sites, thinning ?? { sample: 1, rateLimit: null }, plan.decides);

class Trace<Told> {
  readonly #session: Session;
  readonly #request: TraceRequest;
  readonly #order = new RecordOrder<RawRecord>();
  readonly #correlator: Correlator;
  readonly #sink: CallSink<Told>;
  readonly #choice: CallChoice | null;
  readonly #target: Target;
  #calls = 0;
  #stopping = false;
  #detaching: Promise<void> | undefined;
  #detached = false;
  #wake: () => void = () => {};
  #waiting: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  readonly #losses: LossWatch;
  readonly #stacks = new StackMappings();
  readonly #files: FileWatch;
  readonly #pauseMs: number;
  readonly #followsCalls: boolean;
  #accepted = 0;
  #readAt = 0;
  #lastSequence = 0;

  constructor(session: Session, request: TraceRequest, sink: CallSink<Told>) {
    this.#session = session;
    this.#request = request;
    this.#sink = sink;
    this.#choice = choiceOf(request, session);
    this.#target = new Target(session, request, { ended: () => this.#wake(), chosen: request.onChosen });
    this.#losses = new LossWatch(() => session.statistics(), request.sites);
    this.#followsCalls = session.plan.tracked.includes(true);
    this.#pauseMs = Math.min(mostPauseMs, Math.floor(request.ringBytes / ringBytesForMs));
    // Where no process comes that isn't there yet, the path may lead where it will.
    const isOpen = request.scope.kind === 'everywhere' || request.scope.kind === 'next' || request.children;
    this.#files = new FileWatch(isOpen ? request.sites.map(({ path }) => path) : []);
    this.#correlator = new Correlator(
      {
        entered: (call) => this.#enter(call),
        ended: (call) => {
          if (this.#isEnough() || this.#choice?.ended(call) === false) return;
          this.#calls++;
          this.#sink.addCall(call, 'call', call);
        },
        stale: (key) => session.pending.forget(key),
        isUnderWay: (key, callId) => session.pending.has(key, callId),
      },
      {
        tracked: (fn) => session.plan.tracked[fn] ?? false,
        exitOutcome: (site) => session.plan.exitOutcomes[site] ?? 'returned',
      },
    );
  }

  async begin(): Promise<void> {
    const { signal, seconds } = this.#request;
    signal?.addEventListener('abort', () => this.#stop(), { once: true });
    if (signal?.aborted) this.#stop();
    await this.#target.attach();
    this.#sink.addNotes([...this.#request.notes, ...this.#session.notes]);
    this.#request.onAttached?.({ probes: this.#session.probes, pid: this.#target.pid });
    if (seconds !== undefined) this.#timer = setTimeout(() => this.#stop(), seconds * 1000);
    this.#target.resume();
  }

  /** Whether what is inside may name the call: it is shown for certain, or its beginning is. */
  #enter(call: EnteredCall): boolean {
    const prospect = this.#choice?.entered(call.enter) ?? 'wanted';
    if (prospect === 'dropped') return false;
    const { entries } = this.#request;
    if (entries) this.#sink.addCall(call, 'enter', null);
    return entries || prospect === 'wanted';
  }

  #stop(): void {
    this.#stopping = true;
    this.#wake();
  }

  async *told(): AsyncGenerator<Told, void, void> {
    while (!this.#isEnough()) {
      this.#refuseFailure();
      const gone = this.#target.checkGone();
      const detached = this.#detached;
      if (this.#stopping) this.#detach();
      // Whoever was given the last events has come back for more.
      this.#session.release(this.#order.held);
      const read = this.#session.read((record) => this.#order.add(record), readLimit);
      if (read > 0) this.#readAt = performance.now();
      const quiet = read === 0 && (gone || detached || performance.now() - this.#readAt > quietMs);
      const due = this.#order.take(quiet);
      for (const record of due) {
        this.#accepted++;
        this.#lastSequence = record.sequence;
        this.#correlator.accept(this.#followsCalls ? this.#stacks.complete(record) : record);
        if (this.#isEnough()) break;
      }
      if (this.#followsCalls) this.#keepEntries(due);
      this.#tellLost(
        this.#losses.news(
          () => this.#isGapless(),
          () => this.#session.scope.lostProcesses,
        ),
      );
      this.#sink.addNotes(this.#files.news());
      if (!this.#sink.isEmpty) yield this.#sink.take(this.#leftOut);
      if (read === 0 && (gone || detached)) break;
      if (read === 0) await this.#wait(quiet ? idleMs : quietMs);
      // Reading few records at a time costs more than showing them.
      else if (read < readLimit && this.#pauseMs > 0) await pause(this.#pauseMs);
      // A steady stream must not keep timers and signals from being heard.
      else await setImmediate();
    }
    await this.#target.endsWithin(this.#stopping ? graceMs : 0);
    if (!(this.#isEnough() && this.#isGapless())) this.#tellLost(this.#losses.all());
    if (!this.#isEnough()) this.#correlator.finish((tgid, tid) => isThreadAlive(tgid, tid));
    this.#end();
    yield this.#sink.take(this.#leftOut);
  }

  /** Of calls that are under way still. */
  #keepEntries(records: readonly RawRecord[]): void {
    for (const record of records)
      if (record instanceof EntryBytes && this.#correlator.follows(record.sequence)) record.keep();
  }

  readonly #leftOut = (statistics = this.#session.statistics()): LeftOut | null =>
    this.#choice?.leftOut(statistics.functions) ?? null;

  /** Begins to remove the probes; what they wrote until they are gone is still read. */
  #detach(): Promise<void> {
    this.#detaching ??= this.#session.detach().then(() => {
      this.#detached = true;
      this.#wake();
    });
    return this.#detaching;
  }

  #refuseFailure(): void {
    const { failure } = this.#session;
    if (failure) throw failure;
  }

  #isEnough(): boolean {
    return this.#request.calls !== undefined && this.#calls >= this.#request.calls;
  }

  /** Whether every record up to the last one accepted has come: what was lost was lost behind it. */
  #isGapless(): boolean {
    return this.#accepted === this.#lastSequence;
  }

  async #wait(ms: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#target.isGone || (this.#stopping && !this.#detaching)) return;
    // What is held keeps its place in the ring, which is readable all the while.
    this.#waiting = this.#order.held.length > 0 ? pause(ms) : this.#session.ring.wait(ms);
    await Promise.race([this.#waiting, woken]);
  }

  #tellLost(lost: ReturnType<LossWatch['all']>): void {
    if (lost) this.#sink.addLost(lost);
  }

  #end(): void {
    const statistics = this.#session.statistics();
    const isBehind = this.#isEnough() && this.#isGapless();
    const lost = isBehind ? undefined : lossesBetween(null, statistics, this.#request.sites);
    const leftOut = this.#leftOut(statistics);
    this.#sink.addEnd({
      calls: this.#calls,
      lost: lost?.losses ?? { ...noLosses, processes: statistics.losses.processes },
      lostFunctions: lost?.functions ?? [],
      underWayAtAttach: statistics.unmatchedExits,
      ...(leftOut === null ? {} : { leftOut }),
      functions: this.#request.sites.length,
      probes: this.#session.probes,
      program: this.#target.program,
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#target.resume();
    await this.#detach();
    this.#target.release();
    // The kernel may still be writing to memory that the wait looks at.
    await this.#waiting;
    await this.#session.close();
    this.#refuseFailure();
  }
}
