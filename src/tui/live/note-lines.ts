import { sanitize } from '../../base/text.ts';
import { loneProgramText } from '../../report/lone-program.ts';
import { lossText } from '../../report/trace.ts';
import type { Line } from '../parts/line.ts';
import { grouped } from '../parts/number.ts';
import { wrap, wrapProse } from '../parts/wrap.ts';
import { type LiveState, lostCount, type Seen } from './state.ts';

const mostRows = 6;

/** What a user should know of how it is watched, and what isn't seen of it. */
export const noteLines = (live: LiveState, columns: number): readonly Line[] => [
  ...lossLines(live.seen, columns),
  ...[...live.notes, ...unseenNotes(live)].flatMap((note) =>
    wrap(sanitize(note), columns - 2, mostRows).map(
      (text, i): Line => ({ label: '', text: `${i === 0 ? '· ' : '  '}${text}`, tone: 'plain' }),
    ),
  ),
];

/** Why no call is seen, as far as that is known. */
export const unseenNotes = ({ loneProgram, seen }: Pick<LiveState, 'loneProgram' | 'seen'>): readonly string[] =>
  loneProgram === null || seen.calls > 0 ? [] : [loneProgramText(loneProgram, '"also what these processes start"')];

const lossLines = (seen: Seen, columns: number): Line[] => {
  const lines: Line[] = [];
  const tell = (text: string, tone: Line['tone']): void => {
    lines.push(...wrapProse(text, columns, mostRows).map((row): Line => ({ label: '', text: row, tone })));
  };
  if (lostCount(seen) === 0) tell('Nothing was lost.', 'faint');
  for (const cause of lossText(seen.losses, grouped).split('; ')) if (cause !== '') tell(`LOST ${cause}`, 'warning');
  if (seen.refused > 0) tell(`${grouped(seen.refused)} calls are too large to be shown; they are counted`, 'warning');
  if (seen.undecided > 0)
    tell(`${grouped(seen.undecided)} calls aren't shown: what is known of them doesn't decide the filter`, 'warning');
  return lines;
};
