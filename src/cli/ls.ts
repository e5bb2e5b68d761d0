import type { Command } from 'commander';
import { RsymError } from '../base/errors.ts';
import { answerLs } from './ls-answer.ts';
import { splitArguments } from './ls-arguments.ts';
import { addOptions, type OptionRow, type PlainCommand } from './option-table.ts';

export type LsFlags = {
  readonly all?: true;
  readonly inlined?: true;
  readonly debugFile?: string;
  readonly sort?: string;
  readonly reverse?: true;
  readonly crate?: string;
  readonly kind?: readonly string[];
  readonly undefined?: true;
  readonly dynamic?: true;
  readonly mangled?: true;
  readonly full?: true;
  readonly nm?: true;
  readonly limit?: number;
  readonly json?: true;
};

const details = `
The first argument is a file. A later one is a file if a file of that name exists and was not named before, else a
PATTERN; behind \`--\` that follows a file all are PATTERNs. \`./name\` is always a file.
PATTERN: hello, demo::hello, 'alloc::vec::*::push', /regex/, '<_ as core::fmt::Display>::fmt', a symbol, or 0xADDRESS.
By size, the largest comes first. COPIES counts the symbols that share a path, whatever their generic arguments; with --inlined inlined copies too.`;

const parseLimit = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new RsymError('usage', `--limit takes a number, not '${text}'`);
};

const options: readonly OptionRow[] = [
  { flags: '-a, --all', description: 'all symbols, not only functions' },
  { flags: '--inlined', description: 'functions that exist only inlined too, from debug info' },
  { flags: '--debug-file <FILE>', description: 'with --inlined: debug info is in this file' },
  { flags: '--sort <KEY>', description: 'addr (default), name (as shown; default with --nm) or size' },
  { flags: '-r, --reverse', description: 'the other way round' },
  { flags: '--crate <CRATE>', description: 'only what was written in this crate' },
  {
    flags: '--kind <KINDS>',
    description: 'only these kinds: function, ifunc, data, tls, notype, …',
    parse: (text, before) => [...((before as string[] | undefined) ?? []), ...text.split(',')],
  },
  { flags: '-u, --undefined', description: 'only symbols that the file needs from others' },
  { flags: '-D, --dynamic', description: 'only symbols of the dynamic table' },
  { flags: '--mangled', description: 'names as they are in the file' },
  { flags: '--full', description: 'with hashes and crate disambiguators' },
  { flags: '--nm', description: 'lines like those of nm: address, class letter, name' },
  { flags: '--limit <N>', description: 'at most N symbols of each file', parse: parseLimit },
  { flags: '--json', description: 'one JSON document' },
];

export const plain: PlainCommand = {
  options,
  fewestWords: 1,
  answer: async (words, flags, args) => {
    // `--` itself is not among the words.
    const dashes = args.indexOf('--');
    await answerLs(splitArguments(words, dashes < 0 ? 0 : args.length - dashes - 1), flags);
  },
};

export const register = (program: Command): void => {
  const command = program
    .command('ls')
    .description('functions or symbols of ELF files, archives and wasm modules')
    .usage('[options] FILE… [PATTERN…]')
    .argument('<FILE>', 'an ELF file, an archive or a wasm module')
    .argument('[PATTERN...]', 'more files, and what to list of them');
  addOptions(command, options)
    .addHelpText('after', details)
    .action((_file: string, _rest: unknown, flags: LsFlags) => plain.answer(command.args, flags, rawArgs(program)));
};

/** Commander keeps the line that it was given. */
const rawArgs = (program: Command): readonly string[] =>
  (program as Command & { readonly rawArgs?: readonly string[] }).rawArgs ?? [];
