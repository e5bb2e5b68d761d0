import { Command, CommanderError, Option } from 'commander';
import { RsymError } from '../base/errors.ts';
import { requestOf } from './arguments.ts';
import { docsOf, type ProgramDocs } from './command-docs.ts';
import { commandNames, registerCommands } from './commands.ts';
import { write, writeAll } from './output.ts';
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

/** What all commands' definitions say. */
export const programDocs = async (version: string): Promise<ProgramDocs> => {
  const program = makeProgram(version, []);
  await registerCommands(program, undefined, () => programDocs(version));
  return docsOf(program, details);
};

/** Reads a line with commander and answers it; returns 2 where nothing was asked. Throws RsymError `usage`. */
export const answerByProgram = async (args: readonly string[], version: string): Promise<number> => {
  const helpTexts: string[] = [];
  const program = makeProgram(version, helpTexts);
  const docs = () => programDocs(version);
  const request = requestOf(args);
  if (request.kind === 'help' || request.kind === 'nothing') {
    await registerCommands(program, undefined, docs);
    const asked = request.kind === 'help';
    await write(asked ? process.stdout : process.stderr, `${program.helpInformation().trimEnd()}\n${details}\n`);
    return asked ? 0 : 2;
  }
  if (request.kind === 'file') requireTerminal();
  await registerCommands(program, request.kind === 'command' ? request.name : 'tui', docs);
  for (const command of program.commands) command.addOption(new Option('--debug').hideHelp());
  try {
    await program.parseAsync(request.kind === 'file' ? request.args : args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error, args);
    await writeAll(helpTexts);
  }
  return 0;
};

/** Commander's message in our form: its first line says what, a suggestion in brackets becomes the hint. */
const usageError = (error: CommanderError, args: readonly string[]): RsymError => {
  const [what = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggested = /^\(Did you mean (?:one of )?(.*)\?\)$/.exec(rest.at(-1) ?? '')?.[1];
  const command = args.find((arg) => commandNames.includes(arg));
  const help = command === undefined ? 'rsym --help' : `rsym ${command} --help`;
  return new RsymError('usage', what, { hints: [suggested ?? help] });
};
