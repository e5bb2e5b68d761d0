import type { Size, State } from './state.ts';

/** The smallest screen that is drawn on. */
export const smallest: Size = { columns: 40, rows: 10 };

export const fits = ({ columns, rows }: Size): boolean => columns >= smallest.columns && rows >= smallest.rows;

const titleRows = 1;
const searchRows = 1;
const hintRows = 1;
const noticeRows = 1;

/** Which line of the list is on a row of the screen, the first shown being 0; undefined where none is. */
export const listLineAt = (size: Size, row: number): number | undefined => {
  const line = row - titleRows - searchRows;
  return line >= 0 && line < listHeight(size) ? line : undefined;
};

/** Rows of the list of functions. */
export const listHeight = ({ rows }: Size): number =>
  Math.max(1, rows - titleRows - searchRows - noticeRows - hintRows);

/** Rows between the title and the last two lines. */
export const bodyHeight = ({ rows }: Size): number => Math.max(1, rows - titleRows - noticeRows - hintRows);

/** Rows for the keys. */
export const helpHeight = bodyHeight;

const fieldRows = 1;

/** Below the signature's field, where it has a fault: the place, and two lines in words. */
export const faultRows = ({ detail }: State): number => (detail?.fault ? 4 : 0);

/** Rows for what is known of a function. */
export const factsHeight = (state: State): number => Math.max(1, bodyHeight(state.size) - fieldRows - faultRows(state));

/** The state of what is watched, and the names of the views. */
const liveHeadRows = 2;

/** The row of the screen, from 0, where the views begin. */
export const liveTop = titleRows + liveHeadRows;

/** Above the line that is typed, where it has a fault. */
export const promptFaultRows = ({ live }: State): number => (live?.prompt?.fault ? 4 : 0);

/** Rows of the live screen's views. */
export const liveHeight = (state: State): number =>
  Math.max(1, bodyHeight(state.size) - liveHeadRows - promptFaultRows(state));
