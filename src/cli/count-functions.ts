import { planCountLoading } from '../query/count-loading.ts';
import type { CountReading, CountRequest } from '../query/count-watch.ts';
import { countSummary, countTable, disarmedLines, uncountedLines } from '../report/count.ts';
import { countJson } from '../report/count-json.ts';
import type { CountFlags } from './count.ts';
import type { Counting } from './counting.ts';

/** Calls counted by function. */
export const countFunctions = async (request: CountRequest, flags: CountFlags): Promise<Counting<CountReading>> => {
  const watch = await planCountLoading({
    ...request,
    ...(flags.inlined === undefined ? {} : { inlined: true }),
    ...(flags.maxRate === undefined ? {} : { maxRate: flags.maxRate }),
  });
  return {
    watch,
    doing: 'counting',
    remarks: uncountedLines(watch.uncounted),
    table: ({ calls }, style) => countTable(calls, style),
    summary: (reading) => countSummary(reading, watch),
    asides: ({ calls }) => disarmedLines(calls),
    json: (reading, probes, notes) => countJson(reading, watch, probes, notes),
    isNothing: ({ calls }) => calls.total === 0n,
    isEveryCall: true,
  };
};
