import type { Line } from '../parts/line.ts';
import type { State } from '../state.ts';
import { countLines } from './count-lines.ts';
import { latencyLines } from './latency-lines.ts';
import { noteLines } from './note-lines.ts';
import type { LiveState } from './state.ts';

/** The lines of a view that is a page; none of those that are lists. */
export const pageLines = ({ size: { columns } }: Pick<State, 'size'>, live: LiveState): readonly Line[] => {
  switch (live.view) {
    case 'counts':
      return countLines(live, columns);
    case 'latency':
      return latencyLines(live, columns);
    case 'notes':
      return noteLines(live, columns);
    default:
      return [];
  }
};
