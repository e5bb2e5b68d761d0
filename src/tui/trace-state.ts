import type { RsymError } from '../base/errors.ts';
import type { Losses, TraceEvent } from '../query/watch.ts';
import { mostEvents, type TraceState } from './state.ts';
import type { Motion } from './window.ts';

/** What a trace tells the screen while it goes on. */
export type TraceNews =
  | { readonly kind: 'planned'; readonly notes: readonly string[] }
  | { readonly kind: 'attached'; readonly probes: number; readonly pid: number | null }
  | { readonly kind: 'events'; readonly events: readonly TraceEvent[] }
  | { readonly kind: 'failed'; readonly error: RsymError }
  | { readonly kind: 'finished' };

export const newTrace = (title: string): TraceState => ({
  title,
  phase: 'planning',
  notes: [],
  probes: 0,
  pid: null,
  events: [],
  held: null,
  behind: 0,
  calls: 0,
  lost: 0,
  origin: null,
  thread: undefined,
  error: null,
});

export const traceAfter = (trace: TraceState, news: TraceNews): TraceState => {
  switch (news.kind) {
    case 'planned':
      return { ...trace, notes: news.notes };
    case 'attached':
      return { ...trace, phase: 'running', probes: news.probes, pid: news.pid };
    case 'events':
      return withEvents(trace, news.events);
    case 'failed':
      return { ...trace, phase: 'failed', error: news.error };
    case 'finished':
      return trace.phase === 'failed' ? trace : { ...trace, phase: 'ended' };
  }
};

const withEvents = (trace: TraceState, events: readonly TraceEvent[]): TraceState => {
  let { calls, lost, origin, thread } = trace;
  for (const event of events) {
    if (event.event === 'lost') lost += total(event.losses);
    if (event.event === 'end') lost = total(event.lost);
    if (event.event !== 'call') continue;
    calls++;
    if (origin === null || event.time < origin) origin = event.time;
    thread = thread === undefined || thread === event.tid ? event.tid : null;
  }
  const kept = [...trace.events.slice(-mostEvents), ...events.slice(-mostEvents)].slice(-mostEvents);
  return { ...trace, calls, lost, origin, thread, events: kept };
};

const total = (losses: Losses): number => Object.values(losses).reduce((sum, count) => sum + count, 0);

export const heldOrReleased = (trace: TraceState): TraceState =>
  trace.held ? { ...trace, held: null, behind: 0 } : { ...trace, held: trace.events };

/** Looking back holds the view still; coming to the newest line lets it go on. */
export const scrolled = (trace: TraceState, motion: Motion, height: number): TraceState => {
  const shown = trace.held ?? trace.events;
  const page = Math.max(1, height - 1);
  const most = Math.max(0, shown.length - height);
  const by = { up: 1, down: -1, 'page-up': page, 'page-down': -page, first: most, last: -most - 1 }[motion];
  const behind = Math.min(most, trace.behind + by);
  if (behind < 0 || (motion === 'last' && trace.held)) return { ...trace, held: null, behind: 0 };
  return behind === 0 && trace.held === null ? trace : { ...trace, held: shown, behind };
};

/** The events on the screen, oldest first. */
export const visibleEvents = (trace: TraceState, height: number): readonly TraceEvent[] => {
  const shown = trace.held ?? trace.events;
  const end = shown.length - trace.behind;
  return shown.slice(Math.max(0, end - height), end);
};
