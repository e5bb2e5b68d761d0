import { bodyHeight } from '../layout.ts';
import { type Motion, scrolledPage } from '../parts/window.ts';
import type { State } from '../state.ts';
import { type Area, step } from '../step.ts';
import { copiedLines } from './lines.ts';

const closed = (state: State): State => ({ ...state, copied: null });

/** A command that was copied, over everything: any key closes it, but those that scroll what doesn't fit. */
export const copiedArea: Area = {
  command: (state) => step(closed(state)),
  edited: (state) => step(closed(state)),
  scrolled: (state: State, motion: Motion) => {
    const { copied, size } = state;
    if (copied === null) return state;
    const count = copiedLines(copied.command, size.columns).length;
    const height = bodyHeight(size);
    if (count <= height) return closed(state);
    return { ...state, copied: { ...copied, top: scrolledPage(copied.top, motion, count, height) } };
  },
  back: (state) => step(closed(state)),
};
