import { bodyHeight } from '../layout.ts';
import { scrolledPage } from '../parts/window.ts';
import { type Area, step } from '../step.ts';
import { helpRowCount } from './lines.ts';

/** The keys, which lie over everything. */
export const helpArea: Area = {
  command: (state) => step(state),
  edited: (state) => step(state),
  scrolled: (state, motion) => ({
    ...state,
    help: scrolledPage(state.help ?? 0, motion, helpRowCount(state), bodyHeight(state.size)),
  }),
  back: (state) => step({ ...state, help: null }),
};
