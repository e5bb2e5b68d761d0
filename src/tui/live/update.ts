import { sanitize } from '../../base/text.ts';
import { liveHeight, liveTop } from '../layout.ts';
import { edit, emptyField, fieldOf } from '../parts/field.ts';
import { type Motion, scrolledPage } from '../parts/window.ts';
import type { State } from '../state.ts';
import { type Area, type Step, step } from '../step.ts';
import { callLines } from './call-lines.ts';
import {
  held,
  inSight,
  neighbour,
  openedCall,
  openedParent,
  released,
  scrolledCalls,
  searchStart,
  visibleRows,
} from './calls.ts';
import { keptText, writtenText } from './kept.ts';
import { firstRow } from './log.ts';
import { pageLines } from './pages.ts';
import {
  type LiveAsk,
  type LiveNews,
  type LiveRequest,
  type LiveState,
  newLive,
  nothingSeen,
  type Prompt,
  shownLog,
  views,
} from './state.ts';

/** The live screen, over what it was begun from. */
export const begun = (state: State, request: LiveRequest): Step =>
  step({ ...state, level: 'live', live: newLive(request) }, { kind: 'live', ask: { kind: 'begin', request } });

const changed = (state: State, change: (live: LiveState) => LiveState): State =>
  state.live ? { ...state, live: change(state.live) } : state;

/** A change of the live screen, and what it wants done. */
type LiveStep = { readonly live: LiveState; readonly asks: readonly LiveAsk[] };

const done = (live: LiveState, ...asks: LiveAsk[]): LiveStep => ({ live, asks });

const stepped = (state: State, change: (live: LiveState) => LiveStep): Step => {
  if (!state.live) return step(state);
  const { live, asks } = change(state.live);
  return step({ ...state, live }, ...asks.map((ask) => ({ kind: 'live', ask }) as const));
};

const turned = (live: LiveState, by: number): LiveState => {
  const at = views.indexOf(live.view) + by + views.length;
  return { ...live, view: views[at % views.length] ?? live.view };
};

const prompted = (live: LiveState, kind: Prompt['kind'], text: string): LiveState => ({
  ...live,
  prompt: { kind, field: text === '' ? emptyField : fieldOf(text), fault: null, replaces: false, waits: false },
});

/** Upwards: from the newest call to older ones. */
const found = (live: LiveState, text: string, by: 1 | -1, isNew: boolean): LiveStep => {
  if (text === '') return done({ ...live, prompt: null });
  const start = searchStart(live, by, isNew);
  const still = held({ ...live, prompt: null, search: text, view: 'calls' });
  return done(still, { kind: 'find', text, view: shownLog(still), start, by, seen: live.seen });
};

const confirmed = (live: LiveState): LiveStep => {
  const { prompt } = live;
  if (prompt === null || prompt.waits) return done(live);
  const { kind, field, replaces } = prompt;
  const text = field.text.trim();
  const waiting = { ...live, prompt: { ...prompt, waits: true } };
  switch (kind) {
    case 'search':
      return found(live, field.text, -1, true);
    case 'filter':
      return done(waiting, { kind: 'filter', text: text === '' ? null : text, held: live.held });
    case 'export':
      if (text === '') return done({ ...live, prompt: null });
      return done(waiting, { kind: 'export', path: text, replaces, view: shownLog(live) });
  }
};

/** Tracing ends, or begins anew: a program that was started or waited for, and still runs, is watched again. */
const restarted = (live: LiveState): LiveStep => {
  const { phase, request, pid, awaited, target } = live;
  const own = pid ?? awaited;
  if (phase === 'stopping') return done(live);
  if (phase === 'planning' || phase === 'running') return done({ ...live, phase: 'stopping' }, { kind: 'halt' });
  const runs = own !== null && (target.kind === 'running' || target.kind === 'stopped');
  const again: LiveRequest = runs ? { ...request, scope: { kind: 'processes', pids: [own] } } : request;
  const { view, filter, search, output } = live;
  const fresh = { ...newLive(request), view, filter, search, ...(runs ? { pid, awaited, output } : {}) };
  return done(fresh, { kind: 'begin', request: again, ...(filter === null ? {} : { filter }) });
};

const cleared = (live: LiveState): LiveStep => {
  const { losses, origin } = live.seen;
  return done({ ...released(live), seen: { ...nothingSeen, losses, origin }, outputTop: null }, { kind: 'clear' });
};

const scrolledOutput = (live: LiveState, motion: Motion, height: number): LiveState => {
  const { forgotten, lines } = live.output;
  const newest = Math.max(0, lines.length - height);
  const top = live.outputTop === null ? newest : Math.max(0, live.outputTop - forgotten);
  const next = scrolledPage(top, motion, lines.length, height);
  return { ...live, outputTop: next >= newest ? null : next + forgotten };
};

const scrolled = (state: State, motion: Motion): State =>
  changed(state, (live) => {
    const height = liveHeight(state);
    if (live.opened !== null) {
      const count = callLines(state, live).length;
      const top = scrolledPage(live.opened.top, motion, count, height);
      return { ...live, opened: { ...live.opened, top } };
    }
    switch (live.view) {
      case 'calls':
        return scrolledCalls(live, motion, height);
      case 'output':
        return scrolledOutput(live, motion, height);
      default: {
        const top = scrolledPage(live.tops[live.view], motion, pageLines(state, live).length, height);
        return { ...live, tops: { ...live.tops, [live.view]: top } };
      }
    }
  });

const pointed = (state: State, row: number): Step =>
  step(
    changed(state, (live) => {
      const at = visibleRows(live, liveHeight(state))[row - liveTop];
      return live.view !== 'calls' || live.opened !== null || at === undefined ? live : { ...held(live), cursor: at };
    }),
  );

const back = (state: State): Step => {
  const { live } = state;
  if (live?.prompt) return step(changed(state, (own) => ({ ...own, prompt: null })));
  if (live?.opened) return step(changed(state, (own) => inSight({ ...own, opened: null }, liveHeight(state))));
  return step({ ...state, level: state.launch.over, live: null }, { kind: 'live', ask: { kind: 'stop' } });
};

/** Calls as they happen. */
export const liveArea: Area = {
  command: (state, name) => {
    switch (name) {
      case 'pause':
        return step(changed(state, (live) => (live.held ? released(live) : held(live))));
      case 'next-view':
        return step(changed(state, (live) => turned(live, 1)));
      case 'previous-view':
        return step(changed(state, (live) => turned(live, -1)));
      case 'open-call':
        return step(changed(state, (live) => (live.view === 'calls' ? openedCall(live) : live)));
      case 'next-call':
        return step(changed(state, (live) => neighbour(live, 1)));
      case 'previous-call':
        return step(changed(state, (live) => neighbour(live, -1)));
      case 'parent-call':
        return step(changed(state, openedParent));
      case 'search':
        return step(changed(state, (live) => prompted(live, 'search', '')));
      case 'find-next':
        return stepped(state, (live) => found(live, live.search, -1, false));
      case 'find-previous':
        return stepped(state, (live) => found(live, live.search, 1, false));
      case 'filter':
        return step(changed(state, (live) => prompted(live, 'filter', live.filter ?? '')));
      case 'export':
        return step(changed(state, (live) => prompted(live, 'export', '')));
      case 'confirm':
        return stepped(state, confirmed);
      case 'restart':
        return stepped(state, restarted);
      case 'clear':
        return stepped(state, cleared);
      default:
        return step(state);
    }
  },
  edited: (state, change) =>
    step(
      changed(state, (live) =>
        live.prompt === null
          ? live
          : {
              ...live,
              prompt: { ...live.prompt, field: edit(live.prompt.field, change), fault: null, replaces: false },
            },
      ),
    ),
  scrolled,
  pointed,
  back,
};

export const afterLiveNews = (state: State, news: LiveNews): State => {
  const next = changed(state, (live) => liveAfter(live, news));
  if (!state.live) return next;
  if (news.kind === 'found') {
    if (news.row === null)
      return { ...next, notice: `nothing more has ‘${sanitize(state.live.search)}’${amongText(state.live)}` };
    return changed(next, (live) => inSight(live, liveHeight(next)));
  }
  // Nobody waits for the answer any more.
  if (news.kind === 'refused' && state.live.prompt === null)
    return { ...next, notice: sanitize(news.error.message.split('\n', 1)[0] ?? '') };
  if (news.kind !== 'exported') return next;
  return { ...next, notice: `${writtenText(news.calls, news.kept)} written to ${sanitize(news.path)}` };
};

/** Where older calls are not there any more. */
const amongText = (live: LiveState): string => {
  const kept = keptText(shownLog(live));
  return kept === null ? '' : ` in ${kept}`;
};

const liveAfter = (live: LiveState, news: LiveNews): LiveState => {
  const { prompt } = live;
  switch (news.kind) {
    case 'planned':
      // A filter that was taken over is tried anew.
      return { ...live, notes: news.notes, loneProgram: news.loneProgram, figures: news.figures, filter: null };
    case 'attached':
      return {
        ...live,
        phase: live.phase === 'planning' ? 'running' : live.phase,
        probes: news.probes,
        pid: news.pid ?? live.pid,
      };
    case 'came':
      return { ...live, awaited: news.pid };
    case 'events':
      return { ...live, log: news.log, seen: news.seen, notes: news.notes };
    case 'cleared':
      return { ...live, log: news.log, figures: news.figures, output: news.output };
    case 'clock':
      return { ...live, seconds: news.seconds, target: news.target };
    case 'output':
      return { ...live, output: news.output };
    case 'failed':
      return { ...live, phase: 'failed', error: news.error };
    case 'finished':
      return live.phase === 'failed' ? live : { ...live, phase: 'ended' };
    case 'filtered':
      return filtered(live, news);
    case 'found':
      return news.row === null ? live : { ...live, cursor: news.row };
    case 'exported':
      return prompt?.kind === 'export' ? { ...live, prompt: null } : live;
    case 'exists':
      return prompt?.kind === 'export' ? { ...live, prompt: { ...prompt, waits: false, replaces: true } } : live;
    case 'refused':
      return prompt === null ? live : { ...live, prompt: { ...prompt, waits: false, fault: news.error } };
  }
};

const filtered = (live: LiveState, news: Extract<LiveNews, { kind: 'filtered' }>): LiveState => {
  const { filter, log, seen, notes } = news;
  const next: LiveState = {
    ...live,
    filter,
    log,
    seen,
    notes,
    prompt: live.prompt?.kind === 'filter' ? null : live.prompt,
  };
  // What was held while the condition was tried is that of another filter.
  if (live.held === null || news.held === null) return { ...next, held: null, opened: null };
  const cursor = Math.max(firstRow(news.held), news.held.end - 1);
  return { ...next, held: news.held, cursor, top: firstRow(news.held), opened: null };
};
