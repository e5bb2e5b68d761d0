import { type Motion, moved, scrolledTo } from '../parts/window.ts';
import { kinOf } from './kin.ts';
import { callAt, eventAt, firstRow, type LogView, rowCount } from './log.ts';
import { type LiveState, shownLog } from './state.ts';

/** The view stands still, its newest row chosen. */
export const held = (live: LiveState): LiveState => {
  const { held: before, log } = live;
  if (before !== null) return live;
  const cursor = Math.max(firstRow(log), log.end - 1);
  return { ...live, held: log, cursor, top: firstRow(log) };
};

/** The view follows the newest events. */
export const released = (live: LiveState): LiveState => ({ ...live, held: null, opened: null });

/** Looking back holds the view still; going beyond the newest row lets it go on. */
export const scrolledCalls = (live: LiveState, motion: Motion, height: number): LiveState => {
  const isBack = motion === 'up' || motion === 'page-up' || motion === 'first';
  if (live.held === null && !isBack) return live;
  const still = held(live);
  const view = shownLog(still);
  if (motion === 'last' || (motion === 'down' && still.cursor >= view.end - 1)) return released(live);
  const first = firstRow(view);
  const cursor = first + moved(still.cursor - first, motion, rowCount(view), height);
  return inSight({ ...still, cursor }, height);
};

/** The chosen row is on the screen. */
export const inSight = (live: LiveState, height: number): LiveState => ({ ...live, top: topOf(live, height) });

/** The first row shown. */
export const topOf = (live: LiveState, height: number): number => {
  const view = shownLog(live);
  const first = firstRow(view);
  if (live.held === null) return Math.max(first, view.end - height);
  return first + scrolledTo(live.top - first, live.cursor - first, rowCount(view), height);
};

/** The rows of the screen, oldest first. */
export const visibleRows = (live: LiveState, height: number): readonly number[] => {
  const view = shownLog(live);
  const top = topOf(live, height);
  return Array.from({ length: Math.max(0, Math.min(height, view.end - top)) }, (_, i) => top + i);
};

/** All values of the call under the cursor; without a held view, of the newest. */
export const openedCall = (live: LiveState): LiveState => {
  const still = held(live);
  const view = shownLog(still);
  const row = callAt(view, still.cursor) ? still.cursor : newestCall(view, still.cursor);
  return row === null ? live : openedAt(still, view, row);
};

/** The next call in a direction; none: nothing changes. */
export const neighbour = (live: LiveState, by: 1 | -1): LiveState => {
  const view = shownLog(live);
  for (let row = live.cursor + by; eventAt(view, row) !== undefined; row += by)
    if (callAt(view, row)) return openedAt(live, view, row);
  return live;
};

export const openedParent = (live: LiveState): LiveState => {
  const parent = live.opened?.kin.parent ?? null;
  return parent === null ? live : openedAt(live, shownLog(live), parent);
};

const openedAt = (live: LiveState, view: LogView, row: number): LiveState => ({
  ...live,
  cursor: row,
  opened: { top: 0, kin: kinOf(view, row) },
});

/** Below a row that is no call, such as the end. */
const newestCall = (view: LogView, from: number): number | null => {
  for (let row = Math.min(from, view.end - 1); row >= firstRow(view); row--) if (callAt(view, row)) return row;
  return null;
};

/** Where a search begins: above the chosen row, or at the newest. */
export const searchStart = (live: LiveState, by: 1 | -1, isNew: boolean): number => {
  const view = shownLog(live);
  if (live.held === null || isNew) return live.held === null ? view.end - 1 : live.cursor;
  return live.cursor + by;
};
