import { sanitize } from '../base/text.ts';
import type {
  FunctionLatency,
  Latencies,
  Latency,
  LatencyReading,
  LatencyWatch,
  UntimedCopy,
} from '../query/latency.ts';
import { copyPlaceText } from './copy-place.ts';
import { type CountTableStyle, plural, programText, recentHead, secondsText, shareText } from './count-table.ts';
import { rowNaming } from './function-key.ts';
import { histogramLines } from './histogram.ts';
import { lostTexts } from './lost-calls.ts';
import { displayWidth, padStart, truncateMiddle } from './terminal-width.ts';
import { durationText } from './trace.ts';

export type LatencyStyle = CountTableStyle & { readonly hasBlocks: boolean };

/** A column of numbers; those with a higher `leaves` are left out first where there is little room. */
type Column = { readonly head: string; readonly leaves: number; readonly of: (row: Latency) => string };

const percentileColumn = (head: string, permille: number, leaves: number): Column => ({
  head,
  leaves,
  of: (row) => nsText(row.percentile(permille)),
});

const nsText = (ns: bigint | null): string => (ns === null ? '-' : durationText(ns));

const columnsOf = ({ sum, isLeast, recentSeconds }: Latencies, isLive: boolean): Column[] => [
  { head: 'CALLS', leaves: 0, of: ({ calls }) => `${isLeast ? '≥' : ''}${calls}` },
  ...(isLive ? [{ head: recentHead(recentSeconds), leaves: 5, of: ({ recent }: Latency) => `${recent}` }] : []),
  percentileColumn('P50', 500, 0),
  percentileColumn('P90', 900, 3),
  percentileColumn('P99', 990, 1),
  percentileColumn('P99.9', 999, 6),
  { head: 'MAX', leaves: 2, of: ({ longest }) => nsText(longest) },
  { head: 'AVG', leaves: 4, of: ({ average }) => nsText(average) },
  { head: 'TOTAL', leaves: 1, of: (row) => nsText(row.sum) },
  { head: 'SHARE', leaves: 7, of: (row) => shareText(row.sum, sum) },
];

/** Longer names are cut no shorter than this; in a narrower terminal columns are left out. */
const leastName = 32;
/** Rows whose calls are drawn too. */
const mostDrawn = 3;

/** The table, and how the calls of its first rows are distributed; one line each, without the line ends. */
export const latencyTable = (latencies: Latencies, watch: LatencyWatch, style: LatencyStyle): string[] => {
  const all = watch.by === null ? latencies.functions.map(({ latency }) => latency) : latencies.groups;
  const called = all.filter(({ calls }) => calls > 0n);
  if (called.length === 0) return [];
  const shown = called.slice(0, style.top);
  const nameOf = rowNaming(
    watch,
    shown.map((row) => row.function),
  );
  const names = shown.map((row) => nameOf(row.function, sanitize(row.key?.text ?? '')));
  const head = nameOf('FUNCTION', watch.by === null ? '' : 'KEY');
  const table = tableLines(latencies, shown, names, head, style);
  const rest = restLines(latencies, called.slice(style.top), watch.by === null ? 'function' : 'group');
  const lines = [...table, ...rest.map(style.palette.faint)];
  for (const [i, latency] of shown.slice(0, mostDrawn).entries()) {
    const { columns } = style;
    const name = columns === null ? (names[i] ?? '') : truncateMiddle(names[i] ?? '', columns);
    const drawn = ['', style.palette.name(name), ...histogramLines(latency, style)];
    if (style.lines !== undefined && lines.length + drawn.length > style.lines) break;
    lines.push(...drawn);
  }
  return lines;
};

const restLines = ({ crowdedOut }: Latencies, others: readonly Latency[], noun: string): string[] => {
  const calls = others.reduce((sum, each) => sum + each.calls, 0n);
  const time = others.reduce((sum, each) => sum + each.sum, 0n);
  return [
    ...(others.length === 0
      ? []
      : [`${plural(calls, 'call')} in ${plural(others.length, `more ${noun}`)}, ${durationText(time)}`]),
    ...(crowdedOut === 0n ? [] : [`${plural(crowdedOut, 'call')} in groups that found no room (--max-groups)`]),
  ];
};

const tableLines = (
  latencies: Latencies,
  shown: readonly Latency[],
  names: readonly string[],
  head: string,
  { palette, columns, isLive }: LatencyStyle,
): string[] => {
  let cells = columnsOf(latencies, isLive).map(({ head: title, leaves, of }) => {
    const texts = shown.map(of);
    return { leaves, title, texts, width: Math.max(...[title, ...texts].map(displayWidth)) };
  });
  const room = (): number =>
    columns === null ? Number.POSITIVE_INFINITY : columns - cells.reduce((sum, { width }) => sum + width + 2, 0);
  const least = Math.min(leastName, Math.max(...[head, ...names].map(displayWidth)));
  while (room() < least && cells.length > 1) {
    const first = Math.max(...cells.map(({ leaves }) => leaves));
    cells = cells.filter(({ leaves }, i) => leaves < first || i !== cells.findLastIndex((one) => one.leaves === first));
  }
  const space = Math.max(1, room());
  const line = (at: (cell: (typeof cells)[number]) => string, name: string, paint: (text: string) => string): string =>
    cells.map((cell) => `${padStart(at(cell), cell.width)}  `).join('') +
    paint(Number.isFinite(space) ? truncateMiddle(name, space) : name);
  return [
    palette.heading(
      line(
        ({ title }) => title,
        head,
        (text) => text,
      ),
    ),
    ...shown.map((_, i) => line(({ texts }) => texts[i] ?? '', names[i] ?? '', palette.name)),
  ];
};

const total = (functions: readonly FunctionLatency[], field: 'unwound' | 'skipped' | 'undecided'): bigint =>
  functions.reduce((sum, each) => sum + each[field], 0n);

/** One line on what was timed so far. */
export const latencySummary = ({ latencies, seconds, lost, program }: LatencyReading, watch: LatencyWatch): string => {
  const { functions, calls, isLeast, groups } = latencies;
  const called = functions.filter(({ latency }) => latency.calls > 0n).length;
  const [unwound, skipped, undecided] = (['unwound', 'skipped', 'undecided'] as const).map((field) =>
    total(functions, field),
  ) as [bigint, bigint, bigint];
  const parts = [
    `${isLeast ? '≥' : ''}${plural(calls, 'call')} of ${plural(called, 'function')}${watch.by === null ? '' : ` in ${plural(groups.length, 'group')}`} in ${secondsText(seconds)} s`,
    `${plural(watch.functions.length, 'function')} timed`,
  ];
  if (skipped > 0n) parts.push(`${plural(skipped, 'call')} not timed: only one in ${watch.sample} is`);
  if (unwound > 0n) parts.push(`${plural(unwound, 'call')} not timed: they ended without returning`);
  if (undecided > 0n) parts.push(`${plural(undecided, 'call')} not timed: --when could not be decided`);
  return [...parts, ...lostTexts(lost), ...programText(program)].join('; ');
};

/** Copies that can't be timed and why, one line each. */
export const untimedLines = (untimed: readonly UntimedCopy[]): string[] =>
  untimed.map(
    ({ function: name, copy, reason }) =>
      `${sanitize(name)} ${copyPlaceText(copy)} can't be timed: ${sanitize(reason)}`,
  );
