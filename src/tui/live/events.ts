import type { Losses, TraceEvent } from '../../query/watch.ts';
import type { Motion } from '../parts/window.ts';
import { type LiveNews, type LiveState, mostEvents } from './state.ts';

export const liveAfter = (live: LiveState, news: LiveNews): LiveState => {
  switch (news.kind) {
    case 'planned':
      return { ...live, notes: news.notes };
    case 'attached':
      return { ...live, phase: 'running', probes: news.probes, pid: news.pid };
    case 'events':
      return withEvents(live, news.events);
    case 'failed':
      return { ...live, phase: 'failed', error: news.error };
    case 'finished':
      return live.phase === 'failed' ? live : { ...live, phase: 'ended' };
  }
};

const withEvents = (live: LiveState, events: readonly TraceEvent[]): LiveState => {
  let { calls, lost, origin, thread } = live;
  for (const event of events) {
    if (event.event === 'lost') lost += total(event.losses);
    if (event.event === 'end') lost = total(event.lost);
    if (event.event !== 'call') continue;
    calls++;
    if (origin === null || event.time < origin) origin = event.time;
    thread = thread === undefined || thread === event.tid ? event.tid : null;
  }
  const kept = [...live.events.slice(-mostEvents), ...events.slice(-mostEvents)].slice(-mostEvents);
  return { ...live, calls, lost, origin, thread, events: kept };
};

const total = (losses: Losses): number => Object.values(losses).reduce((sum, count) => sum + count, 0);

export const heldOrReleased = (live: LiveState): LiveState =>
  live.held ? { ...live, held: null, behind: 0 } : { ...live, held: live.events };

/** Looking back holds the view still; coming to the newest line lets it go on. */
export const scrolled = (live: LiveState, motion: Motion, height: number): LiveState => {
  const shown = live.held ?? live.events;
  const page = Math.max(1, height - 1);
  const most = Math.max(0, shown.length - height);
  const by = { up: 1, down: -1, 'page-up': page, 'page-down': -page, first: most, last: -most - 1 }[motion];
  const behind = Math.min(most, live.behind + by);
  if (behind < 0 || (motion === 'last' && live.held)) return { ...live, held: null, behind: 0 };
  return behind === 0 && live.held === null ? live : { ...live, held: shown, behind };
};

/** The events on the screen, oldest first. */
export const visibleEvents = (live: LiveState, height: number): readonly TraceEvent[] => {
  const shown = live.held ?? live.events;
  const end = shown.length - live.behind;
  return shown.slice(Math.max(0, end - height), end);
};
