/** Which part of a long list is on the screen: `top` is the first line shown. */

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high));

const motions = ['up', 'down', 'page-up', 'page-down', 'first', 'last'] as const;
export type Motion = (typeof motions)[number];

export const isMotion = (name: string): name is Motion => (motions as readonly string[]).includes(name);

/** Where a motion leads from `at`, in a list of `count` lines on `height` rows; 0 in an empty one. */
export const moved = (at: number, motion: Motion, count: number, height: number): number => {
  const page = Math.max(1, height - 1);
  const by = { up: -1, down: 1, 'page-up': -page, 'page-down': page, first: -count, last: count }[motion];
  return clamp(at + by, 0, Math.max(0, count - 1));
};

/** The least movement of the window that shows line `cursor`, without blank rows below the last line. */
export const scrolledTo = (top: number, cursor: number, count: number, height: number): number =>
  clamp(clamp(top, cursor - height + 1, cursor), 0, Math.max(0, count - height));

/** A top line that leaves no blank rows below the last line. */
export const boundedTop = (top: number, count: number, height: number): number =>
  clamp(top, 0, Math.max(0, count - height));

/** As `moved`, for a page without a cursor: `top` is its first line shown. */
export const scrolledPage = (top: number, motion: Motion, count: number, height: number): number =>
  boundedTop(moved(top, motion, count, height), count, height);
