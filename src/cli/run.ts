import { Command, CommanderError, Option } from 'commander';
import { RsymError } from '../base/errors.ts';
import { renderError } from '../report/error.ts';
import { requestOf } from './arguments.ts';
import { commandNames, registerCommands } from './commands.ts';
import { isClosedPipe, paletteFor, write, writeAll } from './output.ts';
import { Stopped, stopReason } from './stop.ts';
import { requireTerminal } from './terminal.ts';

const details = `
Exit status: 0 answered, 1 nothing found, 2 wrong use or failure, 130 interrupted
(143 ended by SIGTERM, 129 by SIGHUP). A closed pipe ends a command with 0.
RSYM_DEBUG=1 or --debug shows where an error was raised.`;

const makeProgram = (version: string, helpTexts: string[]): Command =>
  new Command('rsym')
    .usage('[FILE | COMMAND …]')
    .description('Looks inside compiled Rust programs and watches them run.\n`rsym FILE` opens the screen on a file.')
    .version(version, '-V, --version')
    .option('--debug', 'show where an error was raised')
    .addHelpText('after', details)
    .helpCommand('help [COMMAND]', 'show the help of a command')
    // A command's own flags must never be taken for the program's.
    .enablePositionalOptions()
    .exitOverride()
    // Help is collected, so that a write that fails is noticed. Errors are printed once, in one form, by `fail`.
    .configureOutput({
      writeOut: (text) => void helpTexts.push(text),
      writeErr: () => undefined,
      outputError: () => undefined,
    });

/** Runs one command line and returns the exit status; prints its own errors. */
export const run = async (args: readonly string[], version: string): Promise<number> => {
  // Without a listener a closed pipe is an uncaught exception; writers learn of it from their own callbacks.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  try {
    return await answer(args, version);
  } catch (error) {
    return fail(error, wantsDebug(args), args);
  }
};

const answer = async (args: readonly string[], version: string): Promise<number> => {
  const helpTexts: string[] = [];
  const program = makeProgram(version, helpTexts);
  const request = requestOf(args);
  if (request.kind === 'help' || request.kind === 'nothing') {
    await registerCommands(program, undefined);
    const asked = request.kind === 'help';
    await write(asked ? process.stdout : process.stderr, `${program.helpInformation().trimEnd()}\n${details}\n`);
    return asked ? 0 : 2;
  }
  if (request.kind === 'file') requireTerminal();
  await registerCommands(program, request.kind === 'command' ? request.name : 'tui');
  for (const command of program.commands) command.addOption(new Option('--debug').hideHelp());
  try {
    await program.parseAsync(request.kind === 'file' ? request.args : args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
    await writeAll(helpTexts);
  }
  return stopReason()?.exitCode ?? Number(process.exitCode ?? 0);
};

const wantsDebug = (args: readonly string[]): boolean => {
  const env = process.env['RSYM_DEBUG'];
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  return own.includes('--debug') || (env !== undefined && env !== '' && env !== '0');
};

/** Prints an error on stderr and returns the exit status that goes with it. */
export const fail = (error: unknown, debug: boolean, args: readonly string[] = []): number => {
  if (isClosedPipe(error)) return 0;
  if (error instanceof Stopped) return error.exitCode;
  const shown = error instanceof CommanderError ? usageError(error, args) : error;
  process.stderr.write(renderError(shown, { palette: paletteFor(process.stderr), debug }));
  return shown instanceof RsymError && shown.code === 'not-found' ? 1 : 2;
};

/** Commander's message in our form: its first line says what, a suggestion in brackets becomes the hint. */
const usageError = (error: CommanderError, args: readonly string[]): RsymError => {
  const [what = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggested = /^\(Did you mean (?:one of )?(.*)\?\)$/.exec(rest.at(-1) ?? '')?.[1];
  const command = args.find((arg) => commandNames.includes(arg));
  const help = command === undefined ? 'rsym --help' : `rsym ${command} --help`;
  return new RsymError('usage', what, { hints: [suggested ?? help] });
};
