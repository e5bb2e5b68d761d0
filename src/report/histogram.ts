import type { Latency } from '../query/latency.ts';
import { displayWidth, padStart } from './terminal-width.ts';
import { durationText } from './trace.ts';

export type HistogramStyle = {
  /** A line is no wider than this; null: as wide as it is. */
  readonly columns: number | null;
  /** Bars of block characters; else of number signs. */
  readonly hasBlocks: boolean;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether characters beyond ASCII may be drawn: where a locale is named, it must say so. */
export const wantsBlocks = (env: Environment): boolean => {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || 'C.UTF-8';
  return /utf-?8/i.test(locale);
};

const widestBar = 50;
const leastBar = 8;

/** Calls by powers of two of their durations, one line each, without the line ends. */
export const histogramLines = ({ buckets }: Latency, { columns, hasBlocks }: HistogramStyle): string[] => {
  const powers = new Map<number, bigint>();
  for (const { low, calls } of buckets) {
    const power = powerOf(low);
    powers.set(power, (powers.get(power) ?? 0n) + calls);
  }
  if (powers.size === 0) return [];
  const [first, last] = [Math.min(...powers.keys()), Math.max(...powers.keys())];
  const rows = Array.from({ length: last - first + 1 }, (_, i) => {
    const calls = powers.get(first + i) ?? 0n;
    return { from: durationText(lowOf(first + i)), to: durationText(1n << BigInt(first + i + 1)), calls };
  });
  let most = 1n;
  for (const { calls } of rows) if (calls > most) most = calls;
  const widthOf = (texts: readonly string[]): number => Math.max(...texts.map(displayWidth));
  const [from, to] = [widthOf(rows.map((row) => row.from)), widthOf(rows.map((row) => row.to))];
  const numbers = widthOf(rows.map(({ calls }) => `${calls}`));
  const frame = '  [, ) '.length + from + to + numbers + 1;
  const room = columns === null ? widestBar : Math.min(widestBar, Math.max(leastBar, columns - frame));
  return rows.map((row) => {
    const label = `  [${padStart(row.from, from)}, ${padStart(row.to, to)})`;
    const bar = barOf(row.calls, most, room, hasBlocks);
    return `${label} ${padStart(`${row.calls}`, numbers)}${bar === '' ? '' : ` ${bar}`}`;
  });
};

/** 0 and 1 ns are in one row. */
const powerOf = (low: bigint): number => Math.max(0, low.toString(2).length - 1);
const lowOf = (power: number): bigint => (power === 0 ? 0n : 1n << BigInt(power));

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** What is not nothing is not drawn as nothing. */
const barOf = (calls: bigint, most: bigint, columns: number, hasBlocks: boolean): string => {
  if (calls === 0n) return '';
  const steps = hasBlocks ? 8 : 1;
  const length = Math.max(1, Number((calls * BigInt(columns * steps)) / most));
  if (!hasBlocks) return '#'.repeat(length);
  return '█'.repeat(Math.floor(length / 8)) + (eighths[length % 8] ?? '');
};
