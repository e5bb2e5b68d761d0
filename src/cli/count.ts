import type { Command } from 'commander';
import { RsymError } from '../base/errors.ts';
import { type CountReading, planCount } from '../query/count.ts';
import { type CountByReading, countByDefaults, planCountBy } from '../query/count-by.ts';
import { prepareKeeper } from '../query/watch.ts';
import { countSummary, countTable, disarmedLines, uncountedLines } from '../report/count.ts';
import { countBySummary, countByTable } from '../report/count-by.ts';
import { countByJson } from '../report/count-by-json.ts';
import { countJson } from '../report/count-json.ts';
import { type Counting, type CountingFlags, CountScreen } from './counting.ts';
import { stopSignal } from './stop.ts';
import { addScopeOptions, scopeOf, seconds, splitAtDashes, whole } from './watch-options.ts';

type Flags = CountingFlags & {
  readonly duration?: number;
  readonly by?: string;
  readonly when?: string;
  readonly maxGroups?: number;
  readonly maxString?: number;
  readonly depth?: number;
  readonly pending?: number;
  readonly maxRate?: number;
  readonly inlined?: true;
  readonly debugFile?: string;
};

export const register = (program: Command): void => {
  const command = program
    .command('count')
    .description('calls counted in the kernel, thousands of functions at once')
    .usage(
      "TARGET PATTERN… [-p PID | -c CMD | -- ARGS…]\n\nPATTERN names functions: 'app::hello', 'alloc::vec::*::push', '**' for all of them; with --by or --when\nperhaps with a signature.\nOn a terminal the table is drawn again each second, the busiest rows of that second first; in the end it is sorted by all calls.",
    )
    .argument('<target>', 'a file, or the short name of a library such as libc')
    .argument('[patterns...]', 'patterns; behind `--` the arguments of TARGET');
  addScopeOptions(command)
    .option('--by <expr>', "a row for each value of it: 's', 'ret.variant', '(len, comm)'")
    .option('--when <expr>', "only calls for which it holds: 'len > 4096 && ret.is_err()'")
    .option('--interval <seconds>', 'draw the table so often (1); without a terminal, print one each time', seconds)
    .option('--top <rows>', 'rows shown (20); the others are summed up', whole(1))
    .option('--max-rate <calls>', 'take the probes off a function that is called more often in a second', whole(1))
    .option('--inlined', 'count inlined copies also where there are thousands of them')
    .option(
      '--max-groups <count>',
      `with --by: room for so many values (${countByDefaults.maxGroups}); calls with others are counted together`,
      whole(1),
    )
    .option(
      '--max-string <bytes>',
      `with --by: texts are told apart by their first bytes (${countByDefaults.maxString})`,
      whole(1),
    )
    .option(
      '--depth <pointers>',
      `with --by or --when: how many pointers are followed, one behind the other (${countByDefaults.depth})`,
      whole(1),
    )
    .option(
      '--pending <count>',
      'with --by or --when: room for calls under way, over all threads; raise it where they are LOST',
      whole(1),
    )
    .option('-o, --output <file>', 'write to a file; a started program keeps its own output')
    .option('--debug-file <file>', 'read debug info from this file')
    .option('--json', 'one JSON document at the end')
    .action(count);
};

const count = async (target: string, _: unknown, flags: Flags, command: Command): Promise<void> => {
  checkFlags(flags);
  const { functions, args } = splitAtDashes(command);
  const scope = scopeOf(flags, args);
  prepareKeeper();
  const screen = new CountScreen(flags, args !== null || flags.command !== undefined);
  const { interval } = screen;
  const request = {
    target,
    functions,
    scope,
    children: flags.children === true,
    output: flags.output === undefined ? 'stderr' : 'inherit',
    signal: stopSignal(),
    ...(flags.debugFile === undefined ? {} : { debugFile: flags.debugFile }),
    ...(flags.duration === undefined ? {} : { seconds: flags.duration }),
    ...(interval === undefined ? {} : { interval }),
  } as const;
  if (flags.by === undefined && flags.when === undefined) await screen.run(target, byFunction(request, flags));
  else await screen.run(target, byKey(request, flags));
};

const byFunction = (request: Parameters<typeof planCount>[0], flags: Flags): Counting<CountReading> => {
  const watch = planCount({
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

const byKey = (request: Parameters<typeof planCountBy>[0], flags: Flags): Counting<CountByReading> => {
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

/** Options that only one of the two ways of counting has. */
const checkFlags = (flags: Flags): void => {
  const isByKey = flags.by !== undefined || flags.when !== undefined;
  const which = flags.by === undefined ? '--when' : '--by';
  if (isByKey && flags.maxRate !== undefined)
    throw new RsymError('usage', `--max-rate and ${which} can't be used together`, {
      reason: `it takes the probes off functions, of which ${which} counts only some calls`,
      hints: ['-d SECONDS'],
    });
  for (const [name, value] of [
    ['--max-groups', flags.maxGroups],
    ['--max-string', flags.maxString],
    ['--depth', flags.depth],
    ['--pending', flags.pending],
  ] as const)
    if (!isByKey && value !== undefined) throw new RsymError('usage', `${name} is of use only with --by or --when`);
};
