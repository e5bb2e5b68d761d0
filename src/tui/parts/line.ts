/** A line of a page that can be scrolled: a label in a column of its own, then text. */
export type Line = { readonly label: string; readonly text: string; readonly tone: 'plain' | 'faint' | 'warning' };
