import type { Writable } from 'node:stream';
import { type Command, Option } from 'commander';
import { RsymError } from '../base/errors.ts';
import { prepareKeeper } from '../query/keeper.ts';
import { planTextWatch, planWatch, type TraceEvent } from '../query/watch.ts';
import { watchDefaults } from '../query/watch-limits.ts';
import { traceText } from '../report/trace.ts';
import { traceJson } from '../report/trace-json.ts';
import { TraceLines } from '../report/trace-lines.ts';
import { fileWriter } from './file-writer.ts';
import { paletteFor, write } from './output.ts';
import { perfettoFile } from './perfetto-file.ts';
import { stopSignal } from './stop.ts';
import {
  addChoiceOptions,
  addScopeOptions,
  adviseOn,
  type ChoiceFlags,
  choiceOf,
  type ScopeFlags,
  scopeOf,
  splitAtDashes,
  tell,
  tellBegin,
  tellEnded,
  tellLoneProgram,
  whole,
} from './watch-options.ts';

type Flags = ScopeFlags &
  ChoiceFlags & {
    readonly duration?: number;
    readonly whenIn: 'kernel' | 'rsym';
    readonly rateLimit?: number;
    readonly calls?: number;
    readonly output?: string;
    readonly perfetto?: string;
    readonly returns: 'safe' | 'fast' | 'off';
    readonly events: 'calls' | 'both';
    readonly maxString: number;
    readonly depth: number;
    readonly redact?: readonly string[];
    readonly after?: readonly string[];
    readonly coldPages?: true;
    readonly debugFile?: string;
    readonly ring?: number;
    readonly pending: number;
    readonly json?: true;
  };

const collect = (text: string, before: readonly string[] = []): string[] => [...before, text];

export const register = (program: Command): void => {
  const command = program
    .command('trace')
    .description('calls as they happen: arguments, return value, duration')
    .usage(
      "TARGET FUNCTION… [-p PID | -c CMD | -- ARGS…]\n\nFUNCTION is a pattern, or a signature: 'app::hello(i: i32, len: usize) -> i32'.",
    )
    .argument('<target>', 'a file, or the short name of a library such as libc')
    .argument('[functions...]', 'patterns, perhaps with a signature; behind `--` the arguments of TARGET');
  addChoiceOptions(addScopeOptions(command))
    .addOption(
      new Option('--when-in <where>', 'kernel: it decides as far as it can; rsym: from events of every call')
        .choices(['kernel', 'rsym'])
        .default('kernel'),
    )
    .option('--rate-limit <calls>', 'at most so many calls in a second, of all functions together', whole(1))
    .option('-n, --calls <count>', 'stop after so many calls', whole(1))
    .option('-o, --output <file>', 'write to a file; a started program keeps its own output')
    .option('--perfetto <file>', 'also write the calls as a timeline for ui.perfetto.dev or chrome://tracing')
    .addOption(
      new Option('--returns <how>', 'safe: probes at every exit; fast: uretprobe, which aborts a program that panics')
        .choices(['safe', 'fast', 'off'])
        .default('safe'),
    )
    .addOption(
      new Option('--events <which>', 'both: also when a call begins').choices(['calls', 'both']).default('calls'),
    )
    .option('--max-string <bytes>', 'how much of a text is read', whole(1), watchDefaults.maxString)
    .option('--depth <pointers>', 'how many pointers are followed, one behind the other', whole(1), watchDefaults.depth)
    .option('--redact <pattern>', 'never read values of this name or type: a glob or /regex/ (repeatable)', collect)
    .option(
      '--after <argument>',
      "read it again at the return: buf, buf:len, buf:ret, or '*' for every &mut (repeatable)",
      collect,
    )
    .option('--cold-pages', 'also read pages that are not in memory: the program waits for them where it is probed')
    .option('--debug-file <file>', 'read debug info from this file')
    .option(
      '--ring <bytes>',
      'bytes of room for events until they are read (32 MiB); raise it where calls are LOST to a full ring',
      whole(4096),
    )
    .option(
      '--pending <count>',
      'room for calls under way, over all threads; raise it where they are LOST to a full table',
      whole(1),
      watchDefaults.maxPending,
    )
    .option('--json', 'one line of JSON for each event')
    .action(trace);
};

const trace = async (target: string, _: unknown, flags: Flags, command: Command): Promise<void> => {
  if (flags.whenIn === 'rsym' && flags.when === undefined)
    throw new RsymError('usage', '--when-in is of use only with --when');
  const { functions, args } = splitAtDashes(command);
  const scope = scopeOf(flags, args);
  prepareKeeper();
  const plan = flags.json === undefined && flags.perfetto === undefined ? planTextWatch : planWatch;
  const watch = plan({
    target,
    functions,
    scope,
    children: flags.children === true,
    returns: flags.returns,
    entries: flags.events === 'both',
    maxString: flags.maxString,
    depth: flags.depth,
    redact: flags.redact ?? [],
    after: flags.after ?? [],
    coldPages: flags.coldPages === true,
    maxPending: flags.pending,
    output: flags.output === undefined ? 'stderr' : 'inherit',
    signal: stopSignal(),
    whenIn: flags.whenIn,
    ...choiceOf(flags),
    ...(flags.rateLimit === undefined ? {} : { rateLimit: flags.rateLimit }),
    ...(flags.ring === undefined ? {} : { ringBytes: flags.ring }),
    ...(flags.debugFile === undefined ? {} : { debugFile: flags.debugFile }),
    ...(flags.duration === undefined ? {} : { seconds: flags.duration }),
    ...(flags.calls === undefined ? {} : { calls: flags.calls }),
  });
  const file = flags.output === undefined ? null : fileWriter(flags.output, [watch.path]);
  const answers = flags.output === undefined ? [] : [flags.output];
  const slices = flags.perfetto === undefined ? null : perfettoFile(flags.perfetto, [watch.path], answers);
  const to = file?.stream ?? process.stdout;
  tell(watch.notes);
  const format = formatter(flags, to, args, watch.notes.length);
  const announce = (attached: { readonly probes: number; readonly pid: number | null }): void => {
    file?.begin();
    slices?.begin();
    tellBegin('tracing', watch, flags, attached);
  };
  try {
    for await (const batch of watch.batches(announce)) {
      const answer = format(batch);
      if (answer.length > 0) await write(to, answer);
      await slices?.add(batch);
      const end = batch.findLast((event) => event.event === 'end');
      if (end === undefined) continue;
      tellEnded(flags);
      if (end.calls > 0) continue;
      // Of calls that aren't wanted nothing is known: they may have been many.
      if (flags.when !== undefined) {
        process.stderr.write('rsym: no call was seen for which --when holds\n');
        tellLoneProgram(watch.path, flags);
      } else adviseOn(target, watch, flags);
    }
  } catch (error) {
    // What is there is of use; why it ends here is told by the first failure.
    await slices?.end().catch(() => undefined);
    throw error;
  }
  await slices?.end();
};

/** Makes a batch's answer, which is good until the next; what belongs on stderr is told at once. */
const formatter = (
  flags: Flags,
  to: Writable,
  args: readonly string[] | null,
  told: number,
): ((batch: readonly TraceEvent[]) => string | Uint8Array) => {
  if (flags.json) return (batch) => batch.map(traceJson).join('');
  const palette = paletteFor(to);
  const origin = process.hrtime.bigint();
  const isOne = args !== null || flags.command !== undefined || flags.pid?.length === 1;
  const style = { palette, origin, threads: args === null, processes: flags.children === true || !isOne };
  const aside = (event: TraceEvent): void => {
    process.stderr.write(`rsym: ${traceText(event, { ...style, palette: paletteFor(process.stderr) })}`);
  };
  const lines = new TraceLines(style);
  let notes = 0;
  return (batch) => {
    for (const event of batch) {
      if (event.event === 'end') aside(event);
      else if (event.event !== 'note') lines.add(event);
      // The first are the plan's, told on stderr before tracing began.
      else if (notes++ >= told) aside(event);
    }
    return lines.take();
  };
};
