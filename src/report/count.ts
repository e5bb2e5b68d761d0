import { sanitize } from '../base/text.ts';
import type { CountedCalls, CountReading, CountWatch, FunctionCalls, UncountedCopy } from '../query/count.ts';
import type { Palette } from './terminal-colour.ts';
import { displayWidth, padStart, truncateMiddle } from './terminal-width.ts';

export type CountTableStyle = {
  readonly palette: Palette;
  /** Rows of functions at most; the others are summed up in one more. */
  readonly top: number;
  /** A line is no wider than this; null: as wide as it is. */
  readonly columns: number | null;
  /** With a column for the calls since the reading before, and sorted by it. */
  readonly isLive: boolean;
};

type Row = {
  readonly total: string;
  readonly recent: string;
  readonly share: string;
  readonly name: string;
  readonly remark: string;
  readonly isSum?: true;
};

/** Names are cut no shorter than this; in a narrower terminal columns are left out. */
const leastName = 12;

/** The table of calls, one line each, without the line ends. */
export const countTable = (calls: CountedCalls, style: CountTableStyle): string[] => {
  const { top, isLive } = style;
  const most = calls.most(top, isLive ? 'recent' : 'total');
  const rows = most.map((each) => rowOf(each, calls.total));
  const others = calls.called - most.length;
  if (others > 0) rows.push(restOf(calls, most, others));
  const recent = `LAST ${Number(calls.recentSeconds.toFixed(1))}s`;
  return lines({ total: 'TOTAL', recent, share: 'SHARE', name: 'FUNCTION', remark: '' }, rows, style);
};

const rowOf = ({ function: fn, total, recent, copies, disarmed, isLeast }: FunctionCalls, all: bigint): Row => ({
  total: `${isLeast ? '≥' : ''}${total}`,
  recent: `${recent}`,
  share: shareText(total, all),
  name: sanitize(fn.name),
  remark: [
    copies.length > 1 ? `(${copies.length} copies)` : '',
    disarmed === null ? '' : `disarmed at ${disarmed.seconds.toFixed(1)} s`,
  ]
    .filter(Boolean)
    .join(' '),
});

const restOf = (calls: CountedCalls, most: readonly FunctionCalls[], others: number): Row => {
  const total = most.reduce((rest, each) => rest - each.total, calls.total);
  const recent = most.reduce((rest, each) => rest - each.recent, calls.recent);
  const name = `in ${others} more function${others === 1 ? '' : 's'}`;
  return {
    total: `${calls.isLeast ? '≥' : ''}${total}`,
    recent: `${recent}`,
    share: shareText(total, calls.total),
    name,
    remark: '',
    isSum: true,
  };
};

/** In percent, one digit; what is not nothing is not shown as nothing. */
const shareText = (part: bigint, whole: bigint): string => {
  if (whole === 0n) return '-';
  const permille = Number((part * 1_000n + whole / 2n) / whole);
  return permille === 0 && part > 0n ? '<0.1%' : `${(permille / 10).toFixed(1)}%`;
};

const lines = (head: Row, rows: readonly Row[], { palette, columns, isLive }: CountTableStyle): string[] => {
  const all = [head, ...rows];
  const widthOf = (column: 'total' | 'recent' | 'share'): number =>
    Math.max(...all.map((row) => displayWidth(row[column])));
  const widths = { total: widthOf('total'), recent: widthOf('recent'), share: widthOf('share') };
  const shown: ('total' | 'recent' | 'share')[] = isLive ? ['total', 'recent', 'share'] : ['total', 'share'];
  const room = (): number =>
    columns === null ? Number.POSITIVE_INFINITY : columns - shown.reduce((sum, column) => sum + widths[column] + 2, 0);
  while (shown.length > 1 && room() < leastName) shown.pop();
  const line = (row: Row, paint: (name: string) => string): string => {
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

const secondsText = (seconds: number): string => seconds.toFixed(seconds < 1 ? 3 : 1);

const plural = (count: number | bigint, noun: string): string =>
  `${count} ${noun}${count === 1 || count === 1n ? '' : 's'}`;

/** One line on what was counted so far. */
export const countSummary = ({ calls, seconds, lostProcesses, program }: CountReading, watch: CountWatch): string => {
  const parts = [
    `${calls.isLeast ? '≥' : ''}${plural(calls.total, 'call')} of ${plural(calls.called, 'function')} in ${secondsText(seconds)} s`,
    `${plural(watch.functions.length, 'function')} counted`,
  ];
  if (lostProcesses > 0)
    parts.push(`LOST the calls of ${lostProcesses} child processes, which there was no room to follow`);
  if (program !== null) {
    const { pid, status, signal } = program;
    if (status === null && signal === null) parts.push(`the program runs on as process ${pid}`);
    else parts.push(signal === null ? `the program exited with ${status}` : `the program was ended by ${signal}`);
  }
  return parts.join('; ');
};

/** What was disarmed, one line each. */
export const disarmedLines = (calls: CountedCalls): string[] =>
  calls.disarmed.map(
    ({ function: fn, total, disarmed }) =>
      `${sanitize(fn.name)} was disarmed at ${(disarmed?.seconds ?? 0).toFixed(1)} s, after ${plural(total, 'call')}: it had ${Math.round(disarmed?.rate ?? 0)} a second; what came later isn't counted`,
  );

/** Copies told one by one. */
const fewCopies = 3;

/** What can't be counted and why, many of them by their reasons. */
export const uncountedLines = (uncounted: readonly UncountedCopy[]): string[] => {
  if (uncounted.length <= fewCopies)
    return uncounted.map(({ function: name, address, callSite, reason }) => {
      const where = callSite === null ? `at 0x${address.toString(16)}` : `inlined at ${callSite.file}:${callSite.line}`;
      return `${sanitize(name)} ${sanitize(where)} can't be counted: ${sanitize(reason)}`;
    });
  const reasons = new Map<string, number>();
  for (const { reason } of uncounted) {
    const kind = reasonKind(reason);
    reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
  }
  const list = [...reasons].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${count}: ${sanitize(reason)}`);
  return [
    `${uncounted.length} copies of functions can't be counted (--json names them)`,
    ...list.map((each) => `  ${each}`),
  ];
};

/** A reason without the instruction, name or address that differs from copy to copy. */
const reasonKind = (reason: string): string =>
  reason.replace(/^.*?(?:: |, )(?=the kernel|stepped|it |its |the bytes)/, '').replaceAll(/0x[0-9a-f]+/g, '…');
