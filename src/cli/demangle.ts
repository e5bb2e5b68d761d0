import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { addOptions, type OptionRow, type PlainCommand } from './option-table.ts';
import { writeAll } from './output.ts';

type Flags = { readonly full?: boolean; readonly json?: boolean };

const details = `
Without NAME it is a filter: text goes from stdin to stdout with the names in it
demangled and every other byte as it was. Rust (legacy and v0) and C++ (Itanium).
--json prints one line for each name: {"schema", "raw", "name", "scheme"}.`;

const options: readonly OptionRow[] = [
  { flags: '--full', description: 'show hashes and crate disambiguators' },
  { flags: '--json', description: 'one line of JSON for each name' },
];

export const plain: PlainCommand = {
  options,
  fewestWords: 0,
  answer: (names, flags) => (names.length > 0 ? answerNames(names, flags) : filter(flags)),
};

export const register = (program: Command): void => {
  const command = program
    .command('demangle')
    .description('what mangled names mean: of the arguments, or in any text on stdin')
    .argument('[NAME...]', 'mangled names');
  addOptions(command, options)
    .addHelpText('after', details)
    .action((names: string[], flags: Flags) => plain.answer(names, flags, []));
};

const answerNames = async (names: readonly string[], flags: Flags): Promise<void> => {
  const [{ demangle }, { nameJson, nameLine }] = await Promise.all([
    import('../query/demangle.ts'),
    import('../report/demangle.ts'),
  ]);
  const demangled = demangle(argumentBytes(names), flags);
  await writeAll(flags.json ? demangled.map(nameJson) : demangled.map(nameLine));
};

const filter = async (flags: Flags): Promise<void> => {
  const { demangleText } = await import('../query/demangle.ts');
  await writeAll(flags.json ? foundNames(flags) : demangleText(process.stdin, flags));
};

async function* foundNames(flags: Flags): AsyncGenerator<string> {
  const [{ findNames }, { nameJson }] = await Promise.all([
    import('../query/demangle.ts'),
    import('../report/demangle.ts'),
  ]);
  for await (const names of findNames(process.stdin, flags)) yield names.map(nameJson).join('');
}

/** The arguments' own bytes: where one isn't UTF-8, Node's text of it has lost them, and the kernel still knows. */
const argumentBytes = (names: readonly string[]): Uint8Array[] => {
  if (!names.some((name) => name.includes('\ufffd'))) return names.map((name) => Buffer.from(name));
  const known = commandLine();
  return names.map((name) => {
    const at = known.findIndex((bytes) => bytes.toString() === name);
    return known.splice(at, at < 0 ? 0 : 1)[0] ?? Buffer.from(name);
  });
};

const commandLine = (): Buffer[] => {
  try {
    const parts = readFileSync('/proc/self/cmdline', 'latin1').split('\0');
    return parts.map((part) => Buffer.from(part, 'latin1'));
  } catch {
    return [];
  }
};
