import type { Command } from 'commander';
import { RsymError } from '../base/errors.ts';
import { splitArguments } from './ls-arguments.ts';

export type LsFlags = {
  readonly all?: true;
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
By size, the largest comes first. COPIES counts the symbols that share a path, whatever their generic arguments.`;

const parseLimit = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new RsymError('usage', `--limit takes a number, not '${text}'`);
};

export const register = (program: Command): void => {
  program
    .command('ls')
    .description('functions or symbols of ELF files, archives and wasm modules')
    .usage('[options] FILE… [PATTERN…]')
    .argument('<FILE>', 'an ELF file, an archive or a wasm module')
    .argument('[PATTERN...]', 'more files, and what to list of them')
    .option('-a, --all', 'all symbols, not only functions')
    .option('--sort <KEY>', 'addr (default), name (as shown; default with --nm) or size')
    .option('-r, --reverse', 'the other way round')
    .option('--crate <CRATE>', 'only what was written in this crate')
    .option('--kind <KINDS>', 'only these kinds: function, ifunc, data, tls, notype, …', (text, all: string[] = []) => [
      ...all,
      ...text.split(','),
    ])
    .option('-u, --undefined', 'only symbols that the file needs from others')
    .option('-D, --dynamic', 'only symbols of the dynamic table')
    .option('--mangled', 'names as they are in the file')
    .option('--full', 'with hashes and crate disambiguators')
    .option('--nm', 'lines like those of nm: address, class letter, name')
    .option('--limit <N>', 'at most N symbols of each file', parseLimit)
    .option('--json', 'one JSON document')
    .addHelpText('after', details)
    .action(async (_file: string, _rest: unknown, flags: LsFlags, command: Command) => {
      const { answerLs } = await import('./ls-answer.ts');
      await answerLs(splitArguments(command.args, countAfterDashes(program)), flags);
    });
};

/** Commander drops `--` itself; its own record of the whole line still has it. */
const countAfterDashes = (program: Command): number => {
  const { rawArgs = [] } = program as Command & { readonly rawArgs?: readonly string[] };
  const dashes = rawArgs.indexOf('--');
  return dashes < 0 ? 0 : rawArgs.length - dashes - 1;
};
