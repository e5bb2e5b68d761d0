import { CallFigures } from '../../query/call-figures.ts';
import {
  type CallEvent,
  type EndEvent,
  type EventFilter,
  type Losses,
  noLosses,
  type TraceEvent,
  type Watch,
} from '../../query/watch.ts';
import { CallLog } from './call-log.ts';
import type { LogView } from './log.ts';
import type { OutputLog } from './output-log.ts';
import type { Seen } from './state.ts';

/** What was seen of one trace: its events, sums and the program's output. */
export class LiveSession {
  readonly log: CallLog;
  readonly output: OutputLog;
  figures: CallFigures;
  watch: Watch | null = null;
  /** The condition on events that are shown; null: all are. */
  #filter: EventFilter | null = null;
  #names: readonly string[] = [];
  #calls = 0;
  #losses = noLosses;
  /** CLOCK_MONOTONIC when the probes were planted, ns. */
  #origin: bigint | null = null;
  #threads = false;
  #processes = false;
  #notes: string[] = [];
  #thread: { readonly pid: number; readonly tid: number } | null = null;
  #end: EndEvent | null = null;

  /** `heldViews`: of `log`, those that must stay readable. */
  constructor(heldViews: () => readonly LogView[], output: OutputLog) {
    this.log = new CallLog(heldViews);
    this.output = output;
    this.figures = new CallFigures();
  }

  /** The last event, once it has come. */
  get end(): EndEvent | null {
    return this.#end;
  }

  get notes(): readonly string[] {
    return [...this.#notes, ...(this.#filter?.notes ?? [])];
  }

  get seen(): Seen {
    return {
      calls: this.#calls,
      losses: this.#losses,
      refused: this.log.refused,
      undecided: this.log.undecided,
      origin: this.#origin,
      threads: this.#threads,
      processes: this.#processes,
    };
  }

  plan(watch: Watch): void {
    this.watch = watch;
    this.#names = watch.functions.map(({ name }) => name);
    this.#notes = [...watch.notes];
    this.figures = new CallFigures(this.#names);
  }

  /** Times are shown from now on. */
  begin(): void {
    this.#origin = process.hrtime.bigint();
  }

  add(events: readonly TraceEvent[]): void {
    const kept: TraceEvent[] = [];
    for (const event of events) {
      switch (event.event) {
        case 'call':
          this.#addCall(event);
          break;
        case 'note':
          if (!this.#notes.includes(event.text)) this.#notes.push(event.text);
          continue;
        case 'lost':
          this.#losses = joined(this.#losses, event.losses, (one, other) => one + other);
          break;
        case 'end':
          // It knows best.
          this.#losses = event.lost;
          this.#end = event;
          break;
        default:
      }
      kept.push(event);
    }
    this.log.add(kept);
  }

  /** Tests what is there, step by step; the result: what takes the place of `held`. */
  *choose(filter: EventFilter | null, held: LogView | null): Generator<void, LogView | null> {
    const view = yield* this.log.choose(filter === null ? null : filter.test, held);
    this.#filter = filter;
    return view;
  }

  clear(): void {
    this.log.clear();
    this.output.clear();
    this.#calls = 0;
    this.figures = new CallFigures(this.#names);
  }

  #addCall(call: CallEvent): void {
    this.figures.add(call);
    this.#calls++;
    const { pid, tid } = call;
    this.#thread ??= { pid, tid };
    if (tid !== this.#thread.tid) this.#threads = true;
    if (pid !== this.#thread.pid) this.#processes = true;
  }
}

const causes = Object.keys(noLosses) as readonly (keyof Losses)[];
const joined = (a: Losses, b: Losses, join: (one: number, other: number) => number): Losses =>
  Object.fromEntries(causes.map((cause) => [cause, join(a[cause], b[cause])])) as Losses;
