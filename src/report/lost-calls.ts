import type { CountByReading } from '../query/count-by.ts';
import { plural } from './count-table.ts';

type Lost = CountByReading['lost'];

export const lostProcessesText = (processes: number): string[] =>
  processes === 0
    ? []
    : [`LOST the calls of ${processes} child process${processes === 1 ? '' : 'es'}, which there was no room to follow`];

/** What is in no group since there was no room, or since it didn't reach us: parts of a summary. */
export const lostTexts = ({ groups, events, pending, processes }: Lost): string[] => [
  ...(groups > 0n ? [`${plural(groups, 'call')} found no room for another group (--max-groups)`] : []),
  ...(events > 0n ? [`LOST ${plural(events, 'event')} of calls`] : []),
  ...(pending > 0n ? [`LOST ${plural(pending, 'call')}: no room for calls under way (--pending)`] : []),
  ...lostProcessesText(processes),
];

export const lostJson = ({ groups, pending, events, processes }: Lost): object => ({
  groups: `${groups}`,
  pending: `${pending}`,
  events: `${events}`,
  processes,
});
