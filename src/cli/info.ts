import type { Command } from 'commander';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { type FileInfo, fileInfo } from '../query/info.ts';
import { addOptions, type OptionRow, type PlainCommand } from './option-table.ts';
import { paletteFor, write, writeJson } from './output.ts';

type Flags = { readonly debugFile?: string; readonly json?: true };

const details = `
Debug info is the file's own, or that of a separate file, which is found by build id under /usr/lib/debug or by its
.gnu_debuglink. Compilers are told with the evidence: the standard library's may be another than the program's.`;

const options: readonly OptionRow[] = [
  { flags: '--debug-file <FILE>', description: 'debug info is in this file' },
  { flags: '--json', description: 'one JSON document' },
];

const answer = async (paths: readonly string[], flags: Flags): Promise<void> => {
  if (flags.debugFile !== undefined && paths.length > 1)
    throw new RsymError('usage', '--debug-file belongs to one file', { hints: ['rsym info --debug-file FILE FILE'] });
  const answers: FileInfo[] = [];
  for (const path of paths) {
    const info = tryFile(path, paths.length > 1, flags);
    if (!info) continue;
    for (const text of info.failures) process.stderr.write(`rsym: ${sanitize(text)}\n`);
    if (info.failures.length > 0) process.exitCode = 2;
    answers.push(info);
  }
  if (flags.json) {
    const { infoJson } = await import('../report/info-json.ts');
    const files = answers.map(infoJson);
    return await writeJson(paths.length === 1 ? { schema: 1, ...files[0] } : { schema: 1, files });
  }
  const { infoText } = await import('../report/info.ts');
  const palette = paletteFor(process.stdout);
  await write(process.stdout, answers.map((info) => infoText(info, palette)).join('\n'));
};

/** Every file is tried; where there is only one, its error is the command's. */
const tryFile = (path: string, isOneOfMany: boolean, { debugFile }: Flags): FileInfo | null => {
  try {
    return fileInfo(path, debugFile === undefined ? {} : { debugFile });
  } catch (error) {
    if (!isOneOfMany || !(error instanceof RsymError) || error.code === 'internal') throw error;
    process.stderr.write(`rsym: ${sanitize(error.message)}\n`);
    process.exitCode = 2;
    return null;
  }
};

export const plain: PlainCommand = { options, fewestWords: 1, answer };

export const register = (program: Command): void => {
  const command = program
    .command('info')
    .description('what a file is: format, linking, compilers, debug info, unwinding')
    .usage('[options] FILE…')
    .argument('<FILE...>', 'ELF files, archives or wasm modules');
  addOptions(command, options)
    .addHelpText('after', details)
    .action((files: string[], flags: Flags) => answer(files, flags));
};
