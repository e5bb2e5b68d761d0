import { padEnd } from '../../report/terminal-width.ts';
import type { Line } from './line.ts';
import { makeTheme } from './theme.ts';
import { wrapProse } from './wrap.ts';

const theme = makeTheme(true);
const labelWidth = 12;
/** Mangled names can be as long as a book. */
const mostRows = 8;

/** A fact: a label in a column of its own, and beside it the text, in rows as narrow as that needs. */
export const labelledLines = (
  label: string,
  text: string,
  columns: number,
  tone: 'plain' | 'faint' | 'warning' = 'plain',
): Line[] =>
  wrapProse(text, columns - labelWidth, mostRows).map((piece, i) => ({
    label: '',
    text: theme.label(padEnd(i === 0 ? label : '', labelWidth)) + theme[tone](piece),
    tone: 'painted',
  }));
