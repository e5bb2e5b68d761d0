import type { CountByReading, CountByWatch, GroupCalls } from '../query/count-by.ts';
import { copyPlaceJson } from './copy-place.ts';
import { lostJson } from './lost-calls.ts';

const schema = 1;

const groupJson = ({ function: name, key, total, copies, isLeast }: GroupCalls): object => ({
  function: name,
  ...(key === null ? {} : { key: key.value, text: key.text }),
  calls: `${total}`,
  lower_bound: isLeast,
  copies: copies.map(({ copy, calls }) => ({ ...copyPlaceJson(copy), calls: `${calls}` })),
});

/** The one document of a count by keys: every group, the one with the most calls first. */
export const countByJson = (
  { calls, seconds, lost, program }: CountByReading,
  { path, by, when, functions }: CountByWatch,
  probes: number,
  notes: readonly string[],
): object => ({
  schema,
  file: path,
  by,
  when,
  seconds,
  calls: `${calls.total}`,
  lower_bound: calls.isLeast,
  groups: calls.all().map(groupJson),
  ungrouped: calls.ungrouped.map(({ function: name, copy, undecided, unwound }) => ({
    function: name,
    ...copyPlaceJson(copy),
    undecided: `${undecided}`,
    unwound: `${unwound}`,
  })),
  functions: functions.map(({ name, doubts }) => ({ name, ...(doubts.length === 0 ? {} : { doubts }) })),
  probes,
  lost: lostJson(lost),
  notes,
  program,
});
