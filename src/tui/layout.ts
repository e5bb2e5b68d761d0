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
  const line = row - titleRows - searchRows - (hasHeadings(size) ? 1 : 0);
  return line >= 0 && line < listHeight(size) ? line : undefined;
};

/** Rows of the list of functions. */
export const listHeight = (size: Size): number =>
  Math.max(1, size.rows - titleRows - searchRows - (hasHeadings(size) ? 1 : 0) - noticeRows - hintRows);

/** A line above the list says what its columns are, where there are more than need no word. */
export const hasHeadings = ({ columns }: Size): boolean => columns >= 80;

/** Rows between the title and the last two lines. */
export const bodyHeight = ({ rows }: Size): number => Math.max(1, rows - titleRows - noticeRows - hintRows);

const fieldRows = 1;

/** Below the signature's field, where it has a fault: the place, and two lines in words. */
export const faultRows = ({ detail }: State): number => (detail?.fault ? 4 : 0);

/** Rows for what is known of a function. */
export const factsHeight = (state: State): number => Math.max(1, bodyHeight(state.size) - fieldRows - faultRows(state));

/** Rows for instructions: above them stands which copy it is. */
export const codeHeight = ({ size }: State): number => Math.max(1, bodyHeight(size) - 1);

/** The state of what is watched, and the names of the views. */
const liveHeadRows = 2;

/** The row of the screen, from 0, where the views begin. */
export const liveTop = titleRows + liveHeadRows;

/** Above the line that is typed, where it has a fault. */
export const promptFaultRows = ({ live }: State): number => (live?.prompt?.fault ? 4 : 0);

/** Rows of the live screen's views. */
export const liveHeight = (state: State): number =>
  Math.max(1, bodyHeight(state.size) - liveHeadRows - promptFaultRows(state));
