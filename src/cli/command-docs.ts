import type { Argument, Command, Option } from 'commander';

/** What the definitions of commands say, as data: the man page and the completions of shells are made from it. */
export type ProgramDocs = {
  readonly version: string;
  readonly description: string;
  readonly options: readonly OptionDocs[];
  readonly commands: readonly CommandDocs[];
  /** What `rsym --help` says below all. */
  readonly details: string;
};

export type CommandDocs = {
  readonly name: string;
  readonly summary: string;
  /** What follows the command's name on a line. */
  readonly synopsis: string;
  /** Paragraphs that the help has besides, each in one line. */
  readonly details: readonly string[];
  readonly arguments: readonly ArgumentDocs[];
  readonly options: readonly OptionDocs[];
};

export type ArgumentDocs = {
  readonly name: string;
  readonly description: string;
  readonly completes: Completes;
  readonly words: readonly string[];
};

export type OptionDocs = {
  /** `-p`, or null. */
  readonly short: string | null;
  /** `--pid`. */
  readonly long: string;
  /** What its value is called; null: it takes none. */
  readonly value: string | null;
  readonly description: string;
  /** The values it can have; empty where they aren't few. */
  readonly words: readonly string[];
  /** As it is written; null: it has none. */
  readonly default: string | null;
  readonly completes: Completes;
};

/** What a shell should offer: names of files, processes, the words that are listed, or nothing. */
export type Completes = 'files' | 'processes' | 'words' | 'nothing';

/** Reads a program all of whose commands are registered. */
export const docsOf = (program: Command, details: string): ProgramDocs => ({
  version: program.version() ?? '',
  description: program.description(),
  options: [...program.options.map(optionDocs), helpOption],
  commands: program.commands.map(commandDocs),
  details,
});

const commandDocs = (command: Command): CommandDocs => {
  // The usage may go on below its first line.
  const [synopsis = '', ...rest] = command.usage().split('\n');
  return {
    name: command.name(),
    summary: command.description(),
    synopsis,
    details: [...paragraphs(rest.join('\n')), ...paragraphs(textBehindHelp(command))],
    arguments: command.registeredArguments.map(argumentDocs),
    options: [...command.options.filter(({ hidden }) => !hidden).map(optionDocs), helpOption],
  };
};

const helpOption: OptionDocs = {
  short: '-h',
  long: '--help',
  value: null,
  description: 'display help',
  words: [],
  default: null,
  completes: 'nothing',
};

const optionDocs = (option: Option): OptionDocs => {
  const { short, long, flags, description, defaultValue, argChoices: words = [] } = option;
  const value = /[<[](.+?)(?:\.\.\.)?[>\]]/.exec(flags)?.[1] ?? null;
  return {
    short: short ?? null,
    long: long ?? '',
    value,
    description,
    words,
    default: value === null || !['string', 'number'].includes(typeof defaultValue) ? null : String(defaultValue),
    completes: value === null ? 'nothing' : words.length > 0 ? 'words' : kindOf(value),
  };
};

const argumentDocs = (argument: Argument): ArgumentDocs => {
  const words = argument.argChoices ?? [];
  // Patterns, too: what they are matched against is in files, and a shell can't look there.
  return {
    name: argument.name(),
    description: argument.description,
    words,
    completes: words.length > 0 ? 'words' : 'files',
  };
};

const kindOf = (value: string): Completes => {
  if (/^file$/i.test(value)) return 'files';
  return /^pid$/i.test(value) ? 'processes' : 'nothing';
};

/** Commander has it as a listener only: the help is written to a text, and what is known is taken off. */
const textBehindHelp = (command: Command): string => {
  const written: string[] = [];
  const before = command.configureOutput();
  command.configureOutput({ ...before, writeOut: (text) => void written.push(text) });
  command.outputHelp();
  command.configureOutput(before);
  return written.join('').slice(command.helpInformation().length);
};

const paragraphs = (text: string): string[] =>
  text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '');
