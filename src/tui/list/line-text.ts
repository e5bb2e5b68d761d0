import { hex } from '../../base/units.ts';
import type { Branch, Entry, highlighter } from '../../query/browse.ts';
import { padEnd } from '../../report/terminal-width.ts';
import { grouped } from '../parts/number.ts';
import type { Theme } from '../parts/theme.ts';
import { shorten } from '../parts/wrap.ts';
import { type Columns, columnsBefore, sourceText } from './columns.ts';
import { nameText } from './name-text.ts';

/** How a line stands out from the others. */
export type LineLook = {
  readonly isChosen: boolean;
  readonly isMarked: boolean;
  /** Branches that it is in; 0 in a list. */
  readonly depth: number;
};

const signsOf = ({ isChosen, isMarked }: LineLook): string => `${isChosen ? '›' : ' '}${isMarked ? '*' : ' '}`;

/** Two blanks for each branch, until there would be no room for names. */
const indentOf = ({ depth }: LineLook, room: number): string => ' '.repeat(Math.min(2 * depth, Math.floor(room / 3)));

/** The line of a function, as wide as the screen. */
export const entryText = (
  entry: Entry,
  look: LineLook,
  columns: Columns,
  ranges: ReturnType<typeof highlighter>,
  theme: Theme,
): string => {
  const before = columnsBefore(entry, columns);
  const indent = indentOf(look, columns.name);
  const name = `${entry.name}${remark(entry, columns)}`;
  const shown = nameText(name, ranges(entry.name), columns.name - indent.length, theme.match);
  const source = columns.source > 0 ? `  ${sourceText(entry, columns)}` : '';
  if (look.isChosen) return theme.chosen(`${signsOf(look)}${before}${indent}${shown}${source}`);
  return `${marked(look, theme)}${theme.faint(before)}${indent}${shown}${theme.faint(source)}`;
};

/** The line of a branch. */
export const branchText = (
  { name, isOpen, first, end }: Branch,
  look: LineLook,
  columns: Columns,
  theme: Theme,
): string => {
  const count = end - first;
  const before = ' '.repeat(columnsWidth(columns));
  const indent = indentOf(look, columns.name);
  const room = columns.name - indent.length + (columns.source > 0 ? columns.source + 2 : 0);
  const numbers = ` ${grouped(count)}`;
  const label = shorten(`${isOpen ? '▾' : '▸'} ${name}`, Math.max(4, room - numbers.length));
  const rest = padEnd('', room - label.length - numbers.length);
  if (look.isChosen) return theme.chosen(`${signsOf(look)}${before}${indent}${label}${numbers}${rest}`);
  return `${marked(look, theme)}${before}${indent}${theme.label(label)}${theme.faint(numbers)}`;
};

const marked = (look: LineLook, theme: Theme): string => (look.isMarked ? theme.warning(signsOf(look)) : signsOf(look));

const columnsWidth = ({ address, size, copies, traceable }: Columns): number => {
  const shown = [address, size, copies, traceable].filter((width) => width > 0);
  return shown.reduce((sum, width) => sum + width + 1, 0) + (shown.length > 0 ? 1 : 0);
};

const remark = (entry: Entry, columns: Columns): string => {
  if (entry.kind === 'ifunc') return ' (IFUNC)';
  // Where there is no column for it.
  if (columns.address === 0 && entry.hasNamesakes && entry.address !== null) return ` at ${hex(entry.address)}`;
  return entry.kind === 'inlined' && columns.address === 0 ? ' (inlined only)' : '';
};
