import type { CallSink } from './call-sink.ts';
import { CallTexts } from './call-text.ts';
import type { CaptureLimits } from './capture-layout.ts';
import type { EndedCall } from './correlate.ts';
import type { CallEvent, EndEvent, LostEvent, TraceEvent } from './event.ts';
import type { ProgramPlan } from './programs.ts';
import { showCall } from './show.ts';
import type { ProbeSite } from './site.ts';
import type { EnteredCall } from './thread-calls.ts';

type Showing = {
  readonly sites: readonly ProbeSite[];
  /** Only texts of values are wanted: an event's other properties are found when they are asked for. */
  readonly texts: boolean;
  readonly limits: CaptureLimits;
};

/** Events that nobody has taken yet, numbered in the order in which they were added. */
export class EventQueue implements CallSink<TraceEvent[]> {
  readonly #plan: ProgramPlan;
  readonly #showing: Showing;
  readonly #callTexts: CallTexts[] = [];
  #events: TraceEvent[] = [];
  #seq = 0;

  constructor(plan: ProgramPlan, showing: Showing) {
    this.#plan = plan;
    this.#showing = showing;
  }

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  take(): TraceEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  addCall(call: EnteredCall, event: CallEvent['event'], ended: EndedCall | null): void {
    const site = this.#showing.sites[call.enter.fn];
    if (!site) return;
    const exit = ended?.ret == null ? null : (this.#plan.exits[ended.ret.site] ?? null);
    const exitAddress = exit?.address ?? null;
    if (this.#showing.texts) {
      this.#events.push(this.#texts(call.enter.fn, site).event(call, event, ended, exitAddress, ++this.#seq));
      return;
    }
    this.#events.push(showCall(site, call, event, ended, exitAddress, ++this.#seq, this.#showing.limits));
  }

  #texts(fn: number, site: ProbeSite): CallTexts {
    const known = this.#callTexts[fn];
    if (known) return known;
    const layout = this.#plan.entryLayouts[fn];
    if (!layout) throw new Error(`no layout of function ${fn}`);
    const made = new CallTexts(site, layout, this.#showing.limits);
    this.#callTexts[fn] = made;
    return made;
  }

  addNotes(texts: readonly string[]): void {
    for (const text of texts) this.#events.push({ event: 'note', seq: ++this.#seq, text });
  }

  addLost(lost: Pick<LostEvent, 'losses' | 'functions'>): void {
    this.#events.push({ event: 'lost', time: process.hrtime.bigint(), seq: ++this.#seq, ...lost });
  }

  addEnd(end: Omit<EndEvent, 'event' | 'time' | 'seq'>): void {
    this.#events.push({ event: 'end', time: process.hrtime.bigint(), seq: ++this.#seq, ...end });
  }
}
