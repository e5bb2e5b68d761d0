import { callsHeight } from '../layout.ts';
import type { State } from '../state.ts';
import { type Area, type Step, step } from '../step.ts';
import { heldOrReleased, liveAfter, scrolled } from './events.ts';
import { type LiveNews, type LiveRequest, type LiveState, newLive } from './state.ts';

/** The live screen, over what it was begun from. */
export const begun = (state: State, request: LiveRequest): Step =>
  step({ ...state, level: 'live', live: newLive(request) }, { kind: 'live', ask: { kind: 'begin', request } });

const changed = (state: State, change: (live: LiveState) => LiveState): State =>
  state.live ? { ...state, live: change(state.live) } : state;

/** Calls as they happen. */
export const liveArea: Area = {
  command: (state, name) => step(name === 'pause' ? changed(state, heldOrReleased) : state),
  edited: (state) => step(state),
  scrolled: (state, motion) => changed(state, (live) => scrolled(live, motion, callsHeight(state))),
  back: (state) => step({ ...state, level: state.launch.over, live: null }, { kind: 'live', ask: { kind: 'stop' } }),
};

export const afterLiveNews = (state: State, news: LiveNews): State => changed(state, (live) => liveAfter(live, news));
