import type { Writable } from 'node:stream';
import type { Command } from 'commander';
import { sanitize } from '../base/text.ts';
import { type CountReading, type CountWatch, planCount } from '../query/count.ts';
import { prepareKeeper } from '../query/watch.ts';
import { countSummary, countTable, disarmedLines, uncountedLines } from '../report/count.ts';
import { countJson } from '../report/count-json.ts';
import { fileWriter } from './file-writer.ts';
import { LiveFrame } from './live-frame.ts';
import { paletteFor, write, writeJson } from './output.ts';
import { stopSignal } from './stop.ts';
import {
  addScopeOptions,
  adviseOn,
  type ScopeFlags,
  scopeOf,
  seconds,
  splitAtDashes,
  tell,
  whole,
} from './watch-options.ts';

type Flags = ScopeFlags & {
  readonly duration?: number;
  readonly interval?: number;
  readonly top?: number;
  readonly maxRate?: number;
  readonly inlined?: true;
  readonly output?: string;
  readonly debugFile?: string;
  readonly json?: true;
};

const defaultTop = 20;
const defaultInterval = 1;

export const register = (program: Command): void => {
  const command = program
    .command('count')
    .description('calls counted in the kernel, thousands of functions at once')
    .usage(
      "TARGET PATTERN… [-p PID | -c CMD | -- ARGS…]\n\nPATTERN names functions: 'app::hello', 'alloc::vec::*::push', '**' for all of them.\nOn a terminal the table is drawn again each second, the busiest functions of that second first; in the end it is sorted by all calls.",
    )
    .argument('<target>', 'a file, or the short name of a library such as libc')
    .argument('[patterns...]', 'patterns; behind `--` the arguments of TARGET');
  addScopeOptions(command)
    .option('--interval <seconds>', 'draw the table so often (1); without a terminal, print one each time', seconds)
    .option('--top <rows>', `functions shown (${defaultTop}); the others are summed up`, whole(1))
    .option('--max-rate <calls>', 'take the probes off a function that is called more often in a second', whole(1))
    .option('--inlined', 'count inlined copies also where there are thousands of them')
    .option('-o, --output <file>', 'write to a file; a started program keeps its own output')
    .option('--debug-file <file>', 'read debug info from this file')
    .option('--json', 'one JSON document at the end')
    .action(count);
};

const count = async (target: string, _: unknown, flags: Flags, command: Command): Promise<void> => {
  const { functions, args } = splitAtDashes(command);
  const scope = scopeOf(flags, args);
  prepareKeeper();
  const isStarted = args !== null || flags.command !== undefined;
  const frame = liveFrame(flags, isStarted);
  const interval = flags.json ? undefined : (flags.interval ?? (frame ? defaultInterval : undefined));
  const watch = planCount({
    target,
    functions,
    scope,
    children: flags.children === true,
    output: flags.output === undefined ? 'stderr' : 'inherit',
    signal: stopSignal(),
    ...(flags.inlined === undefined ? {} : { inlined: true }),
    ...(flags.debugFile === undefined ? {} : { debugFile: flags.debugFile }),
    ...(flags.duration === undefined ? {} : { seconds: flags.duration }),
    ...(flags.maxRate === undefined ? {} : { maxRate: flags.maxRate }),
    ...(interval === undefined ? {} : { interval }),
  });
  const file = flags.output === undefined ? null : fileWriter(flags.output, [watch.path]);
  const to = file?.stream ?? process.stdout;
  const notes = [...watch.notes];
  tell([...watch.notes, ...uncountedLines(watch.uncounted)]);
  let planted = 0;
  const announce = ({ probes, pid }: { probes: number; pid: number | null }): void => {
    file?.begin();
    planted = probes;
    process.stderr.write(`rsym: counting ${whatOf(watch)} in ${whoOf(flags, pid)}: ${probes} probes\n`);
  };
  for await (const reading of watch.readings(announce)) {
    notes.push(...reading.notes);
    if (!frame) tell(reading.notes);
    if (!reading.isLast) await (frame ? draw(frame, reading, watch, flags) : print(reading, to, flags, watch));
    else {
      await frame?.erase();
      if (flags.json) await writeJson(countJson(reading, watch, planted, notes), to);
      else await write(to, tableText(reading, to, flags));
      tell([
        ...(frame ? notes.slice(watch.notes.length) : []),
        ...disarmedLines(reading.calls),
        countSummary(reading, watch),
      ]);
      if (reading.calls.total === 0n) adviseOn(target, watch.patterns, flags);
    }
  }
};

/**
 * Where the table can be drawn in place: a terminal that nobody else writes to. What a started program prints goes to
 * stderr.
 */
const liveFrame = (flags: Flags, isStarted: boolean): LiveFrame | null => {
  const { stdout, stderr } = process;
  const isOwn = stdout.isTTY && process.env['TERM'] !== 'dumb' && !(isStarted && stderr.isTTY);
  return isOwn && flags.output === undefined && !flags.json ? new LiveFrame(stdout) : null;
};

const whatOf = ({ functions }: CountWatch): string =>
  functions.length === 1 ? sanitize(functions[0]?.name ?? '') : `${functions.length} functions`;

const whoOf = ({ pid: pids }: Flags, pid: number | null): string =>
  pid !== null ? `process ${pid}` : pids ? `process ${pids.join(', ')}` : 'every process';

/** Lines of a frame that are no functions: the summary, the heading, the sum of the others. */
const frameLines = 3;

const draw = (
  frame: LiveFrame,
  reading: CountReading,
  watch: CountWatch,
  { top = defaultTop }: Flags,
): Promise<void> => {
  const palette = paletteFor(process.stdout);
  const { columns } = frame;
  const disarmed = disarmedLines(reading.calls).slice(-1);
  const rows = Math.max(1, Math.min(top, frame.rows - frameLines - disarmed.length));
  const table = countTable(reading.calls, { palette, top: rows, columns, isLive: true });
  const cut = (text: string): string => palette.faint(Array.from(text).slice(0, columns).join(''));
  return frame.draw([cut(countSummary(reading, watch)), ...table, ...disarmed.map(cut)]);
};

const tableText = (
  { calls }: CountReading,
  to: Writable & { columns?: number },
  flags: Flags,
  isLive = false,
): string => {
  const { top = defaultTop } = flags;
  if (calls.total === 0n) return '';
  const table = countTable(calls, { palette: paletteFor(to), top, columns: to.columns ?? null, isLive });
  return table.map((line) => `${line}\n`).join('');
};

/** One table of several. */
const print = (reading: CountReading, to: Writable, flags: Flags, watch: CountWatch): Promise<void> =>
  write(to, `${paletteFor(to).faint(countSummary(reading, watch))}\n${tableText(reading, to, flags, true)}\n`);
