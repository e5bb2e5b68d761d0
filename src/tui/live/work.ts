import { RsymError } from '../../base/errors.ts';
import { loneProgram } from '../../query/command-program.ts';
import type { Desk } from '../desk.ts';
import { exportEvents } from './export.ts';
import { findRow } from './find.ts';
import type { LogView } from './log.ts';
import { inSteps, told } from './long-work.ts';
import { OutputLog } from './output-log.ts';
import { LiveSession } from './session.ts';
import { StartedPrograms } from './started-programs.ts';
import type { LiveAsk, LiveNews, LiveRequest } from './state.ts';
import { targetOf } from './target-state.ts';
import { Tracing } from './tracing.ts';

/** What the header says of time and target is looked at so often. */
const clockMs = 250;
/** Calls and lines come faster than anybody reads: drawing each batch would take more time than following the calls. */
const drawMs = 100;
/** The faster calls come, the less of them can be read. */
const fastDrawMs = 200;
const fastRate = 2_000;

/** Traces, one at a time: the next begins when the probes of the one before are gone. */
export class LiveWork {
  readonly #path: string;
  readonly #desk: Desk<LiveNews>;
  readonly #held: () => LogView | null;
  #tracing: Tracing | null = null;
  #session: LiveSession | null = null;
  /** Traces that were left: resolves when their probes are removed. */
  #left: Promise<unknown> = Promise.resolve();
  readonly #started = new StartedPrograms();
  readonly #exporting = new Set<LogView>();
  #clock: NodeJS.Timeout | undefined;
  #outputTimer: NodeJS.Timeout | undefined;
  #drawTimer: NodeJS.Timeout | undefined;
  #beganAt = 0;
  /** How long it was traced, seconds; null: it still is, or was not yet. */
  #took: number | null = null;
  #filterTurn = 0;
  #isClosed = false;

  /** `held`: the view of the log that stands still on the screen. */
  constructor(path: string, desk: Desk<LiveNews>, held: () => LogView | null) {
    this.#path = path;
    this.#desk = desk;
    this.#held = held;
  }

  do(ask: LiveAsk): void {
    switch (ask.kind) {
      case 'begin':
        this.#left.then(() => this.#begin(ask.request, ask.filter ?? null));
        break;
      case 'halt':
        this.#tracing?.stop().then(() => this.#tellRunning(), this.#desk.fail);
        break;
      case 'stop':
        this.#stop();
        break;
      case 'clear':
        this.#clear();
        break;
      case 'filter':
        this.#filter(ask.text, ask.held);
        break;
      case 'find': {
        const isWanted = (): boolean => this.#held() === ask.view;
        inSteps(this.#desk, isWanted, findRow(ask), (row) => this.#desk.tell({ kind: 'found', row }));
        break;
      }
      case 'export':
        this.#export(ask.path, ask.replaces, ask.view);
        break;
    }
  }

  /** Resolves when no probe is left. Gives the programs that run on. */
  async close(): Promise<readonly number[]> {
    this.#isClosed = true;
    this.#stopClocks();
    await Promise.all([this.#left, this.#tracing?.stop()]);
    return this.#started.running;
  }

  #begin(request: LiveRequest, filter: string | null): void {
    if (this.#isClosed) return;
    this.#stopClocks();
    const output = this.#outputFor(request);
    const session = new LiveSession(() => this.#heldViews(), output);
    const isShown = (): boolean => this.#session === session;
    this.#session = session;
    this.#took = null;
    this.#beganAt = performance.now();
    /** The one process that was started, or waited for. */
    let watched: number | null = null;
    const tracing = new Tracing(this.#path, request, {
      planned: (watch) => {
        if (!isShown()) return;
        session.plan(watch);
        const alone = loneProgram(watch.path, request);
        this.#desk.tell({ kind: 'planned', notes: session.notes, loneProgram: alone, figures: session.figures });
        if (filter !== null) this.#filter(filter, null);
        this.#desk.drawSoon();
      },
      attached: ({ probes, pid }) => {
        if (pid !== null) this.#started.add(pid, output);
        watched = pid;
        if (!isShown()) return;
        session.begin();
        this.#beganAt = performance.now();
        this.#desk.tell({ kind: 'attached', probes, pid });
        this.#clock = setInterval(() => this.#tick(request, watched), clockMs);
        // A started program is let run right after this, and is stopped until then.
        queueMicrotask(() => {
          if (isShown()) this.#tick(request, pid);
        });
      },
      came: (pid) => {
        watched = pid;
        if (!isShown()) return;
        this.#desk.tell({ kind: 'came', pid });
        this.#tick(request, pid);
      },
      events: (events) => {
        if (!isShown()) return;
        session.add(events);
        const { log, seen, notes } = session;
        this.#desk.tell({ kind: 'events', log: log.newest, seen, notes });
        const ms = session.figures.rate > fastRate ? fastDrawMs : drawMs;
        this.#drawTimer ??= setTimeout(() => this.#draw(), ms);
      },
      failed: (error) => {
        this.#end(session);
        if (isShown()) this.#desk.tell({ kind: 'failed', error });
        this.#desk.drawSoon();
      },
      finished: () => {
        this.#end(session);
        if (isShown()) {
          this.#tick(request, watched);
          this.#desk.tell({ kind: 'finished' });
        }
        this.#desk.drawSoon();
      },
      output: (from, bytes) => {
        output.add(from, bytes);
        this.#outputTimer ??= setTimeout(() => this.#tellOutput(), drawMs);
      },
    });
    this.#tracing = tracing;
    tracing.done.catch(this.#desk.fail);
  }

  /** A program that was started before goes on in the same pane. */
  #outputFor({ scope }: LiveRequest): OutputLog {
    const pids: readonly number[] = scope.kind === 'processes' ? scope.pids : [];
    return this.#started.outputOf(pids) ?? new OutputLog();
  }

  #heldViews(): readonly LogView[] {
    const held = this.#held();
    return held === null ? [...this.#exporting] : [held, ...this.#exporting];
  }

  #tellOutput(): void {
    this.#outputTimer = undefined;
    if (this.#session === null || this.#isClosed) return;
    this.#desk.tell({ kind: 'output', output: this.#session.output.view });
    this.#desk.drawSoon();
  }

  #draw(): void {
    this.#drawTimer = undefined;
    this.#desk.drawSoon();
  }

  #tick(request: LiveRequest, pid: number | null): void {
    const session = this.#session;
    if (session === null) return;
    const seconds = this.#took ?? (performance.now() - this.#beganAt) / 1000;
    if (this.#took === null) session.figures.passed(Math.floor(seconds));
    const target = targetOf(session, request, pid);
    this.#desk.tell({ kind: 'clock', seconds, target });
    this.#desk.drawSoon();
    if (this.#took !== null && target.kind !== 'running' && target.kind !== 'stopped') clearInterval(this.#clock);
  }

  #end(session: LiveSession): void {
    if (session.end !== null) this.#started.drop(session.end);
    if (this.#session === session) this.#took ??= (performance.now() - this.#beganAt) / 1000;
  }

  #clear(): void {
    const session = this.#session;
    if (session === null) return;
    session.clear();
    const { log, figures, output } = session;
    this.#desk.tell({ kind: 'cleared', log: log.newest, figures, output: output.view });
  }

  #filter(text: string | null, held: LogView | null): void {
    const session = this.#session;
    const turn = ++this.#filterTurn;
    const isWanted = (): boolean => this.#session === session && this.#filterTurn === turn;
    told(this.#desk, () => {
      if (session?.watch == null)
        throw new RsymError('usage', 'what the filter is about is not known yet', { reason: 'tracing has not begun' });
      const filter = text === null ? null : session.watch.filter(text);
      inSteps(this.#desk, isWanted, session.choose(filter, held), (view) => {
        const { log, seen, notes } = session;
        this.#desk.tell({ kind: 'filtered', filter: text, log: log.newest, held: view, seen, notes });
      });
      return true;
    });
  }

  #export(path: string, replaces: boolean, view: LogView): void {
    this.#exporting.add(view);
    const events = exportEvents({ path, replaces, view, program: this.#path });
    inSteps(
      this.#desk,
      () => true,
      events,
      (calls) => this.#desk.tell(calls === null ? { kind: 'exists' } : { kind: 'exported', path, calls, kept: view }),
      () => this.#exporting.delete(view),
    );
  }

  #stop(): void {
    const tracing = this.#tracing;
    this.#stopClocks();
    this.#tracing = null;
    this.#session = null;
    if (!tracing) return;
    this.#left = tracing.stop().then(() => this.#tellRunning(), this.#desk.fail);
  }

  #stopClocks(): void {
    clearInterval(this.#clock);
    clearTimeout(this.#outputTimer);
    clearTimeout(this.#drawTimer);
    this.#outputTimer = undefined;
    this.#drawTimer = undefined;
  }

  #tellRunning(): void {
    const running = this.#started.running;
    if (running.length > 0) this.#desk.notice(`probes removed; PID ${running.join(', ')} runs on`);
    this.#desk.drawSoon();
  }
}
