import { sanitize } from '../../base/text.ts';
import type { FunctionFigures } from '../../query/call-figures.ts';
import { shareText } from '../../report/count-table.ts';
import { sparkline } from '../../report/sparkline.ts';
import { displayWidth, padEnd, padStart } from '../../report/terminal-width.ts';
import type { Line } from '../parts/line.ts';
import { grouped } from '../parts/number.ts';
import { shorten } from '../parts/wrap.ts';
import { type LiveState, lostCount } from './state.ts';

/** Columns of the last minute's calls, where they fit. */
const sparkWidths = [60, 30, 15];
/** Names are cut no shorter than this before something else is left out. */
const leastName = 24;

type Column = { readonly head: string; readonly of: (own: FunctionFigures) => string };

/** Calls by function: all, in the last second, over the last minute, and those that ended badly. */
export const countLines = ({ figures, seen }: LiveState, columns: number): readonly Line[] => {
  const { functions, calls } = figures;
  if (functions.length === 0) return [{ label: '', text: 'no function is watched yet', tone: 'faint' }];
  const least = lostCount(seen) > 0 ? '≥' : '';
  const numbers: Column[] = [
    { head: 'CALLS', of: (own) => `${least}${grouped(own.calls)}` },
    { head: 'PER S', of: (own) => grouped(own.rate) },
    { head: 'SHARE', of: (own) => shareText(BigInt(own.calls), BigInt(calls)) },
    { head: 'UNWOUND', of: (own) => (own.unwound === 0 ? '-' : grouped(own.unwound)) },
  ];
  const cells = numbers.map(({ head, of }) => {
    const texts = functions.map(of);
    return { head, texts, width: Math.max(...[head, ...texts].map(displayWidth)) };
  });
  const used = cells.reduce((sum, { width }) => sum + width + 2, 0);
  const spark = sparkWidths.find((width) => columns - used - width - 2 >= leastName) ?? 0;
  const room = Math.max(1, columns - used - (spark === 0 ? 0 : spark + 2));
  const line = (at: (cell: (typeof cells)[number]) => string, drawn: string, name: string): string =>
    cells.map((cell) => `${padStart(at(cell), cell.width)}  `).join('') +
    (spark === 0 ? '' : `${padEnd(drawn, spark)}  `) +
    shorten(name, room);
  return [
    { label: '', text: line(({ head }) => head, spark === 0 ? '' : `LAST ${spark} S`, 'FUNCTION'), tone: 'faint' },
    ...functions.map(
      (own, i): Line => ({
        label: '',
        text: line(({ texts }) => texts[i] ?? '', drawnOf(own, spark), sanitize(own.name)),
        tone: own.unwound > 0 ? 'warning' : 'plain',
      }),
    ),
  ];
};

/** The newest second at the right end. */
const drawnOf = ({ history }: FunctionFigures, width: number): string =>
  width === 0 ? '' : padStart(sparkline(history.slice(-width)), width);
