import { sanitize } from '../../base/text.ts';
import type { FunctionFigures } from '../../query/call-figures.ts';
import { histogramLines } from '../../report/histogram.ts';
import { durationText } from '../../report/trace.ts';
import type { Line } from '../parts/line.ts';
import { grouped } from '../parts/number.ts';
import { shorten, truncate } from '../parts/wrap.ts';
import type { LiveState } from './state.ts';

const plain = (text: string): Line => ({ label: '', text, tone: 'plain' });

/** How long calls took, by function: percentiles, and how they are spread. */
export const latencyLines = ({ figures }: LiveState, columns: number): readonly Line[] => {
  const timed = figures.functions.filter((own) => own.timed > 0);
  if (timed.length === 0) return [{ label: '', text: 'no call with a duration yet', tone: 'faint' }];
  return timed.flatMap((own, i) => [...(i === 0 ? [] : [plain('')]), ...functionLines(own, columns)]);
};

const functionLines = (own: FunctionFigures, columns: number): Line[] => {
  const { latency, timed, unwound, calls, name } = own;
  const of = (permille: number): string => durationText(latency.percentile(permille) ?? 0n);
  const untimed = calls - timed - unwound;
  const figures = [
    `p50 ${of(500)}`,
    `p90 ${of(900)}`,
    `p99 ${of(990)}`,
    `max ${durationText(latency.longest)}`,
    `${grouped(timed)} timed`,
    ...(unwound === 0 ? [] : [`${grouped(unwound)} unwound`]),
    ...(untimed === 0 ? [] : [`${grouped(untimed)} without a duration`]),
  ].join(' · ');
  return [
    { label: '', text: shorten(sanitize(name), columns), tone: 'plain' },
    { label: '', text: truncate(`  ${figures}`, columns), tone: 'faint' },
    ...histogramLines(latency, { columns, hasBlocks: true }).map((text) => plain(truncate(text, columns))),
  ];
};
