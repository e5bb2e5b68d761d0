import { run } from '../support/process.ts';

/** What a tool says of one function under way at an address; nothing where it says `??` or 0. */
export type ToolFrame = {
  readonly name: string | null;
  readonly file: string | null;
  readonly line: number;
  readonly column: number;
};

/** The newest llvm-symbolizer there is: older ones read less of DWARF 5. */
export const symbolizerProgram = (): string =>
  ['llvm-symbolizer-22', 'llvm-symbolizer'].find((name) => {
    try {
      return run(name, ['--version']).status === 0;
    } catch {
      return false;
    }
  }) ?? 'llvm-symbolizer';

const timeout = 600_000;
const hex = (address: bigint): string => `0x${address.toString(16)}`;
const known = (text: string | undefined): string | null =>
  text === undefined || /^(\?*|<invalid>)$/.test(text) ? null : text;

type SymbolizerLine = {
  readonly Symbol?: readonly {
    readonly FunctionName: string;
    readonly FileName: string;
    readonly Line: number;
    readonly Column: number;
  }[];
};

/** Frames by llvm-symbolizer, the innermost first; the names are linkage names where there are any. */
export const llvmFrames = (file: string, addresses: readonly bigint[]): ToolFrame[][] => {
  const args = ['--inlines', '--functions=linkage', '--no-demangle', '--output-style=JSON', `--obj=${file}`];
  const { stdout } = run(symbolizerProgram(), args, { input: addresses.map((at) => `${hex(at)}\n`).join(''), timeout });
  const lines = stdout.trimEnd().split('\n');
  if (lines.length !== addresses.length) throw new Error(`${lines.length} answers to ${addresses.length} addresses`);
  return lines.map((line) =>
    ((JSON.parse(line) as SymbolizerLine).Symbol ?? [])
      .map((symbol) => ({
        name: known(symbol.FunctionName),
        file: known(symbol.FileName),
        line: symbol.Line,
        column: symbol.Column,
      }))
      .filter(({ name, file: path }) => name !== null || path !== null),
  );
};

/** Frames by binutils' addr2line; it knows no columns. */
export const binutilsFrames = (file: string, addresses: readonly bigint[]): ToolFrame[][] => {
  const input = addresses.map((at) => `${hex(at)}\n`).join('');
  const { stdout } = run('addr2line', ['-a', '-i', '-f', '-e', file], { input, timeout });
  const answers: ToolFrame[][] = [];
  const lines = stdout.trimEnd().split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (/^0x[0-9a-f]{16}$/.test(line)) {
      answers.push([]);
      continue;
    }
    const [, path, number] = /^(.*):(\d+|\?)(?: \(discriminator \d+\))?$/.exec(lines[++i] ?? '') ?? [];
    answers.at(-1)?.push({ name: known(line), file: known(path), line: Number(number) || 0, column: 0 });
  }
  return answers;
};
