import { type Command, InvalidArgumentError } from 'commander';
import { RsymError } from '../base/errors.ts';
import { shellCommand } from '../base/shell.ts';
import { sanitize } from '../base/text.ts';
import { loneProgram } from '../query/command-program.ts';
import type { WatchScope } from '../query/watch.ts';
import { endedOf } from '../query/watched-processes.ts';
import { loneProgramText } from '../report/lone-program.ts';
import { noteLines } from '../report/note-lines.ts';
import { collectPids } from './pid.ts';

/** Flags that say what is watched. */
export type ScopeFlags = {
  readonly pid?: readonly number[];
  readonly children?: true;
  readonly command?: string;
};

/** For a whole number. */
export const whole =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && !Number.isSafeInteger(value)) throw new InvalidArgumentError('it is too large');
    if (!/^\d+$/.test(text) || value < least) {
      throw new InvalidArgumentError(`it must be a whole number, ${least} or more`);
    }
    return value;
  };

const maxSeconds = 2_000_000; // timers are 31 bits of milliseconds

/** For a time. */
export const seconds = (text: string): number => {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > maxSeconds) {
    throw new InvalidArgumentError(`it must be a number of seconds above 0, at most ${maxSeconds}`);
  }
  return value;
};

/** What is watched, and for how long. */
export const addScopeOptions = (command: Command): Command =>
  command
    .option('-p, --pid <pid>', 'only this process (repeatable)', collectPids)
    .option('--children', 'with -p, -c or `-- ARGS`: also what these processes start')
    .option('-c, --command <cmd>', 'run this command; it is split into words, no shell is used')
    .option('-d, --duration <seconds>', 'stop after so long', seconds);

/** Flags that say which calls are wanted. */
export type ChoiceFlags = { readonly when?: string; readonly sample?: number };

/** Which calls are wanted. */
export const addChoiceOptions = (command: Command): Command =>
  command
    .option(
      '--when <expression>',
      "only calls for which it holds: 'len > 10 && ret is Err(_)'; arguments, ret, duration, pid, tid, comm",
    )
    .option('--sample <n>', 'only one of so many calls, of each copy of a function by itself', whole(1));

export const choiceOf = ({ when, sample }: ChoiceFlags): ChoiceFlags => ({
  ...(when === undefined ? {} : { when }),
  ...(sample === undefined ? {} : { sample }),
});

const whoOf = ({ pid: pids }: ScopeFlags, pid: number | null): string =>
  pid !== null ? `process ${pid}` : pids ? `process ${pids.join(', ')}` : 'every process';

/** What is watched; `counted`: how many these are, where making the list takes time. */
export type Watched = { readonly functions: readonly { readonly name: string }[]; readonly counted?: number };

/** Says on stderr that it begins. `pid`: of the program that was started. */
export const tellBegin = (
  doing: 'tracing' | 'counting' | 'timing',
  watched: Watched,
  flags: ScopeFlags,
  { probes, pid }: { readonly probes: number; readonly pid: number | null },
): void => {
  // Names of thousands are not asked for.
  const count = watched.counted ?? watched.functions.length;
  const what = count === 1 ? sanitize(watched.functions[0]?.name ?? '') : `${count} functions`;
  process.stderr.write(`rsym: ${doing} ${what} in ${whoOf(flags, pid)}: ${probes} probe${probes === 1 ? '' : 's'}\n`);
};

const mostNotes = 12;

/** Where no call was seen: says on stderr that those of processes that a command starts are not. */
export const tellLoneProgram = (path: string, { command, children }: ScopeFlags): void => {
  const program =
    command === undefined
      ? null
      : loneProgram(path, { scope: { kind: 'command', line: command }, children: children === true });
  if (program !== null) process.stderr.write(`rsym: ${loneProgramText(program, '--children')}\n`);
};

/** Where no call was seen: why that may be, and what to ask. */
export const adviseOn = (
  target: string,
  { path, patterns }: { readonly path: string; readonly patterns: readonly string[] },
  flags: ScopeFlags,
): void => {
  tellLoneProgram(path, flags);
  const pids = (flags.pid ?? []).flatMap((pid) => ['-p', pid]);
  for (const pattern of patterns.slice(0, mostNotes / 4)) {
    const question = shellCommand('rsym', 'doctor', target, pattern, ...pids);
    process.stderr.write(`rsym: no call was seen; why? ${sanitize(question)}\n`);
  }
};

/** Says on stderr which of the processes that were named have ended. */
export const tellEnded = ({ pid: pids = [] }: ScopeFlags): void => {
  const ended = endedOf(pids);
  if (ended.length > 0)
    process.stderr.write(`rsym: process ${ended.join(', ')} ${ended.length === 1 ? 'has' : 'have'} ended\n`);
};

/** Notes on stderr, not too many of them. */
export const tell = (notes: readonly string[]): void => {
  for (const line of noteLines(notes, mostNotes)) process.stderr.write(`rsym: ${sanitize(line)}\n`);
};

/** Commander gives all words alike; only those before `--` are functions. */
export const splitAtDashes = (command: Command): { functions: string[]; args: string[] | null } => {
  const words = command.args.slice(1);
  const raw = process.argv.slice(2);
  const dashes = raw.indexOf('--');
  if (dashes < 0) return { functions: words, args: null };
  const behind = raw.length - dashes - 1;
  return { functions: words.slice(0, words.length - behind), args: words.slice(words.length - behind) };
};

export const scopeOf = (flags: ScopeFlags, args: readonly string[] | null): WatchScope => {
  const given = [args !== null && '`-- ARGS`', flags.command !== undefined && '-c', flags.pid && '-p'].filter(Boolean);
  if (given.length > 1) throw new RsymError('usage', `${given.join(' and ')} can't be used together`);
  if (args !== null) return { kind: 'run', args };
  if (flags.command !== undefined) return { kind: 'command', line: flags.command };
  if (flags.pid) return { kind: 'processes', pids: flags.pid };
  return { kind: 'everywhere' };
};
