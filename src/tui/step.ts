import type { DetailAsk, DetailNews } from './detail/state.ts';
import type { Command } from './keys.ts';
import type { LaunchAsk, LaunchNews } from './launch/state.ts';
import type { ListAsk, ListNews } from './list/state.ts';
import type { LiveAsk, LiveNews } from './live/state.ts';
import type { Edit } from './parts/field.ts';
import type { Motion } from './parts/window.ts';
import type { Size, State } from './state.ts';

/** What happens to the screen. */
export type Action =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'typed'; readonly text: string }
  /** A row of the screen, counted from 0, was clicked on. */
  | { readonly kind: 'pointed'; readonly row: number }
  | { readonly kind: 'resized'; readonly size: Size }
  | { readonly kind: 'list'; readonly news: ListNews }
  | { readonly kind: 'detail'; readonly news: DetailNews }
  | { readonly kind: 'launch'; readonly news: LaunchNews }
  | { readonly kind: 'live'; readonly news: LiveNews }
  | { readonly kind: 'notice'; readonly text: string };

/** What the screen wants done outside itself. */
export type Effect =
  | { readonly kind: 'list'; readonly ask: ListAsk }
  | { readonly kind: 'detail'; readonly ask: DetailAsk }
  | { readonly kind: 'launch'; readonly ask: LaunchAsk }
  | { readonly kind: 'live'; readonly ask: LiveAsk }
  /** To the terminal's clipboard. */
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'redraw' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'quit'; readonly interrupted: boolean };

export type Step = { readonly state: State; readonly effects: readonly Effect[] };

export const step = (state: State, ...effects: readonly Effect[]): Step => ({ state, effects });

/** A level of the screen: what its keys and its field do to the state. */
export type Area = {
  readonly command: (state: State, name: Command) => Step;
  /** Of the field that has the cursor. */
  readonly edited: (state: State, change: Edit) => Step;
  readonly scrolled: (state: State, motion: Motion) => State;
  /** A click on a row of the screen; without it, clicks do nothing. */
  readonly pointed?: (state: State, row: number) => Step;
  /** Esc. */
  readonly back: (state: State) => Step;
};
