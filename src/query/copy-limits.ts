import type { Likeness } from '../code/likeness.ts';
import type { ShownValues } from './shown-values.ts';

// What a trace can't do for an inlined copy, in the words that both the trace and `show` say.

/** Of a copy that is not probed at all. */
export const unwatchedLoop = "isn't watched: its code begins with a loop, whose rounds look like calls";

/** Why calls of an inlined copy may be missed; null if nothing is known against it. */
export const countDoubt = (
  likeness: Likeness | null,
  values: Pick<ShownValues, 'entries' | 'arm'> | null,
): string | null => {
  if (likeness !== null) return `calls may be missed: the loop around it was ${likeness}`;
  const entries = values?.entries ?? 1;
  if (entries > 1) return `calls may be missed: its code is entered in ${entries} places, of which one is watched`;
  const arm = values?.arm;
  return arm === undefined
    ? null
    : `calls may be missed: its code begins where \`${arm.argument}\` is \`${arm.variant}\`, others were answered before`;
};

/** What numbers of calls say where some copies are inlined; nothing where none is. */
export const inlinedLimit = (copies: number): string[] =>
  copies === 0
    ? []
    : [
        `${copies === 1 ? 'an inlined copy is' : `${copies} inlined copies are`} seen where ${copies === 1 ? 'its' : 'their'} code begins: a call whose answer the optimiser knew runs none of it`,
      ];
