/** A line of a page that can be scrolled: a label in a column of its own, then text; `painted` text has colours of its own. */
export type Line = {
  readonly label: string;
  readonly text: string;
  readonly tone: 'plain' | 'faint' | 'warning' | 'title' | 'painted';
};
