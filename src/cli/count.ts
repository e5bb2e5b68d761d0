import type { Command } from 'commander';
import { RsymError } from '../base/errors.ts';
import { countByDefaults } from '../query/count-by-limits.ts';
import { prepareKeeper } from '../query/keeper.ts';
import { type CountingFlags, CountScreen } from './counting.ts';
import { stopSignal } from './stop.ts';
import { addScopeOptions, scopeOf, seconds, splitAtDashes, whole } from './watch-options.ts';

export type CountFlags = CountingFlags & {
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

const count = async (target: string, _: unknown, flags: CountFlags, command: Command): Promise<void> => {
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
  // Each of the two ways has modules that the other doesn't need, and loading takes longer than planning.
  if (flags.by === undefined && flags.when === undefined)
    await screen.run(target, await (await import('./count-functions.ts')).countFunctions(request, flags));
  else await screen.run(target, (await import('./count-keys.ts')).countKeys(request, flags));
};

/** Options that only one of the two ways of counting has. */
const checkFlags = (flags: CountFlags): void => {
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
