import type { CountReading } from '../query/count.ts';
import type { Palette } from './terminal-colour.ts';
import { displayWidth, padStart, truncateMiddle } from './terminal-width.ts';

export type CountTableStyle = {
  readonly palette: Palette;
  /** Rows at most; the others are summed up in one more. */
  readonly top: number;
  /** A line is no wider than this; null: as wide as it is. */
  readonly columns: number | null;
  /** No more lines than this in all; absent: as many as there are. */
  readonly lines?: number;
  /** With a column for the calls since the reading before, and sorted by it. */
  readonly isLive: boolean;
};

/** One line of the table. */
export type CountRow = {
  readonly total: string;
  readonly recent: string;
  readonly share: string;
  readonly name: string;
  readonly remark: string;
  readonly isSum?: true;
};

/** Names are cut no shorter than this; in a narrower terminal columns are left out. */
const leastName = 12;

/** In percent, one digit; what is not nothing is not shown as nothing. */
export const shareText = (part: bigint, whole: bigint): string => {
  if (whole === 0n) return '-';
  const permille = Number((part * 1_000n + whole / 2n) / whole);
  return permille === 0 && part > 0n ? '<0.1%' : `${(permille / 10).toFixed(1)}%`;
};

/** The table, one line each, without the line ends. */
export const tableLines = (
  head: CountRow,
  rows: readonly CountRow[],
  { palette, columns, isLive }: CountTableStyle,
): string[] => {
  const all = [head, ...rows];
  const widthOf = (column: 'total' | 'recent' | 'share'): number =>
    Math.max(...all.map((row) => displayWidth(row[column])));
  const widths = { total: widthOf('total'), recent: widthOf('recent'), share: widthOf('share') };
  const shown: ('total' | 'recent' | 'share')[] = isLive ? ['total', 'recent', 'share'] : ['total', 'share'];
  const room = (): number =>
    columns === null ? Number.POSITIVE_INFINITY : columns - shown.reduce((sum, column) => sum + widths[column] + 2, 0);
  while (shown.length > 1 && room() < leastName) shown.pop();
  const line = (row: CountRow, paint: (name: string) => string): string => {
    const numbers = shown.map((column) => `${padStart(row[column], widths[column])}  `).join('');
    const space = Math.max(1, room());
    const hasRemark = row.remark !== '' && displayWidth(row.remark) + 1 + leastName <= space;
    const remark = hasRemark ? ` ${row.remark}` : '';
    const name = Number.isFinite(space) ? truncateMiddle(row.name, space - displayWidth(remark)) : row.name;
    return numbers + paint(name) + (hasRemark ? palette.faint(remark) : '');
  };
  return [
    palette.heading(line(head, (name) => name)),
    ...rows.map((row) => line(row, row.isSum ? palette.faint : palette.name)),
  ];
};

export const secondsText = (seconds: number): string => seconds.toFixed(seconds < 1 ? 3 : 1);

export const plural = (count: number | bigint, noun: string): string =>
  `${count} ${noun}${count === 1 || count === 1n ? '' : 's'}`;

/** Of the calls since the reading before. */
export const recentHead = (seconds: number): string => `LAST ${Number(seconds.toFixed(1))}s`;

/** What became of the started program; empty: there is none. */
export const programText = (program: CountReading['program']): string[] => {
  if (program === null) return [];
  const { pid, status, signal } = program;
  if (status === null && signal === null) return [`the program runs on as process ${pid}`];
  return [signal === null ? `the program exited with ${status}` : `the program was ended by ${signal}`];
};
