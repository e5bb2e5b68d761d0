import { sanitize } from '../base/text.ts';
import type { CountedCalls, CountReading, CountWatch, FunctionCalls, UncountedCopy } from '../query/count.ts';
import { copyPlaceText } from './copy-place.ts';
import {
  type CountRow,
  type CountTableStyle,
  plural,
  programText,
  recentHead,
  secondsText,
  shareText,
  tableLines,
} from './count-table.ts';
import { lostProcessesText } from './lost-calls.ts';

/** The table of calls, one line each, without the line ends. */
export const countTable = (calls: CountedCalls, style: CountTableStyle): string[] => {
  const { top, isLive } = style;
  const most = calls.most(top, isLive ? 'recent' : 'total');
  const rows = most.map((each) => rowOf(each, calls.total));
  const others = calls.called - most.length;
  if (others > 0) rows.push(restOf(calls, most, others));
  const recent = recentHead(calls.recentSeconds);
  return tableLines({ total: 'TOTAL', recent, share: 'SHARE', name: 'FUNCTION', remark: '' }, rows, style);
};

const rowOf = ({ function: fn, total, recent, copies, disarmed, isLeast }: FunctionCalls, all: bigint): CountRow => ({
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

const restOf = (calls: CountedCalls, most: readonly FunctionCalls[], others: number): CountRow => {
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

/** One line on what was counted so far. */
export const countSummary = ({ calls, seconds, lostProcesses, program }: CountReading, watch: CountWatch): string => {
  const parts = [
    `${calls.isLeast ? '≥' : ''}${plural(calls.total, 'call')} of ${plural(calls.called, 'function')} in ${secondsText(seconds)} s`,
    `${plural(watch.counted, 'function')} counted`,
  ];
  return [...parts, ...lostProcessesText(lostProcesses), ...programText(program)].join('; ');
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
    return uncounted.map(
      ({ function: name, reason, ...copy }) =>
        `${sanitize(name)} ${copyPlaceText(copy)} can't be counted: ${sanitize(reason)}`,
    );
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
