import { grouped } from '../parts/number.ts';
import { callAt, callCount, callsAbove, type LogView, rowCount } from './log.ts';

/** How much of what came a view has. */
export type Kept = Pick<LogView, 'came' | 'forgotten' | 'refused'>;

/** Calls that are there, whether a filter shows them or not. */
export const keptCalls = ({ came, forgotten, refused }: Kept): number => came - forgotten - refused;

/** Which calls the list is about where older ones are forgotten; null: none are. */
export const keptText = (view: Kept): string | null =>
  view.forgotten === 0 ? null : `the last ${grouped(keptCalls(view))} of ${grouped(view.came)} calls`;

/** Which of a view's calls a row is; a row that is no call stands behind one. */
export const placeText = (view: LogView, row: number): string => {
  const above = callsAbove(view, row);
  const isCall = callAt(view, row) !== undefined;
  const kept = keptText(view);
  const isFiltered = callCount(view) < keptCalls(view);
  const whole =
    kept === null || isFiltered ? `${grouped(callCount(view))}${kept === null ? '' : `, among ${kept}`}` : kept;
  return isCall ? `call ${grouped(above + 1)} of ${whole}` : `behind call ${grouped(above)} of ${whole}`;
};

/** Where one is in a view that stands still, and what came since. */
export const pausedText = (held: LogView, log: LogView, row: number): string => {
  const newer = log.came - held.came;
  const place = rowCount(held) > 0 ? placeText(held, row) : held.came === 0 ? 'paused before the first call' : '';
  const more = newer > 0 ? `${grouped(newer)} newer (Space goes on)` : '';
  return [place, more].filter((text) => text !== '').join(' · ');
};

/** What was written of a view. */
export const writtenText = (calls: number, view: Kept): string => {
  const all = keptText(view);
  if (all === null) return `${grouped(calls)} call${calls === 1 ? '' : 's'}`;
  return calls === keptCalls(view) ? all : `${grouped(calls)} of ${all}`;
};
