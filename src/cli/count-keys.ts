import { type CountByReading, type CountByRequest, planCountBy } from '../query/count-by.ts';
import { countBySummary, countByTable } from '../report/count-by.ts';
import { countByJson } from '../report/count-by-json.ts';
import type { CountFlags } from './count.ts';
import type { Counting } from './counting.ts';

/** Calls counted by the value of an expression, or those for which a condition holds. */
export const countKeys = (request: CountByRequest, flags: CountFlags): Counting<CountByReading> => {
  const watch = planCountBy({
    ...request,
    ...(flags.by === undefined ? {} : { by: flags.by }),
    ...(flags.when === undefined ? {} : { when: flags.when }),
    ...(flags.inlined === undefined ? {} : { inlined: true }),
    ...(flags.maxGroups === undefined ? {} : { maxGroups: flags.maxGroups }),
    ...(flags.maxString === undefined ? {} : { maxString: flags.maxString }),
    ...(flags.depth === undefined ? {} : { depth: flags.depth }),
    ...(flags.pending === undefined ? {} : { maxPending: flags.pending }),
  });
  return {
    watch,
    doing: 'counting',
    remarks: [],
    table: ({ calls }, style) => countByTable(calls, watch, style),
    summary: (reading) => countBySummary(reading, watch),
    asides: () => [],
    json: (reading, probes, notes) => countByJson(reading, watch, probes, notes),
    isNothing: ({ calls }) => calls.isNothing,
    isEveryCall: flags.when === undefined,
  };
};
