import { type Command, Option } from 'commander';
import { prepareKeeper } from '../query/keeper.ts';
import { latencyDefaults, planLatency } from '../query/latency.ts';
import { wantsBlocks } from '../report/histogram.ts';
import { latencySummary, latencyTable, untimedLines } from '../report/latency.ts';
import { latencyJson } from '../report/latency-json.ts';
import { type CountingFlags, CountScreen } from './counting.ts';
import { stopSignal } from './stop.ts';
import {
  addChoiceOptions,
  addScopeOptions,
  type ChoiceFlags,
  choiceOf,
  scopeOf,
  seconds,
  splitAtDashes,
  whole,
} from './watch-options.ts';

type Flags = CountingFlags &
  ChoiceFlags & {
    readonly duration?: number;
    readonly by?: string;
    readonly returns: 'safe' | 'fast';
    readonly maxGroups: number;
    readonly maxString: number;
    readonly depth: number;
    readonly pending: number;
    readonly inlined?: true;
    readonly debugFile?: string;
  };

export const register = (program: Command): void => {
  const command = program
    .command('latency')
    .description('how long calls take, summed up in the kernel: percentiles and histograms')
    .usage(
      "TARGET FUNCTION… [-p PID | -c CMD | -- ARGS…]\n\nFUNCTION is a pattern, or a signature: 'app::hello(i: i32, len: usize) -> i32'.\nPercentiles are never too short, and at most an eighth too long. On a terminal the table is drawn again each second.",
    )
    .argument('<target>', 'a file, or the short name of a library such as libc')
    .argument('[functions...]', 'patterns, perhaps with a signature; behind `--` the arguments of TARGET');
  addScopeOptions(command).option('--by <expr>', "a row for each value of it: 's', 'ret.variant', '(len, comm)'");
  addChoiceOptions(command)
    .option('--interval <seconds>', 'draw the table so often (1); without a terminal, print one each time', seconds)
    .option('--top <rows>', 'rows shown (20), the most time in all first; the others are summed up', whole(1))
    .addOption(
      new Option('--returns <how>', 'safe: probes at every exit; fast: uretprobe, which aborts a program that panics')
        .choices(['safe', 'fast'])
        .default('safe'),
    )
    .option(
      '--max-groups <count>',
      'with --by: room for so many values; calls with others are counted together',
      whole(1),
      latencyDefaults.maxGroups,
    )
    .option(
      '--max-string <bytes>',
      'with --by: texts are told apart by their first bytes',
      whole(1),
      latencyDefaults.maxString,
    )
    .option(
      '--depth <pointers>',
      'how many pointers expressions follow, one behind the other',
      whole(1),
      latencyDefaults.depth,
    )
    .option(
      '--pending <count>',
      'room for calls under way, over all threads; raise it where they are LOST to a full table',
      whole(1),
      latencyDefaults.maxPending,
    )
    .option('--inlined', 'time inlined copies also where there are thousands of them')
    .option('-o, --output <file>', 'write to a file; a started program keeps its own output')
    .option('--debug-file <file>', 'read debug info from this file')
    .option('--json', 'one JSON document at the end')
    .action(latency);
};

const latency = async (target: string, _: unknown, flags: Flags, command: Command): Promise<void> => {
  const { functions, args } = splitAtDashes(command);
  const scope = scopeOf(flags, args);
  prepareKeeper();
  const screen = new CountScreen(flags, args !== null || flags.command !== undefined);
  const { interval } = screen;
  const watch = planLatency({
    target,
    functions,
    scope,
    children: flags.children === true,
    returns: flags.returns,
    maxGroups: flags.maxGroups,
    maxString: flags.maxString,
    depth: flags.depth,
    maxPending: flags.pending,
    output: flags.output === undefined ? 'stderr' : 'inherit',
    signal: stopSignal(),
    ...choiceOf(flags),
    ...(flags.by === undefined ? {} : { by: flags.by }),
    ...(flags.inlined === undefined ? {} : { inlined: true }),
    ...(flags.debugFile === undefined ? {} : { debugFile: flags.debugFile }),
    ...(flags.duration === undefined ? {} : { seconds: flags.duration }),
    ...(interval === undefined ? {} : { interval }),
  });
  const hasBlocks = wantsBlocks(process.env);
  await screen.run(target, {
    watch,
    doing: 'timing',
    remarks: untimedLines(watch.untimed),
    table: ({ latencies }, style) => latencyTable(latencies, watch, { ...style, hasBlocks }),
    summary: (reading) => latencySummary(reading, watch),
    asides: () => [],
    json: (reading, probes, notes) => latencyJson(reading, watch, probes, notes),
    isNothing: ({ latencies }) => latencies.isNothing,
    isEveryCall: flags.when === undefined,
  });
};
