import { displayWidth, padEnd } from '../../report/terminal-width.ts';
import type { Theme } from './theme.ts';
import { shorten } from './wrap.ts';

/** The first line: where one is, and at the right what it is about, if there is room. */
export const titleText = (left: string, right: string, columns: number, theme: Theme): string => {
  const shownRight = displayWidth(right) + 20 <= columns ? right : '';
  const room = columns - displayWidth(shownRight) - (shownRight === '' ? 0 : 2);
  const shownLeft = theme.title(padEnd(shorten(left, room), room));
  return shownRight === '' ? shownLeft : `${shownLeft}  ${theme.faint(shownRight)}`;
};
