import type { Command } from 'commander';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { openShow } from '../query/show-file.ts';
import { addOptions, type OptionRow, type PlainCommand } from './option-table.ts';
import { paletteFor, writeAll } from './output.ts';

type Flags = {
  readonly all?: true;
  readonly limit?: number;
  readonly debugFile?: string;
  readonly types?: string;
  readonly asm?: true;
  readonly json?: true;
};

const details = `
FUNCTION: hello, demo::hello, 'alloc::vec::Vec<u8>::push' (arguments that aren't written are open),
'main::{closure#0}', '<_ as core::fmt::Display>::fmt', globs, /regex/, a symbol, or any 0xADDRESS inside a function.
Copies are the symbols of a function, its generic instances, and the places where it is inlined; these and types come
from debug info, in the file or apart from it. Build with \`debug = 2\` to see types and where values are.

Each value has the evidence for its place: verified (two sources agree), dwarf (debug info alone), abi (the calling
convention alone), raw (a register, nothing known of it), conflict (none is believed), gone (nowhere to be read).`;

const mostCopies = 50;

const parseLimit = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new RsymError('usage', `--limit takes a number, not '${text}'`);
};

const options: readonly OptionRow[] = [
  {
    flags: '--limit <N>',
    description: `at most N copies of each function (default ${mostCopies}; with --json all)`,
    parse: parseLimit,
  },
  { flags: '--all', description: 'all copies' },
  { flags: '--debug-file <FILE>', description: 'debug info is in this file' },
  { flags: '--types <FILE>', description: 'signatures and types from another build of the same program' },
  { flags: '--asm', description: 'with the instructions of each copy, an arrow at the one to probe' },
  { flags: '--json', description: 'one JSON document' },
];

/** Of the terminal; more than can be read at a glance isn't used. */
const columns = (): number | undefined =>
  process.stdout.isTTY ? Math.min(120, Math.max(60, process.stdout.columns)) : undefined;

/** One error for all of them, so that none is lost. */
const allOf = (errors: readonly RsymError[]): RsymError | null => {
  const [first, ...others] = errors;
  if (first === undefined || others.length === 0) return first ?? null;
  return new RsymError(first.code, errors.map(({ message }) => message).join('; '), {
    hints: [...new Set(errors.flatMap(({ reason, hints }) => [...(reason === undefined ? [] : [reason]), ...hints]))],
  });
};

const answer = async ([file = '', ...functions]: readonly string[], flags: Flags): Promise<void> => {
  if (flags.all && flags.limit !== undefined) throw new RsymError('usage', "--all and --limit can't be used together");
  const limit = flags.limit ?? (flags.all || flags.json ? undefined : mostCopies);
  using shown = openShow(file, functions, {
    ...(limit === undefined ? {} : { limit }),
    ...(flags.debugFile === undefined ? {} : { debugFile: flags.debugFile }),
    ...(flags.types === undefined ? {} : { typesFile: flags.types }),
    asm: flags.asm === true,
  });
  if (flags.json) {
    const { showDocument } = await import('../report/show-json.ts');
    await writeAll(showDocument(shown));
  } else {
    const { showText } = await import('../report/show-text.ts');
    for (const note of shown.notes) process.stderr.write(`rsym: ${sanitize(note)}\n`);
    await writeAll(showText(shown, paletteFor(process.stdout), columns()));
  }
  const error = allOf(shown.missing);
  if (error !== null) throw error;
};

export const plain: PlainCommand = { options, fewestWords: 2, answer };

export const register = (program: Command): void => {
  const command = program
    .command('show')
    .description('what is known of functions: signature, source, every copy, where values are, types')
    .usage('[options] FILE FUNCTION…')
    .argument('<FILE>', 'an ELF file')
    .argument('<FUNCTION...>', 'functions to show');
  addOptions(command, options)
    .addHelpText('after', details)
    .action((_file: string, _functions: unknown, flags: Flags) => answer(command.args, flags));
};
