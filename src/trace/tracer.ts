import { setTimeout as pause, setImmediate } from 'node:timers/promises';
import { RsymError } from '../base/errors.ts';
import { CallTexts } from './call-text.ts';
import type { CaptureLimits } from './capture-layout.ts';
import { Correlator, type EndedCall } from './correlate.ts';
import { descendants } from './descendants.ts';
import type { CallEvent, EndEvent, ProgramEnd, TraceEvent } from './event.ts';
import { FileWatch } from './file-watch.ts';
import { type Command, isAlive, type Launched, launch } from './launch.ts';
import { lossesBetween, noLosses } from './losses.ts';
import { RecordOrder } from './order.ts';
import { EntryBytes } from './record-bytes.ts';
import { Session, type SessionStatistics } from './session.ts';
import { showCall } from './show.ts';
import type { LandingSite, ProbeSite } from './site.ts';
import { StackMappings } from './stack-mappings.ts';
import type { EnteredCall } from './thread-calls.ts';

export type Scope =
  | { readonly kind: 'launch'; readonly command: Command }
  | { readonly kind: 'processes'; readonly pids: readonly number[] }
  | { readonly kind: 'everywhere' };

export type TraceRequest = {
  readonly sites: readonly ProbeSite[];
  readonly landings: readonly LandingSite[];
  /** Given as the first events. */
  readonly notes: readonly string[];
  readonly scope: Scope;
  /** Descendants of the scope's processes are watched too. */
  readonly children: boolean;
  /** Ends the trace; the events so far and the end are still given. */
  readonly signal?: AbortSignal;
  readonly seconds?: number;
  /** Ends the trace after so many calls. */
  readonly calls?: number;
  /** Also an event when a call begins. */
  readonly entries: boolean;
  /** Only texts of values are wanted: an event's other properties are found when they are asked for. */
  readonly texts: boolean;
  readonly limits: CaptureLimits;
  readonly ringBytes: number;
  readonly maxPending: number;
  /** Told once every probe is planted, before a started program runs. */
  readonly onAttached?: (attached: { readonly probes: number; readonly pid: number | null }) => void;
};

// Objects that live for one short batch die young: with large batches the garbage collector takes most of the time.
const readLimit = 1_000;
const idleMs = 50;
/** What comes while nobody reads: of the usual ring's 8 MiB, 3 million records a second would fill it. */
const mostPauseMs = 8;
const ringBytesForMs = 1 << 20;
/** Nothing for so long: no record that belongs before those that came is still on its way. */
const quietMs = 2;
const lossCheckMs = 1_000;
/** A terminal's Ctrl-C reaches the started program too: its end is worth waiting for. */
const graceMs = 200;
/** Whether processes that nobody waits for still live is looked up so often. */
const lifeCheckMs = 50;

/** Watches and gives events in batches; the last event is `end`. Probes are gone when the generator is. */
export async function* traceBatches(request: TraceRequest): AsyncGenerator<readonly TraceEvent[], void, void> {
  const session = new Session({ ...request, scoped: request.scope.kind !== 'everywhere' });
  const trace = new Trace(session, request);
  try {
    await trace.begin();
    yield* trace.batches();
  } finally {
    await trace.close();
  }
}

class Trace {
  readonly #session: Session;
  readonly #request: TraceRequest;
  readonly #order = new RecordOrder();
  readonly #correlator: Correlator;
  #events: TraceEvent[] = [];
  #seq = 0;
  #calls = 0;
  #launched: Launched | null = null;
  #program: ProgramEnd | null = null;
  #targetGone = false;
  #lifeCheckedAt = 0;
  #stopping = false;
  #detaching: Promise<void> | undefined;
  #detached = false;
  #resumed = false;
  #wake: () => void = () => {};
  #waiting: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #lossesTold: SessionStatistics;
  #lossCheckedAt = 0;
  readonly #stacks = new StackMappings();
  readonly #files: FileWatch;
  readonly #callTexts: CallTexts[] = [];
  readonly #pauseMs: number;
  readonly #followsCalls: boolean;
  #accepted = 0;
  #readAt = 0;
  #lastSequence = 0;

  constructor(session: Session, request: TraceRequest) {
    this.#session = session;
    this.#request = request;
    this.#lossesTold = session.statistics();
    this.#followsCalls = session.plan.tracked.includes(true);
    this.#pauseMs = Math.min(mostPauseMs, Math.floor(request.ringBytes / ringBytesForMs));
    // Where no process comes that isn't there yet, the path may lead where it will.
    const isOpen = request.scope.kind === 'everywhere' || request.children;
    this.#files = new FileWatch(isOpen ? request.sites.map(({ path }) => path) : []);
    this.#correlator = new Correlator(
      {
        entered: (call) => request.entries && this.#tell(call, 'enter', null),
        ended: (call) => {
          if (this.#isEnough()) return;
          this.#calls++;
          this.#tell(call, 'call', call);
        },
        stale: (key) => session.forget(key),
        isUnderWay: (key, callId) => session.isUnderWay(key, callId),
      },
      {
        tracked: (fn) => session.plan.tracked[fn] ?? false,
        exitOutcome: (site) => session.plan.exitOutcomes[site] ?? 'returned',
      },
    );
  }

  async begin(): Promise<void> {
    const { scope, children, signal, seconds } = this.#request;
    signal?.addEventListener('abort', () => this.#stop(), { once: true });
    if (signal?.aborted) this.#stop();
    switch (scope.kind) {
      case 'launch':
        this.#launched = await this.#launch(scope.command);
        break;
      case 'processes':
        for (const pid of scope.pids) {
          if (!isAlive(pid)) throw new RsymError('process', `process ${pid} does not exist`);
          if (!this.#session.watchProcess(pid)) throw new RsymError('usage', 'too many processes are named');
          if (!children) await this.#session.attach(pid);
        }
        if (children) await this.#followDescendants(scope.pids);
        break;
      case 'everywhere':
        await this.#session.attach(null);
        break;
    }
    this.#note(this.#request.notes);
    this.#request.onAttached?.({ probes: this.#session.probes, pid: this.#launched?.pid ?? null });
    if (seconds !== undefined) this.#timer = setTimeout(() => this.#stop(), seconds * 1000);
    this.#resume();
  }

  /** A probe of the kernel belongs to one process or to all: those of a family are planted for all. */
  async #followDescendants(pids: readonly number[]): Promise<void> {
    // A child is followed if it is forked while its parent is watched: the others are there to be found by now.
    for (const pid of descendants(pids)) {
      if (!this.#session.watchProcess(pid)) throw new RsymError('usage', 'the processes have too many descendants');
      // Of one that ended before it was watched nobody takes the number out.
      if (!isAlive(pid)) this.#session.unwatchProcess(pid);
    }
    await this.#session.attach(null);
  }

  /** Lets a started program run; also where tracing it came to nothing, it must not stay stopped. */
  #resume(): void {
    if (!this.#resumed) this.#launched?.resume();
    this.#resumed = true;
  }

  async #launch(command: Command): Promise<Launched> {
    if (!this.#session.canLaunch) {
      throw new RsymError('unsupported', 'cannot start a program under observation', {
        reason: 'this kernel has no type information (/sys/kernel/btf/vmlinux)',
        hints: ['start it by hand and use -p PID'],
      });
    }
    const launched = await launch(this.#session, command);
    try {
      await this.#session.attach(this.#request.children ? null : launched.pid);
    } catch (error) {
      launched.kill();
      throw error;
    }
    launched.ended.then((end) => {
      this.#program = end;
      this.#targetGone ||= !this.#request.children;
      this.#wake();
    });
    return launched;
  }

  #stop(): void {
    this.#stopping = true;
    this.#wake();
  }

  async *batches(): AsyncGenerator<readonly TraceEvent[], void, void> {
    while (!this.#isEnough()) {
      this.#refuseFailure();
      const gone = this.#isTargetGone();
      const detached = this.#detached;
      if (this.#stopping) this.#detach();
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
      for (const record of due)
        if (record instanceof EntryBytes && this.#correlator.follows(record.sequence)) record.keep();
      this.#checkLosses();
      this.#note(this.#files.news());
      if (this.#events.length > 0) yield this.#takeEvents();
      if (read === 0 && (gone || detached)) break;
      if (read === 0) await this.#wait(quiet ? idleMs : quietMs);
      // Reading few records at a time costs more than showing them.
      else if (read < readLimit && this.#pauseMs > 0) await pause(this.#pauseMs);
      // A steady stream must not keep timers and signals from being heard.
      else await setImmediate();
    }
    if (this.#launched && !this.#targetGone) await this.#launched.endsWithin(this.#stopping ? graceMs : 0);
    if (this.#isEnough() && this.#isGapless()) this.#lossesTold = this.#session.statistics();
    else this.#checkLosses(true);
    if (!this.#isEnough()) this.#correlator.finish((tgid, tid) => isAlive(tgid) && isAlive(tid));
    yield [...this.#takeEvents(), this.#end()];
  }

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

  #isTargetGone(): boolean {
    const { scope, children } = this.#request;
    if (this.#targetGone || scope.kind === 'everywhere') return this.#targetGone;
    if (!children) this.#targetGone = scope.kind === 'processes' && !scope.pids.some(isAlive);
    // A started program's end has been told, or will be: that it isn't alive is seen a moment earlier.
    else if (scope.kind === 'processes' || this.#program !== null) this.#targetGone = this.#isFamilyGone();
    return this.#targetGone;
  }

  #isFamilyGone(): boolean {
    const now = performance.now();
    if (now - this.#lifeCheckedAt < lifeCheckMs) return false;
    this.#lifeCheckedAt = now;
    return !this.#session.watchedProcesses().some(isAlive);
  }

  async #wait(ms: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#targetGone || (this.#stopping && !this.#detaching)) return;
    this.#waiting = this.#session.ring.wait(ms);
    await Promise.race([this.#waiting, woken]);
  }

  #takeEvents(): TraceEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #tell(call: EnteredCall, event: CallEvent['event'], ended: EndedCall | null): void {
    const site = this.#request.sites[call.enter.fn];
    if (!site) return;
    const exit = ended?.ret == null ? null : (this.#session.plan.exits[ended.ret.site] ?? null);
    const exitAddress = exit?.address ?? null;
    if (this.#request.texts) {
      this.#events.push(this.#texts(call.enter.fn, site).event(call, event, ended, exitAddress, ++this.#seq));
      return;
    }
    this.#events.push(showCall(site, call, event, ended, exitAddress, ++this.#seq, this.#request.limits));
  }

  #texts(fn: number, site: ProbeSite): CallTexts {
    const known = this.#callTexts[fn];
    if (known) return known;
    const layout = this.#session.plan.entryLayouts[fn];
    if (!layout) throw new Error(`no layout of function ${fn}`);
    const made = new CallTexts(site, layout, this.#request.limits);
    this.#callTexts[fn] = made;
    return made;
  }

  #note(texts: readonly string[]): void {
    for (const text of texts) this.#events.push({ event: 'note', seq: ++this.#seq, text });
  }

  #checkLosses(force = false): void {
    const now = Date.now();
    if (!force && now - this.#lossCheckedAt < lossCheckMs) return;
    this.#lossCheckedAt = now;
    // As long as every record so far has come, what was lost lies behind what was shown. Processes have no place in it.
    const isFollowing = this.#session.lostProcesses === this.#lossesTold.losses.processes;
    if (!force && this.#isGapless() && isFollowing) return;
    // One reading for both: what is lost between two of them would be told by neither.
    const statistics = this.#session.statistics();
    const lost = lossesBetween(this.#lossesTold, statistics, this.#request.sites);
    if (!lost) return;
    this.#lossesTold = statistics;
    this.#events.push({ event: 'lost', time: process.hrtime.bigint(), seq: ++this.#seq, ...lost });
  }

  #end(): EndEvent {
    const statistics = this.#session.statistics();
    const isBehind = this.#isEnough() && this.#isGapless();
    const lost = isBehind ? undefined : lossesBetween(null, statistics, this.#request.sites);
    return {
      event: 'end',
      time: process.hrtime.bigint(),
      seq: ++this.#seq,
      calls: this.#calls,
      lost: lost?.losses ?? { ...noLosses, processes: statistics.losses.processes },
      lostFunctions: lost?.functions ?? [],
      underWayAtAttach: statistics.unmatchedExits,
      functions: this.#request.sites.length,
      probes: this.#session.probes,
      program: this.#program ?? (this.#launched ? { pid: this.#launched.pid, status: null, signal: null } : null),
    };
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#resume();
    await this.#detach();
    if (this.#program === null) this.#launched?.release();
    // The kernel may still be writing to memory that the wait looks at.
    await this.#waiting;
    await this.#session.close();
    this.#refuseFailure();
  }
}
