import { scrolledPage } from '../parts/window.ts';
import { type Area, step } from '../step.ts';
import { helpLineCount } from './lines.ts';

/** The keys, which lie over everything. */
export const helpArea: Area = {
  command: (state) => step(state),
  edited: (state) => step(state),
  scrolled: (state, motion) => ({
    ...state,
    help: scrolledPage(state.help ?? 0, motion, helpLineCount(state), state.size.rows - 2),
  }),
  back: (state) => step({ ...state, help: null }),
};
